"""Conditions of the language as formulas: clean semantics."""

from ...dsl import nodes as n
from .formula import (
    ALWAYS,
    NEVER,
    All,
    Any,
    Atom,
    Dotted,
    Formula,
    Is,
    IsNull,
    Not,
    Opaque,
    Order,
    Pattern,
    Place,
    Step,
    to_is,
)

LARGEST = 2**53  # beyond it, neighbouring numbers melt into one: not decided
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def formula_of(condition: n.Condition) -> Formula:
    """The condition as a formula over the event; what cannot be decided is opaque in it."""
    match condition:
        case n.And(terms):
            return All(tuple(formula_of(term) for term in terms))
        case n.Or(terms):
            return Any(tuple(formula_of(term) for term in terms))
        case n.Not(term):
            return Not(formula_of(term))
        case n.Constant(value):
            return ALWAYS if value else NEVER
        case n.In(value, choices):
            equal = tuple(n.Compare(value, "=", choice) for choice in choices)
            return Any(tuple(formula_of(term) for term in equal))
        case n.Compare(left, op, right):
            return _comparison(left, op, right) or Opaque(condition)
        case n.Test():
            return _test(condition) or Opaque(condition)


def place_of(expr: n.Expr) -> Place | None:
    """Where in the event the expression reads, if it is a path that gives one value."""
    if not isinstance(expr, n.Path) or not expr.singular or expr.root == "@":
        return None
    steps: list[Step] = []
    for selector in expr.steps:
        match selector:
            case n.NameSelector(name):
                steps.append(name)
            case n.IndexSelector(index, dotted):
                if index < 0:
                    return None  # counts from an end that is not known
                steps.append(Dotted(index) if dotted else index)
    return tuple(steps) or None


def _comparison(left: n.Expr, op: str, right: n.Expr) -> Formula | None:
    if isinstance(left, n.Literal) and not isinstance(right, n.Literal):
        return _comparison(right, _MIRRORED.get(op, op), left)
    place = place_of(left)
    if place is None or not isinstance(right, n.Literal) or not _is_exact(right.value):
        return None
    value = right.value
    if op in ("=", "!="):
        same: Formula = Atom(place, IsNull() if value is None else to_is(value))
        return same if op == "=" else Not(same)
    if value is None or isinstance(value, bool):
        return NEVER
    match op:
        case "<" | "<=" | ">" | ">=":
            return Atom(place, Order(op, value))
        case _:
            return None


def _is_exact(value: n.Scalar) -> bool:
    return not isinstance(value, int | float) or abs(value) <= LARGEST


def _test(test: n.Test) -> Formula | None:
    place = place_of(test.arguments[0])
    if place is None:
        return None
    match test.name, test.arguments[1:]:
        case "exists", ():
            return Not(Atom(place, IsNull()))
        case "present", ():
            return Not(Any((Atom(place, IsNull()), Atom(place, Is("text", "")))))
        case "contains", (n.Literal(str() as part),):
            return Atom(place, Pattern("any", part))
        case "match", (n.Literal(str() as pattern),):
            return _matched(place, pattern)
        case _:
            return None


def _matched(place: Place, pattern: str) -> Formula | None:
    stars = pattern.count("*")
    if stars == 1 and pattern.endswith("*"):
        return Atom(place, Pattern("start", pattern[:-1]))
    if stars == 1 and pattern.startswith("*"):
        return Atom(place, Pattern("end", pattern[1:]))
    return None
