"""What is told of one event: an action's tests, its payloads, and how each field came by its value."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from ..compiler.prelude import NOTHING
from ..compiler.triggers import Answer
from ..dsl.nodes import Json
from .fill import Way
from .trace import REJECTED, Reading, Trace


@dataclass(frozen=True, slots=True)
class FieldStory:
    """How a field came by its value.

    Shape:  row: the row's name; name: the field's in the payload (for a spread, the member that it brought)
            arms: the expressions that were taken, outermost first; sources: what the value is made of; tested: what was
            looked at to choose the arms; found: the value before its type; value: the one in the payload
            outcome: "kept", "coerced", "left out"; "rejected" for a row to blame, and for the others then "not built",
            or "would be left out" where there is nothing to build
    """

    row: str
    name: str
    arms: tuple[str, ...]
    sources: tuple[Reading, ...]
    tested: tuple[Reading, ...]
    found: Json
    value: Json
    outcome: str


@dataclass(frozen=True, slots=True)
class AtomStory:
    """One test of a trigger: its text, whether it holds, and whether the trigger would need it to."""

    text: str
    holds: bool
    fails: bool


@dataclass(frozen=True, slots=True)
class PayloadStory:
    """One payload, or one rejection (`rejected` says why), field by field."""

    payload: Json
    rejected: str
    fields: tuple[FieldStory, ...]


@dataclass(frozen=True, slots=True)
class ActionStory:
    """What an action (or preset) made of an event: its payloads, or why it did not fire.

    Shape:  nearest: the event nearest to this one for which it would have fired; None where it did
    """

    key: str
    fired: bool
    atoms: tuple[AtomStory, ...]
    payloads: tuple[PayloadStory, ...]
    nearest: Answer | None


def field_story(row: str, name: str, trace: Trace, value: Json, outcome: str) -> FieldStory:
    """The story of a field by what was followed for its row."""
    found: Json = None if trace.value is NOTHING or trace.value is REJECTED else cast("Json", trace.value)
    if outcome == "kept" and not _same(value, found):
        outcome = "coerced"
    sources = _distinct(trace.sources)
    ways = {source.way for source in sources}
    tested = tuple(reading for reading in _distinct(trace.tested) if reading.way not in ways)
    return FieldStory(row, name, tuple(trace.arms), sources, tested, found, value, outcome)


def _same(left: Json, right: Json) -> bool:
    return type(left) is type(right) and left == right


def _distinct(readings: Iterable[Reading]) -> tuple[Reading, ...]:
    found: dict[Way, Reading] = {}
    for reading in readings:
        found.setdefault(reading.way, reading)
    return tuple(found.values())
