"""Where nothing is decided: events that hypothesis makes up, looked through for one that shows something."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from random import Random
from typing import TYPE_CHECKING

from ..compiler import ir
from ..compiler.loader import Destination
from ..compiler.lower import lower
from ..compiler.resolved import Resolved
from ..compiler.triggers import distance
from ..dsl import nodes as n
from ..dsl.nodes import Json
from .fill import Event, Way, put
from .shrink import closer, with_plain_texts

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

MOST = 1000  # events made up for one mapping
MOST_SAMPLES = 60
LONGEST = 20  # items of a list that is made because its count is tested
SEED = 0


class Source:
    """Events made up for one mapping, the same ones in every run; drawn when they are first looked at.

    Shape:  make: gives the mapping, compiled; most: how many events
    """

    def __init__(self, make: Callable[[], Destination], most: int = MOST) -> None:
        self._make = make
        self._most = most

    @cached_property
    def events(self) -> tuple[Event, ...]:
        """All of them."""
        return tuple(drawn(self._make(), self._most))


@dataclass(frozen=True, slots=True)
class Pool:
    """The events of some sources, those of the later ones drawn only where the earlier ones show nothing."""

    sources: tuple[Source, ...]

    def events(self) -> Iterator[Event]:
        """All of them."""
        return (event for source in self.sources for event in source.events)

    def search(self, holds: Callable[[Event], bool], near: Event) -> tuple[Event | None, int]:
        """One for which this holds, brought as near to another event as it comes, and how many were run.

        This is what questions about triggers take.
        """
        tried = 0
        for source in self.sources:
            tried += len(source.events)
            held = (event for event in source.events if holds(event))
            found = min(held, key=lambda event: distance(near, event), default=None) if near else next(held, None)
            if found is not None:
                return with_plain_texts(closer(found, near, holds), near, holds), tried
        return None, tried


def drawn(destination: Destination, most: int) -> list[Event]:
    """Events that hypothesis makes up for a mapping; the texts and numbers that it asks for come up in them."""
    from hypothesis import HealthCheck, Phase, given, seed, settings  # who has no open question doesn't pay for it

    from .strategies import events_for

    found: list[Event] = []
    strategy: SearchStrategy[Event] = events_for(destination, samples=_starts(destination))

    @seed(SEED)
    @settings(
        max_examples=most, database=None, deadline=None, phases=(Phase.generate,),
        suppress_health_check=(
            HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example, HealthCheck.nested_given,
        ),
    )  # fmt: skip
    @given(strategy)
    def keep(event: Event) -> None:
        found.append(event)

    keep()
    return found


# --- which mappings


def asking(resolved: Resolved) -> Resolved:
    """A mapping whose rows ask what the triggers ask, so that their answers are arms to be reached."""
    if resolved.semantics == "segment" or not resolved.actions:
        return resolved
    conditions = [action.when for action in resolved.actions if action.when is not None]
    rows = tuple(_question(str(number), condition) for number, condition in enumerate(conditions))
    alone = replace(resolved.actions[0], when=None, for_each=None, rows=rows, preset=None)
    return replace(resolved, actions=(alone,))


def _question(name: str, condition: n.Condition) -> n.Row:
    answer = n.If(condition, n.Literal(True), n.Literal(False))
    return n.Row(n.FieldName((name,)), n.FieldType(n.NamedType("boolean")), answer)


def _starts(destination: Destination) -> list[Event]:
    """Events to start from, whose places hold what they are tested for, or what is close to it.

    The tests of each trigger or row as they are written; then in changing ways, and all rows at once; then each alone.
    """
    random = Random(SEED)
    rows = [part for build in lower(destination.resolved).builds for part in (build.trigger, *build.record.fields)]
    tests = [list(_tests(row)) for row in rows]
    found = [_event([(ways, values[0]) for ways, values in row]) for row in tests]
    for _ in range(MOST_SAMPLES // (len(tests) + 1)):
        rows_now = [[(ways, random.choice(values)) for ways, values in row] for row in tests]
        found += map(_event, rows_now)
        found.append(_event([test for row in random.sample(rows_now, len(rows_now)) for test in row]))
    found += [_event([test]) for row in tests for test in ((ways, value) for ways, values in row for value in values)]
    return list({json.dumps(event): event for event in found if event}.values())[:MOST_SAMPLES]


def _event(tests: Sequence[tuple[list[Way], Json]]) -> Event:
    event: Event = {}
    for ways, value in tests:
        for way in ways:
            put(event, way, value)
    return event


def _tests(part: ir.Ir) -> Iterator[tuple[list[Way], list[Json]]]:
    """Places of the event with what they are tested for, whatever is done to the value in between."""
    for node in ir.below(part):
        match node:
            case (
                ir.Equal(value, ir.Const(constant))
                | ir.Equal(ir.Const(constant), value)
                | ir.Order(value, _, ir.Const(constant))
                | ir.Contains(value, ir.Const(constant))
                | ir.Matches(value, ir.Const(constant))
            ):
                constants = [constant]
            case ir.OneOf(value, choices):
                constants = list(choices)
            case _:
                continue
        reads = [read for read in ir.below(value) if isinstance(read, ir.Read) and read.var == ir.EVENT and read.steps]
        ways = [tuple(getattr(step, "name", getattr(step, "index", 0)) for step in read.steps) for read in reads]
        if ways:
            yield ways, [close for constant in constants for close in _close_to(constant)]


def _close_to(constant: Json) -> list[Json]:
    """A constant, and values that functions could make it of: the text in another case, as many items as a number."""
    match constant:
        case bool():
            return [constant, not constant, str(constant).lower()]
        case None:
            return [None, "x"]
        case int() | float():
            near = [constant, constant - 1, constant + 1]
            counts = [int(number) for number in near if 0 <= number <= LONGEST]
            return [*near, *(list[Json]([0] * count) for count in counts), *("x" * count for count in counts)]
        case str():
            forms = (constant, constant.upper(), constant.lower(), f" {constant} ", f"x{constant}x", constant.title())
            return list(dict.fromkeys(forms))
        case _:
            return [constant]
