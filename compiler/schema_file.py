"""Source schemas as JSON: what `infer` writes and `check --events` reads."""

import json
from importlib import resources
from typing import Any, TypeAlias, cast

from .schema import Place, Schema, merge_places

Json: TypeAlias = Any  # what a JSON text holds

FORMAT = "atpath-schema/1"


class BadSchema(ValueError):
    """A text that is no source schema; the message says why."""


def to_text(schema: Schema) -> str:
    """A schema as JSON: one text for equal schemas."""
    return json.dumps({"format": FORMAT, **_to_json(schema.root)}, ensure_ascii=False, indent=1) + "\n"


def from_text(text: str) -> Schema:
    """The schema of a JSON text. Errors: BadSchema."""
    try:
        data: Json = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadSchema(f"it is no JSON: {error}") from None
    if not isinstance(data, dict) or cast("dict[str, Json]", data).get("format") != FORMAT:
        raise BadSchema(f'it has no "format": "{FORMAT}"')
    try:
        return Schema(_from_json(data), True)
    except (AttributeError, TypeError, ValueError, RecursionError):
        raise BadSchema("its places are not as `atpath infer` writes them") from None


def _to_json(place: Place) -> Json:
    data: dict[str, Json] = {"types": dict(place.types)}
    data["events"] = None if place.events is None else dict(place.events)
    if place.values is None or place.values:
        data["values"] = None if place.values is None else sorted(place.values)
    if place.open:
        data["open"] = True
    if place.members:
        data["members"] = {name: _to_json(member) for name, member in place.members.items()}
    if place.items is not None:
        data["items"] = _to_json(place.items)
    return data


def _from_json(data: Json) -> Place:
    values = data.get("values", ())
    events = data.get("events", {})
    return Place(
        _counts(data.get("types", {})),
        None if values is None else frozenset(str(value) for value in values),
        {str(name): _from_json(member) for name, member in data.get("members", {}).items()},
        _from_json(data["items"]) if "items" in data else None,
        None if events is None else _counts(events),
        data.get("open") is True,
    )


def _counts(data: Json) -> dict[str, int]:
    return {str(name): int(count) for name, count in data.items()}


def segment_schema() -> Schema:
    """Segment's common fields: what its spec says of every event. Places that it leaves to people are open.

    Source: Segment's Spec, Common Fields, and the calls Identify, Track, Page, Screen, Group, Alias
    """
    text = (resources.files("atpath.compiler") / "common_fields.json").read_text("utf-8")
    return Schema(_common(json.loads(text)), False)


def _common(spec: Json) -> Place:
    """A place of the table of common fields.

    Shape: a text is types joined by `|`; a list holds what its items are; an object has members, `"*"` for any others
    """
    match spec:
        case str():
            return Place(dict.fromkeys(spec.split("|"), 1), None, open="any" in spec or "object" in spec)
        case [item]:
            return Place({"array": 1}, None, items=_common(item))
        case [*specs]:
            return merge_places(*(_common(one) for one in specs))
        case _:
            members = {name: _common(member) for name, member in spec.items() if name != "*"}
            return Place({"object": 1}, None, members, open="*" in spec)
