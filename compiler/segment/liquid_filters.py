"""Liquid's filters as liquidjs has them: JavaScript's text, numbers and lengths."""

import base64
import hashlib
import hmac
import math
import re
import unicodedata
from collections.abc import Callable
from itertools import groupby
from typing import Final
from urllib.parse import quote, unquote

from .liquid_dates import DATE_FILTERS
from .values import (
    UNDEFINED,
    WHITE_SPACE,
    Json,
    from_units,
    is_array,
    is_number,
    is_object,
    json_text,
    ordered_keys,
    to_double,
    to_number,
    to_text,
    type_of,
    units,
)

_SPACES: Final = re.compile(f"[{WHITE_SPACE}]+")
_ENTITIES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;"}
_CHARACTERS: Final = {entity: character for character, entity in _ENTITIES.items()}
_TAGS: Final = re.compile(r"<script.*?</script>|<style.*?</style>|<!--.*?-->|<.*?>", re.DOTALL)
_UNESCAPED: Final = "!'()*~-_."


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


def _whole(number: float) -> Json:
    """A float without a fraction as an integer: what indexes and JSON want."""
    return int(number) if math.isfinite(number) and number.is_integer() and abs(number) < 1e21 else number


def _arithmetic(operation: Callable[..., float]) -> Callable[..., Json]:
    def filtered(*operands: Json) -> Json:
        return _whole(float(operation(*map(as_number, operands))))

    return filtered


def _divide(dividend: float, divisor: float, whole: float = 0) -> float:
    if divisor == 0:
        return math.nan if dividend == 0 or dividend != dividend else math.copysign(math.inf, dividend)
    return float(math.floor(dividend / divisor)) if whole else dividend / divisor


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


def _text(operation: Callable[..., Json]) -> Callable[..., Json]:
    """A filter of texts, told in UTF-16 units."""

    def filtered(value: Json = UNDEFINED, *arguments: Json) -> Json:
        result = operation(units(stringify(value)), *(units(stringify(argument)) for argument in arguments))
        return from_units(result) if isinstance(result, str) else result

    return filtered


def _split(text: str, separator: str = "") -> list[str]:
    parts = [from_units(part) for part in (text.split(separator) if separator else list(text))]
    while parts and not parts[-1]:
        parts.pop()
    return parts


def _replace(text: str, old: str = "", new: str = "") -> str:
    return text.replace(old, new) if old else new.join(text)


def _replace_last(text: str, old: str = "", new: str = "") -> str:
    at = text.rfind(old)
    return text if at < 0 else text[:at] + new + text[at + len(old) :]


def _capitalize(text: str) -> str:
    return text[:1].upper() + text[1:].lower()


def _truncate(value: Json, length: Json = 50, ellipsis: Json = "...") -> Json:
    text, end = units(stringify(value)), units(stringify(ellipsis))
    most = as_number(length)
    return value if len(text) <= most else from_units(text[: max(0, int(most) - len(end))]) + stringify(ellipsis)


def _truncate_words(value: Json, count: Json = 15, ellipsis: Json = "...") -> str:
    words = _SPACES.split(stringify(value))
    most = max(1, int(as_number(count)))
    return " ".join(words[:most]) + (stringify(ellipsis) if len(words) >= most else "")


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


def _size(value: Json) -> int:
    return len(units(value)) if isinstance(value, str) else len(value) if is_array(value) else 0


def _items(value: Json) -> list[Json]:
    return [] if value is None or value is UNDEFINED else value if is_array(value) else [value]


def _join(value: Json, separator: Json = " ") -> str:
    glue = " " if separator is None else stringify(separator)
    return glue.join("" if item is None or item is UNDEFINED else to_text(item) for item in _items(value))


def _end(position: int) -> Callable[[Json], Json]:
    def end(value: Json) -> Json:
        if isinstance(value, str):
            return from_units(units(value)[position : position + 1 or None])
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
    return _whole(math.fsum(as_number(_member(item, path[0]) if path else item) for item in _items(value)))


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
        return _whole(to_number(to_text(value)))
    return _whole(as_number(value))


def _slugify(value: Json, mode: Json = "default", cased: Json = False) -> str:
    """Runs of what is no letter, mark or digit as one dash; pretty keeps some punctuation, ascii only ASCII."""
    kept = {"raw": "", "pretty": "._~!$&'()+,;=@"}.get(mode, "")

    def is_kept(character: str) -> bool:
        if mode == "raw":
            return character not in WHITE_SPACE
        if mode == "ascii":
            return character.isascii() and character.isalnum()
        category = unicodedata.category(character)
        return mode == "none" or category[0] in "LM" or category == "Nd" or character in kept

    text = stringify(value)
    runs = ["".join(run) if is_run else "-" for is_run, run in groupby(text, is_kept)]
    slug = "".join(runs)
    slug = slug if mode == "none" else slug.removeprefix("-").removesuffix("-")
    return slug if cased else slug.lower()


def _escape(text: str) -> str:
    return "".join(_ENTITIES.get(character, character) for character in text)


def _unescape(text: str) -> str:
    return re.sub("&(?:amp|lt|gt|#34|#39);", lambda match: _CHARACTERS[match[0]], text)


def _percent(text: Json, safe: str = _UNESCAPED) -> str:
    return quote(stringify(text), safe=safe)


def _strip(text: str, characters: str = "") -> str:
    return text.strip(characters or WHITE_SPACE)


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


def _append(text: str, end: str) -> str:
    return text + end


def _prepend(text: str, start: str) -> str:
    return start + text


def _remove(text: str, part: str = "") -> str:
    return text.replace(part, "") if part else text


def _replace_first(text: str, old: str = "", new: str = "") -> str:
    return text.replace(old, new, 1)


def _lstrip(text: str, characters: str = "") -> str:
    return text.lstrip(characters or WHITE_SPACE)


def _rstrip(text: str, characters: str = "") -> str:
    return text.rstrip(characters or WHITE_SPACE)


def _escape_once(text: str) -> str:
    return _escape(_unescape(text))


def _strip_html(text: str) -> str:
    return _TAGS.sub("", text)


def _strip_newlines(text: str) -> str:
    return re.sub("\r?\n", "", text)


def _normalize(text: str) -> str:
    return _SPACES.sub(" ", text)


def _count_words(text: str, mode: str = "") -> int:
    return len(_SPACES.split(text.strip(WHITE_SPACE))) if _strip(text) else 0


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


def _url_encode(value: Json) -> str:
    return _percent(value, f"{_UNESCAPED} ").replace(" ", "+")


def _url_decode(value: Json) -> str:
    return unquote(stringify(value)).replace("+", " ")


def _cgi_escape(value: Json) -> str:
    return _percent(value, "~-_. ").replace(" ", "+")


def _uri_escape(value: Json) -> str:
    return _percent(value, "!'()*~-_.;,/?:@&=+$#[]")


FILTERS: Final[dict[str, Callable[..., Json]]] = {
    **DATE_FILTERS,
    "abs": _arithmetic(math.fabs),
    "append": _text(_append),
    "at_least": _arithmetic(max),
    "at_most": _arithmetic(min),
    "base64_decode": _unbase64,
    "base64_encode": _base64,
    "capitalize": _text(_capitalize),
    "ceil": _arithmetic(_rounded(math.ceil)),
    "cgi_escape": _cgi_escape,
    "compact": _compact,
    "default": _default,
    "divided_by": _arithmetic(_divide),
    "downcase": _text(str.lower),
    "escape": _text(_escape),
    "escape_once": _text(_escape_once),
    "first": _end(0),
    "floor": _arithmetic(_rounded(math.floor)),
    "hmac_sha256": _hmac_sha256,
    "inspect": _json,
    "join": _join,
    "json": _json,
    "jsonify": _json,
    "last": _end(-1),
    "lstrip": _text(_lstrip),
    "minus": _arithmetic(_minus),
    "modulo": _arithmetic(_modulo),
    "normalize_whitespace": _text(_normalize),
    "number_of_words": _text(_count_words),
    "plus": _arithmetic(_plus),
    "pop": _pop,
    "prepend": _text(_prepend),
    "push": _push,
    "raw": _raw,
    "remove": _text(_remove),
    "remove_first": _text(_replace_first),
    "remove_last": _text(_replace_last),
    "replace": _text(_replace),
    "replace_first": _text(_replace_first),
    "replace_last": _text(_replace_last),
    "round": _arithmetic(_round),
    "rstrip": _text(_rstrip),
    "sha256": _sha256,
    "shift": _shift,
    "size": _size,
    "slice": _slice,
    "slugify": _slugify,
    "split": _text(_split),
    "strip": _text(_strip),
    "strip_html": _text(_strip_html),
    "strip_newlines": _text(_strip_newlines),
    "sum": _sum,
    "times": _arithmetic(_times),
    "to_integer": _to_integer,
    "truncate": _truncate,
    "truncatewords": _truncate_words,
    "unshift": _unshift,
    "upcase": _text(str.upper),
    "uri_escape": _uri_escape,
    "url_decode": _url_decode,
    "url_encode": _url_encode,
    "where": _where,
    "xml_escape": _text(_escape),
}
"""Each filter that is not switched off. One that liquidjs lacks passes its value on."""

DISABLED: Final = frozenset(
    {
        "array_to_sentence_string", "concat", "find", "find_exp", "find_index", "find_index_exp", "group_by",
        "group_by_exp", "has", "has_exp", "map", "newline_to_br", "reject", "reject_exp", "reverse", "sort",
        "sort_natural", "type", "uniq", "where_exp",
    }
)  # fmt: skip
"""Filters that the engine refuses, when they are reached."""
