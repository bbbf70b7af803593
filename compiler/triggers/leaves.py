"""The leaves of an event, and in how many of them two events differ."""

from typing import TypeAlias

from ...dsl.nodes import Json

Way: TypeAlias = tuple[str | int, ...]


def leaves_of(value: Json, way: Way = ()) -> dict[Way, Json]:
    """Where the scalars, nulls and empty containers of an event stand, and what they are."""
    if not isinstance(value, dict | list) or (way and not value):
        return {way: value}
    found: dict[Way, Json] = {}
    for key, below in value.items() if isinstance(value, dict) else enumerate(value):
        found |= leaves_of(below, (*way, key))
    return found


def same_leaf(one: Json, other: Json) -> bool:
    """Equal, and of one kind: 1 is not true, and not 1.0."""
    return type(one) is type(other) and one == other


def distance(one: Json, other: Json) -> int:
    """How many leaves stand in one event alone, or in both with different values."""
    before, after = leaves_of(one), leaves_of(other)
    changed = sum(not same_leaf(before[way], after[way]) for way in before.keys() & after.keys())
    return changed + len(before.keys() ^ after.keys())
