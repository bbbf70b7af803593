"""I-Regexp (RFC 9485) as Python patterns. Needs only the standard library, as prelude.py does."""

import re
import sys
import unicodedata
from functools import cache, lru_cache
from itertools import groupby

_CATEGORY = r"\\[pP]\{(?:L[lmotu]?|M[cen]?|N[dlo]?|P[c-fios]?|Z[lps]?|S[ckmo]?|C[cfno]?)\}"
_ESCAPE = r"\\[()*+\-.?\[-^nrt{-}]"
_MEMBER = rf"(?:[^\-\[\\\]\ud800-\udfff]|{_ESCAPE})"
_SET = rf"\[\^?(?:-|{_MEMBER}(?:-{_MEMBER})?|{_CATEGORY})(?:{_MEMBER}(?:-{_MEMBER})?|{_CATEGORY})*-?\]"
_TOKEN = re.compile(
    rf"(?P<open>\()|(?P<close>\))|(?P<bar>\|)|(?P<quantifier>[*+?]|\{{[0-9]+(?:,[0-9]*)?\}})"
    rf"|(?P<dot>\.)|(?P<anchor>[\^$])|(?P<category>{_CATEGORY})|(?P<set>{_SET})"
    rf"|(?P<char>{_ESCAPE}|[^()*+.?\[\\\]{{|}}\ud800-\udfff])"
)
_IN_SET = re.compile(rf"(?P<category>{_CATEGORY})|(?P<range>{_MEMBER}-{_MEMBER})|(?P<char>-|{_MEMBER})")
_CONTROL = {"n": "\n", "r": "\r", "t": "\t"}


def regexp_matches(text: object, pattern: object) -> bool:
    """The function `match`: the whole of a text; false where either is no text or the pattern is none."""
    if not isinstance(text, str) or not isinstance(pattern, str):
        return False
    compiled = compile_iregexp(pattern)
    return compiled is not None and compiled.fullmatch(text) is not None


def regexp_searches(text: object, pattern: object) -> bool:
    """The function `search`: any part of a text; false as `regexp_matches` is."""
    if not isinstance(text, str) or not isinstance(pattern, str):
        return False
    compiled = compile_iregexp(pattern)
    return compiled is not None and compiled.search(text) is not None


@lru_cache(maxsize=256)
def compile_iregexp(pattern: str) -> re.Pattern[str] | None:
    """The Python pattern of an I-Regexp; None where it is not one.

    Source: RFC 9485, 4 (grammar) and 5.3 (mapping: `.` is no line end, `^` and `$` are the text's ends)
    """
    translated = _translate(pattern)
    try:
        return None if translated is None else re.compile(translated)
    except (re.error, OverflowError, RecursionError):  # [b-a], a{2,1}, a{99999999999}, ((((…
        return None


def _translate(pattern: str) -> str | None:
    parts: list[str] = []
    at = depth = 0
    repeatable = False
    while at < len(pattern):
        token = _TOKEN.match(pattern, at)
        if token is None or (token.lastgroup == "quantifier" and not repeatable):
            return None
        depth += {"open": 1, "close": -1}.get(token.lastgroup or "", 0)
        if depth < 0:
            return None
        parts.append(_piece(token.lastgroup or "", token[0]))
        repeatable = token.lastgroup not in ("open", "bar", "quantifier")
        at = token.end()
    return "".join(parts) if depth == 0 else None


def _piece(kind: str, text: str) -> str:
    match kind:
        case "open":
            return "(?:"
        case "dot":
            return r"[^\n\r]"
        case "anchor":
            return r"(?:\A)" if text == "^" else r"(?:\Z)"  # in parentheses it may be repeated
        case "category":
            return f"[{_category(text)}]"
        case "set":
            return _set(text)
        case "char":
            return _char(text)
        case _:  # close, bar, quantifier: written alike
            return text


def _char(text: str) -> str:
    plain = text[-1]
    return re.escape(_CONTROL.get(plain, plain) if len(text) == 2 else plain)


def _set(text: str) -> str:
    negated = text.startswith("[^") and text != "[^]"
    parts: list[str] = []
    for member in _IN_SET.finditer(text, 2 if negated else 1, len(text) - 1):
        if member["category"]:
            parts.append(_category(member["category"]))
        elif member["range"]:
            first, last = re.findall(_MEMBER, member["range"])
            parts.append(f"{_char(first)}-{_char(last)}")
        else:
            parts.append(_char(member["char"]))
    return f"[{'^' if negated else ''}{''.join(parts)}]"


@cache
def _category(escape: str) -> str:
    r"""The ranges of `\p{L}` or `\P{L}`, for the inside of a set."""
    prefix, complement = escape[3:-1], escape[1] == "P"
    parts: list[str] = []
    for first, last, category in _runs():
        if category.startswith(prefix) != complement:
            parts.append(re.escape(chr(first)) + ("-" + re.escape(chr(last)) if last > first else ""))
    return "".join(parts)


@cache
def _runs() -> tuple[tuple[int, int, str], ...]:
    """All characters as runs of one category: (first, last, category), surrogates left out."""
    runs: list[tuple[int, int, str]] = []
    for category, group in groupby(range(sys.maxunicode + 1), lambda code: unicodedata.category(chr(code))):
        codes = list(group)
        if category != "Cs":
            runs.append((codes[0], codes[-1], category))
    return tuple(runs)
