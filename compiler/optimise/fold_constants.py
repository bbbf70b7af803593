"""Conditions that are known before any event comes are worked out once."""

from collections.abc import Callable
from operator import ge, gt, le, lt
from typing import Any

from .. import ir
from ..prelude import comparable, equal, has_text, matches


def fold_constants(program: ir.Program) -> ir.Program:
    """Tests of constants become what they come to, and `and`, `or`, `not` take what is known with them."""
    return ir.rewritten(program, _folded)


def _folded(node: ir.Ir) -> ir.Ir:
    match node:
        case ir.AllOf(tests):
            return _joined(node, tests, neutral=True)
        case ir.AnyOf(tests):
            return _joined(node, tests, neutral=False)
        case ir.Negate(ir.Always(value)):
            return ir.Always(not value, span=node.span)
        case ir.Negate(ir.Negate(test)):
            return test
        case _:
            known = _known(node)
            return node if known is None else ir.Always(known, span=node.span)


def _joined(node: ir.AllOf | ir.AnyOf, tests: tuple[ir.Test, ...], neutral: bool) -> ir.Ir:
    """`and` (neutral: true) or `or` (false) without what is known and without nests of its own kind."""
    left: list[ir.Test] = []
    for test in tests:
        if isinstance(test, ir.Always):
            if test.value is not neutral:
                return test
        elif isinstance(test, type(node)):
            left += test.tests
        else:
            left.append(test)
    if not left:
        return ir.Always(neutral, span=node.span)
    return left[0] if len(left) == 1 else type(node)(tuple(left), span=node.span)


def _known(node: ir.Ir) -> bool | None:
    """What a test of constants comes to; None for any other node."""
    match node:
        case ir.Equal(ir.Const(left), ir.Const(right)):
            return equal(left, right)
        case ir.Order(ir.Const(left), op, ir.Const(right)):
            return comparable(left, right) and _in_order(left, op, right)
        case ir.OneOf(ir.Const(value), choices):
            return any(equal(value, choice) for choice in choices)
        case ir.Contains(ir.Const(value), ir.Const(part)):
            return has_text(value, part)
        case ir.Matches(ir.Const(value), ir.Const(pattern)):
            return matches(value, pattern)
        case ir.Exists(ir.Const(value), skip_empty):
            return value is not None and not (skip_empty and value == "")
        case _:
            return None


def _in_order(left: ir.Scalar, op: str, right: ir.Scalar) -> bool:
    pair: tuple[Any, Any] = (left, right)
    tests: dict[str, Callable[[Any, Any], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge}
    return tests[op](*pair)
