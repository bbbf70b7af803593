"""The fast way of a mapping, loaded: lines in, lines out, and what was counted."""

import builtins
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import filterfalse
from operator import length_hint
from typing import Any, TypeAlias

import msgspec

from ..prelude import Run
from .structs import NAMESPACE, PLAIN, Decode

Results: TypeAlias = list[Any]  # structs to encode, or Raw lines
Plain: TypeAlias = Callable[[int], bytes]
_BUILTINS = ("bool", "dict", "float", "int", "len", "list", "map", "str", "type")


@dataclass(frozen=True, slots=True)
class Plan:
    """Generated text: `decode` makes an event of a line, `map_events` makes payloads of events.

    Shape:  actions: the names of what is counted, in its order
    """

    text: str
    actions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """What became of the lines that the fast way took: (action, payloads), and events without an action."""

    payloads: tuple[tuple[str, int], ...]
    unmatched: int


@dataclass(frozen=True, slots=True)
class LineMapper:
    """Maps lines of NDJSON; whatever is not certain to come out as the plain way has it is left to the plain way."""

    actions: tuple[str, ...]
    run: Run
    _decode: Decode
    _map_events: Callable[..., tuple[Results, tuple[int, ...], int]]

    def map_lines(self, lines: Sequence[bytes], plain: Plain) -> tuple[bytes, Counted]:
        """The lines `{"action": …, "payload": …}` of events, each with its line feed.

        Shape:  `plain` is called with the place of a line that the fast way does not take, and gives its lines
        """
        events = _decoded(self._decode, _readable(lines))
        rest = iter(events)
        results, counts, unmatched = self._map_events(rest, _taker(plain, rest, len(events)), self.run)
        return _encode(results), Counted(tuple(zip(self.actions, counts, strict=True)), unmatched)


def load_plan(plan: Plan, run: Run) -> LineMapper | None:
    """The plan as a function; None with settings that cannot be written as UTF-8."""
    if not all(map(_is_utf8, run.settings.values())):
        return None
    namespace: dict[str, Any] = {"__builtins__": {name: getattr(builtins, name) for name in _BUILTINS}}
    namespace |= NAMESPACE
    exec(compile(plan.text, "<lines>", "exec"), namespace)
    return LineMapper(plan.actions, run, namespace["decode"], namespace["map_events"])


def _is_utf8(value: object) -> bool:
    try:
        return not isinstance(value, str) or bool(value.encode() or True)
    except UnicodeEncodeError:
        return False


_encode = msgspec.json.Encoder().encode_lines


def _readable(lines: Sequence[bytes]) -> Sequence[bytes]:
    """The lines, but nothing in place of one that is no UTF-8: what is copied or passed over must be that as well."""
    try:
        deque(map(bytes.decode, filterfalse(bytes.isascii, lines)), maxlen=0)
    except UnicodeDecodeError:
        return [line if _is_text(line) else b"" for line in lines]
    return lines


def _is_text(line: bytes) -> bool:
    try:
        return bool(line.decode())
    except UnicodeDecodeError:
        return False


def _decoded(decode: Decode, lines: Sequence[bytes]) -> list[Any]:
    """The events of lines, None for one that does not decode. All at once: decoding and mapping in turn is slower."""
    rest = iter(lines)
    events: list[Any] = []
    while True:
        try:
            events.extend(map(decode, rest))  # what was decoded before an error stays
            return events
        except PLAIN:
            events.append(None)


def _taker(plain: Plain, rest: Iterator[object], number: int) -> Callable[[Results], None]:
    """What takes the event that was read last the plain way; `rest` has those behind it, of so many in all."""

    def take(results: Results) -> None:
        text = plain(number - length_hint(rest) - 1)
        if text:
            results.append(msgspec.Raw(text.removesuffix(b"\n")))

    return take
