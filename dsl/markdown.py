"""Markdown around a piece of text: code spans, entities, tags and escapes, taken off and put on."""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass

from .source import Excerpt

ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]*);")
_CODE = re.compile(r"(`+)(?!`)(.*?[^`])\1(?!`)\Z", re.S)
_BOLD = re.compile(r"(\*\*|__)(?=\S)(.*\S)\1\Z", re.S)
_ENDS = re.compile(r"(?:<(?:/?(?:pre|code|p|span)|br */?)\b[^>]*>\s*)+", re.I)
_BREAK = re.compile(r"<br\s*/?>", re.I)
_ESCAPE = re.compile(r"\\([_*<>\[\]~`])")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_TAG = re.compile(r"</?[A-Za-z][^>]*>")
_OTHER_TAG = re.compile(r"</?(?!br\b)[A-Za-z][^>]*>", re.I)
_ANCHOR = re.compile(r"\s*\{#[^}]*\}\s*\Z")
_CLOSING = re.compile(r"(?:\A|\s+)#+\s*\Z")


@dataclass(frozen=True, slots=True)
class Plain:
    """A piece of text without its Markdown; `code` if it stood in a code span."""

    text: Excerpt
    code: bool


def plain(piece: Excerpt) -> Plain:
    """What a piece of a page says: code spans as they stand, elsewhere without entities, tags and escapes."""
    piece = _trimmed(piece)
    code = _CODE.match(piece.text)
    if code:
        return Plain(_inside_code(piece.cut(*code.span(2))), True)
    bold = _BOLD.match(piece.text)
    if bold:
        return plain(piece.cut(*bold.span(2)))
    piece = rewritten(piece, _BREAK, lambda _: "\n")
    piece = rewritten(piece, _ESCAPE, lambda match: match[1])
    return Plain(rewritten(piece, ENTITY, lambda match: _character(match[0])).strip(), False)


def unlinked(piece: Excerpt) -> Excerpt:
    """The piece without links and without tags but those of line breaks: their texts stay."""
    return rewritten(rewritten(piece, _LINK, lambda match: match[1]), _OTHER_TAG, lambda _: "").strip()


def _trimmed(piece: Excerpt) -> Excerpt:
    """Without the tags at its ends: they say how it is shown."""
    piece = piece.strip()
    first = _ENDS.match(piece.text)
    if first:
        piece = piece.cut(first.end(), len(piece.text)).strip()
    last = next((m for m in _ENDS.finditer(piece.text) if m.end() == len(piece.text)), None)
    return piece.cut(0, last.start()).strip() if last else piece


def _inside_code(piece: Excerpt) -> Excerpt:
    text = piece.text
    # One space at each end parts a backtick of the text from those around it (CommonMark, 6.1).
    if len(text) > 2 and text[0] == text[-1] == " " and text.strip():
        piece = piece.cut(1, len(text) - 1)
    return piece


def _character(entity: str) -> str:
    text = html.unescape(entity)
    return " " if text == "\u00a0" else text


def rewritten(piece: Excerpt, pattern: re.Pattern[str], new: Callable[[re.Match[str]], str]) -> Excerpt:
    """The piece with each match replaced; every character still knows its place."""
    chunks: list[str] = []
    pieces: list[tuple[int, int]] = []
    size = done = 0
    for match in pattern.finditer(piece.text):
        kept, text = piece.cut(done, match.start()), new(match)
        pieces += [(size + at, place) for at, place in kept.pieces if kept.text]
        size += len(kept.text)
        pieces.append((size, piece.offset(match.start())))
        size += len(text)
        chunks += (kept.text, text)
        done = match.end()
    if not done:
        return piece
    rest = piece.cut(done, len(piece.text))
    pieces += [(size + at, place) for at, place in rest.pieces]
    return Excerpt("".join([*chunks, rest.text]), tuple(pieces), piece.file)


def heading(text: str) -> str:
    """What a heading says: `## **Track Event** {#track}` is "Track Event"."""
    text = _ANCHOR.sub("", text.strip())
    text = _CLOSING.sub("", text).strip()
    text = _TAG.sub("", _LINK.sub(r"\1", text))
    for pattern in (_CODE, _BOLD):
        match = pattern.match(text)
        text = match[2] if match else text
    return " ".join(unescaped(_ESCAPE.sub(r"\1", text)).split())


# --- putting it on


def escaped(text: str) -> str:
    """Text that stands on a page as it is: nothing in it is a tag or an entity."""
    text = ENTITY.sub(lambda match: f"&amp;{match[0][1:]}", text)
    return re.sub(r"<(?=[A-Za-z/!?])", "&lt;", text)


def unescaped(text: str) -> str:
    """The text that `escaped` was given."""
    return ENTITY.sub(lambda match: _character(match[0]), text)


def code_span(text: str) -> str:
    """Text as code, whatever is in it."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    if not longest and text.strip() == text:
        return f"`{text}`"
    fence = "`" * (longest + 1)
    return f"{fence} {text} {fence}"
