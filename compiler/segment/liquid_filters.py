"""Liquid's filters as liquidjs has them: JavaScript's text, numbers and lengths."""

import base64
import hashlib
import hmac
import inspect
import math
import re
from collections.abc import Callable
from functools import wraps
from typing import Final

from .liquid_dates import DATE_FILTERS
from .liquid_texts import TEXT_FILTERS
from .liquid_values import as_number, same, stringify, whole
from .values import (
    UNDEFINED,
    Json,
    from_units,
    is_array,
    is_number,
    is_object,
    json_text,
    ordered_keys,
    to_number,
    to_text,
    units,
)


def _arithmetic(operation: Callable[..., float]) -> Callable[..., Json]:
    @wraps(operation)
    def filtered(*operands: Json) -> Json:
        return whole(float(operation(*map(as_number, operands))))

    return filtered


def _divide(dividend: float, divisor: float, floored: float = 0) -> float:
    if divisor == 0:
        return math.nan if dividend == 0 or dividend != dividend else math.copysign(math.inf, dividend)
    return float(math.floor(dividend / divisor)) if floored else dividend / divisor


def _modulo(dividend: float, divisor: float) -> float:
    return (
        math.nan
        if divisor == 0 or not math.isfinite(dividend)
        else math.fmod(math.fmod(dividend, divisor) + divisor, divisor)
    )


def _round(number: float, places: float = 0) -> float:
    scale = 10.0**places
    if not math.isfinite(number):
        return number
    return math.floor(number * scale * (1 + 2**-52) + 0.5) / scale


def _slice(value: Json, begin: Json = 0, length: Json = 1) -> Json:
    if value is None or value is UNDEFINED:
        return []
    items = value if is_array(value) else units(stringify(value))
    start, count = int(as_number(begin)), int(as_number(length))
    start = len(items) + start if start < 0 else start
    if start < 0 or count < 0:
        return [] if is_array(value) else ""
    part = items[start : start + count]
    return from_units(part) if isinstance(part, str) else part


def _size(value: Json) -> Json:
    if isinstance(value, str):
        return len(units(value))
    return value.get("length", 0) if is_object(value) else len(value) if is_array(value) else 0


def _items(value: Json) -> list[Json]:
    return [] if value is None or value is UNDEFINED else value if is_array(value) else [value]


def _join(value: Json, separator: Json = " ") -> str:
    glue = " " if separator is None else stringify(separator)
    return glue.join("" if item is None or item is UNDEFINED else to_text(item) for item in _items(value))


def _end(position: int) -> Callable[[Json], Json]:
    def end(value: Json) -> Json:
        if isinstance(value, str):
            return from_units(units(value)[position : position + 1 or None])
        if is_object(value) and is_number(length := value.get("length")):
            return value.get(to_text(0 if position == 0 else length - 1), UNDEFINED)
        return (value[position] if value else UNDEFINED) if is_array(value) else ""

    return end


def _member(item: Json, path: Json) -> Json:
    for key in stringify(path).split("."):
        item = item.get(key, UNDEFINED) if is_object(item) else UNDEFINED
    return item


def _where(value: Json, path: Json = "", *expected: Json) -> list[Json]:
    def fits(item: Json) -> bool:
        found = _member(item, path)
        return same(found, expected[0]) if expected else found is not False and not same(found, None)

    return [item for item in _items(value) if fits(item)]


def _sum(value: Json, *path: Json) -> Json:
    return whole(math.fsum(as_number(_member(item, path[0]) if path else item) for item in _items(value)))


def _default(value: Json, default: Json = UNDEFINED, *, allow_false: Json = False) -> Json:
    if isinstance(value, str) or is_array(value):
        return value if value else default
    if value is False:
        return False if allow_false else default
    return default if value is None or value is UNDEFINED else value


def _json(value: Json, space: Json = 0, *rest: Json) -> Json:
    if is_number(space) and space > 0:
        return _json_lines(value, " " * int(min(10, space)), "\n")
    return _json_lines(value, space[:10], "\n") if isinstance(space, str) and space else json_text(value)


def _json_lines(value: Json, indent: str, line: str) -> Json:
    """JSON with a line a member, as JSON.stringify lays it out."""
    inner = line + indent
    if is_array(value) and value:
        parts = [_json_lines(None if item is UNDEFINED else item, indent, inner) for item in value]
        return f"[{inner}{f',{inner}'.join(parts)}{line}]"
    if is_object(value) and value:
        parts = [f"{json_text(key)}: {_json_lines(value[key], indent, inner)}" for key in ordered_keys(value)]
        return f"{{{inner}{f',{inner}'.join(parts)}{line}}}"
    return json_text(value)


def _to_integer(value: Json) -> Json:
    if value is UNDEFINED or (is_number(value) and value != value):
        return math.nan
    if isinstance(value, str | list | dict):
        return whole(to_number(to_text(value)))
    return whole(as_number(value))


def _base64(text: Json) -> str:
    return base64.b64encode(stringify(text).encode()).decode()


def _unbase64(text: Json) -> str:
    found = re.sub("[^A-Za-z0-9+/]", "", stringify(text).replace("-", "+").replace("_", "/").split("=")[0])
    found = found[: len(found) - (len(found) % 4 == 1)]
    return base64.b64decode(found + "=" * (-len(found) % 4)).decode("utf-8", "replace")


def _rounded(to_whole: Callable[[float], int]) -> Callable[..., float]:
    def rounded(number: float) -> float:
        return float(to_whole(number)) if math.isfinite(number) else number

    return rounded


def _plus(left: float, right: float = math.nan) -> float:
    return left + right


def _minus(left: float, right: float = math.nan) -> float:
    return left - right


def _times(left: float, right: float = math.nan) -> float:
    return left * right


def _larger(*numbers: float) -> float:
    return max(numbers)


def _smaller(*numbers: float) -> float:
    return min(numbers)


def _compact(value: Json) -> Json:
    return [item for item in _items(value) if not same(item, None)]


def _pop(value: Json) -> Json:
    return _items(value)[:-1]


def _shift(value: Json) -> Json:
    return _items(value)[1:]


def _push(value: Json, item: Json = UNDEFINED) -> Json:
    return [*_items(value), item]


def _unshift(value: Json, item: Json = UNDEFINED) -> Json:
    return [item, *_items(value)]


def _raw(value: Json) -> Json:
    return value


def _sha256(value: Json) -> str:
    return hashlib.sha256(stringify(value).encode()).hexdigest()


def _hmac_sha256(value: Json, key: Json = "") -> str:
    return hmac.new(stringify(key).encode(), stringify(value).encode(), "sha256").hexdigest()


FILTERS: Final[dict[str, Callable[..., Json]]] = {
    **DATE_FILTERS,
    **TEXT_FILTERS,
    "abs": _arithmetic(math.fabs),
    "at_least": _arithmetic(_larger),
    "at_most": _arithmetic(_smaller),
    "base64_decode": _unbase64,
    "base64_encode": _base64,
    "ceil": _arithmetic(_rounded(math.ceil)),
    "compact": _compact,
    "default": _default,
    "divided_by": _arithmetic(_divide),
    "first": _end(0),
    "floor": _arithmetic(_rounded(math.floor)),
    "hmac_sha256": _hmac_sha256,
    "inspect": _json,
    "join": _join,
    "json": _json,
    "jsonify": _json,
    "last": _end(-1),
    "minus": _arithmetic(_minus),
    "modulo": _arithmetic(_modulo),
    "plus": _arithmetic(_plus),
    "pop": _pop,
    "push": _push,
    "raw": _raw,
    "round": _arithmetic(_round),
    "sha256": _sha256,
    "shift": _shift,
    "size": _size,
    "slice": _slice,
    "sum": _sum,
    "times": _arithmetic(_times),
    "to_integer": _to_integer,
    "unshift": _unshift,
    "where": _where,
}
"""Each filter that is not switched off. One that liquidjs lacks passes its value on."""

_EXACT: Final = ("append", "default", "prepend")


def _count_operands(name: str) -> int | None:
    parameters = inspect.signature(FILTERS[name]).parameters.values()
    return None if name in _EXACT or any(p.kind is p.VAR_POSITIONAL for p in parameters) else len(parameters)


OPERANDS: Final = {name: _count_operands(name) for name in FILTERS}
"""How many operands a filter takes, as JavaScript's functions do: more are passed over. None: it says so itself."""

DISABLED: Final = frozenset(
    {
        "array_to_sentence_string", "concat", "find", "find_exp", "find_index", "find_index_exp", "group_by",
        "group_by_exp", "has", "has_exp", "map", "newline_to_br", "reject", "reject_exp", "reverse", "sort",
        "sort_natural", "type", "uniq", "where_exp",
    }
)  # fmt: skip
"""Filters that the engine refuses, when they are reached."""
