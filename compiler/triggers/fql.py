"""Triggers as Segment reads them, as formulas: its flat tree, and values as its engine finds them."""

import math
from collections.abc import Callable
from typing import Final, Literal

from ...dsl.build import parse_condition
from ...dsl.nodes import Json
from ...dsl.problems import CellProblem
from ...dsl.source import Excerpt
from ..segment.fql import Condition, Group, parse_fql
from ..segment.fql_match import MEMBERS, FqlCrash, compile_fql, satisfies, value_text
from ..segment.fql_tokens import FqlError
from ..segment.paths import split_trigger_path
from ..segment.values import UNDEFINED, is_index, to_number
from .clean import LARGEST, clean_trigger
from .decide import Event, Found, Trigger, decide
from .formula import (
    ALWAYS,
    NEVER,
    All,
    Any,
    Atom,
    Formula,
    IsKind,
    IsNothing,
    IsNull,
    Not,
    Opaque,
    Order,
    Pattern,
    Place,
    Same,
    Test,
    atoms_of,
    to_is,
)

_WHERE: Final[dict[str, Literal["start", "end", "any"]]] = {
    "contains": "any",
    "starts_with": "start",
    "ends_with": "end",
}


def segment_trigger(text: str) -> Trigger:
    """The trigger as Segment reads it; where Segment's own test of it throws, it does not match."""
    compiled = compile_fql(text)

    def matches(event: Event) -> bool:
        try:
            return compiled(event)
        except FqlCrash:
            return False

    return Trigger(formula_of_fql(text), matches)


def fql_difference(text: str) -> Event | None:
    """The smallest event on which a trigger's text means something else to Segment than in the language.

    Only events count in which `properties`, `traits`, `context` and what paths go through below them are objects or
    missing: elsewhere the two differ in how they find values, whatever the trigger. None: no such event (or the text
    is no condition of the language, or the question is not decided).
    """
    try:
        condition = parse_condition(Excerpt(text, ((0, 0),)))
    except CellProblem:
        return None
    ours, theirs = clean_trigger(condition), segment_trigger(text)
    ways = _ways((ours.formula, theirs.formula))
    usual = Trigger(All(tuple(_is_usual(way) for way in ways)), lambda event: all(_leads(event, way) for way in ways))
    answers = decide((ours, theirs, usual))
    found = [a for a in (answers[True, False, True], answers[False, True, True]) if isinstance(a, Found)]
    return min(found, key=lambda answer: answer.cost).event if found else None


def _ways(formulas: tuple[Formula, ...]) -> tuple[Place, ...]:
    """The places that paths go through."""
    places: set[Place] = set()
    for atom in (atom for formula in formulas for atom in atoms_of(formula)):
        places |= {atom.place} if isinstance(atom, Atom) else set(atom.places) if isinstance(atom, Same) else set()
    ways = {place[:end] for place in places for end in range(1, len(place))}
    return tuple(sorted((way for way in ways if all(isinstance(step, str) for step in way)), key=repr))


def _is_usual(way: Place) -> Formula:
    return Any((Atom(way, IsNothing()), Atom(way, IsKind("object"))))


def _leads(event: Json, way: Place) -> bool:
    """The same of an event: nothing or an object stands there."""
    for step in way:
        if not isinstance(event, dict) or not isinstance(step, str) or step not in event:
            return True
        event = event[step]
    return isinstance(event, dict)


def formula_of_fql(text: str) -> Formula:
    """The trigger as a formula; one that Segment refuses never holds."""
    try:
        tree = parse_fql(text)
    except FqlError:
        return NEVER
    return Opaque(text) if _may_crash(tree) else _formula(tree)


def _may_crash(node: Condition | Group | None) -> bool:
    """True where Segment's own test of the trigger throws on some events."""
    match node:
        case None:
            return True
        case Group(_, children):
            return any(_may_crash(child) for child in children)
        case Condition(_, _, name):
            return bool(name) and split_trigger_path(name) is None


def _formula(node: Condition | Group | None) -> Formula:
    match node:
        case Group(operator, children):
            return (All if operator == "and" else Any)(tuple(_formula(child) for child in children))
        case Condition():
            return _atom(node)
        case None:
            raise AssertionError("empty parentheses are opaque")


def _atom(node: Condition) -> Formula:
    below = (split_trigger_path(node.name) or ()) if node.name else ()
    if any(is_index(key) or key == "length" for key in below):
        return Opaque(node)  # lists and texts have these too
    if node.name == "":
        return ALWAYS if satisfies(UNDEFINED, node.operator, node.value) else NEVER
    return _test((MEMBERS[node.subject], *below), node)


def _test(place: Place, node: Condition) -> Formula:
    def atom(test: Test) -> Formula:
        return Atom(place, test, sticky=len(place) > 1)

    text = value_text(node.value)
    match node.operator:
        case "=":
            return atom(to_is(text))
        case "!=":
            return Not(atom(to_is(text)))
        case "exists":
            return Not(atom(IsNull()))
        case "not_exists":
            return atom(IsNull())
        case "is_true" | "is_false":
            return atom(to_is(node.operator == "is_true"))
        case "number_equals" | "number_not_equals" | "<" | "<=" | ">" | ">=":
            return _numeric(node, atom)
        case operator:
            negated = operator.startswith("not_")
            where = _WHERE.get(operator.removeprefix("not_"))
            if where is None:
                return NEVER
            test = atom(Pattern(where, text))
            return All((atom(IsKind("text")), Not(test))) if negated else test


def _numeric(node: Condition, atom: Callable[[Test], Formula]) -> Formula:
    value = to_number(node.value) if isinstance(node.value, str) else math.nan if node.value is None else node.value
    if abs(value) > LARGEST:
        return Opaque(node)
    number = atom(IsKind("number"))
    match node.operator:
        case "number_not_equals":
            return number if math.isnan(value) else All((number, Not(atom(to_is(value + 0)))))
        case "number_equals":
            return NEVER if math.isnan(value) else atom(to_is(value + 0))
        case "<" | "<=" | ">" | ">=" as op:
            return NEVER if math.isnan(value) else atom(Order(op, value + 0))
        case operator:
            raise AssertionError(operator)
