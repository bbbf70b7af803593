"""Text in, text out: templates, case and replacement as JavaScript does them."""

import re
from functools import lru_cache
from typing import Final

from .paths import get
from .values import UNDEFINED, WHITE_SPACE, Json, from_units, to_text, units

_TRIPLE: Final = re.compile(r"\{\{\{([^}]+)\}\}\}")
_DOUBLE: Final = re.compile(r"\{\{([^}]+)\}\}")
_SPECIAL: Final = re.compile(r"\$([$&`'])")

MAX_UNITS: Final = 10
"""How long a pattern and a replacement may be, in UTF-16 units."""


def render(template: str, value: Json) -> str:
    """Fill a template's placeholders.

    The pass over {{{x}}} runs first and its output goes through the pass over {{x}}: user data that holds a
    placeholder is expanded. Neither escapes anything.
    """
    scope: Json = {} if value is UNDEFINED else value

    def fill(match: re.Match[str]) -> str:
        return placeholder_text(get(scope, match[1].strip(WHITE_SPACE)))

    return _DOUBLE.sub(fill, _TRIPLE.sub(fill, template))


def split_template(template: str) -> list[tuple[str, str | None]] | None:
    """A template's texts and its placeholders' paths, in order; None where a {{{x}}} makes it a matter of two passes.

    Shape:  "Hi {{a.b}}!" -> [("Hi ", None), ("", "a.b"), ("!", None)]
    """
    if _TRIPLE.search(template):
        return None
    parts: list[tuple[str, str | None]] = []
    for position, part in enumerate(_DOUBLE.split(template)):
        if position % 2:
            parts.append(("", part.strip(WHITE_SPACE)))
        elif part:
            parts.append((part, None))
    return parts


def placeholder_text(value: Json) -> str:
    """What a value reads in a template: nothing for null and undefined."""
    return "" if value is None or value is UNDEFINED else to_text(value)


def replace(text: str, pattern: str, replacement: str, *, ignore_case: bool, everywhere: bool) -> str:
    """Put the replacement for the pattern, a literal text that is not empty.

    Shape:  in the replacement $$ is a dollar, $& the match, $` and $' what stands before and after it
    """
    text, sought = units(text), units(pattern)
    haystack, needle = (fold(text), fold(sought)) if ignore_case else (text, sought)
    parts: list[str] = []
    end = 0
    at = haystack.find(needle)
    while at >= 0:
        parts += (text[end:at], _expand(replacement, text, at, at + len(needle)))
        end = at + len(needle)
        at = haystack.find(needle, end) if everywhere else -1
    return from_units("".join((*parts, text[end:])))


def _expand(replacement: str, text: str, start: int, end: int) -> str:
    if "$" not in replacement:
        return replacement
    meanings = {"$": "$", "&": text[start:end], "`": text[:start], "'": text[end:]}
    return _SPECIAL.sub(lambda match: meanings[match[1]], replacement)


def fold(text: str) -> str:
    """The text with every UTF-16 unit folded by itself, as a regular expression with the flag i (and not u) does.

    Unlike re.IGNORECASE, the long s stays apart from s and the Kelvin sign from k.
    """
    return text.upper() if text.isascii() else "".join(map(_fold_unit, text))


@lru_cache(maxsize=1024)
def _fold_unit(unit: str) -> str:
    upper = unit.upper()
    if len(upper) != 1 or (unit >= "\u0080" and upper < "\u0080"):
        return unit
    return upper
