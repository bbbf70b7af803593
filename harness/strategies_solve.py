"""An event for a goal: its formulas solved, its items put in their lists."""

import json
from collections.abc import Iterator, Sequence

from ..compiler.schema import Place, Schema
from ..compiler.triggers.formula import Dotted, Formula
from ..dsl import nodes as n
from ..dsl.nodes import Json
from .fill import Event, Way, put
from .strategies_misses import nearest
from .strategies_pins import Pin, Pins, look, merged, pins_of
from .strategies_targets import Goal


def solved_event(goal: Goal, formulas: Sequence[Formula], base: Event, item: Event) -> tuple[Event, Pins] | None:
    """An event near `base` (its items near `item`) in which the goal's formulas hold, with its pins."""
    event = nearest(list(formulas), base)
    if event is None:
        return None
    pins = pins_of(event, formulas)
    inner: Json = None
    for number, step in enumerate(reversed(goal.items)):
        one = nearest(list(step.formulas), item if number == 0 else {})
        if one is None:
            return None
        if number:
            put(one, way_of(goal.items[len(goal.items) - number].way), inner)
        inner = list[Json]([one] * step.count)
    if goal.items:
        way = way_of(goal.items[0].way)
        both = merged(pins, (Pin(way, inner),))
        if both is None:
            return None
        put(event, way, inner)
        return event, both
    return event, pins


def bounds_of(condition: n.Condition) -> Iterator[tuple[str, int | float]]:
    """Fields that a condition compares with numbers."""
    match condition:
        case n.And(terms) | n.Or(terms):
            for term in terms:
                yield from bounds_of(term)
        case n.Not(term):
            yield from bounds_of(term)
        case n.Compare(n.Path("", _) as path, _, n.Literal(int() | float() as value)) if path.singular:
            yield ".".join(s.name for s in path.steps if isinstance(s, n.NameSelector)), value
        case _:
            pass


def item_of(base: Event, goal: Goal) -> Event:
    """The item of an event that the goal's innermost list has, or an empty one."""
    item: Json = base
    for step in goal.items:
        item = look(item, (*way_of(step.way), 0))  # type: ignore[assignment]
    return item if isinstance(item, dict) and goal.items else {}


def with_leaves(pins: Pins, event: Event) -> Pins:
    """The pins, and what else stands in the event."""
    for way, value in leaves_in(event, ()):
        more = merged(pins, (Pin(way, value),)) if way else None
        pins = pins if more is None else more
    return pins


def leaves_in(value: Json, way: Way) -> Iterator[tuple[Way, Json]]:
    """The values in a value that hold no others, with their places."""
    if isinstance(value, dict) and value:
        for key, member in value.items():
            yield from leaves_in(member, (*way, key))
    else:
        yield way, value


def laid(under: Event, over: Event) -> Event:
    """One event with another laid over it, member by member, item by item."""
    event: Event = json.loads(json.dumps(under))
    for way, value in deep_leaves(over):
        put(event, way, value)
    return event


def deep_leaves(value: Json, way: Way = ()) -> list[tuple[Way, Json]]:
    """The values in an event that hold no others, with their places; of items too."""
    match value:
        case dict() if value:
            return [leaf for key, member in value.items() for leaf in deep_leaves(member, (*way, key))]
        case list() if value:
            return [leaf for index, item in enumerate(value) for leaf in deep_leaves(item, (*way, index))]
        case _:
            return [(way, value)] if way else []


def way_of(place: tuple[str | int | Dotted, ...]) -> Way:
    """A place with dotted indexes as plain ones."""
    return tuple(step.index if isinstance(step, Dotted) else step for step in place)


def touch(one: Way, other: Way) -> bool:
    """True if one place is, or lies in, the other."""
    short = min(len(one), len(other))
    return one[:short] == other[:short]


def place_in(schema: Schema | None, way: Way) -> Place | None:
    """What a schema says of a place."""
    place = schema.root if schema is not None else None
    for key in way:
        if place is None:
            return None
        place = place.members.get(key) if isinstance(key, str) else place.items
    return place
