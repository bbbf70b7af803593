"""One text for every way in which texts can answer a set of tests: a search of their automaton."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from .formula import Is, Order, Pattern

START, END = -1, -2  # stand before and behind every text; no character has such a number
LONGEST_SEARCH = 60_000  # steps; beyond them the question counts as undecided
_FRESH = "xyzabcdefghijklmnopqrstuvw0123456789XYZABCDEFGHIJKLMNOPQRSTUVW"

TextTest = Is | Order | Pattern
_EMPTY = Is("text", "")


class TooLarge(Exception):
    """The space of cases is too large to be searched."""


@lru_cache(maxsize=4096)
def texts_for(tests: frozenset[TextTest]) -> tuple[str, ...]:
    """Short texts, at least one for every combination of answers that some text other than "" gives.

    Errors: TooLarge
    """
    constants = sorted(str(test.value) for test in tests if isinstance(test, Is))
    others = frozenset(test for test in tests if not isinstance(test, Is))
    if not others:
        return (*constants, _fresh_text(constants))
    found = tuple(_search(others | {_EMPTY}))
    if not set(found) & set(constants):
        return (*constants, *found)
    # A text that stands for its kind is itself asked for by name: tell them apart.
    return (*constants, *_search(tests | {_EMPTY}))


def _fresh_text(taken: Iterable[str]) -> str:
    lower = {text.lower() for text in taken}
    return next(text for text in _candidates() if text not in lower)


def _candidates() -> Iterator[str]:
    yield from _FRESH
    number = 1
    while True:
        yield f"x{number}"
        number += 1


@dataclass(frozen=True, slots=True)
class _State:
    """How far a text has come: the longest end that begins a pattern, what was seen, how it stands to bounds."""

    end: tuple[int, ...]
    seen: int
    orders: tuple[int, ...]  # per bound: characters equal so far, or _LESS, _MORE


_LESS, _MORE = -1, -2


def _search(tests: frozenset[TextTest]) -> Iterator[str]:
    """Breadth first: the first text to reach a combination of answers is a shortest one."""
    ordered = sorted(tests, key=repr)
    patterns = [_pattern(test) for test in ordered if not isinstance(test, Order)]
    bounds = [[ord(c) for c in str(test.bound)] for test in ordered if isinstance(test, Order)]
    alphabet = _alphabet(patterns, bounds)
    step = _stepper(patterns, bounds)
    start = step(_State((), 0, (0,) * len(bounds)), START)
    queue: list[tuple[_State, str]] = [(start, "")]
    reached = {start}
    answers: set[object] = set()
    for state, text in queue:
        final = step(state, END)
        answer = (final.seen, tuple(_standing(o, b) for o, b in zip(final.orders, bounds, strict=True)))
        if answer not in answers:
            answers.add(answer)
            yield text
        for character in alphabet:
            following = step(state, character)
            if following not in reached:
                if len(reached) * len(alphabet) > LONGEST_SEARCH:
                    raise TooLarge
                reached.add(following)
                queue.append((following, text + chr(character)))


def _pattern(test: Is | Pattern) -> tuple[int, ...]:
    part = str(test.value) if isinstance(test, Is) else test.part
    where = "whole" if isinstance(test, Is) else test.where
    body = tuple(ord(c) for c in part)
    return (*((START,) if where in ("whole", "start") else ()), *body, *((END,) if where in ("whole", "end") else ()))


def _stepper(patterns: list[tuple[int, ...]], bounds: list[list[int]]) -> Callable[[_State, int], _State]:
    beginnings = {pattern[:length] for pattern in patterns for length in range(len(pattern) + 1)}
    always = sum(1 << i for i, pattern in enumerate(patterns) if not pattern)
    moves: dict[tuple[tuple[int, ...], int], tuple[tuple[int, ...], int]] = {}

    def move(end: tuple[int, ...], character: int) -> tuple[tuple[int, ...], int]:
        longer = (*end, character)
        seen = sum(1 << i for i, pattern in enumerate(patterns) if pattern and longer[-len(pattern) :] == pattern)
        while longer not in beginnings:
            longer = longer[1:]
        return longer, seen | always

    def step(state: _State, character: int) -> _State:
        key = (state.end, character)
        if key not in moves:
            moves[key] = move(*key)
        end, seen = moves[key]
        orders = (
            state.orders if character < 0 else tuple(map(_compare, state.orders, bounds, [character] * len(bounds)))
        )
        return _State(end, state.seen | seen, orders)

    return step


def _compare(order: int, bound: list[int], character: int) -> int:
    if order < 0:
        return order
    if order == len(bound) or character > bound[order]:
        return _MORE
    return order + 1 if character == bound[order] else _LESS


def _standing(order: int, bound: list[int]) -> int:
    """-1, 0 or 1: the finished text against the bound."""
    if order < 0:
        return -1 if order == _LESS else 1
    return 0 if order == len(bound) else -1


def _alphabet(patterns: list[tuple[int, ...]], bounds: list[list[int]]) -> list[int]:
    """The characters mentioned, and one of every gap between them that a bound can tell from the others."""
    mentioned = {c for word in (*patterns, *bounds) for c in word if c >= 0}
    fresh = next((ord(c) for c in _FRESH if ord(c) not in mentioned), 0x100)
    while fresh in mentioned:
        fresh += 1
    if not bounds:
        return [fresh, *sorted(mentioned)]
    edges = sorted(mentioned)
    gaps = [_between(low, high) for low, high in pairwise((-1, *edges, 0x110000))]
    return sorted({*edges, *(c for c in gaps if c is not None)}, key=lambda c: (not chr(c).isalnum(), c))


def _between(low: int, high: int) -> int | None:
    """A character strictly between, a letter or a digit if there is one; no half of a surrogate pair."""
    for character in _FRESH:
        if low < ord(character) < high:
            return ord(character)
    for code in (*range(max(low + 1, 32), min(high, 127)), low + 1, high - 1, 0xE000):
        if low < code < high and not 0xD800 <= code < 0xE000:
            return code
    return None
