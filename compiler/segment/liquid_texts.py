"""Liquid's filters of texts, as liquidjs has them."""

import re
import unicodedata
from collections.abc import Callable
from functools import wraps
from itertools import groupby
from typing import Final
from urllib.parse import quote, unquote

from .liquid_values import as_number, stringify
from .values import UNDEFINED, WHITE_SPACE, Json, from_units, units

_HALF: Final = re.compile("[\ud800-\udfff]")
_CJK: Final = "\u4e00-\u9fff\uf900-\ufaff\u3400-\u4dbf\u3040-\u309f\u30a0-\u30ff\uac00-\ud7af"
_CJK_SIGN: Final = re.compile(f"[{_CJK}]")
_OTHER_WORD: Final = re.compile(f"[^{_CJK}{WHITE_SPACE}]+")
_SPACES: Final = re.compile(f"[{WHITE_SPACE}]+")
_ENTITIES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;"}
_CHARACTERS: Final = {entity: character for character, entity in _ENTITIES.items()}
_TAGS: Final = re.compile(r"<script.*?</script>|<style.*?</style>|<!--.*?-->|<.*?>", re.DOTALL)
_UNESCAPED: Final = "!'()*~-_."


def _text(operation: Callable[..., Json]) -> Callable[..., Json]:
    """A filter of texts, told in UTF-16 units."""

    @wraps(operation)
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


def _taken(characters: str) -> str:
    """What is stripped: white space, or these; one of two units equals no unit of a text."""
    return _HALF.sub("", characters) if characters else WHITE_SPACE


def _strip(text: str, characters: str = "") -> str:
    return text.strip(_taken(characters))


def _append(text: str, end: str) -> str:
    return text + end


def _prepend(text: str, start: str) -> str:
    return start + text


def _remove(text: str, part: str = "") -> str:
    return text.replace(part, "") if part else text


def _replace_first(text: str, old: str = "", new: str = "") -> str:
    return text.replace(old, new, 1)


def _lstrip(text: str, characters: str = "") -> str:
    return text.lstrip(_taken(characters))


def _rstrip(text: str, characters: str = "") -> str:
    return text.rstrip(_taken(characters))


def _escape_once(text: str) -> str:
    return _escape(_unescape(text))


def _strip_html(text: str) -> str:
    return _TAGS.sub("", text)


def _strip_newlines(text: str) -> str:
    return re.sub("\r?\n", "", text)


def _normalize(text: str) -> str:
    return _SPACES.sub(" ", text)


def _count_words(text: str, mode: str = "") -> int:
    """Words between spaces; of `cjk`, and of `auto` where there are any, each character of these scripts."""
    text = text.strip(WHITE_SPACE)
    signs = _CJK_SIGN.findall(text) if mode in ("cjk", "auto") else []
    if signs or mode == "cjk":
        return len(signs) + len(_OTHER_WORD.findall(text))
    return len(_SPACES.split(text)) if text else 0


def _percent(text: Json, safe: str = _UNESCAPED) -> str:
    return quote(stringify(text), safe=safe)


def _url_encode(value: Json) -> str:
    return _percent(value, f"{_UNESCAPED} ").replace(" ", "+")


def _url_decode(value: Json) -> str:
    return unquote(stringify(value)).replace("+", " ")


def _cgi_escape(value: Json) -> str:
    return _percent(value, "~-_. ").replace(" ", "+")


def _uri_escape(value: Json) -> str:
    return _percent(value, "!'()*~-_.;,/?:@&=+$#[]")


TEXT_FILTERS: Final[dict[str, Callable[..., Json]]] = {
    "append": _text(_append),
    "capitalize": _text(_capitalize),
    "cgi_escape": _cgi_escape,
    "downcase": _text(str.lower),
    "escape": _text(_escape),
    "escape_once": _text(_escape_once),
    "lstrip": _text(_lstrip),
    "normalize_whitespace": _text(_normalize),
    "number_of_words": _text(_count_words),
    "prepend": _text(_prepend),
    "remove": _text(_remove),
    "remove_first": _text(_replace_first),
    "remove_last": _text(_replace_last),
    "replace": _text(_replace),
    "replace_first": _text(_replace_first),
    "replace_last": _text(_replace_last),
    "rstrip": _text(_rstrip),
    "slugify": _slugify,
    "split": _text(_split),
    "strip": _text(_strip),
    "strip_html": _text(_strip_html),
    "strip_newlines": _text(_strip_newlines),
    "truncate": _truncate,
    "truncatewords": _truncate_words,
    "upcase": _text(str.upper),
    "uri_escape": _uri_escape,
    "url_decode": _url_decode,
    "url_encode": _url_encode,
    "xml_escape": _text(_escape),
}
