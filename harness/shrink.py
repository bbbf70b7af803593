"""An event made smaller, or brought nearer to another one, as long as something holds of it."""

import json
from collections.abc import Callable, Iterator

from ..compiler.triggers import leaves_of, same_leaf
from ..dsl.nodes import Json
from .fill import Event, Way, put


def shrink(event: Event, holds: Callable[[Event], bool]) -> Event:
    """The event with every leaf taken out that it can do without: none of those left can be taken out alone."""
    changed = True
    while changed:
        changed = False
        for way in list(_ways(event)):
            smaller = without(event, way)
            if holds(smaller):
                event, changed = smaller, True
                break
    return event


def _ways(value: Json, way: Way = ()) -> Iterator[Way]:
    """Every place in a value, containers before what is in them."""
    pairs: list[tuple[str | int, Json]] = []
    if isinstance(value, dict):
        pairs = list(value.items())
    elif isinstance(value, list):
        pairs = list(enumerate(value))
    for key, below in pairs:
        yield (*way, key)
        yield from _ways(below, (*way, key))


def without(event: Event, way: Way) -> Event:
    """A copy without what stands at a place."""
    copy: Event = json.loads(json.dumps(event))
    holder: Json = copy
    for key in way[:-1]:
        holder = holder[key]  # type: ignore[index, call-overload]
    if isinstance(holder, dict | list):
        del holder[way[-1]]  # type: ignore[arg-type]
    return copy


def closer(event: Event, near: Event, holds: Callable[[Event], bool]) -> Event:
    """The event with every difference from another one taken back that it can do without."""
    if not near:
        return shrink(event, holds)
    changed = True
    while changed:
        changed = False
        for candidate in _steps_back(event, near):
            if holds(candidate):
                event, changed = candidate, True
                break
    return event


def _steps_back(event: Event, near: Event) -> Iterator[Event]:
    """The event with one member, or one leaf, as it is in the other."""
    for key in {**event, **near}:
        if json.dumps(event.get(key)) != json.dumps(near.get(key)) or (key in event) != (key in near):
            rest = {name: value for name, value in event.items() if name != key}
            yield {**rest, key: near[key]} if key in near else rest
    here, there = leaves_of(event), leaves_of(near)
    for way, value in there.items():
        if way and (way not in here or not same_leaf(here[way], value)):
            candidate: Event = json.loads(json.dumps(event))
            put(candidate, way, value)
            yield candidate
    for way in here:
        if way and way not in there:
            yield without(event, way)


def with_plain_texts(event: Event, near: Event, holds: Callable[[Event], bool]) -> Event:
    """The event with `x`, repeated, for each text that differs from the other event, as short as will do."""
    for way, value in leaves_of(event).items():
        if not isinstance(value, str) or same_leaf(leaves_of(near).get(way), value):
            continue
        for length in (1, 2, 4, 8, 16, 32):
            candidate: Event = json.loads(json.dumps(event))
            put(candidate, way, "x" * length)
            if length <= len(value) and holds(candidate):
                event = candidate
                break
    return event
