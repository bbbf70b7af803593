"""Liquid's comparisons as JavaScript makes them: of whatever there is, and never an error."""

import operator
from collections.abc import Callable
from typing import Any, Final

from liquid.builtin.expressions import logical
from liquid.builtin.expressions.primitive import Blank, Empty, Nil
from liquid.context import RenderContext
from liquid.expression import Expression
from liquid.undefined import is_undefined

from .liquid_values import same
from .values import Json, is_array, is_number, to_double, to_number, to_text, units

_OPERATORS: Final[dict[type[Expression], Callable[[Any, Any], bool]]] = {
    logical.LtExpression: operator.lt,
    logical.LeExpression: operator.le,
    logical.GtExpression: operator.gt,
    logical.GeExpression: operator.ge,
}


class _Comparison(Expression):
    """A comparison in the place of one of the library's, which refuses values of different kinds."""

    def __init__(self, replaced: Any, compare: Callable[[Json, Json], bool]) -> None:
        super().__init__(replaced.token)
        self._left: Expression = replaced.left
        self._right: Expression = replaced.right
        self._compare = compare

    def evaluate(self, context: RenderContext) -> object:
        """Whether it holds."""
        if isinstance(self._left, Nil) or isinstance(self._right, Nil):
            return False  # the word nil, that is; a null of the event's is 0 to < and >
        left, right = (_operand(side.evaluate(context)) for side in (self._left, self._right))
        if any(isinstance(side, Blank | Empty) for side in (left, right)):
            return False  # neither is more or less than anything
        return self._compare(left, right)

    def children(self) -> list[Expression]:
        """Both sides."""
        return [self._left, self._right]


def adapt(expression: Any) -> Expression:
    """The expression with every comparison replaced; and, or and not stay."""
    if isinstance(expression, logical.BooleanExpression):
        expression.expression = adapt(expression.expression)
    elif isinstance(expression, logical.LogicalAndExpression | logical.LogicalOrExpression):
        expression.left, expression.right = adapt(expression.left), adapt(expression.right)
    elif isinstance(expression, logical.ContainsExpression):
        return _Comparison(expression, _contains)
    elif type(expression) in _OPERATORS:
        holds = _OPERATORS[type(expression)]
        return _Comparison(expression, lambda left, right: _relate(left, right, holds))
    return expression


def _operand(value: Any) -> Json:
    return float("nan") if is_undefined(value) else list(value) if isinstance(value, range) else value


def _relate(left: Json, right: Json, holds: Callable[[Any, Any], bool]) -> bool:
    """Texts by their UTF-16 units, arrays and objects as texts; with anything else as numbers."""
    sides = [to_text(side) if isinstance(side, dict | list) else side for side in (left, right)]
    if all(isinstance(side, str) for side in sides):
        return holds(units(sides[0]), units(sides[1]))
    return holds(*(_number(side) for side in sides))


def _number(value: Json) -> float:
    if isinstance(value, str):
        return to_number(value)
    return to_double(value) if is_number(value) else float(value is True)


def _contains(left: Json, right: Json) -> bool:
    if is_array(left):
        return any(same(item, right) for item in left)
    return isinstance(left, str) and ("undefined" if right != right else to_text(right)) in left
