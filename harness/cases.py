"""Two values by cases: what is left of each once conditions are answered, and the cases in which they differ."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias, cast

from ..compiler import ir
from ..compiler.triggers.clean import formula_of_test, place_of
from ..compiler.triggers.formula import (
    ALWAYS,
    NEVER,
    All,
    Any,
    AnyAtom,
    Atom,
    Formula,
    Is,
    IsNothing,
    IsNull,
    Not,
    Opaque,
    Same,
)
from ..compiler.triggers.search import solve
from ..compiler.triggers.texts import TooLarge
from ..dsl import nodes as n
from .normal import Shaped, canonical, shows_order

MOST_CASES = 400
NOTHING = ir.Choose(ir.Always(False), ir.Const(None), None)
Known: TypeAlias = Mapping[AnyAtom, bool]


class TooMany(Exception):
    """More cases than are looked at."""


@dataclass(frozen=True, slots=True)
class Values:
    """What is compared: the value of a field, on both sides, over what variable `var` holds.

    Shape:  loose: null and nothing are the same to the field; ordered: what order an object's members have shows
    """

    old: ir.Value
    new: ir.Value
    var: int
    loose: bool
    ordered: bool = False


def values_of(old: ir.Field, new: ir.Field, var: int) -> Values:
    """The values of two fields that have the same rules."""
    loose = not old.nullable and not (isinstance(old.type, n.NamedType) and old.type.name == "any")
    return Values(old.value or NOTHING, new.value or NOTHING, var, loose)


def differing_cases(values: Values) -> Iterator[dict[AnyAtom, bool]]:
    """The combinations of answers for which the two values are not made in the same way.

    None at all: the values are equal. Whether a combination can come about at all is not asked here.
    Errors: TooMany
    """
    yield from _split(values, {}, [0])


def gives_nothing_else(values: Values) -> bool:
    """True if the old value is nothing (or null, of a field that leaves it out) wherever the two may differ.

    Errors: TooMany
    """
    return all(
        _key(_Rest(values.var, known, []).of(values.old), values) == "absent" or not _can_come(known)
        for known in differing_cases(values)
    )


def _split(values: Values, known: dict[AnyAtom, bool], count: list[int]) -> Iterator[dict[AnyAtom, bool]]:
    count[0] += 1
    if count[0] > MOST_CASES:
        raise TooMany
    asked: list[AnyAtom] = []
    rests = [_Rest(values.var, known, asked).of(value) for value in (values.old, values.new)]
    if _key(rests[0], values) == _key(rests[1], values) or _alike(rests[0], rests[1], values, count):
        return
    if not asked:
        yield known
        return
    for answer in (True, False):
        yield from _split(values, {**known, asked[0]: answer}, count)


def _key(value: ir.Value, values: Values) -> Hashable:
    if value == NOTHING or (values.loose and isinstance(value, ir.Const) and value.value is None):
        return "absent"
    return canonical(value, loose=not values.ordered)


def _alike(old: object, new: object, whole: Values, count: list[int]) -> bool:
    """True if the two parts are put together in the same way, of parts that are proved equal."""
    if canonical(old, loose=not whole.ordered) == canonical(new, loose=not whole.ordered):
        return True
    match old, new:
        case Shaped(before), Shaped(after):
            return _same_records(before, after, whole, count)
        case ir.MapEach(items, inner, body), ir.MapEach(others, variable, other) if inner == variable:
            return _same_bodies(items, others, Values(body, other, inner, False, whole.ordered), whole, count)
        case ir.Bind(value, inner, body), ir.Bind(source, variable, other) if inner == variable:
            return _same_bodies(value, source, Values(body, other, inner, False, whole.ordered), whole, count)
        case ir.MakeObject(before), ir.MakeObject(after):
            members, others = dict(before), dict(after)
            return _same_keys(list(members), list(others), whole) and all(
                _proved(Values(members[key], others[key], whole.var, False, whole.ordered), count) for key in members
            )
        case ir.Ir(), ir.Ir() if type(old) is type(new) and not isinstance(old, ir.Const):
            inside = replace(whole, ordered=whole.ordered or shows_order(old))
            names = ir.members_of(type(old))
            return all(_alike(getattr(old, name), getattr(new, name), inside, count) for name in names)
        case _:
            return _all_alike(old, new, whole, count)


def _same_bodies(old: object, new: object, bodies: Values, whole: Values, count: list[int]) -> bool:
    """True if what is gone through, or bound, is the same, and what is made of it."""
    return _alike(old, new, replace(whole, ordered=True), count) and _proved(bodies, count)


def _same_keys(old: Sequence[Hashable], new: Sequence[Hashable], whole: Values) -> bool:
    return old == new if whole.ordered else set(old) == set(new)


def _all_alike(old: object, new: object, whole: Values, count: list[int]) -> bool:
    if not isinstance(old, tuple) or not isinstance(new, tuple):
        return False
    before, after = cast("tuple[object, ...]", old), cast("tuple[object, ...]", new)
    return len(before) == len(after) and all(
        _alike(one, other, whole, count) for one, other in zip(before, after, strict=True)
    )


def _same_records(old: ir.Record, new: ir.Record, whole: Values, count: list[int]) -> bool:
    """True if two records build the same, field by field."""
    before, after = ({field.names: field for field in record.fields} for record in (old, new))
    if not _same_keys(list(before), list(after), whole) or len(before) < max(len(old.fields), len(new.fields)):
        return False
    return all(
        canonical(replace(field, value=None)) == canonical(replace(after[names], value=None))
        and _proved(replace(values_of(field, after[names], whole.var), ordered=whole.ordered), count)
        for names, field in before.items()
    )


def _proved(values: Values, count: list[int]) -> bool:
    """True if the two values are equal, whatever `var` holds."""
    return not any(_can_come(known) for known in _split(values, {}, count))


def _can_come(known: Known) -> bool:
    try:
        found, _ = solve([All(tuple(atom if holds else Not(atom) for atom, holds in known.items()))], {})
    except TooLarge:
        return True
    return (True,) in found


@dataclass(slots=True)
class _Rest:
    """What is left of a value; `asked` collects the conditions that would have to be answered to go on."""

    var: int
    known: Known
    asked: list[AnyAtom]

    def of(self, value: ir.Value) -> ir.Value:
        match value:
            case ir.Choose(test, then, otherwise):
                return self._choice(test, then, otherwise, value)
            case ir.FirstOf(arms, skip_empty):
                return self._first(arms, skip_empty, value)
            case ir.Read():
                return self._read(value)
            case _:
                return ir.rebuilt(value, self._inside)

    def _inside(self, part: ir.Ir) -> ir.Ir:
        """The same in all parts; tests stay as they are."""
        return self.of(part) if isinstance(part, ir.Choose | ir.FirstOf | ir.Read) else ir.rebuilt(part, self._inside)

    def _choice(self, test: ir.Test, then: ir.Value, otherwise: ir.Value | None, whole: ir.Choose) -> ir.Value:
        if then == ir.Const(None) and otherwise is None and isinstance(test, ir.Always) and not test.value:
            return NOTHING
        answer = self.answer(formula_of_test(test, self.var))
        if answer is None:
            return replace(whole, then=self.of(then), otherwise=None if otherwise is None else self.of(otherwise))
        taken = then if answer else otherwise
        return NOTHING if taken is None else self.of(taken)

    def _first(self, arms: tuple[ir.Value, ...], skip_empty: bool, whole: ir.FirstOf) -> ir.Value:
        for index, arm in enumerate(arms):
            if index == len(arms) - 1 and not skip_empty:
                return self.of(arm)
            answer = self.answer(null_formula(arm, self.var, skip_empty))
            if answer is None:
                return replace(whole, arms=tuple([self.of(arm) for arm in arms[index:]]))
            if not answer:
                return self.of(arm)
        return NOTHING

    def _read(self, read: ir.Read) -> ir.Value:
        place = place_of(read, self.var)
        if place is None:
            return read
        if self.known.get(Atom(place, IsNothing())):
            return NOTHING
        if self.known.get(Atom(place, IsNull())):
            if Atom(place, IsNothing()) in self.known:
                return ir.Const(None)
            self.asked.append(Atom(place, IsNothing()))
        for atom, holds in self.known.items():
            match atom:
                case Atom(where, Is("text" | "boolean", constant)) if holds and where == place:
                    return ir.Const(constant)  # of numbers, 1 and 1.0 are equal and are written differently
                case _:
                    pass
        return read

    def answer(self, formula: Formula) -> bool | None:
        """What the known answers make of a formula; None, and a question, where they don't settle it."""
        match formula:
            case Atom() | Same() | Opaque():
                atom = Opaque(canonical(formula.what)) if isinstance(formula, Opaque) else formula
                if atom in self.known:
                    return self.known[atom]
                if isinstance(formula, Opaque) and _looks_inside(formula.what, self.var):
                    return None  # of an item further in: it has many answers, not one
                self.asked.append(atom)
                return None
            case Not(term):
                answer = self.answer(term)
                return None if answer is None else not answer
            case All(terms) | Any(terms):
                ending = isinstance(formula, Any)
                answers = [self.answer(term) for term in terms]
                if ending in answers:
                    return ending
                return None if None in answers else not ending


def _looks_inside(what: object, var: int) -> bool:
    """True if a condition reads a variable other than the event and `var`."""
    parts = cast("tuple[object, ...]", what) if isinstance(what, tuple) else (what,)
    inner = (ir.Read, ir.Select, ir.Raw, ir.ShapeCall)
    return any(
        isinstance(node, inner) and node.var not in (ir.EVENT, var)
        for part in parts
        if isinstance(part, ir.Ir)
        for node in ir.below(part)
    )


def null_formula(value: ir.Value, var: int, skip_empty: bool) -> Formula:
    """When the value is nothing or null (or "", with `skip_empty`)."""
    match value:
        case ir.Const(constant):
            return ALWAYS if constant is None or (skip_empty and constant == "") else NEVER
        case ir.Concat() if not skip_empty:
            return NEVER
        case ir.FirstOf((), _):
            return ALWAYS
        case ir.FirstOf(arms, inner):
            if len(arms) == 1:
                return null_formula(arms[0], var, skip_empty or inner)
            first, rest = null_formula(arms[0], var, inner), replace(value, arms=arms[1:])
            last = null_formula(arms[0], var, skip_empty)
            return Any((All((Not(first), last)), All((first, null_formula(rest, var, skip_empty)))))
        case ir.Choose(test, then, otherwise):
            held = formula_of_test(test, var)
            other = ALWAYS if otherwise is None else null_formula(otherwise, var, skip_empty)
            return Any((All((held, null_formula(then, var, skip_empty))), All((Not(held), other))))
        case _:
            place = place_of(value, var)
            if place is None:
                return Opaque(("null", skip_empty, value))
            absent = Atom(place, IsNull())
            return Any((absent, Atom(place, Is("text", "")))) if skip_empty else absent
