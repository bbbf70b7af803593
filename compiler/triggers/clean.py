"""Conditions of the language as formulas: clean semantics."""

from ...dsl import nodes as n
from ...dsl.source import Source
from .. import ir
from ..loader import compile_resolved
from ..lower import lower
from ..resolved import Resolved, ResolvedAction
from .decide import Trigger
from .formula import (
    ALWAYS,
    NEVER,
    All,
    Any,
    Atom,
    Dotted,
    Formula,
    Is,
    IsKind,
    IsNull,
    Not,
    Opaque,
    Order,
    Pattern,
    Place,
    Same,
    Step,
    to_is,
)

LARGEST = 2**53  # beyond it, neighbouring numbers melt into one: not decided
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def clean_trigger(condition: n.Condition) -> Trigger:
    """A condition by itself, compiled as the trigger of an action would be."""
    resolved = _alone(condition)
    action = compile_resolved(resolved).actions["trigger"]
    return Trigger(formula_of_test(lower(resolved).builds[0].trigger), action.matches)


def _alone(condition: n.Condition) -> Resolved:
    """A mapping of one action that has this trigger and no rows."""
    action = ResolvedAction("trigger", "trigger", "", (), condition, None, (), None, condition.span)
    empty = Source("<condition>", " " * condition.span.end)
    return Resolved(
        n.Mapping(None, ()), (empty,), "", "", "", (), (action,), {}, {}, {}, {}, (), (), frozenset()
    )  # fmt: skip


def formula_of_test(test: ir.Test, var: int = ir.EVENT) -> Formula:
    """A lowered condition as a formula over what variable `var` holds."""
    match test:
        case ir.AllOf(tests):
            return All(tuple(formula_of_test(term, var) for term in tests))
        case ir.AnyOf(tests):
            return Any(tuple(formula_of_test(term, var) for term in tests))
        case ir.Negate(term):
            return Not(formula_of_test(term, var))
        case ir.Always(value):
            return ALWAYS if value else NEVER
        case ir.OneOf(value, choices):
            equal = tuple(ir.Equal(value, ir.Const(choice)) for choice in choices)
            return Any(tuple(formula_of_test(term, var) for term in equal))
        case _:
            return _atom(test, var) or Opaque(test)


def place_of(value: ir.Value, var: int = ir.EVENT) -> Place | None:
    """Where the value stands in what `var` holds, if it is read there as it is."""
    if not isinstance(value, ir.Read) or value.var != var:
        return None
    steps: list[Step] = []
    for selector in value.steps:
        match selector:
            case n.NameSelector(name):
                steps.append(name)
            case n.IndexSelector(index, dotted):
                if index < 0:
                    return None  # counts from an end that is not known
                steps.append(Dotted(index) if dotted else index)
    return tuple(steps) or None


def _atom(test: ir.Test, var: int) -> Formula | None:
    match test:
        case ir.Equal(ir.Const() as left, right) if not isinstance(right, ir.Const):
            return _atom(ir.Equal(right, left), var)
        case ir.Equal(left, ir.Const(value)):
            place = place_of(left, var)
            if place is None or not _is_exact(value):
                return None
            return Atom(place, IsNull() if value is None else to_is(value))
        case ir.Equal(left, right):
            places = place_of(left, var), place_of(right, var)
            return None if places[0] is None or places[1] is None else Same((places[0], places[1]))
        case ir.Order(ir.Const() as left, op, right) if not isinstance(right, ir.Const):
            return _atom(ir.Order(right, _MIRRORED[op], left), var)
        case ir.Order(left, op, ir.Const(value)):
            return _order(place_of(left, var), op, value)
        case ir.Exists(value, skip_empty):
            place = place_of(value, var)
            if place is None:
                return None
            absent = Atom(place, IsNull())
            return Not(Any((absent, Atom(place, Is("text", ""))))) if skip_empty else Not(absent)
        case ir.Contains(value, ir.Const(str() as part)):
            place = place_of(value, var)
            return None if place is None else Atom(place, Pattern("any", part))
        case ir.Matches(value, ir.Const(str() as pattern)):
            place = place_of(value, var)
            return None if place is None else _matched(place, pattern)
        case _:
            return None


def _is_exact(value: n.Scalar) -> bool:
    return not isinstance(value, int | float) or abs(value) <= LARGEST


def _order(place: Place | None, op: str, bound: n.Scalar) -> Formula | None:
    if bound is None or isinstance(bound, bool):
        return NEVER
    match op:
        case "<" | "<=" | ">" | ">=" if place is not None and _is_exact(bound):
            return Atom(place, Order(op, bound))
        case _:
            return None


def _matched(place: Place, pattern: str) -> Formula | None:
    """A pattern with a star at its ends at most."""
    part = pattern.strip("*")
    if "*" in part:
        return None
    if not part:
        return Atom(place, IsKind("text") if pattern else Is("text", ""))
    if pattern == part:
        return Atom(place, Is("text", part))
    if pattern.startswith("*"):
        return Atom(place, Pattern("any" if pattern.endswith("*") else "end", part))
    return Atom(place, Pattern("start", part))
