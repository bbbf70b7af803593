"""Comparisons in filters as Python conditions (RFC 9535, 2.3.5.2.2)."""

from collections.abc import Callable

from ...dsl.nodes import Scalar
from .look_up import LookUp
from .prelude import at_most, less, same
from .writer import alone, missing

MIRRORED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def compare_literals(left: Scalar, op: str, right: Scalar) -> str:
    """What is known beforehand: "True" or "False"."""
    match op:
        case "==" | "!=":
            return str(same(left, right) == (op == "=="))
        case "<" | "<=":
            return str((less if op == "<" else at_most)(left, right))
        case _:
            return compare_literals(right, MIRRORED[op], left)


def compare_values(left: str, op: str, right: str) -> str:
    """Two expressions, either of which may give NOTHING."""
    match op:
        case "==" | "!=":
            return f"{'not ' if op == '!=' else ''}same({left}, {right})"
        case "<" | "<=":
            return f"{'less' if op == '<' else 'at_most'}({left}, {right})"
        case _:
            return compare_values(right, MIRRORED[op], left)


def compare_literal(
    value: LookUp, op: str, literal: Scalar, known: frozenset[str], fresh: Callable[[], str]
) -> tuple[str, ...]:
    """A looked-up value with a literal, as conditions of which all must hold.

    Null is not nothing, and true is not 1.
    """
    if op == "!=":
        return (f"not ({alone(missing(compare_literal(value, '==', literal, known, fresh), known))})",)
    if literal is None or isinstance(literal, bool):
        return ("False",) if op in "<>" else (*value.tests, f"{value.text} is {literal!r}")
    if (op == "==" and literal not in (0, 1)) or (value.number and not isinstance(literal, str)):
        return (*value.tests, f"{value.text} {op} {literal!r}")
    bound, name = value.bound(fresh)
    kind = f"isinstance({bound}, str)" if isinstance(literal, str) else f"type({bound}) in (int, float)"
    return (*value.tests, kind, f"{name} {op} {literal!r}")
