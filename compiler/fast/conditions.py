"""Tests of the fast way as Python conditions over the variables that hold their operands."""

from collections.abc import Callable
from typing import TypeAlias

from ...dsl.nodes import Scalar
from .. import ir
from ..emit.conditions import equals_constant
from .fits import missing
from .needs import NoPlan

Operand: TypeAlias = Callable[[ir.Read], tuple[str, frozenset[str]]]  # a variable, and the kinds that it may hold


def condition(test: ir.Test, operand: Operand) -> str:
    """A Python condition that holds where the test does. NoPlan for one that takes a closer look."""
    match test:
        case ir.AllOf(tests) | ir.AnyOf(tests):
            word = " and " if isinstance(test, ir.AllOf) else " or "
            return _joined(word, [condition(t, operand) for t in tests])
        case ir.Negate(inner):
            return f"not ({condition(inner, operand)})"
        case ir.Equal(ir.Read() as read, ir.Const(value)) | ir.Equal(ir.Const(value), ir.Read() as read):
            return _equal(operand(read), value)
        case ir.OneOf(ir.Read() as read, choices):
            return _joined(" or ", [_equal(operand(read), choice) for choice in choices])
        case ir.Exists(ir.Read() as read):
            held, kinds = operand(read)
            return f"not ({missing(held, kinds, test.skip_empty)})"
        case ir.Always(value):
            return repr(value)
        case _:
            raise NoPlan(type(test).__name__)


def _equal(operand: tuple[str, frozenset[str]], value: Scalar) -> str:
    held, kinds = operand
    return missing(held, kinds) if value is None else equals_constant(held, value)


def _joined(word: str, tests: list[str]) -> str:
    """Conditions in one, each in brackets that is more than a comparison."""
    grouped = [f"({test})" if " and " in test or " or " in test else test for test in tests]
    return word.join(grouped) or repr(word == " and ")
