"""The values at one place that are worth looking at: one for every combination of answers to its tests."""

from functools import lru_cache
from itertools import pairwise
from typing import TypeAlias

from ...dsl.nodes import Json
from .formula import Is, IsKind, IsNothing, IsNull, Order, Pattern, Test
from .texts import texts_for


class Nothing:
    """There is no value; the one of its kind is NOTHING."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "nothing"


NOTHING = Nothing()
Value: TypeAlias = "Json | Nothing"


def answer(test: Test, value: Value) -> bool:
    """Whether the value passes the test."""
    match test:
        case IsNothing():
            return value is NOTHING
        case IsNull():
            return value is NOTHING or value is None
        case Is(kind, wanted):
            return kind_of(value) == kind and value == wanted
        case IsKind(kind):
            return kind_of(value) == kind
        case Order(op, bound):
            return _in_order(value, op, bound)
        case Pattern(where, part):
            return isinstance(value, str) and _has(value, where, part)


def _has(text: str, where: str, part: str) -> bool:
    return text.startswith(part) if where == "start" else text.endswith(part) if where == "end" else part in text


def kind_of(value: Value) -> str:
    """The kind of a value as tests know it."""
    match value:
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "text"
        case list():
            return "list"
        case dict():
            return "object"
        case _:
            return "null"


def _in_order(value: Value, op: str, bound: int | float | str) -> bool:
    if kind_of(value) != kind_of(bound):
        return False
    more, less = bool(value > bound), bool(value < bound)  # type: ignore[operator]
    return {"<": less, "<=": not more, ">": more, ">=": not less}[op]


@lru_cache(maxsize=8192)
def scalars_for(tests: frozenset[Test]) -> tuple[Value, ...]:
    """Scalars and empty containers, at least one for every combination of answers, nothing first.

    Falsy values are among them, as Segment's engine goes by those.
    Errors: TooLarge
    """
    texts = texts_for(frozenset(t for t in tests if _is_about_text(t)))
    numbers = _numbers(tests)
    return (NOTHING, *(t for t in texts if t), *numbers, True, False, "", {}, [], None)


def _is_about_text(test: Test) -> bool:
    match test:
        case Is(kind, _):
            return kind == "text"
        case Order(_, bound):
            return isinstance(bound, str)
        case _:
            return isinstance(test, Pattern)


def _numbers(tests: frozenset[Test]) -> tuple[int | float, ...]:
    """Every number mentioned, one between each two, one below and one above; 0 is always mentioned."""
    points: set[int | float] = {0}
    for test in tests:
        match test:
            case Is("number", int() | float() as value):
                points.add(value)
            case Order(_, int() | float() as bound):
                points.add(bound)
            case _:
                pass
    ordered = sorted(points)
    low, high = ordered[0], ordered[-1]
    between = [(a + 1 if a + 1 < b else (a + b) / 2) for a, b in pairwise(ordered)]
    return tuple(dict.fromkeys((high + 1, *ordered, *between, low - 1)))  # bounds are at most 2**53
