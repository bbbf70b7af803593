"""Paths to their canonical text."""

import re
from typing import assert_never

from . import nodes as n
from .text import quote, quote_path_name

# RFC 9535 lets more follow a dot; what is no word is easier to read in quotes.
_WORD = re.compile(r"[^\W\d]\w*\Z")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*\Z")


def format_path(path: n.Path) -> str:
    """The text of a path: words after dots, everything else in brackets."""
    if path.root == "":
        return _format_bare(path)
    return path.root + "".join(map(_segment, path.segments))


def _segment(segment: n.Segment) -> str:
    dots = ".." if segment.descend else ""
    match segment.selectors:
        case (n.NameSelector(name),) if _WORD.match(name):
            return f"{dots or '.'}{name}"
        case (n.IndexSelector(index, dotted=True),) if not segment.descend:
            return f".{index}"
        case (n.WildcardSelector(),) if segment.descend:
            return "..*"
        case (n.NameSelector(name),):
            return dots + quote_path_name(name)
        case selectors:
            return f"{dots}[{', '.join(map(_selector, selectors))}]"


def _selector(selector: n.Selector) -> str:
    match selector:
        case n.NameSelector(name):
            return quote(name)
        case n.IndexSelector(index):
            return str(index)
        case n.WildcardSelector():
            return "*"
        case n.SliceSelector(start, stop, step):
            ends = ":".join("" if number is None else str(number) for number in (start, stop))
            return ends if step is None else f"{ends}:{step}"
        case n.FilterSelector(condition):
            return f"?{_filter(condition)}"
        case _:
            assert_never(selector)


def _filter(node: n.FilterExpr) -> str:
    match node:
        case n.Path():
            return format_path(node)
        case n.FilterLiteral(value):
            return format_scalar(value)
        case n.FilterCall(name, arguments):
            return f"{name}({', '.join(map(_filter, arguments))})"
        case n.FilterCompare(left, op, right):
            return f"{_filter(left)} {op} {_filter(right)}"
        case n.FilterNot(term):
            return "!" + _within(term, n.FilterCompare, n.FilterAnd, n.FilterOr, n.FilterNot)
        case n.FilterAnd(terms):
            return " && ".join(_within(term, n.FilterAnd, n.FilterOr) for term in terms)
        case n.FilterOr(terms):
            return " || ".join(_within(term, n.FilterOr) for term in terms)
        case _:
            assert_never(node)


def _within(node: n.FilterExpr, *looser: type[n.Node]) -> str:
    text = _filter(node)
    return f"({text})" if isinstance(node, looser) else text


def _format_bare(path: n.Path) -> str:
    """A bare name, as triggers have them; what a name cannot say stands behind backslashes."""
    text = ""
    for segment in path.segments:
        selector = segment.selectors[0]
        word = str(selector.index) if isinstance(selector, n.IndexSelector) else getattr(selector, "name", "")
        if isinstance(selector, n.IndexSelector) or _NAME.match(word):
            text += f".{word}" if text else word
        else:
            # An escaped dot parts two names as a bare one does, and anything may follow it.
            text += (r"\." if text else "") + re.sub(r"([^A-Za-z0-9_-])", r"\\\1", word)
    return text


def format_scalar(value: n.Scalar) -> str:
    """A literal that is not a template."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return quote(value)
        case _:
            return repr(value)
