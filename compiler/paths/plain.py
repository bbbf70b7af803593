"""Paths read plainly, node by node: slow, and meant to be obviously right."""

from collections.abc import Iterator
from typing import NamedTuple, assert_never

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
    Segment,
    Selector,
    SliceSelector,
    WildcardSelector,
)
from .iregexp import regexp_matches, regexp_searches
from .prelude import NOTHING, Found, JsonValue, less, same


class Match(NamedTuple):
    """A value, and the way there: the match it was found in, and the name or index there."""

    value: JsonValue
    parent: "Match | None" = None
    key: str | int = ""


class Roots(NamedTuple):
    """What `$` and `$$` are."""

    value: JsonValue
    event: JsonValue


def select(path: Path, value: JsonValue, event: JsonValue) -> list[JsonValue]:
    """The values that a path finds, in order; `value` is its `$`, `event` its `$$`."""
    return [match.value for match in select_matches(path, value, event)]


def select_matches(path: Path, value: JsonValue, event: JsonValue) -> list[Match]:
    """The same with the way to each of them."""
    return _walk(path, Match(value if path.root == "$" else event), Roots(value, event))


def _walk(path: Path, start: Match, roots: Roots) -> list[Match]:
    matches = [start]
    for segment in path.segments:
        matches = [found for match in matches for found in _apply(segment, match, roots)]
    return matches


def _apply(segment: Segment, match: Match, roots: Roots) -> Iterator[Match]:
    for place in _descendants(match) if segment.descend else (match,):
        for selector in segment.selectors:
            yield from _choose(selector, place, roots)


def _children(match: Match) -> list[Match]:
    if isinstance(match.value, dict):
        return [Match(child, match, name) for name, child in match.value.items()]
    if isinstance(match.value, list):
        return [Match(child, match, index) for index, child in enumerate(match.value)]
    return []


def _descendants(match: Match) -> Iterator[Match]:
    todo = [match]
    while todo:
        match = todo.pop()
        yield match
        todo += reversed(_children(match))


def _choose(selector: Selector, match: Match, roots: Roots) -> list[Match]:
    value = match.value
    match selector:
        case NameSelector(name=name):
            return [Match(value[name], match, name)] if isinstance(value, dict) and name in value else []
        case IndexSelector(index=index):
            if isinstance(value, dict) and selector.dotted:
                return _choose(NameSelector(str(index)), match, roots)
            if not isinstance(value, list):
                return []
            position = index if index >= 0 else len(value) + index
            return [Match(value[position], match, position)] if 0 <= position < len(value) else []
        case WildcardSelector():
            return _children(match)
        case SliceSelector(start=start, stop=stop, step=step):
            return _children(match)[start:stop:step] if isinstance(value, list) and step != 0 else []
        case FilterSelector(condition=condition):
            return [child for child in _children(match) if _holds(condition, child.value, roots)]
        case _:
            assert_never(selector)


def _holds(node: FilterExpr, item: JsonValue, roots: Roots) -> bool:
    match node:
        case FilterOr(terms=terms):
            return any(_holds(term, item, roots) for term in terms)
        case FilterAnd(terms=terms):
            return all(_holds(term, item, roots) for term in terms)
        case FilterNot(term=term):
            return not _holds(term, item, roots)
        case FilterCompare(left=left, op=op, right=right):
            return _compares(_value(left, item, roots), op, _value(right, item, roots))
        case FilterCall(name=name, arguments=(text, pattern)):
            function = regexp_matches if name == "match" else regexp_searches
            return function(_value(text, item, roots), _value(pattern, item, roots))
        case Path():
            return bool(_find(node, item, roots))
        case _:
            raise TypeError(f"{type(node).__name__} is no test")  # the parser refuses it


def _compares(left: Found, op: str, right: Found) -> bool:
    match op:
        case "==":
            return same(left, right)
        case "!=":
            return not same(left, right)
        case "<":
            return less(left, right)
        case "<=":
            return less(left, right) or same(left, right)
        case ">":
            return less(right, left)
        case _:
            return less(right, left) or same(left, right)


def _value(node: FilterExpr, item: JsonValue, roots: Roots) -> Found:
    match node:
        case FilterLiteral(value=value):
            return value
        case FilterCall(name="length", arguments=(argument,)):
            value = _value(argument, item, roots)
            return len(value) if isinstance(value, str | list | dict) else NOTHING
        case FilterCall(name="count", arguments=(Path() as path,)):
            return len(_find(path, item, roots))
        case Path() | FilterCall(name="value", arguments=(Path(),)):
            found = _find(node if isinstance(node, Path) else node.arguments[0], item, roots)
            return found[0] if len(found) == 1 else NOTHING
        case _:
            raise TypeError(f"{type(node).__name__} gives no value")  # the parser refuses it


def _find(path: FilterExpr, item: JsonValue, roots: Roots) -> list[JsonValue]:
    assert isinstance(path, Path)
    start = item if path.root == "@" else roots.value if path.root == "$" else roots.event
    return [match.value for match in _walk(path, Match(start), roots)]
