"""Payloads to Heap's items: what one payload of an action with `deliver heap …` says to Heap."""

import hashlib
import json
import math
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple

from ..compiler.prelude import Rejected
from ..compiler.profile import get_profile
from .codes import EventCode
from .json_text import Json, Object, canonical, encode

Call = Literal["track", "users"]

PROFILE = get_profile("heap")
MAX_EVENT = PROFILE.most("track", "event", "longest")
MAX_NAME = PROFILE.most("track", "properties", "longest_name")
MAX_VALUE = PROFILE.most("track", "properties", "longest_value")
MAX_IDENTITY = PROFILE.most("users", "identity", "longest")
NO_PROPERTIES = frozenset(PROFILE.calls["users"]["traits"].forbidden)
MAX_ITEM = PROFILE.bulk.item_bytes
MIN_KEY = PROFILE.key.shortest
SHORT_KEY_PREFIX = "atpath:"
PLACEHOLDERS = frozenset({"", "null", "undefined", "none", "nan"})
EVENT_NAMES = {"page": "Page viewed", "screen": "Screen viewed"}

_IS_CANONICAL = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z", re.ASCII).fullmatch

CUT = f"a text over {MAX_VALUE:,} characters was cut"
CUT_EVENT = f"a text over {MAX_EVENT:,} characters was cut"
CUT_NAME = f"a property's name over {MAX_NAME:,} characters was cut"
NO_ID_PROPERTY = f"Heap takes no user property named {' or '.join(sorted(NO_PROPERTIES))}"
NO_OBJECT = "not an object, so no property has a name"
NO_FINITE = "no finite number"
NO_TIME = "no time; the time of acceptance stands instead"
NOBODYS_TRAITS = "traits without an identity belong to no user"


class Item(NamedTuple):
    """One event or one user's properties, as a bulk request carries it; text is its JSON."""

    call: Call
    body: Object
    text: bytes

    @property
    def size(self) -> int:
        """Bytes of JSON."""
        return len(self.text)


class Items(NamedTuple):
    """What one payload becomes, in the order in which it has to be sent.

    Shape:  cuts: (the payload's field, what was done to it), one each time
    """

    items: tuple[Item, ...]
    cuts: tuple[tuple[str, str], ...]


def to_items(payload: Object, call: Call, key: str, accepted: str) -> Items:
    """Turn one payload into what Heap takes.

    Shape:  key: the event's idempotency key (`event_key`); accepted: the time where it has none
    Errors: Rejected for what Heap would refuse or lose
    Source: the server-side API's fields and limits, and the partner endpoint that takes anonymous ids
    """
    cuts: list[tuple[str, str]] = []
    items = _users(payload, cuts) if call == "users" else _track(payload, key, accepted, cuts)
    return Items(tuple(items), tuple(cuts))


def event_key(payload: Object, event: Object, suffix: str = "") -> str:
    """The idempotency key of one Heap event: the same one whenever the same event is sent.

    Shape:  the message id, or the source event's hash where there is none; then the suffix that tells several
            Heap events of one source event apart; at least 8 characters
    """
    key = _text_id(payload.get("message_id"), "message_id") or hashlib.sha256(canonical(event)).hexdigest()
    key += suffix
    return key if len(key) >= MIN_KEY else SHORT_KEY_PREFIX + key


def to_iso_time(value: Json) -> str | None:
    """A time as Heap takes it, or None if the value is none.

    Shape:  "2024-05-01T11:30:00+02:00" -> "2024-05-01T09:30:00.000Z"
    Units:  a number is epoch milliseconds; a text without an offset is read as UTC
    """
    try:
        match value:
            case bool():
                return None
            case int() | float():
                moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=value)
            case str():
                moment = datetime.fromisoformat(value)
                if _IS_CANONICAL(value):
                    return value
            case _:
                return None
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def _track(payload: Object, key: str, accepted: str, cuts: list[tuple[str, str]]) -> Iterator[Item]:
    identity = _identity(payload)
    anonymous = _text_id(payload.get("anonymous_id"), "anonymous_id")
    if identity is None and not anonymous:
        raise Rejected(EventCode.NO_ID, "neither an identity nor an anonymous id", "anonymous_id")
    traits = payload.get("traits")
    if traits:
        if identity is None:
            cuts.append(("traits", NOBODYS_TRAITS))
        else:
            yield _item("users", {"identity": identity, "properties": _user_properties(payload, cuts)})
    identifier: Object = {}
    if identity is not None:
        identifier["identity"] = identity
    if anonymous:
        identifier["anonymous_id"] = anonymous
    yield _item(
        "track",
        {
            "event": _event_name(payload, cuts),
            "user_identifier": identifier,
            "custom_properties": _event_properties(payload, cuts),
            "idempotency_key": key,
            "timestamp": _timestamp(payload, accepted, cuts),
        },
    )


def _users(payload: Object, cuts: list[tuple[str, str]]) -> Iterator[Item]:
    identity = _identity(payload)
    if identity is None:
        raise Rejected(EventCode.NO_ID, "no identity: Heap keeps user properties under one", "user_id")
    yield _item("users", {"identity": identity, "properties": _user_properties(payload, cuts, whole=True)})


def _item(call: Call, body: Object) -> Item:
    text = encode(body)
    if len(text) > MAX_ITEM:
        raise Rejected(EventCode.EVENT_SIZE, f"{len(text):,} bytes for Heap, which takes {MAX_ITEM:,}")
    return Item(call, body, text)


def _identity(payload: Object) -> str | None:
    """The payload's `identity`, else its `user_id`; None where both are nothing or null."""
    row = "identity" if payload.get("identity") is not None else "user_id"
    identity = _text_id(payload.get(row), row)
    if identity is None:
        return None
    if identity.strip().lower() in PLACEHOLDERS:
        raise Rejected(EventCode.PLACEHOLDER_ID, f"{json.dumps(identity)} stands for no user", row)
    if len(identity) > MAX_IDENTITY:
        # Cutting it could make two users one.
        raise Rejected(EventCode.LONG_ID, f"{len(identity):,} characters; Heap takes {MAX_IDENTITY}", row)
    return identity


def _text_id(value: Json, row: str) -> str | None:
    match value:
        case None:
            return None
        case str():
            return value
        case int() | float() if not isinstance(value, bool):
            return json.dumps(value)
        case _:
            raise Rejected(EventCode.NO_TEXT_ID, "an id is a text or a number", row)


def _event_name(payload: Object, cuts: list[tuple[str, str]]) -> Json:
    kind = payload.get("type")
    if isinstance(kind, str) and kind in EVENT_NAMES:
        return EVENT_NAMES[kind]
    text = _to_text(payload.get("event"), "event", cuts, MAX_EVENT, CUT_EVENT)
    return text or "track"


def _timestamp(payload: Object, accepted: str, cuts: list[tuple[str, str]]) -> str:
    value = payload.get("timestamp")
    moment = to_iso_time(value)
    if moment is None and value is not None:
        cuts.append(("timestamp", NO_TIME))
    return moment or accepted


def _event_properties(payload: Object, cuts: list[tuple[str, str]]) -> Object:
    properties = _object(payload, "properties", cuts)
    if payload.get("name") is not None:
        properties = {**properties, "name": payload["name"]}
    flat: Object = {}
    for name, value in _flatten(properties, "properties", cuts):
        text = _to_text(value, "properties", cuts)
        if text is not None:
            flat[name] = text
    return flat


def _user_properties(payload: Object, cuts: list[tuple[str, str]], whole: bool = False) -> Object:
    """The traits, numbers kept; with `whole`, the payload's properties and anonymous id under them."""
    found: Object = {}
    anonymous = _text_id(payload.get("anonymous_id"), "anonymous_id") if whole else None
    if anonymous is not None:
        found["anonymous_id"] = _to_text(anonymous, "anonymous_id", cuts)
    for row in ("properties", "traits") if whole else ("traits",):
        for name, value in _flatten(_object(payload, row, cuts), row, cuts):
            if name.lower() in NO_PROPERTIES:
                cuts.append((row, NO_ID_PROPERTY))
            elif isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
                found[name] = value
            elif (text := _to_text(value, row, cuts)) is not None:
                found[name] = text
    return found


def _object(payload: Object, row: str, cuts: list[tuple[str, str]]) -> Object:
    value = payload.get(row)
    if isinstance(value, dict):
        return value
    if value is not None:
        cuts.append((row, NO_OBJECT))
    return {}


def _flatten(value: Object, row: str, cuts: list[tuple[str, str]]) -> Iterator[tuple[str, Json]]:
    """Every value that is neither null nor a container, under its keys and indexes joined by dots.

    Errors: Rejected as soon as the names alone are more than Heap takes
    """
    size, seen = 0, set[str]()
    for name, leaf in _leaves(value, None):
        if len(name) > MAX_NAME:
            cuts.append((row, CUT_NAME))
            name = name[:MAX_NAME]
        if name not in seen:
            seen.add(name)
            size += len(name)
            if size > MAX_ITEM:
                raise Rejected(EventCode.EVENT_SIZE, f"its properties' names alone are over {MAX_ITEM:,} bytes", row)
        yield name, leaf


def _leaves(value: Object | list[Json], name: str | None) -> Iterator[tuple[str, Json]]:
    for key, child in value.items() if isinstance(value, dict) else enumerate(value):
        place = _join(name, key)
        if isinstance(child, dict | list):
            yield from _leaves(child, place)
        elif child is not None:
            yield place, child


def _join(name: str | None, key: str | int) -> str:
    joined = str(key) if name is None else f"{name}.{key}"
    return joined[: MAX_NAME + 1]  # enough to see that it is too long; long keys of many children stay cheap


def _to_text(
    value: Json, row: str, cuts: list[tuple[str, str]], longest: int = MAX_VALUE, cut: str = CUT
) -> str | None:
    match value:
        case None:
            return None
        case str():
            text = value
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float() if math.isfinite(value):
            return repr(value)
        case float():
            cuts.append((row, NO_FINITE))
            return None
        case _:
            text = json.dumps(value, separators=(",", ":"))
    if len(text) <= longest:
        return text
    cuts.append((row, cut))
    return text[:longest]
