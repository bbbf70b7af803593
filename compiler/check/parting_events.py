"""Small events that try a field's mapping: every kind of value where its paths lead, and on their way there."""

import re
from collections.abc import Iterator
from typing import Any, TypeAlias

from ..segment.paths import split_path, strip_root
from ..segment.values import is_array, is_object

Json: TypeAlias = Any  # what a JSON text holds
Keys: TypeAlias = tuple[str, ...]

# What events are likely to hold comes first: the first that tells two semantics apart is the one that is shown.
VALUES: tuple[Json, ...] = (
    "text", 5, 1.5, True, "", None, False, 0, {"k": "v"}, ["x"], ["x", 5], [{"k": "v"}], "12", "1.0", "true", " a ",
    "2024-05-01T09:30:00Z", "2024-05-01", "a@b.example", "https://a.example", {}, [],
    [None], {"k": None}, {"k": {"l": 1}},
    1.0, 1e21, "x" * 1100,
)  # fmt: skip
ON_THE_WAY: tuple[Json, ...] = (None, "", False, 0, "text", 5, True, [])
MOST = 240  # events in which one path leads to one of the values
FEWEST = 8  # of the values are tried for each path, however many paths there are
MOST_INDEX = 3
_PLACEHOLDER = re.compile(r"\{\{\{?([^}]+)\}")


def events_for(mapping: Json, more: tuple[Json, ...] = ()) -> Iterator[Json]:
    """Events that a mapping may take in two ways, the likely and small ones first.

    Shape:  `mapping` in Segment's directives; `more`: other values that its paths may lead to
    """
    paths = tuple(dict.fromkeys(keys for keys in paths_of(mapping) if keys))
    values = (*VALUES, *more) if len(paths) < 2 else (*more, *VALUES)[: max(FEWEST, MOST // len(paths))]
    yield {}
    for value in values:
        for keys in paths:
            yield event_with({keys: value})
    for value in ON_THE_WAY:
        for way in dict.fromkeys(keys[:end] for keys in paths for end in range(1, len(keys))):
            yield event_with({way: value})
    if 1 < len(paths) <= MOST // len(VALUES):
        rest: dict[Keys, Json] = dict.fromkeys(paths, "other")
        for value in ("other", *values):
            for keys in paths:
                yield event_with(rest | {keys: value})


def paths_of(mapping: Json, above: Keys = ()) -> Iterator[Keys]:
    """The places that a mapping reads; those of a list's items are read of its first."""
    match mapping:
        case {"@path": str(text)} | {"@arrayPath": [str(text)]}:
            yield (*above, *split_path(strip_root(text)))
        case {"@template": str(text)}:
            for inner in _PLACEHOLDER.findall(text):
                yield (*above, *split_path(inner.strip()))
        case {"@arrayPath": [root, shape]}:
            roots = tuple(paths_of({"@path": root} if isinstance(root, str) else root, above))
            yield from roots
            for keys in roots:
                yield from paths_of(shape, (*keys, "0"))
        case {"@transform": {"apply": apply}}:
            yield from paths_of(apply, above)  # what `mapping` reads is made of it
        case _:
            parts = mapping.values() if is_object(mapping) else mapping if is_array(mapping) else ()
            for part in parts:
                yield from paths_of(part, above)


def event_with(values: dict[Keys, Json]) -> Json:
    """The smallest event that has these values at these places; of two that exclude each other, the longer path's."""
    event: Json = {}
    for keys in sorted(values, key=len):
        event = _put(event, keys, values[keys])
    return event


def _put(below: Json, keys: Keys, value: Json) -> Json:
    if not keys:
        return value
    key, *rest = keys
    if key.isdigit() and int(key) <= MOST_INDEX and not (is_object(below) and below):
        items: list[Json] = list(below) if is_array(below) else []
        items += [None] * (int(key) + 1 - len(items))
        items[int(key)] = _put(items[int(key)], tuple(rest), value)
        return items
    members: dict[str, Json] = dict(below) if is_object(below) else {}
    return members | {key: _put(members.get(key), tuple(rest), value)}
