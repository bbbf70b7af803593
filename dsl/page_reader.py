"""A docs page to a syntax tree: what a page says in headings and tables, and in blocks of the language."""

import re
from dataclasses import replace
from functools import cache
from importlib import resources
from typing import Any

from lark import Lark, Token

from . import nodes as n
from .page_cells import PageCells
from .page_parts import inside
from .page_walk import PageWalk
from .parse_tables import load_parser
from .parser import Parsed, parse
from .source import Source

__all__ = ["grammar_text", "make_parser", "parse_page"]


def grammar_text() -> str:
    """The grammar of docs pages' lines, as text."""
    return (resources.files("atpath.dsl") / "grammar" / "page.lark").read_text("utf-8")


def make_parser(grammar: str, *, strict: bool = False) -> Lark:
    """The parser of pages' lines, built from the grammar's text."""
    return Lark(grammar, parser="lalr", lexer="basic", strict=strict, propagate_positions=True)


@cache
def _parser() -> Any:
    return load_parser("page", grammar_text(), make_parser)


def parse_page(source: Source) -> Parsed:
    """The mapping that a docs page is, whatever the text; what cannot be read is reported with its place."""
    cells = PageCells(source)
    if "\0" in source.text:
        at = source.text.index("\0")
        cells.report(
            "E013", "this file is no text: it holds a zero byte", source.span(at, at + 1), "a page is UTF-8 text"
        )
        return Parsed(n.Mapping(None, ()), tuple(cells.diagnostics))
    tokens: list[Token] = [t for t in _parser().parse(source.text).children if isinstance(t, Token)]
    blocks = _blocks(source, tokens)
    walk = PageWalk(cells, blocks.mapping)
    walk.read(tokens)
    mapping = n.Mapping(walk.destination(), tuple(walk.sections), span=source.span(0, len(source.text)))
    told = [*cells.diagnostics, *(replace(d, source=source) for d in blocks.diagnostics)]
    return Parsed(mapping, tuple(sorted(told, key=lambda d: d.span.start)), frozenset(cells.broken) | blocks.broken)


def _blocks(source: Source, tokens: list[Token]) -> Parsed:
    """What the page's blocks of the language say: all else is blanked, so that places stay what they are."""
    found = [t for t in tokens if t.type == "BLOCK"]
    if not found:
        return Parsed(n.Mapping(None, ()), ())
    pieces: list[str] = []
    done = 0
    for token in found:
        start, end = inside(token)
        pieces += (_blank(source.text[done:start]), source.text[start:end])
        done = end
    pieces.append(_blank(source.text[done:]))
    return parse(replace(source, text="".join(pieces)))


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)
