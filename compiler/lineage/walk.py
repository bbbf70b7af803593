"""What the fields of a program take: its records gone over, with what other fields ask for."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ...dsl import nodes as n
from .. import ir
from .conditions import verdict
from .cuts import shown
from .facts import NO_FACTS, Facts, Fit, both, facts_of
from .held import ABSENT, NEVER, Held, decides, union
from .origins import ANY_ITEM, ANYTHING, CONTAINER, GONE, NONE, Kind
from .reads import EVENT
from .types import absent_or, always_fits, can_be_there, fitted, stored
from .values import Env, Looking, Values


@dataclass(slots=True)
class Walker(Values):
    """Goes over the actions and records of a program."""

    def payload(self, build: ir.Build, env: Env) -> list[Held] | None:
        """What each field of an action takes; None where nothing ever comes of it."""
        facts: Facts | None = NO_FACTS
        if build.items is not None and self.exact:
            facts = facts_of(build.items, CONTAINER, Looking(self, {ir.EVENT: EVENT}))
        return self._under(facts, lambda: self.fields(build.record, env))

    def fields(self, record: ir.Record, env: Env) -> list[Held] | None:
        """What each field of a record takes, in order; None where one that is required can't be there."""
        if not self.exact:
            return self._fields(record, env)
        found = self._with_asked(record, env)
        if found is None or all(isinstance(row.required, bool) for row in record.fields):
            return found
        return [
            held if row.required is True and not row.nullable else self._where_there(at, held, record, env)
            for at, (row, held) in enumerate(zip(record.fields, found, strict=True))
        ]

    def _with_asked(self, record: ir.Record, env: Env, there: int | None = None) -> list[Held] | None:
        """The same; `there` is the place of a field that has a value."""
        asked = [row for at, row in enumerate(record.fields) if row.required is True or at == there]
        while True:
            found = self._under(self._asked_of(asked, record, env, there), lambda: self._fields(record, env))
            if found is not None and there is not None:
                found = _filled(record, found, there)
            always = [] if found is None else [row for row in self._always(record, found, env) if row not in asked]
            if not always:
                return found
            asked += always

    def _where_there(self, at: int, held: Held, record: ir.Record, env: Env) -> Held:
        """What a field takes where it is there, which may make others required."""
        if not held.kinds & ~GONE:
            return held
        there = self._with_asked(record, env, at)
        found = NEVER if there is None else there[at]
        return replace(union([found, held.only(GONE)]), deciding=held.deciding)  # which may do so by leaving it out

    def _always(self, record: ir.Record, held: list[Held], env: Env) -> Iterator[ir.Field]:
        """The fields that are required under a condition which always holds."""
        payload = [stored(value, row) for row, value in zip(record.fields, held, strict=True)]
        env = env | {ir.PAYLOAD: _built(record, payload)}
        for row in record.fields:
            if not isinstance(row.required, bool) and verdict(row.required, Looking(self, env)) is True:
                yield row

    def _asked_of(self, rows: list[ir.Field], record: ir.Record, env: Env, there: int | None) -> Facts | None:
        """What has to be for all that is required to be there, and more than null at one place."""
        asked: list[Facts | None] = []
        for row in rows:
            if row.value is not None and row.names:
                kinds = fitted(EVENT.below(ANY_ITEM, ANYTHING), row.type, self._types).kinds & ~GONE
                kinds |= Kind.NULL if row.nullable and (there is None or row is not record.fields[there]) else NONE
                if not _holds_others(record, row):
                    fit = self._fit(row, kinds)
                    asked.append(facts_of(row.value, kinds, Looking(self, env), fit))
        return both(asked)

    def _fit(self, row: ir.Field, kinds: Kind) -> Fit:
        """What a row takes of a value; a null of these kinds as it is."""
        return lambda held: union([fitted(held, row.type, self._types), held.only(kinds & GONE)])

    def _fields(self, record: ir.Record, env: Env) -> list[Held] | None:
        found: list[Held] = []
        for row in record.fields:
            ways = [ABSENT] if row.value is None else self._ways(shown(row.value, row.type), env)
            held = union(ways)
            if self.exact:
                within = _holds_others(record, row)
                kind = n.NamedType("object") if within or not row.names else row.type
                null = held.kinds & Kind.NULL if row.nullable else NONE
                nulls = decides(held.only(GONE)) if null else ()
                sure = not within and always_fits(held, kind, self._types)
                taken = union(fitted(way, kind, self._types) for way in ways)
                deciding = tuple(dict.fromkeys(taken.deciding + held.deciding))
                held = taken if taken is NEVER else replace(taken, deciding=deciding)
                held = held if sure else absent_or(held).also(null)
                if null and row.required is not True:  # which is told from what is left out
                    held = replace(held, deciding=tuple(dict.fromkeys(deciding + nulls)))
            elif row.value is None and row.required is True and len(row.names) == 1 and not _holds_others(record, row):
                return None
            found.append(held)
        return self._left(record, found, env) if self.exact else found

    def _left(self, record: ir.Record, held: list[Held], env: Env) -> list[Held] | None:
        """What is left where `required if` asks for what can't be there: None, or what doesn't ask for it."""
        payload = [stored(value, row) for row, value in zip(record.fields, held, strict=True)]
        env = env | {ir.PAYLOAD: _built(record, payload)}
        for row, value in zip(record.fields, held, strict=True):
            if isinstance(row.required, bool) or value.kinds & ~GONE or _holds_others(record, row):
                continue
            if verdict(row.required, Looking(self, env)) is True:
                return None
            held = [
                one.only(Kind.NULL).also(Kind.NOTHING)
                if _asks(row.required, other) and not _holds_others(record, other)
                else one
                for other, one in zip(record.fields, held, strict=True)
            ]
        for row, value in zip(record.fields, held, strict=True):
            if row.required is True and row.names and not _holds_others(record, row) and not can_be_there(row, value):
                return None
        return held

    def record(self, record: ir.Record, env: Env) -> Held:
        """The object that a record builds."""
        held = self.fields(record, env)
        return NEVER if held is None else _built(record, held)


def _holds_others(record: ir.Record, row: ir.Field) -> bool:
    """Whether other fields are members of this one."""
    return any(other.names[: len(row.names)] == row.names != other.names for other in record.fields)


def _filled(record: ir.Record, held: list[Held], there: int) -> list[Held] | None:
    """What fields take where one has a value: so has every other that takes the same; None where it never has."""
    row = record.fields[there]
    found = list(held)
    for at, other in enumerate(record.fields):
        same = other.names and repr((other.value, other.type)) == repr((row.value, row.type))
        if at == there or same:
            found[at] = held[at].only(ANYTHING & ~GONE)
            if found[at] is NEVER:
                return None
    return found


def _asks(condition: ir.Test, row: ir.Field) -> bool:
    """Whether a condition holds wherever this field is there."""
    match condition:
        case ir.AnyOf(tests):
            return any(_asks(test, row) for test in tests)
        case ir.Exists(ir.Read(ir.PAYLOAD, steps), False):
            return tuple(getattr(step, "name", None) for step in steps) == row.names
        case _:
            return False


def _built(record: ir.Record, held: list[Held]) -> Held:
    """The object of what each field takes."""
    spread: list[Held] = []
    members: dict[str, Held] = {}
    for row, value in zip(record.fields, held, strict=True):
        if not row.names:
            spread.append(value.only(Kind.OBJECT))
            continue
        for name in reversed(row.names[1:]):  # an object without members is left out
            value = Held(made=Kind.OBJECT | Kind.NOTHING, members={name: value})
        first = row.names[0]
        members[first] = union([members[first], value]) if first in members else value
    return union([Held(made=Kind.OBJECT, members=members), *spread])
