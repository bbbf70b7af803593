"""The fast way of a mapping, loaded: lines in, lines out, and what was counted."""

import builtins
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import msgspec

from ..prelude import Run
from .structs import NAMESPACE

Results: TypeAlias = list[Any]  # structs to encode, or Raw lines
Plain: TypeAlias = Callable[[int], bytes]
_BUILTINS = ("bool", "dict", "enumerate", "float", "int", "len", "list", "str", "type")


@dataclass(frozen=True, slots=True)
class Plan:
    """Generated text whose `map_lines` turns lines into payloads; `actions` names what it counts, in its order."""

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
    _map_lines: Callable[..., tuple[Results, tuple[int, ...], int]]

    def map_lines(self, lines: Sequence[bytes], plain: Plain) -> tuple[bytes, Counted]:
        """The lines `{"action": …, "payload": …}` of events, each with its line feed.

        Shape:  `plain` is called with the place of a line that the fast way does not take, and gives its lines
        """
        results, counts, unmatched = self._map_lines(lines, _taker(plain), self.run)
        return _encode(results), Counted(tuple(zip(self.actions, counts, strict=True)), unmatched)


def load_plan(plan: Plan, run: Run) -> LineMapper | None:
    """The plan as a function; None with settings that cannot be written as UTF-8."""
    if not all(map(_is_utf8, run.settings.values())):
        return None
    namespace: dict[str, Any] = {"__builtins__": {name: getattr(builtins, name) for name in _BUILTINS}}
    namespace |= NAMESPACE
    exec(compile(plan.text, "<lines>", "exec"), namespace)
    return LineMapper(plan.actions, run, namespace["map_lines"])


def _is_utf8(value: object) -> bool:
    try:
        return not isinstance(value, str) or bool(value.encode() or True)
    except UnicodeEncodeError:
        return False


_encode = msgspec.json.Encoder().encode_lines


def _taker(plain: Plain) -> Callable[[int, Results], None]:
    def take(number: int, results: Results) -> None:
        text = plain(number)
        if text:
            results.append(msgspec.Raw(text.removesuffix(b"\n")))

    return take
