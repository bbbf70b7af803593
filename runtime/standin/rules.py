"""What Heap takes and what it refuses, endpoint by endpoint: pure functions over one item."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from ..json_text import Json
from ..json_text import Object as Item

MAX_ITEMS = 1_000
MAX_TEXT = 1_024
MAX_IDENTITY = 255
MAX_USER_ID = 2**53 - 1


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One path of the API: what it stores, and which items it refuses.

    Shape: `kind` names the list of what is stored; `bulk` is the body's list, None where a body is one item;
           `lone` whether one item may stand at the top of the body; `partner` wants `library: "server"`
    """

    kind: str
    bulk: str | None
    lone: bool
    find_fault: Callable[[Item], str | None]
    partner: bool = False


def find_event_fault(item: Item) -> str | None:
    """Say what is wrong with an event of `/api/track`."""
    who = [key for key in ("identity", "user_id") if item.get(key) is not None]
    if len(who) != 1:
        return "exactly one of identity and user_id"
    return _first(
        _event_name(item),
        _identity(item) if who == ["identity"] else _user_id(item),
        _properties(item.get("properties"), _is_scalar_or_list),
        _timestamp(item.get("timestamp")),
        _text_or_absent(item, "idempotency_key", "session_id"),
    )


def find_partner_event_fault(item: Item) -> str | None:
    """Say what is wrong with an event of `/api/integrations/track`."""
    return _first(
        _event_name(item),
        _user_identifier(item, ("identity", "anonymous_id", "user_id", "email")),
        _properties(item.get("custom_properties"), lambda value: isinstance(value, str)),
        _timestamp(item.get("timestamp")),
        _text_or_absent(item, "idempotency_key"),
    )


def find_user_fault(item: Item) -> str | None:
    """Say what is wrong with a user of `/api/add_user_properties`."""
    return _first(_identity(item), _user_properties(item.get("properties")))


def find_partner_user_fault(item: Item) -> str | None:
    """Say what is wrong with a user of `/api/integrations/add_user_properties`."""
    return _first(
        _user_identifier(item, ("identity", "email")),
        _user_properties(item.get("custom_properties", item.get("properties"))),
    )


def find_account_fault(item: Item) -> str | None:
    """Say what is wrong with an account of `/api/add_account_properties`."""
    account = item.get("account_id")
    if not isinstance(account, str) or not 1 <= len(account) <= MAX_IDENTITY:
        return "account_id is text of 1 to 255 characters"
    return _properties(item.get("properties"), _is_scalar_or_list)


def find_identify_fault(item: Item) -> str | None:
    """Say what is wrong with the body of `/api/v1/identify`."""
    return _first(_identity(item), _user_id(item), _timestamp(item.get("timestamp")))


ENDPOINTS = {
    "/api/track": Endpoint("events", "events", True, find_event_fault),
    "/api/add_user_properties": Endpoint("users", "users", True, find_user_fault),
    "/api/add_account_properties": Endpoint("accounts", "accounts", True, find_account_fault),
    "/api/v1/identify": Endpoint("identities", None, True, find_identify_fault),
    "/api/integrations/track": Endpoint("events", "events", False, find_partner_event_fault, True),
    "/api/integrations/add_user_properties": Endpoint("users", "users", False, find_partner_user_fault, True),
}


def who(item: Item) -> str:
    """The user or account an item belongs to, as one text for counting."""
    named = item.get("user_identifier")
    source = named if isinstance(named, dict) else item
    keys = ("identity", "user_id", "anonymous_id", "email", "account_id")
    return next((f"{key}={source[key]}" for key in keys if source.get(key) is not None), "")


def stored(item: Item) -> Item:
    """The item as Heap keeps it: lists joined by `||` and cut."""
    return {
        name: {key: _joined(value) for key, value in part.items()}
        if name in ("properties", "custom_properties") and isinstance(part, dict)
        else part
        for name, part in item.items()
    }


def _joined(value: Json) -> Json:
    return "||".join(map(str, value))[:MAX_TEXT] if isinstance(value, list) else value


def _first(*faults: str | None) -> str | None:
    return next((fault for fault in faults if fault), None)


def _event_name(item: Item) -> str | None:
    event = item.get("event")
    if not isinstance(event, str) or not 1 <= len(event) <= MAX_TEXT:
        return "event is text of 1 to 1,024 characters"
    return None


def _identity(item: Item) -> str | None:
    identity = item.get("identity")
    if not isinstance(identity, str) or not 1 <= len(identity) <= MAX_IDENTITY:
        return "identity is text of 1 to 255 characters"
    return None


def _user_id(item: Item) -> str | None:
    number = item.get("user_id")
    if not isinstance(number, str) or not number.isascii() or not number.isdigit() or len(number) > 16:
        return "user_id is a decimal number as text"
    return "user_id is at most 2^53 - 1" if int(number) > MAX_USER_ID else None


def _user_identifier(item: Item, names: tuple[str, ...]) -> str | None:
    named = item.get("user_identifier")
    if not isinstance(named, dict) or not any(named.get(name) for name in names):
        return f"user_identifier holds one of {', '.join(names)}"
    if not all(isinstance(named.get(name, ""), str) for name in names):
        return "user_identifier holds text"
    return _identity(named) if "identity" in named else None


def _user_properties(value: Json) -> str | None:
    if isinstance(value, dict) and any(name.lower() == "id" for name in value):
        return "a user property may not be named id"
    return _properties(value, _is_scalar_or_list)


def _properties(value: Json, is_allowed: Callable[[Json], bool]) -> str | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        return "properties are an object"
    return next(_property_faults(value, is_allowed), None)


def _property_faults(value: Item, is_allowed: Callable[[Json], bool]) -> Iterator[str]:
    for name, part in value.items():
        if len(name) > MAX_TEXT:
            yield "a property's name is longer than 1,024 characters"
        if not is_allowed(part):
            yield f"property {name!r} holds what is not taken here"
        if isinstance(part, str) and len(part) > MAX_TEXT:
            yield f"property {name!r} is longer than 1,024 characters"


def _is_scalar_or_list(value: Json) -> bool:
    parts = value if isinstance(value, list) else [value]
    return not any(isinstance(part, dict | list) for part in parts)


def _timestamp(value: Json) -> str | None:
    match value:
        case None | int() | float() if not isinstance(value, bool):
            return None
        case str():
            try:
                moment = datetime.fromisoformat(value)
            except ValueError:
                return "timestamp is not ISO 8601"
            return None if moment.tzinfo else "timestamp has no offset"
        case _:
            return "timestamp is ISO 8601 text"


def _text_or_absent(item: Item, *names: str) -> str | None:
    return next((f"{name} is text" for name in names if not isinstance(item.get(name, ""), str)), None)
