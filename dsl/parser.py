"""Text to syntax tree, with every error of the file in one run."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, lru_cache, partial
from importlib import resources
from typing import Any, cast

from lark import Lark, Token, Tree, UnexpectedInput, UnexpectedToken

from . import nodes as n
from .comments import place_comments
from .diagnostics import Diagnostic
from .parse_tables import load_parser
from .reader import Reader
from .sections import Sections
from .source import Source
from .spelling import did_you_mean, slip_of
from .text import AFTER_MARK, NO_UTF8

KEYWORDS = (
    "semantics", "destination", "about", "settings", "action", "summary", "deliver", "when", "for each", "use",
    "preset", "slug", "rows", "shape", "let", "table", "include", "example", "with", "given", "expect", "law", "extra",
)  # fmt: skip
SECTIONS = (
    "destination", "settings", "action", "preset", "rows", "shape", "let", "table", "include", "example", "law",
)  # fmt: skip
SEMANTICS = ("segment",)
MAX_TEXT = 2_000_000  # characters of a file
MOST_STRAY = 1000  # lines that fit nowhere


@dataclass(frozen=True, slots=True)
class Parsed:
    """A syntax tree and what is wrong with its text; `broken` names rows that were dropped, so that
    later passes stay silent about what is missing only because of that."""

    mapping: n.Mapping
    diagnostics: tuple[Diagnostic, ...]
    broken: frozenset[str] = frozenset()


def grammar_text() -> str:
    """The grammar of mapping files' lines, as text."""
    return (resources.files("atpath.dsl") / "grammar" / "mapping.lark").read_text("utf-8")


def make_parser(grammar: str, *, strict: bool = False) -> Lark:
    """The parser of lines, built from the grammar's text."""
    return Lark(grammar, parser="lalr", lexer="basic", strict=strict, propagate_positions=True)


@cache
def _parser() -> Any:
    return load_parser("lines", grammar_text(), make_parser)


@lru_cache(maxsize=1)  # a mapping is checked, then compiled
def parse(source: Source) -> Parsed:
    """The mapping file that a text is, whatever the text."""
    reader = Reader(source)
    if _no_text(reader):
        return Parsed(n.Mapping(None, ()), tuple(reader.diagnostics))
    stray: Callable[[UnexpectedInput], bool] = partial(_stray, reader)
    try:
        tree = _parser().parse(source.text, on_error=stray)
    except UnexpectedInput:
        return Parsed(n.Mapping(None, ()), tuple(reader.diagnostics))
    trees: list[Tree[Token]] = [t for t in tree.children if isinstance(t, Tree) and t.data != "lost"]
    heads = [_first(t).start_pos or 0 for t in trees]
    anchors = sorted({t.start_pos or 0 for tree in trees for t in tree.children if isinstance(t, Token)})
    comments = place_comments(source, anchors, heads)
    build = Sections(reader, comments)
    sections = [build.build(t) for t in trees if t.data != "semantics"]
    semantics = [_first(t) for t in trees if t.data == "semantics"]
    mapping = _mapping(reader, [s for s in sections if s is not None], semantics)
    # Comments around the first line, which is no section of its own, are the destination's.
    lost = tuple(c for token in semantics for c in comments.around(token.start_pos or 0))
    if mapping.destination is not None and lost:
        mapping = replace(
            mapping, destination=replace(mapping.destination, comments=lost + mapping.destination.comments)
        )
    ordered = sorted(reader.diagnostics, key=lambda d: d.span.start)
    return Parsed(replace(mapping, trailing=comments.at_end), tuple(ordered), frozenset(reader.broken))


def _first(tree: "Tree[Token]") -> Token:
    token = tree.children[0]
    assert isinstance(token, Token)
    return token


def _no_text(reader: Reader) -> bool:
    text = reader.source.text
    if "\0" in text:
        at = text.index("\0")
        byte = len(text[:at].encode("utf-8", "replace")) + 1
        if text.endswith(NO_UTF8 + AFTER_MARK):
            byte += len(AFTER_MARK.encode())
        is_end = text[at:] in (NO_UTF8, NO_UTF8 + AFTER_MARK)
        what = f"byte {byte:,} is no UTF-8" if is_end else "it holds a zero byte"
        reader.report("E013", f"this file is no text: {what}", reader.source.span(at, at + 1),
                      "a mapping file is UTF-8 text; an editor saves it so")  # fmt: skip
        return True
    if "\n" not in text and re.search(r"\r[^\r]*\S", text):
        at = text.index("\r")
        reader.report("E013", "the lines of this file end as on old Macs: in CR without LF",
                      reader.source.span(at, at), "save it with the line ends LF or CRLF")  # fmt: skip
        return True
    if len(text) > MAX_TEXT:
        message = f"this file has {len(text):,} characters; at most {MAX_TEXT:,} are read"
        reader.report("E012", message, reader.source.span(0, 1), "is it a mapping file? `include` takes one apart")
        return True
    if not re.search(r"^[ \t]*[^\s#]", text, re.M):
        reader.report(
            "E014",
            "this file is empty",
            reader.source.span(0, 0),
            'a mapping file begins with `destination NAME "Title"`',
        )
        return True
    return False


def _stray(reader: Reader, error: UnexpectedInput) -> bool:
    """A line that fits nowhere: said, and dropped. False where there are so many that it is another kind of file."""
    if not isinstance(error, UnexpectedToken):
        return True
    if len(reader.diagnostics) >= MOST_STRAY:
        return False
    token, lines = cast("Any", error).token, cast("Any", error).interactive_parser  # Lark does not say their types
    start = token.start_pos or 0
    line = str(token).split("\n", 1)[0].rstrip()
    span = reader.source.span(start, start + len(line))
    end = start + len(str(token))
    goes_with_it = _follows_misspelt(reader, start)
    reader.dropped_to = end if goes_with_it else -1
    if goes_with_it and token.type != "TEXT":
        return True
    if token.type == "TEXT":
        word = re.match(r"[^\s\"|]+", line)
        near = did_you_mean(word[0], KEYWORDS) if word else ""
        reader.dropped_to = end if near or goes_with_it else -1
        if word and slip_of(word[0], SECTIONS):
            lines.feed_token(Token("LOST", "", start_pos=start))
        reader.report("E002", f"no line begins with `{word[0][:60] if word else line[0]}`", span,
                      near or _of_text(line))  # fmt: skip
    elif token.type == "ROW":
        reader.report("E015", "a table row that belongs to no section", span, "begin one above it, such as `action …`")
    else:
        word = str(token).split(None, 1)[0]
        reader.report("E015", f"`{word}` does not belong here", span, _belongs(word))
    return True


def _follows_misspelt(reader: Reader, start: int) -> bool:
    """Whether nothing but comments stands between here and what was dropped with a misspelt line."""
    between = reader.source.text[reader.dropped_to : start] if reader.dropped_to >= 0 else "none"
    return all(not line.strip() or line.lstrip().startswith("#") for line in between.split("\n"))


def _of_text(line: str) -> str:
    return "a row of a table begins with `|`" if "|" in line else "a source that goes on over lines is indented"


def _belongs(word: str) -> str:
    homes = {
        "given": "it is a line of an `example`", "expect": "it is a line of an `example`",
        "with": "it is a line of an `example`", "slug": "it is a line of a `preset`",
    }  # fmt: skip
    return homes.get(word, "it is a line of an `action`")


def _mapping(reader: Reader, sections: list[n.Section], semantics: list[Token]) -> n.Mapping:
    heads = [s for s in sections if isinstance(s, n.Destination)]
    rest = tuple(s for s in sections if not isinstance(s, n.Destination))
    for head in heads[1:]:
        reader.report("E010", "a second `destination`", head.span, "a file maps to one destination")
    destination = replace(heads[0], semantics=_semantics(reader, semantics)) if heads else None
    span = reader.source.span(0, len(reader.source.text))
    return n.Mapping(destination, rest, span=span)


def _semantics(reader: Reader, tokens: list[Token]) -> str:
    for token in tokens:
        cell = reader.rest(token, "semantics")
        if cell.text not in SEMANTICS:
            reader.report("E015", f"there are no semantics `{cell.text}`", cell.whole, "write `semantics segment`")
            return ""
        return cell.text
    return ""
