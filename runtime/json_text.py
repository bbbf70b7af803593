"""JSON texts and values: the one place that says what is accepted and how it is written.

Accepted is RFC 8259 in UTF-8, with bounds that let whatever comes later convert, compare and copy freely:

- integers keep every digit; a number beyond a double's range (about 1.8e308) is refused, whole or not;
- at most MAX_DEPTH objects and arrays inside one another;
- every text can be written as UTF-8 again: an escaped half of a surrogate pair is refused;
- `NaN`, `Infinity`, comments, trailing commas and single quotes are no JSON.

Of a key given twice the last counts.
"""

import json
import re
import sys
from dataclasses import dataclass
from typing import NoReturn, cast

import msgspec

from .codes import EventCode

Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None
Object = dict[str, Json]

MAX_DEPTH = 200
_LARGEST = int(sys.float_info.max)
_DIGITS_AS_ZERO = bytes.maketrans(b"123456789", b"0" * 9)
_LONG_NUMBER = b"0" * 309
_THREE_DIGITS = re.compile(rb"[0-9]{3}")
_NO_BRACKETS = bytes(code for code in range(256) if code not in b"{}[]")
_TEXT = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A text that holds no event: why, in words."""

    code: EventCode
    reason: str


def decode_event(text: bytes) -> Object | Unreadable:
    """The JSON object that a line holds, or why it holds none."""
    try:
        value = cast("Json", _decode(text))
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        return _explain(text, error)
    if type(value) is not dict:
        return Unreadable(EventCode.NO_OBJECT, f"the line is {_kind(value)}, not an object")
    # Counting brackets and looking at every hundredth byte is cheap; more is not.
    if text.count(b"{") + text.count(b"[") > MAX_DEPTH and is_deeper(text, MAX_DEPTH):
        return _TOO_DEEP
    if _THREE_DIGITS.search(text[::100]) and _LONG_NUMBER in text.translate(_DIGITS_AS_ZERO) and _has_large(value):
        return _TOO_LARGE
    return value


def is_deeper(text: bytes, depth: int) -> bool:
    """Whether a JSON text has more than `depth` objects and arrays inside one another, without parsing it."""
    brackets = text.translate(None, _NO_BRACKETS)
    for _ in range(depth):
        if not brackets:
            return False
        brackets = brackets.replace(b"{}", b"").replace(b"[]", b"")  # the innermost pairs
    if not brackets:
        return False
    # Brackets inside texts are in the way, or it is too deep, or no JSON at all: count level by level.
    level = 0
    for code in _TEXT.sub(b"", text).translate(None, _NO_BRACKETS):
        level += 1 if code in b"{[" else -1
        if level > depth:
            return True
    return False


def encode(value: object) -> bytes:
    """A JSON value as one line of UTF-8 without its end."""
    try:
        return _encode(value)
    except (UnicodeEncodeError, OverflowError, msgspec.MsgspecError):
        return json.dumps(value, separators=(",", ":")).encode()


def canonical(value: Object) -> bytes:
    """The same bytes for the same value: keys sorted, no spaces."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


_TOO_DEEP = Unreadable(EventCode.TOO_DEEP, f"more than {MAX_DEPTH} objects and arrays inside one another")
_TOO_LARGE = Unreadable(EventCode.NUMBER_RANGE, "a number is beyond what a double can hold (about 1.8e308)")


def _kind(value: Json) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return "a text"
        case list():
            return "an array"
        case _:
            return "a number"


def _has_large(value: Json) -> bool:
    match value:
        case int():
            return abs(value) > _LARGEST
        case dict():
            return any(map(_has_large, value.values()))
        case list():
            return any(map(_has_large, value))
        case _:
            return False


def _explain(text: bytes, error: Exception) -> Unreadable:
    """Words for what msgspec has refused; the standard library's parser finds the column."""
    if isinstance(error, RecursionError):
        return _TOO_DEEP
    if isinstance(error, msgspec.ValidationError):
        return _TOO_LARGE
    try:
        words = text.decode()
    except UnicodeDecodeError as problem:
        return Unreadable(EventCode.NO_UTF8, f"byte {problem.start + 1} of the line is no UTF-8")
    try:
        json.loads(words, parse_constant=_refuse_constant)
    except json.JSONDecodeError as problem:
        return Unreadable(EventCode.NO_JSON, _in_words(problem))
    except RecursionError:
        return _TOO_DEEP
    except ValueError as problem:
        return Unreadable(EventCode.NO_JSON, str(problem))
    return Unreadable(EventCode.HALF_SURROGATE, "a text holds half of a surrogate pair, which no UTF-8 can hold")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _in_words(problem: json.JSONDecodeError) -> str:
    what = problem.msg.removesuffix(" at").removesuffix(" starting")
    return f"no JSON: {what[0].lower()}{what[1:]} at column {problem.colno}"
