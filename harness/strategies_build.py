"""One event of a plan, built from choices, and what an event is changed by."""

from typing import Protocol

import msgspec

from ..dsl.nodes import Json
from .fill import Event, Way, put
from .strategies_pins import look
from .strategies_recipes import Change, Recipe
from .strategies_values import Candidate

decode = msgspec.json.Decoder().decode
MOST_CHANGES = 3
MOST_NOISE = 3


class Anything(Protocol):
    """Where texts and numbers come from that nothing is known of."""

    def text(self) -> str:
        """Any text without half surrogates."""
        ...

    def number(self) -> int | float:
        """Any finite number."""
        ...


class Choices(Anything, Protocol):
    """Where an event's decisions come from; 0 is the simplest."""

    def below(self, limit: int) -> int:
        """A number from 0 up to and without `limit`."""
        ...


def build_from(recipe: Recipe, choices: Choices) -> Event:
    """An event of a recipe: bare or full, then changes around its pins, then noise where nothing is read.

    Three fifths of the events keep what fits, so that payloads are built and not only refused.
    """
    way = choices.below(5)
    event: Event = decode(recipe.full if way in (1, 2, 3) else recipe.frame)
    if recipe.changes and way in (0, 3, 4):
        for _ in range(choices.below(MOST_CHANGES + 1)):
            change = recipe.changes[choices.below(len(recipe.changes))]
            make(event, change, change.values[choices.below(len(change.values))], choices)
    if recipe.noise:
        for _ in range(choices.below(MOST_NOISE + 1)):
            place, values = recipe.noise[choices.below(len(recipe.noise))]
            put(event, place, values[choices.below(len(values))])
    return event


def make(event: Event, change: Change, candidate: Candidate, anything: Anything) -> None:
    """Change one place. Values of the plan are shared between events, so they are copied when they hold others."""
    match candidate.kind:
        case "absent":
            _remove(event, change.way)
        case "text":
            put(event, change.way, anything.text())
        case "number":
            put(event, change.way, anything.number())
        case _:
            value = candidate.value
            if not change.whole:
                held = look(event, change.way)
                if isinstance(held, dict) and isinstance(value, dict):
                    held.update((key, copied(item)) for key, item in value.items() if key not in held)
            else:
                put(event, change.way, copied(value))


def _remove(event: Event, way: Way) -> None:
    holder = look(event, way[:-1])
    if isinstance(holder, dict):
        holder.pop(str(way[-1]), None)
    elif isinstance(holder, list) and isinstance(way[-1], int) and way[-1] < len(holder):
        del holder[way[-1]]


def copied(value: Json) -> Json:
    """A value that shares nothing with the plan's."""
    match value:
        case dict():
            return {key: copied(item) for key, item in value.items()}
        case list():
            return [copied(item) for item in value]
        case _:
            return value
