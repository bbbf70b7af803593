"""Triggers as Segment reads them, as formulas: its flat tree, and values as its engine finds them."""

import math
from collections.abc import Callable
from typing import Final, Literal

from ..segment.fql import Condition, Group, parse_fql
from ..segment.fql_match import MEMBERS, FqlCrash, compile_fql, satisfies
from ..segment.fql_tokens import FqlError
from ..segment.paths import split_trigger_path
from ..segment.values import UNDEFINED, is_index, number_text, to_number
from .clean import LARGEST
from .decide import Event, Trigger
from .formula import (
    ALWAYS,
    NEVER,
    All,
    Any,
    Atom,
    Formula,
    IsKind,
    IsNull,
    Not,
    Opaque,
    Order,
    Pattern,
    Place,
    Test,
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

    text = _text(node.value)
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


def _text(value: str | float | bool | None) -> str:
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case None:
            return "undefined"
        case _:
            return number_text(value)
