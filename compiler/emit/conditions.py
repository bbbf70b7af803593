"""Tests as Python conditions over the variables that hold their operands."""

from collections.abc import Callable
from typing import TypeAlias

from ...dsl.nodes import Scalar
from .. import ir

Operand: TypeAlias = Callable[[ir.Value], str]  # the variable that holds a value, after the statements that it needs


def condition(test: ir.Test, operand: Operand) -> str:
    """A Python condition that holds where the test does."""
    match test:
        case ir.AllOf() | ir.AnyOf():
            word = " and " if isinstance(test, ir.AllOf) else " or "
            parts = [_grouped(t, operand, (" and ", " or ")) for t in test.tests]
            return word.join(parts) or repr(isinstance(test, ir.AllOf))
        case ir.Negate(ir.Equal() as inner):
            return _equal(inner, operand, negated=True)
        case ir.Negate(ir.Exists(value, skip_empty)):
            held = operand(value)
            return f"{held} is None or {held} == ''" if skip_empty else f"{held} is None"
        case ir.Negate():
            return f"not {_grouped(test.test, operand, (' ',))}"
        case ir.Equal():
            return _equal(test, operand)
        case ir.Order():
            return _order(test, operand)
        case ir.OneOf():
            return _one_of(test, operand)
        case ir.Contains():
            return f"has_text({operand(test.value)}, {operand(test.part)})"
        case ir.Matches():
            return f"matches({operand(test.value)}, {operand(test.pattern)})"
        case ir.Exists():
            held = operand(test.value)
            return f"{held} is not None and {held} != ''" if test.skip_empty else f"{held} is not None"
        case ir.Always():
            return repr(test.value)


def _grouped(test: ir.Test, operand: Operand, words: tuple[str, ...]) -> str:
    text = condition(test, operand)
    return f"({text})" if any(word in text for word in words) else text


def _equal(test: ir.Equal, operand: Operand, negated: bool = False) -> str:
    left, right = test.left, test.right
    if isinstance(left, ir.Const):
        left, right = right, left
    held = operand(left)
    if isinstance(right, ir.Const) and not isinstance(left, ir.Const):
        return equals_constant(held, right.value, negated)
    return f"{'not ' if negated else ''}equal({held}, {operand(right)})"


def _order(test: ir.Order, operand: Operand) -> str:
    for constant, other in ((test.right, test.left), (test.left, test.right)):
        if isinstance(constant, ir.Const) and not isinstance(other, ir.Const):
            held, literal = operand(other), repr(constant.value)
            left, right = (held, literal) if constant is test.right else (literal, held)
            if isinstance(constant.value, str):
                return f"type({held}) is str and {left} {test.op} {right}"
            if type(constant.value) in (int, float):
                return f"is_number({held}) and {left} {test.op} {right}"
    left, right = operand(test.left), operand(test.right)
    return f"comparable({left}, {right}) and {left} {test.op} {right}"


def _one_of(test: ir.OneOf, operand: Operand) -> str:
    held = operand(test.value)
    if all(isinstance(choice, str) for choice in test.choices):
        return f"{held} in {tuple_of([*map(repr, test.choices)])}"
    return " or ".join(f"({equals_constant(held, choice)})" for choice in test.choices)


def equals_constant(held: str, value: Scalar, negated: bool = False) -> str:
    """A Python condition: this variable equals that constant, in JSON's sense."""
    if value is None or isinstance(value, bool):
        return f"{held} is {'not ' if negated else ''}{value!r}"
    if isinstance(value, str):
        return f"{held} {'!=' if negated else '=='} {value!r}"
    if negated:
        return f"{held} != {value!r} or type({held}) is bool"
    return f"{held} == {value!r} and type({held}) is not bool"


def tuple_of(texts: list[str]) -> str:
    """A tuple display of these expressions."""
    return f"({', '.join(texts)}{',' if len(texts) == 1 else ''})"
