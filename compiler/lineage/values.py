"""What the values of a program may hold: each gone over once, with places for values."""

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import TypeAlias, TypeVar

from .. import ir, prelude
from .calls import called, joined
from .conditions import verdict
from .cuts import cut
from .facts import NO_FACTS, Facts, Rows, both, facts_where
from .held import ABSENT, NEVER, Held, decides, made_of, only_there, union
from .origins import ANYTHING, CONTAINER, GONE, VALUE, Kind, Origin
from .reads import EVENT, read, read_by_directive, select
from .texts import around, as_text, brackets, kind_of

Env: TypeAlias = dict[int, Held]
T = TypeVar("T")


@dataclass(slots=True)
class Values(ABC):
    """Goes over the parts of a program.

    Shape:  exact: the language's own semantics, under which types and kinds of values keep flows out; without, whatever
            could be read is taken to be
    """

    program: ir.Program
    exact: bool
    _facts: Facts = field(default_factory=dict[ir.Value, Kind])
    _types: dict[str, ir.ShapeType] = field(default_factory=dict[str, ir.ShapeType])
    _shapes: dict[str, tuple[int, ir.Record]] = field(default_factory=dict[str, tuple[int, ir.Record]])
    tables: dict[str, Rows] = field(default_factory=dict[str, Rows])

    def __post_init__(self) -> None:
        self._types = {kind.name: kind for kind in self.program.types}
        self._shapes = {name: (var, record) for name, var, record in self.program.shapes}
        self.tables = dict(self.program.tables)

    @abstractmethod
    def record(self, record: ir.Record, env: Env) -> Held:
        """The object that a record builds."""

    def _under(self, facts: Facts | None, make: Callable[[], T]) -> T | None:
        """What is made where these are so; None where they can't be."""
        before, joined = self._facts, both((self._facts, facts))
        if joined is None:
            return None
        self._facts = joined
        try:
            return make()
        finally:
            self._facts = before

    # --- values

    def value(self, value: ir.Value, env: Env) -> Held:
        """What a value may hold."""
        held = self._value(value, env)
        kinds = self._facts.get(value) if self._facts else None
        return held if kinds is None else held.only(kinds)

    def _value(self, value: ir.Value, env: Env) -> Held:
        match value:
            case ir.Const(constant):
                return Held(made=kind_of(constant), known=(constant,))
            case ir.Now():
                return Held(made=Kind.TIME)
            case ir.SettingValue():
                return Held(made=ANYTHING)
            case ir.Read(var, steps):
                return read(env[var], var, steps, value, self._facts, self.exact)
            case ir.Select(var, path):
                return select(env[var], var, path, value, self._facts, self.exact)
            case ir.Concat(parts):
                return self._concat(parts, env)
            case ir.MakeObject(members):
                return Held(made=Kind.OBJECT, members={key: self.value(member, env) for key, member in members})
            case ir.MakeList(items):
                return Held(made=Kind.LIST, items=union(self.value(item, env).only(VALUE) for item in items))
            case ir.FirstOf() | ir.Choose():
                return union(self._ways(value, env))
            case ir.MapEach(items, var, body):
                return self._map_each(self.value(items, env), var, body, env)
            case ir.Bind(inner, var, body):
                return self._bind(self.value(inner, env), var, body, env)
            case ir.Lookup():
                return self._lookup(value, env)
            case ir.Apply("join", (ir.MakeList(items), ir.Const(str() as separator))) if self.exact:
                return joined([self.value(item, env) for item in items], separator)
            case ir.Apply("slice", (text, ir.Const(int() as low), ir.Const(int() as high))) if self.exact:
                return self._slice(value, text, low, high, env)
            case ir.Apply():
                return called(value, [self.value(argument, env) for argument in value.arguments])
            case ir.Raw(var, text):
                inside = dict.fromkeys(
                    origin.weaker("copy") for origin in read_by_directive(env[var], json.loads(text))
                )
                spanned = tuple(replace(origin, span=value.span, made=ANYTHING) for origin in inside)
                return Held(made=ANYTHING, inside=spanned, free=ANYTHING)
            case ir.ShapeCall(shape, var):
                return self._shape(shape, var, env)

    def _slice(self, call: ir.Apply, text: ir.Value, low: int, high: int, env: Env) -> Held:
        """A part of a text, without what is never in it; how long the whole is counts nevertheless."""
        least = self.value(text, env).least
        if not low < 0 < high:  # else how long each part is counts
            text = cut(text, high) if high > 0 else text
            text = cut(text, -low, last=True) if low < 0 else text
        held = self.value(text, env)
        held = replace(held, least=least) if held.kinds else held
        return called(call, [held, *(self.value(each, env) for each in call.arguments[1:])])

    def _concat(self, parts: tuple[str | ir.Value, ...], env: Env) -> Held:
        """A text of literals and of what values are shown as; a container is shown as JSON."""
        held = [self.value(part, env) for part in parts if not isinstance(part, str)]
        there = [each.only(VALUE) for each in held]
        literals = tuple(part for part in parts if isinstance(part, str))
        filled = [each for each in held if each.kinds & ~GONE]
        if not literals and len(filled) == 1 and self.exact:
            return replace(made_of(there, as_text(filled[0].kinds)), parts=brackets(filled[0].kinds))
        opened = ["[" for each in there if each.kinds and not each.kinds & ~CONTAINER]
        return replace(made_of(there, around((*literals, *opened))), parts=literals, least=sum(map(len, literals)))

    def _ways(self, value: ir.Value, env: Env) -> list[Held]:
        """The ways in which a value comes about, each by itself."""
        match value:
            case ir.FirstOf():
                ways = self._ways_of_arms(value, env)
            case ir.Choose():
                ways = self._ways_of_branches(value, env)
            case ir.MakeList((_, _, *_) as items):  # of each item, what a type takes shows by itself
                ways = [Held(made=Kind.LIST, items=self.value(item, env).only(VALUE)) for item in items]
            case _:
                return [self.value(value, env)]
        kinds = self._facts.get(value) if self._facts else None
        return ways if kinds is None else [way.only(kinds) if way.kinds else way for way in ways]  # or it only decides

    def _ways_of_arms(self, value: ir.FirstOf, env: Env) -> list[Held]:
        """The first arm that is there; after one that always is, none is reached. If none is: what the last one is."""
        found: list[Held] = []
        arm = NEVER
        for each in value.arms:
            ways = self._ways(each, env)
            arm = union(ways)
            found += [way.only(ANYTHING & ~GONE) if way.kinds else way for way in ways]
            empty = value.skip_empty and arm.could_be("")
            if self.exact and not arm.kinds & GONE and not empty:
                return found
            if each is not value.arms[-1]:
                found.append(Held(deciding=decides(arm)))  # by being there, whatever is taken of it
        last = Kind.NOTHING if value.skip_empty else arm.kinds
        return [*found, Held(made=GONE & last if self.exact else GONE)]

    def _ways_of_branches(self, value: ir.Choose, env: Env) -> list[Held]:
        """The branches that may be taken, and what decides which."""
        sure = verdict(value.test, Looking(self, env)) if self.exact else None
        then = self._branch(value, True, env) if sure is not False else None
        otherwise = self._branch(value, False, env) if sure is not True else None
        if then is None or otherwise is None:
            return then or otherwise or []
        if union(then).is_same(union(otherwise)):
            return then
        return [*then, *otherwise, Held(deciding=tuple(self.looked_at(value.test, env)))]

    def _branch(self, value: ir.Choose, holds: bool, env: Env) -> list[Held] | None:
        """The ways of a branch of an `if`, with what is known where it is taken; None where it never is."""
        taken = value.then if holds else value.otherwise
        facts = facts_where(value.test, holds, Looking(self, env)) if self.exact else NO_FACTS
        return self._under(facts, lambda: [ABSENT] if taken is None else self._ways(taken, env))

    def _map_each(self, items: Held, var: int, body: ir.Value, env: Env) -> Held:
        item = self.items(items)
        absent = Kind.NOTHING if not self.exact or items.kinds & ~CONTAINER else Kind(0)
        made = self.value(body, env | {var: item}) if item is not NEVER else NEVER
        if item is NEVER and not items.kinds & Kind.LIST:
            return ABSENT
        counted = () if items.kinds == Kind.OBJECT else only_there(items, made)  # how many there are shows
        return union(
            [Held(made=Kind.LIST, items=made.only(VALUE), deciding=items.deciding + counted), Held(made=absent)]
        )

    def items(self, held: Held) -> Held:
        """What `each` goes over: a list's items, or an object, which is a list of one."""
        listed = held.below("*", Kind.LIST).only(VALUE)
        return union([listed, held.only(Kind.OBJECT if self.exact else VALUE)])

    def _bind(self, held: Held, var: int, body: ir.Value, env: Env) -> Held:
        bound = held.only(VALUE)
        found = self.value(body, env | {var: bound}) if bound is not NEVER else NEVER
        if not held.kinds & Kind.NOTHING:
            return found
        if found is NEVER:
            return ABSENT
        return replace(found, deciding=found.deciding + only_there(held, found)).also(Kind.NOTHING)

    def _shape(self, shape: str, var: int, env: Env) -> Held:
        inner, record = self._shapes[shape]
        before = self._facts
        known = {value: kinds for value, kinds in before.items() if not _mentions(value, inner)}
        for value, kinds in before.items():
            if isinstance(value, ir.Read) and value.var == var:
                known[ir.Read(inner, value.steps)] = kinds
        self._facts = known
        found = self.record(record, {ir.EVENT: EVENT, inner: env[var]})
        self._facts = before
        return found

    def _lookup(self, value: ir.Lookup, env: Env) -> Held:
        held = self.value(value.value, env)
        if not held.only(VALUE & ~Kind.NULL).kinds:
            return ABSENT
        rows = [(key, found) for key, found in self.tables[value.table] if key is not None]
        found = [Held(made=kind_of(row), known=(row,)) for key, row in rows if not self.exact or held.could_be(key)]
        reached = bool(found)
        keys = [key for key, _ in rows]
        always = bool(held.known) and all(any(prelude.equal(one, key) for key in keys) for one in held.known)
        if value.otherwise is not None and not (self.exact and always):
            found.append(self.value(value.otherwise, env))
        if value.otherwise is None or held.kinds & GONE:
            found.append(ABSENT)
        if len(found) == 1:
            return found[0]
        never_met = held.parts and not reached and not held.kinds & GONE
        matters = replace(held, inside=()) if never_met else held
        return union([*found, Held(deciding=decides(matters))])

    # --- conditions

    def looked_at(self, test: ir.Test, env: Env) -> Iterator[Origin]:
        """The places that a condition looks at; what holds always, or never, asks for none."""
        if self.exact and verdict(test, Looking(self, env)) is not None:
            return
        match test:
            case ir.AllOf(tests) | ir.AnyOf(tests):
                for each in tests:
                    yield from self.looked_at(each, env)
            case ir.Negate(inner):
                yield from self.looked_at(inner, env)
            case _:
                for node in ir.below(test):
                    if isinstance(node, ir.Read | ir.Select) and node.var in env:
                        yield from decides(self.value(node, env))

    def could_hold(self, test: ir.Test, env: Env) -> bool:
        """False for a condition that no value of its kinds meets."""
        return not self.exact or verdict(test, Looking(self, env)) is not False


@dataclass(frozen=True, slots=True)
class Looking:
    """What the parts of a program hold where the variables hold these."""

    values: Values
    env: Env

    def __call__(self, value: ir.Value) -> Held:
        return self.values.value(value, self.env)

    def rows(self, table: str) -> Rows:
        """The rows of a table: (from, to)."""
        return self.values.tables[table]


def _mentions(value: ir.Value, var: int) -> bool:
    return any(getattr(node, "var", None) == var for node in ir.below(value))
