"""The requests that Segment's Heap Cloud destination sends for an event."""

import json
from functools import lru_cache
from typing import Final

from ..compiler.segment import Definition, MappingError, PayloadRefused, load_definition
from ..compiler.segment.dates import iso_text, parse_dayjs
from ..compiler.segment.values import Json, is_array, is_object, ordered_keys, to_text

_HOSTS: Final = {"EU": "https://c.eu.heap-api.com"}
_DEFAULT_HOST: Final = "https://heapanalytics.com"
_LIBRARY: Final = "cloud-mode-destination"
_TRACKED: Final = 'type = "track" or type = "page" or type = "screen"'


def _field(label: str, kind: str, path: str | None = None, **rules: Json) -> dict[str, Json]:
    default = {} if path is None else {"default": {"@path": path}}
    return {"label": label, "type": kind, **rules, **default}


_TRACK_FIELDS: Final = {
    "message_id": _field("Message ID", "string", "$.messageId", required=True),
    "identity": _field("Identity", "string", allowNull=True),
    "anonymous_id": _field("Anonymous ID", "string", "$.anonymousId", allowNull=True),
    "event": _field("Track Event Type", "string", "$.event"),
    "properties": _field("Event Properties", "object", "$.properties"),
    "timestamp": _field("Timestamp", "datetime", "$.timestamp"),
    "type": _field("Type", "string", "$.type"),
    "name": _field("Page or Screen Name", "string", "$.name"),
    "traits": _field("User Properties", "object", "$.context.traits"),
}
_IDENTIFY_FIELDS: Final = {
    "user_id": _field("Identity", "string", "$.userId", allowNull=True),
    "anonymous_id": _field("Anonymous ID", "string", "$.anonymousId", allowNull=True),
    "traits": _field("User Properties", "object", "$.traits"),
}


def _defaults(fields: dict[str, dict[str, Json]]) -> dict[str, Json]:
    return {key: field["default"] for key, field in fields.items() if "default" in field}


HEAP_CLOUD: Final[dict[str, Json]] = {
    "slug": "actions-heap-cloud",
    "actions": [
        {"key": "trackEvent", "defaultSubscription": _TRACKED, "fields": _TRACK_FIELDS},
        {"key": "identifyUser", "defaultSubscription": 'type = "identify"', "fields": _IDENTIFY_FIELDS},
    ],
    "presets": [
        {
            "name": "Track Calls",
            "partnerAction": "trackEvent",
            "subscribe": _TRACKED,
            "mapping": _defaults(_TRACK_FIELDS),
        },
        {
            "name": "Identify Calls",
            "partnerAction": "identifyUser",
            "subscribe": 'type = "identify"',
            "mapping": _defaults(_IDENTIFY_FIELDS),
        },
    ],
}
"""The destination's definition, in the form load_definition takes."""


class SegmentError(Exception):
    """An event that the destination fails on.

    Shape:  action "trackEvent"; name, the engine's class of error; message; code and status where it gives them
    """

    def __init__(
        self, action: str, name: str, message: str, code: str | None = None, status: int | None = None
    ) -> None:
        super().__init__(f"{action}: {message}")
        self.action = action
        self.name = name
        self.message = message
        self.code = code
        self.status = status


def segment_requests(
    event: dict[str, Json], settings: dict[str, Json], overrides: dict[str, Json] | None = None
) -> list[dict[str, Json]]:
    """The requests of Segment's Heap Cloud destination for one event, in the order they are sent.

    Shape:  [{"method": "POST", "url": "https://…", "json": {…}}]; none for an event that fires nothing
            settings {"appId": …, "region"?: "US" or "EU"}; overrides field -> mapping, laid over the presets'
    Errors: SegmentError; MappingError where an override is refused
    """
    requests: list[dict[str, Json]] = []
    for preset in _heap(json.dumps(overrides or {})).presets:
        if preset.matches(event):
            try:
                payload = preset.payload(event)
            except PayloadRefused as error:
                raise SegmentError(preset.action, "AggregateAjvError", str(error)) from error
            except MappingError as error:
                raise SegmentError(preset.action, "Error", str(error)) from error
            if event.get("context", {}) is None:
                raise SegmentError(
                    preset.action, "TypeError", "Cannot destructure property 'personas' of '{}' as it is null."
                )
            perform = _identify if preset.action == "identifyUser" else _track
            requests += perform(payload, settings)
    return requests


@lru_cache(maxsize=16)
def _heap(overrides: str) -> Definition:
    return load_definition(HEAP_CLOUD, json.loads(overrides))


def _post(settings: dict[str, Json], path: str, body: dict[str, Json]) -> dict[str, Json]:
    region = settings.get("region")
    host = _HOSTS.get(region, _DEFAULT_HOST) if isinstance(region, str) else _DEFAULT_HOST
    app = {"app_id": settings["appId"]} if "appId" in settings else {}
    return {"method": "POST", "url": f"{host}/api/{path}", "json": app | body}


def _track(payload: dict[str, Json], settings: dict[str, Json]) -> list[dict[str, Json]]:
    identity, anonymous, name = payload.get("identity"), payload.get("anonymous_id"), payload.get("name")
    traits = payload.get("traits", {})
    if not anonymous and not identity:
        message = "Either Anonymous id or Identity should be specified."
        raise SegmentError("trackEvent", "IntegrationError", message, "MISSING_REQUIRED_FIELD", 400)
    # segment_library gives way to a property of that name, and the property "name" to the page's.
    properties: dict[str, Json] = {"segment_library": _LIBRARY, **_flat(payload.get("properties", {}))}
    if _is_defined(name):
        properties["name"] = name
    sent: dict[str, Json] = {
        "event": _event_name(payload),
        "custom_properties": properties,
        "idempotency_key": payload["message_id"],
        "user_identifier": _user_identifier(identity, anonymous),
    }
    timestamp = payload.get("timestamp")
    instant = parse_dayjs(timestamp) if timestamp else None
    if instant is not None:
        sent["timestamp"] = iso_text(instant)
    requests: list[dict[str, Json]] = []
    if _is_defined(identity) and (_is_defined(anonymous) or traits):
        user: dict[str, Json] = ({"anonymous_id": anonymous} if _is_defined(anonymous) else {}) | _flat(traits)
        requests.append(_post(settings, "add_user_properties", {"identity": identity, "properties": user}))
    requests.append(_post(settings, "integrations/track", {"events": [sent], "library": "server"}))
    return requests


def _identify(payload: dict[str, Json], settings: dict[str, Json]) -> list[dict[str, Json]]:
    identity, anonymous = payload.get("user_id"), payload.get("anonymous_id")
    if not _is_defined(identity):
        message = "Missing identity, cannot add user properties without identity"
        raise SegmentError("identifyUser", "IntegrationError", message, "Missing required field", 400)
    # Unlike in a tracked event, the anonymous id "0" is one here.
    user: dict[str, Json] = ({"anonymous_id": anonymous} if anonymous else {}) | _flat(payload.get("traits", {}))
    return [_post(settings, "add_user_properties", {"identity": identity, "properties": user})]


def _user_identifier(identity: Json, anonymous: Json) -> dict[str, Json]:
    if _is_defined(identity):
        return {"identity": identity}
    if _is_defined(anonymous):
        return {"anonymous_id": anonymous}
    message = "Either identity or anonymous id are required."
    raise SegmentError("trackEvent", "IntegrationError", message, "MISSING_REQUIRED_FIELD", 400)


def _is_defined(text: Json) -> bool:
    """An id or a name that counts: "0" is none. After validation it is a text, null or not there."""
    return text not in (None, "", "0")


def _event_name(payload: dict[str, Json]) -> str:
    match payload.get("type"):
        case "track":
            return payload.get("event") or "track"
        case "page":
            return "Page viewed"
        case "screen":
            return "Screen viewed"
        case _:
            return "track"


def _flat(members: dict[str, Json]) -> dict[str, str]:
    """One level of text: members of members and of lists joined with dots, null "null", what is empty left out."""
    flat: dict[str, str] = {}
    _flatten_into(flat, members, "")
    return flat


def _flatten_into(flat: dict[str, str], value: Json, prefix: str) -> None:
    if is_object(value):
        for key in ordered_keys(value):
            _flatten_into(flat, value[key], f"{prefix}.{key}")
    elif is_array(value):
        for position, item in enumerate(value):
            _flatten_into(flat, item, f"{prefix}.{position}")
    else:
        # The dot that every name starts with is taken off; a key that starts with one keeps its own.
        flat[prefix.removeprefix(".")] = to_text(value)
