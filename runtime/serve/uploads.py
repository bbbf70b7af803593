"""What clients upload: the Syft client's batches and Segment's HTTP API, as events."""

import base64
import binascii
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from uuid import uuid4

from ..json_text import Json, Object
from .bodies import Limits, Refused

SEGMENT_CALLS = frozenset({"identify", "track", "page", "screen", "group", "alias", "batch"})
MAX_MESSAGE_ID = 100  # characters; an id is shorter than this


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent a request: its headers, in lower case, and when it came, as ISO 8601."""

    headers: Mapping[str, str]
    received: str

    @property
    def cookies(self) -> dict[str, str]:
        """The request's cookies; none where they cannot be read."""
        try:
            return {name: morsel.value for name, morsel in SimpleCookie(self.headers.get("cookie")).items()}
        except CookieError:
            return {}


def syft_events(body: Object, caller: Caller, limits: Limits, library: str = "syft") -> list[Object]:
    """The events of one upload of the Syft client, with what its server adds.

    Shape:  {"events": [EVENT, …], "version": "0.0.1", "sentAt": …, "userAgentData": …}
    Errors: Refused
    """
    address = caller.headers.get("x-forwarded-for", "").partition(",")[0].strip()
    added: Object = {
        "library": {"name": library, "version": body.get("version")},
        "userAgent": caller.headers.get("user-agent", "N/A"),
        "userAgentData": body.get("userAgentData"),
        "ip": address or "N/A",
    }
    events: list[Object] = []
    for number, event in enumerate(_list(body, "events", limits)):
        context = event.get("context")
        kept = context if isinstance(context, dict) else {}
        event["context"] = {**kept, **added}
        events.append(_complete(event, number, body.get("sentAt"), caller))
    return events


def segment_events(call: str, body: Object, caller: Caller, limits: Limits) -> list[Object]:
    """The events of one request of Segment's HTTP API.

    Shape:  `call` is the last part of its path: "batch", or an event's type
    Errors: Refused
    """
    if call != "batch":
        event = {name: value for name, value in body.items() if name != "writeKey"}
        return [_complete({**event, "type": call}, 0, body.get("sentAt"), caller)]
    outer = {name: part for name in ("context", "integrations") if isinstance(part := body.get(name), dict)}
    events: list[Object] = []
    for number, event in enumerate(_list(body, "batch", limits)):
        for name, part in outer.items():
            own = event.get(name)
            event[name] = {**part, **own} if isinstance(own, dict) else part
        events.append(_complete(event, number, body.get("sentAt"), caller))
    return events


def wants(event: Object, names: Sequence[str]) -> bool:
    """Whether an event's `integrations` let it go to a destination of these names.

    Shape: {"Heap": false} and {"All": false} keep it back; {"All": false, "Heap": true} lets it go
    """
    chosen = event.get("integrations")
    if not isinstance(chosen, dict) or not chosen:
        return True
    by_name = {name.lower(): value for name, value in chosen.items()}
    for name in (*names, "all"):
        if name.lower() in by_name:
            return by_name[name.lower()] is not False
    return True


def check_key(keys: Sequence[str], caller: Caller, body: Object) -> None:
    """Refuse a request without one of the keys: HTTP Basic as the user, a bearer token, or `writeKey` in the body.

    Errors: Refused with 401
    """
    if not keys:
        return
    given = body.get("writeKey")
    offered = [_key_of(caller.headers.get("authorization", "")), given if isinstance(given, str) else ""]
    # Every key is compared with every offer, whatever matches, so that time tells nothing.
    matches = [hmac.compare_digest(key.encode(), offer.encode()) for key in keys for offer in offered if offer]
    if not any(matches):
        raise Refused(401, "invalid_write_key", "the write key is missing or wrong")


def _key_of(authorization: str) -> str:
    scheme, _, rest = authorization.partition(" ")
    match scheme.lower():
        case "basic":
            try:
                user = base64.b64decode(rest.strip(), validate=True).decode()
            except (binascii.Error, UnicodeDecodeError):
                return ""
            return user.partition(":")[0]
        case "bearer":
            return rest.strip()
        case _:
            return ""


def _list(body: Object, name: str, limits: Limits) -> list[Object]:
    many = body.get(name)
    if not isinstance(many, list):
        raise Refused(400, "invalid_request", f"the body has no list `{name}`")
    if len(many) > limits.events:
        raise Refused(400, "too_many_events", f"`{name}` has {len(many):,} events of at most {limits.events:,}")
    return [_object(event, f"{name}[{number}]") for number, event in enumerate(many)]


def _object(value: Json, place: str) -> Object:
    if not isinstance(value, dict):
        raise Refused(400, "invalid_event", f"{place} is no object")
    return value


def _complete(event: Object, number: int, sent: Json, caller: Caller) -> Object:
    """The event with its id, made here where it has none, and the times of its way."""
    message_id = event.get("messageId")
    if message_id is None or message_id == "":
        event["messageId"] = str(uuid4())
    elif isinstance(message_id, str) and len(message_id) >= MAX_MESSAGE_ID:
        limit = f"the messageId of event {number} is not under {MAX_MESSAGE_ID} characters"
        raise Refused(400, "invalid_message_id", limit)
    if sent is not None:
        event["sentAt"] = sent
    event["receivedAt"] = caller.received
    return event
