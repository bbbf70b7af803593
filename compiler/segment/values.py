"""JavaScript's reading of JSON values: kind, truth, text, number, order of keys."""

import math
import re
from collections.abc import Iterable
from json.encoder import encode_basestring
from typing import Any, Final, TypeAlias, TypeGuard

Json: TypeAlias = Any
"""A JSON value as json.loads gives it, or UNDEFINED."""


class Undefined:
    """JavaScript's undefined: what a missing path gives. There is one: UNDEFINED."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "undefined"


UNDEFINED: Final = Undefined()

# Python's str.strip() knows other characters: it takes U+001C..1F and U+0085, and leaves the byte order mark.
WHITE_SPACE: Final = (
    "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
_DECIMAL: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_PREFIXED: Final = re.compile(r"0(?:[xX][0-9a-fA-F]+|[oO][0-7]+|[bB][01]+)")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_LAST_INDEX: Final = 2**32 - 2
_SAFE: Final = 2**53


def is_object(value: Json) -> TypeGuard[dict[str, Json]]:
    """A JSON object."""
    return isinstance(value, dict)


def is_array(value: Json) -> TypeGuard[list[Json]]:
    """A JSON array."""
    return isinstance(value, list)


def is_number(value: Json) -> TypeGuard[int | float]:
    """A JSON number; Python's True is none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def type_of(value: Json) -> str:
    """The engine's name of a value's kind: object array string number boolean null undefined."""
    if value is None:
        return "null"
    if value is UNDEFINED:
        return "undefined"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object" if isinstance(value, dict) else "number"


def is_truthy(value: Json) -> bool:
    """Whether JavaScript takes the value for true: all but undefined, null, false, 0, NaN and ""."""
    if isinstance(value, dict | list):
        return True  # {} and [] are true, unlike Python's
    return bool(value) and value == value


def is_blank(value: Json) -> bool:
    """Undefined, null, or loosely equal to "": so 0, false, [], [null], [""] and [[]], but not " ", "0" or {}."""
    if value is None or value is UNDEFINED:
        return True
    if isinstance(value, str):
        return value == ""
    return to_text(value) == "" if isinstance(value, dict | list) else value == 0


def to_text(value: Json) -> str:
    """String(value): numbers in JavaScript's format, arrays joined with commas, objects [object Object].

    Shape:  null -> "null"; [1, null, [2, {}]] -> "1,,2,[object Object]"
    """
    if isinstance(value, str):
        return value
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if is_array(value):
        # Array.prototype.join writes nothing for null and undefined, whatever String() makes of them alone.
        return ",".join("" if item is None or item is UNDEFINED else to_text(item) for item in value)
    if is_number(value):
        return number_text(value)
    return "undefined" if value is UNDEFINED else "[object Object]"


def number_text(number: int | float) -> str:
    """A number as JavaScript writes it.

    Shape:  1.0 -> "1", 1e21 -> "1e+21", 1e20 -> "100000000000000000000", 1e-7 -> "1e-7", 0.000001 -> "0.000001"
    Source: ECMA-262, Number::toString
    """
    if isinstance(number, int):
        if -_SAFE <= number <= _SAFE:
            return str(number)
        number = to_double(number)
    if number != number:
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    if number == 0:
        return "0"  # -0 too
    sign = "-" if number < 0 else ""
    digits, point = _shortest(abs(number))
    count = len(digits)
    if count <= point <= 21:
        return sign + digits + "0" * (point - count)
    if 0 < point <= 21:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    mantissa = digits[0] + ("." + digits[1:] if count > 1 else "")
    return f"{sign}{mantissa}e{'+' if point > 0 else '-'}{abs(point - 1)}"


def _shortest(number: float) -> tuple[str, int]:
    """The fewest digits that read back as the number, and where its decimal point stands among them."""
    mantissa, _, exponent = repr(number).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent or 0) - (len(whole + fraction) - len(digits))
    return digits.rstrip("0"), point


def to_double(number: int | float) -> float:
    """The 64-bit float that JavaScript keeps for a number; an integer out of range is infinite."""
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def to_number(text: str) -> float:
    """Number(text): NaN where it is none, 0 for blank text, 0x.. 0o.. and 0b.. understood, no underscores."""
    text = text.strip(WHITE_SPACE)
    if not text:
        return 0.0
    if _DECIMAL.fullmatch(text):
        return float(text)
    if _PREFIXED.fullmatch(text):
        return to_double(int(text, 0))
    if text in ("Infinity", "+Infinity", "-Infinity"):
        return float(text)
    return math.nan


def ordered_keys(record: dict[str, Json]) -> Iterable[str]:
    """The keys as JavaScript walks them: those that look like array indexes first, ascending."""
    indexes = [key for key in record if is_index(key)]
    if not indexes:
        return record
    indexes.sort(key=int)
    return [*indexes, *(key for key in record if not is_index(key))]


def is_index(key: str) -> bool:
    """Whether the key is an array index in its one spelling: "0", "12", but neither "00" nor "-1"."""
    if not (key and len(key) <= 10 and key.isascii() and key.isdigit()):
        return False
    return key == "0" or (key[0] != "0" and int(key) <= _LAST_INDEX)


def units(text: str) -> str:
    """The text as UTF-16 units, one character each: what JavaScript counts, indexes and cuts."""
    if text.isascii() or max(text) <= "\uffff":
        return text
    data = text.encode("utf-16-le", "surrogatepass")
    return "".join(chr(data[at] | data[at + 1] << 8) for at in range(0, len(data), 2))


def unit_count(text: str) -> int:
    """JavaScript's text.length."""
    return len(text) if text.isascii() else len(units(text))


def from_units(text: str) -> str:
    """Text again, out of UTF-16 units; a half pair stays a half."""
    if text.isascii() or not _SURROGATE.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def json_text(value: Json) -> Json:
    """JSON.stringify(value): no spaces, index-like keys first, undefined members left out; undefined of undefined."""
    if value is UNDEFINED:
        return UNDEFINED
    parts: list[str] = []
    _write_json(value, parts)
    return "".join(parts)


def _write_json(value: Json, parts: list[str]) -> None:
    if isinstance(value, str):
        parts.append(_quote(value))
    elif value is None or value is UNDEFINED:
        parts.append("null")  # only an array's undefined comes here
    elif isinstance(value, bool):
        parts.append("true" if value else "false")
    elif is_number(value):
        parts.append(number_text(value) if math.isfinite(to_double(value)) else "null")
    elif is_array(value):
        parts.append("[")
        for position, item in enumerate(value):
            if position:
                parts.append(",")
            _write_json(item, parts)
        parts.append("]")
    elif is_object(value):
        _write_object(value, parts)


def _write_object(record: dict[str, Json], parts: list[str]) -> None:
    separator = "{"
    for key in ordered_keys(record):
        item = record[key]
        if item is not UNDEFINED:
            parts += (separator, _quote(key), ":")
            separator = ","
            _write_json(item, parts)
    parts.append("}" if separator == "," else "{}")


def _quote(text: str) -> str:
    quoted = encode_basestring(text)
    if quoted.isascii() or not _SURROGATE.search(quoted):
        return quoted
    # A half surrogate pair is written as an escape ("well-formed JSON.stringify").
    return _SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", quoted)


def without_undefined(value: Json) -> Json:
    """A copy without undefined members; in arrays undefined stays, as the engine leaves it."""
    if is_object(value):
        return {key: without_undefined(item) for key, item in value.items() if item is not UNDEFINED}
    if is_array(value):
        return [without_undefined(item) for item in value]
    return value


def to_output(value: Json) -> Json:
    """What JSON makes of a result: undefined members are gone, an array's undefined and what is not finite are null."""
    if is_object(value):
        return {key: to_output(item) for key, item in value.items() if item is not UNDEFINED}
    if is_array(value):
        return [None if item is UNDEFINED else to_output(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
