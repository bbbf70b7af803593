"""Two places compared with each other: taken apart by what one of them holds."""

from collections import Counter
from collections.abc import Iterator, Sequence

from ...dsl.nodes import Json
from .classes import NOTHING, Value, kind_of, scalars_for
from .formula import (
    All,
    Any,
    Atom,
    Formula,
    IsKind,
    IsNull,
    Not,
    Opaque,
    Place,
    Same,
    Test,
    atoms_of,
    to_is,
)


def cases_of(formulas: Sequence[Formula], base: dict[str, Json]) -> Iterator[tuple[tuple[Formula, ...], Formula]]:
    """The formulas for every value that one place can have, with the formula that says so.

    One place is gone from the comparisons then; those that are left are taken apart in the same way.
    Errors: TooLarge
    """
    same = [atom for formula in formulas for atom in atoms_of(formula) if isinstance(atom, Same)]
    pivot, _ = Counter(place for atom in same for place in dict.fromkeys(atom.places)).most_common(1)[0]
    others = {place for atom in same if pivot in atom.places for place in atom.places}
    atoms = [atom for formula in formulas for atom in atoms_of(formula) if isinstance(atom, Atom)]
    tests: set[Test] = {atom.test for atom in atoms if atom.place in others}
    tests |= {to_is(v) for v in (_at(base, place) for place in others) if isinstance(v, str | int | float)}
    for value in _distinct(scalars_for(frozenset(tests))):
        yield tuple(_given(formula, pivot, value) for formula in formulas), Atom(pivot, _test(value))


def _distinct(values: Sequence[Value]) -> Iterator[Value]:
    """Nothing and null are one here."""
    yield from (value for value in values if value is not NOTHING)


def _test(value: Value) -> Test:
    if isinstance(value, dict | list):
        return IsKind("object" if isinstance(value, dict) else "list")
    return IsNull() if value is None or value is NOTHING else to_is(value)  # type: ignore[arg-type]


def _given(formula: Formula, pivot: Place, value: Value) -> Formula:
    match formula:
        case Same(places) if pivot in places:
            other = places[1] if places[0] == pivot else places[0]
            if other == pivot:
                return All(())
            if isinstance(value, dict | list):
                return All((Atom(other, _test(value)), Opaque(("same", places, kind_of(value)))))
            return Atom(other, _test(value))
        case Not(term):
            return Not(_given(term, pivot, value))
        case All(terms):
            return All(tuple(_given(term, pivot, value) for term in terms))
        case Any(terms):
            return Any(tuple(_given(term, pivot, value) for term in terms))
        case _:
            return formula


def _at(event: Json, place: Place) -> Json:
    for step in place:
        if not isinstance(event, dict) or not isinstance(step, str) or step not in event:
            return None
        event = event[step]
    return event
