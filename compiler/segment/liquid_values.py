"""Liquid's values as JavaScript has them: as text, as numbers, and compared."""

import math

from .values import UNDEFINED, Json, is_array, is_number, is_object, to_double, to_number, to_text, type_of


def stringify(value: Json) -> str:
    """How an output is written: nothing for nil, arrays without commas, objects [object Object]."""
    if is_array(value):
        return "".join(map(stringify, value))
    return "" if value is None or value is UNDEFINED else to_text(value)


def same(left: Json, right: Json) -> bool:
    """Liquid's ==: strict, and item by item for arrays; nil is undefined."""
    if is_array(left):
        return is_array(right) and len(left) == len(right) and all(map(same, left, right))
    if left is None or left is UNDEFINED or right is None or right is UNDEFINED:
        return (left is None or left is UNDEFINED) and (right is None or right is UNDEFINED)
    if is_object(left) or is_object(right):
        return left is right
    return type_of(left) == type_of(right) and left == right


def as_number(value: Json) -> float:
    """A value in arithmetic: 0 where it is no number."""
    if isinstance(value, bool) or value is None or value is UNDEFINED:
        return float(value is True)
    number = to_double(value) if is_number(value) else to_number(to_text(value))
    return 0.0 if number != number else number


def whole(number: float) -> Json:
    """A float without a fraction as an integer: what indexes and JSON want."""
    return int(number) if math.isfinite(number) and number.is_integer() and abs(number) < 1e21 else number
