"""What events hold: presence, types and values of every path, learned from samples or known from Segment's spec."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from typing import Any, TypeAlias, cast

Json: TypeAlias = Any  # what a JSON text holds

MOST_VALUES = 12  # distinct texts of one place that are kept; more are "any text"
MOST_LENGTH = 60
MOST_NAMES = 1000  # names of one object, and kinds of events; more are "any name"


@dataclass(frozen=True, slots=True)
class Place:
    """What stands at one place of the events.

    Shape:  types: "null", "boolean", "integer", "number", "string", "object" or "array" -> how often
            values: the texts that stand there; None where there are too many, or no sample was seen
            members: what stands under each name; items: what stands in lists, under whatever index
            events: kind of event (see `kind_of`) -> how many hold the place; None where there are too many kinds
            open: any other name may stand there too
    Units:  counts are of values; `events` counts events
    """

    types: Mapping[str, int] = field(default_factory=dict[str, int])
    values: frozenset[str] | None = frozenset()
    members: Mapping[str, "Place"] = field(default_factory=dict[str, "Place"])
    items: "Place | None" = None
    events: Mapping[str, int] | None = field(default_factory=dict[str, int])
    open: bool = False

    @property
    def count(self) -> int:
        """How many values were seen there."""
        return sum(self.types.values())


NOTHING = Place()


@dataclass(frozen=True, slots=True)
class Schema:
    """A source schema. `sampled`: learned from events, so what it lacks was never seen."""

    root: Place
    sampled: bool

    @property
    def events(self) -> int:
        """How many events it was learned from."""
        return self.root.count


def kind_of(event: Mapping[str, Json]) -> str:
    """The kind of an event: its type, for a track call with its name: `page`, `track Order Completed`."""
    kind, name = event.get("type"), event.get("event")
    if kind == "track" and isinstance(name, str):
        return f"track {name[:MOST_LENGTH]}"
    return kind[:MOST_LENGTH] if isinstance(kind, str) else ""


def infer(events: Iterable[Mapping[str, Json]]) -> Schema:
    """The schema of sample events."""
    grown = _Growing()
    for number, event in enumerate(events, 1):
        grown.add(event, kind_of(event), number)
    return Schema(grown.place(), True)


def merge(one: Schema, other: Schema) -> Schema:
    """The schema of both samples: associative and commutative, and `infer(a + b)` is the merge of its parts."""
    return Schema(merge_places(one.root, other.root), one.sampled and other.sampled)


def merge_places(*places: Place) -> Place:
    """What stands at any of these places."""
    return reduce(_merge, places, NOTHING)


def _merge(one: Place, other: Place) -> Place:
    names = {**one.members, **other.members}
    wide = one.open or other.open or len(names) > MOST_NAMES
    if any(place.open and not place.members for place in (one, other)) or len(names) > MOST_NAMES:
        names = {}
    members = {name: _merge(one.members.get(name, NOTHING), other.members.get(name, NOTHING)) for name in sorted(names)}
    items = one.items if other.items is None else other.items if one.items is None else _merge(one.items, other.items)
    return Place(
        _sum(one.types, other.types), _values(one.values, other.values), members, items,
        _kinds(one.events, other.events), wide,
    )  # fmt: skip


def _sum(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {key: one.get(key, 0) + other.get(key, 0) for key in sorted({*one, *other})}


def _values(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    if one is None or other is None or len(one | other) > MOST_VALUES:
        return None
    return one | other


def _kinds(one: Mapping[str, int] | None, other: Mapping[str, int] | None) -> Mapping[str, int] | None:
    if one is None or other is None:
        return None
    both = _sum(one, other)
    return both if len(both) <= MOST_NAMES else None


class _Growing:
    """A place while samples come in: the same rules as `_merge`, without a copy for every event."""

    __slots__ = ("events", "items", "last", "members", "open", "types", "values")

    def __init__(self) -> None:
        self.types: dict[str, int] = {}
        self.values: set[str] | None = set()
        self.members: dict[str, _Growing] = {}
        self.items: _Growing | None = None
        self.events: dict[str, int] | None = {}
        self.open = False
        self.last = 0

    def add(self, value: Json, kind: str, event: int) -> None:
        name = type_of(value)
        self.types[name] = self.types.get(name, 0) + 1
        if self.last != event:  # several items of one list are one event
            self.last = event
            self._count(kind)
        if isinstance(value, dict):
            for key, member in cast("dict[str, Json]", value).items():
                self._member(key, member, kind, event)
        elif isinstance(value, list):
            for item in cast("list[Json]", value):
                self.items = self.items or _Growing()
                self.items.add(item, kind, event)
        elif isinstance(value, str) and self.values is not None:
            self.values.add(value)
            if len(value) > MOST_LENGTH or len(self.values) > MOST_VALUES:
                self.values = None

    def _count(self, kind: str) -> None:
        if self.events is not None:
            self.events[kind] = self.events.get(kind, 0) + 1
            if len(self.events) > MOST_NAMES:
                self.events = None

    def _member(self, key: str, member: Json, kind: str, event: int) -> None:
        place = self.members.get(key)
        if place is None and not self.open:
            place = self.members[key] = _Growing()
            if len(self.members) > MOST_NAMES:
                self.members, self.open = {}, True
        if place is not None and not self.open:
            place.add(member, kind, event)

    def place(self) -> Place:
        return Place(
            dict(sorted(self.types.items())),
            None if self.values is None else frozenset(self.values),
            {key: self.members[key].place() for key in sorted(self.members)},
            self.items and self.items.place(),
            None if self.events is None else dict(sorted(self.events.items())),
            self.open,
        )


def type_of(value: Json) -> str:
    """The name of a value's type."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
        case _:
            return "object"
