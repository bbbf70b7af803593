"""Paths that jsonpath-ng reads as RFC 9535 does, in the words that it reads."""

from typing import assert_never

from ...dsl.nodes import (
    FilterAnd,
    FilterCall,
    FilterCompare,
    FilterExpr,
    FilterLiteral,
    FilterNot,
    FilterOr,
    FilterSelector,
    IndexSelector,
    NameSelector,
    Path,
    Scalar,
    Segment,
    Selector,
    SliceSelector,
    WildcardSelector,
)
from .compare import MIRRORED


class _Differs(Exception):
    """jsonpath-ng refuses this, or means something else by it."""


def to_jsonpath_ng(path: Path) -> str | None:
    """The path for `jsonpath_ng.ext.parse`; None where the two dialects part.

    Source: found by comparing both on random paths and values (jsonpath-ng 1.16), which a test goes on doing
    """
    try:
        return _path(path)
    except _Differs:
        return None


def _path(path: Path) -> str:
    if path.root not in ("$", "@"):
        raise _Differs
    return path.root + "".join(map(_segment, path.segments))


def _segment(segment: Segment) -> str:
    first = segment.selectors[0]
    if len(segment.selectors) > 1:
        kind = IndexSelector if isinstance(first, IndexSelector) else NameSelector
        if not all(isinstance(selector, kind) for selector in segment.selectors):
            raise _Differs
    return f"{'..' if segment.descend else ''}[{','.join(map(_selector, segment.selectors))}]"


def _selector(selector: Selector) -> str:
    match selector:
        case NameSelector(name=name):
            return _text(name)
        case IndexSelector(index=index, dotted=False):
            return str(index)
        case WildcardSelector():
            return "*"
        case SliceSelector(start=start, stop=stop, step=step):
            return ":".join("" if number is None else str(number) for number in (start, stop, step))
        case FilterSelector(condition=condition):
            return f"?{_filter(condition)}"
        case IndexSelector():
            raise _Differs
        case _:
            assert_never(selector)


def _filter(node: FilterExpr) -> str:
    match node:
        case FilterOr(terms=terms):
            return f"({' || '.join(map(_filter, terms))})"
        case FilterAnd(terms=terms):
            return f"({' && '.join(map(_filter, terms))})"
        case FilterNot(term=Path() as term):
            return f"!{_path(term)}"
        case FilterCompare(left=left, op=op, right=right):
            if isinstance(left, FilterLiteral):
                left, op, right = right, MIRRORED[op], left
            if isinstance(left, FilterLiteral):
                raise _Differs
            return f"{_filter(left)} {op} {_filter(right)}"
        case FilterLiteral(value=value):
            return _literal(value)
        case Path():
            return _path(node)
        case FilterNot() | FilterCall():
            raise _Differs
        case _:
            assert_never(node)


def _literal(value: Scalar) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if "e" in repr(value):
        raise _Differs
    return repr(value)


def _text(text: str) -> str:
    """Between quotes nothing but the quote and the backslash has an escape there."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
