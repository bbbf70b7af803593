"""What one payload says to Heap: fields, limits, keys, and what is refused."""

import json
from typing import Any

import pytest
from atpath.compiler.prelude import Rejected
from atpath.runtime.codes import EventCode
from atpath.runtime.heap import (
    CUT,
    CUT_NAME,
    MAX_ITEM,
    NO_ID_PROPERTY,
    NO_OBJECT,
    NO_TIME,
    NOBODYS_TRAITS,
    Call,
    Items,
    event_key,
    to_iso_time,
    to_items,
)

ACCEPTED = "2024-05-01T12:00:00.000Z"
Object = dict[str, Any]


def items_of(payload: Object, call: Call = "track") -> Items:
    return to_items(payload, call, "key-00001", ACCEPTED)


def track(**payload: Any) -> Any:
    """The one event of a payload that has an anonymous id."""
    made = items_of({"anonymous_id": "a1", **payload}).items
    assert [item.call for item in made] == ["track"]
    return made[0].body


def user(**payload: Any) -> Any:
    (item,) = items_of({"user_id": "u1", **payload}, "users").items
    return item.body


def rejection(payload: Object, call: Call = "track") -> Rejected:
    with pytest.raises(Rejected) as caught:
        items_of(payload, call)
    return caught.value


def test_a_whole_track_payload():
    payload = {
        "message_id": "message-1",
        "anonymous_id": "a1",
        "type": "track",
        "event": "Order Completed",
        "properties": {"total": 19.5, "address": {"city": "Köln"}},
        "timestamp": "2024-05-01T11:30:00+02:00",
    }
    (item,) = items_of(payload).items
    assert item.body == {
        "event": "Order Completed",
        "user_identifier": {"anonymous_id": "a1"},
        "custom_properties": {"total": "19.5", "address.city": "Köln"},
        "idempotency_key": "key-00001",
        "timestamp": "2024-05-01T09:30:00.000Z",
    }
    assert item.size == len(json.dumps(item.body, separators=(",", ":"), ensure_ascii=False).encode())


@pytest.mark.parametrize(
    ("payload", "name"),
    [
        ({"type": "track", "event": "Sign Up"}, "Sign Up"),
        ({"type": "track"}, "track"),
        ({"type": "track", "event": None}, "track"),
        ({"type": "track", "event": ""}, "track"),
        ({"event": "Sign Up"}, "Sign Up"),
        ({}, "track"),
        ({"type": "page", "name": "Home"}, "Page viewed"),
        ({"type": "screen", "event": "ignored"}, "Screen viewed"),
    ],
)
def test_the_events_name(payload: Object, name: str):
    assert track(**payload)["event"] == name


def test_properties_are_flat_and_text():
    properties = {
        "text": "as it is",
        "empty": "",
        "yes": True,
        "no": False,
        "whole": 12,
        "large": 12345678901234567890,
        "part": 0.5,
        "round": 3.0,
        "nothing": None,
        "list": ["a", {"b": 1}, [], None, [2]],
        "deep": {"er": {"est": "x"}},
        "no members": {},
        "no items": [],
    }
    assert track(properties=properties)["custom_properties"] == {
        "text": "as it is",
        "empty": "",
        "yes": "true",
        "no": "false",
        "whole": "12",
        "large": "12345678901234567890",
        "part": "0.5",
        "round": "3.0",
        "list.0": "a",
        "list.1.b": "1",
        "list.4.0": "2",
        "deep.er.est": "x",
    }


def test_of_two_properties_with_one_name_the_later_counts():
    assert track(properties={"a": {"b": 1}, "a.b": 2})["custom_properties"] == {"a.b": "2"}
    assert track(properties={"a.b": 2, "a": {"b": 1}})["custom_properties"] == {"a.b": "1"}


def test_the_name_of_a_page_is_a_property_that_wins():
    assert track(type="page", name="Home", properties={"name": "x"})["custom_properties"] == {"name": "Home"}
    assert track(name=None, properties={"name": "x"})["custom_properties"] == {"name": "x"}


def test_users_properties_keep_numbers():
    assert user(traits={"age": 41, "score": 0.5, "vip": True, "plan": {"name": "team"}, "gone": None}) == {
        "identity": "u1",
        "properties": {"age": 41, "score": 0.5, "vip": "true", "plan.name": "team"},
    }


def test_a_user_without_properties_is_a_user():
    assert user() == {"identity": "u1", "properties": {}}


def test_the_anonymous_id_is_a_users_property_and_a_trait_of_that_name_wins():
    assert user(anonymous_id="a1")["properties"] == {"anonymous_id": "a1"}
    assert user(anonymous_id="a1", traits={"anonymous_id": "t"})["properties"] == {"anonymous_id": "t"}


@pytest.mark.parametrize("name", ["id", "ID", "Id"])
def test_heap_takes_no_user_property_named_id(name: str):
    made = items_of({"user_id": "u1", "traits": {name: 7, "pid": 8, "a": {"id": 9}}}, "users")
    assert made.items[0].body["properties"] == {"pid": 8, "a.id": 9}
    assert made.cuts == (("traits", NO_ID_PROPERTY),)


def test_a_track_payload_with_an_identity_and_traits_writes_the_users_properties_first():
    made = items_of({"identity": "u1", "anonymous_id": "a1", "event": "E", "traits": {"plan": "team", "n": 1}})
    first, second = made.items
    assert (first.call, first.body) == ("users", {"identity": "u1", "properties": {"plan": "team", "n": 1}})
    assert second.call == "track"
    assert second.body["user_identifier"] == {"identity": "u1", "anonymous_id": "a1"}
    assert second.body["custom_properties"] == {}


def test_traits_without_an_identity_are_left_out_and_counted():
    made = items_of({"anonymous_id": "a1", "traits": {"plan": "team"}})
    assert [item.call for item in made.items] == ["track"]
    assert made.cuts == (("traits", NOBODYS_TRAITS),)
    assert items_of({"anonymous_id": "a1", "traits": {}}).cuts == ()


@pytest.mark.parametrize(
    ("payload", "identity"),
    [
        ({"identity": "i", "user_id": "u"}, "i"),
        ({"identity": None, "user_id": "u"}, "u"),
        ({"user_id": "0"}, "0"),
        ({"user_id": 0}, "0"),
        ({"user_id": 12345678901234567890}, "12345678901234567890"),
        ({"user_id": " u "}, " u "),
        ({"user_id": "u" * 255}, "u" * 255),
        ({"user_id": "nullable"}, "nullable"),
    ],
)
def test_an_identity(payload: Object, identity: str):
    (item,) = items_of(payload, "users").items
    assert item.body["identity"] == identity
    assert items_of(payload).items[-1].body["user_identifier"] == {"identity": identity}


@pytest.mark.parametrize("identity", [" ", "\t\n", "null", "NULL", "Undefined", "none", "NaN", " nan ", ""])
@pytest.mark.parametrize("call", ["users", "track"])
def test_a_placeholder_is_no_identity(identity: str, call: Call):
    rejected = rejection({"anonymous_id": "a1", "user_id": identity}, call)
    assert (rejected.code, rejected.row) == (EventCode.PLACEHOLDER_ID, "user_id")


@pytest.mark.parametrize(
    ("payload", "call", "code"),
    [
        ({}, "track", EventCode.NO_ID),
        ({"anonymous_id": ""}, "track", EventCode.NO_ID),
        ({"anonymous_id": None, "identity": None}, "track", EventCode.NO_ID),
        ({"anonymous_id": "a1"}, "users", EventCode.NO_ID),
        ({"identity": "i" * 256}, "track", EventCode.LONG_ID),
        ({"user_id": "u" * 256}, "users", EventCode.LONG_ID),
        ({"identity": True}, "track", EventCode.NO_TEXT_ID),
        ({"anonymous_id": ["a"]}, "track", EventCode.NO_TEXT_ID),
        ({"user_id": {}}, "users", EventCode.NO_TEXT_ID),
    ],
)
def test_what_heap_would_refuse_or_lose_is_rejected(payload: Object, call: Call, code: EventCode):
    assert rejection(payload, call).code == code


def test_long_texts_and_names_are_cut_and_counted():
    made = items_of(
        {
            "anonymous_id": "a1",
            "event": "e" * 1025,
            "properties": {"v": "é" * 2000, "k" * 1025: 1, "w": "x" * 1024},
        }
    )
    body: Any = made.items[0].body
    assert body["event"] == "e" * 1024
    assert body["custom_properties"] == {"v": "é" * 1024, "k" * 1024: "1", "w": "x" * 1024}
    assert sorted(made.cuts) == sorted((("event", CUT), ("properties", CUT), ("properties", CUT_NAME)))


def test_an_event_that_is_too_large_is_rejected_and_one_that_just_fits_is_not():
    def sized(rest: int) -> Object:
        properties = {str(n): "x" * 1020 for n in range(31)}
        return {"anonymous_id": "a", "properties": {**properties, "rest": "x" * rest}}

    room = MAX_ITEM - items_of(sized(0)).items[0].size
    assert items_of(sized(room)).items[0].size == MAX_ITEM
    assert rejection(sized(room + 1)).code == EventCode.EVENT_SIZE


def test_many_children_of_a_long_name_cost_little():
    children = {str(n): n for n in range(100_000)}
    assert rejection({"anonymous_id": "a", "properties": {"k" * 1000: children}}).code == EventCode.EVENT_SIZE
    cut = items_of({"anonymous_id": "a", "properties": {"k" * 5000: {"a": 1, "b": 2}}})
    assert cut.items[0].body["custom_properties"] == {"k" * 1024: "2"}


@pytest.mark.parametrize("value", ["text", 5, ["a"], True])
def test_properties_that_are_no_object_are_left_out_and_counted(value: object):
    made = items_of({"anonymous_id": "a1", "properties": value, "name": "Home"})
    assert made.items[0].body["custom_properties"] == {"name": "Home"}
    assert made.cuts == (("properties", NO_OBJECT),)


def test_the_payload_is_not_changed():
    payload = {"user_id": "u", "name": "n", "properties": {"a": {"b": 1}}, "traits": {"id": 1}}
    before = json.dumps(payload)
    items_of(payload)
    items_of(payload, "users")
    assert json.dumps(payload) == before


@pytest.mark.parametrize(
    ("value", "time"),
    [
        ("2024-01-01T00:00:00.000Z", "2024-01-01T00:00:00.000Z"),
        ("2024-01-01T00:00:00", "2024-01-01T00:00:00.000Z"),
        ("2024-01-01T01:02:03.4567+01:00", "2024-01-01T00:02:03.456Z"),
        ("2024-01-01", "2024-01-01T00:00:00.000Z"),
        (1714555800123, "2024-05-01T09:30:00.123Z"),
        (0, "1970-01-01T00:00:00.000Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"),
        ("0001-01-01T00:00:00+10:00", None),
        ("yesterday", None),
        ("", None),
        (True, None),
        (None, None),
        ([], None),
        (10**300, None),
        (1e300, None),
    ],
)
def test_times(value: Any, time: str | None):
    assert to_iso_time(value) == time


def test_without_a_time_the_time_of_acceptance_stands():
    assert track()["timestamp"] == ACCEPTED
    made = items_of({"anonymous_id": "a1", "timestamp": "yesterday"})
    assert made.items[0].body["timestamp"] == ACCEPTED
    assert made.cuts == (("timestamp", NO_TIME),)


@pytest.mark.parametrize(
    ("payload", "suffix", "key"),
    [
        ({"message_id": "message-1"}, "", "message-1"),
        ({"message_id": "12345678"}, "", "12345678"),
        ({"message_id": "m1"}, "", "atpath:m1"),
        ({"message_id": 7}, "", "atpath:7"),
        ({"message_id": "m1"}, ":trackEvent:0", "m1:trackEvent:0"),
    ],
)
def test_an_events_key_is_its_message_id(payload: Object, suffix: str, key: str):
    assert event_key(payload, {}, suffix) == key


@pytest.mark.parametrize("payload", [{}, {"message_id": None}, {"message_id": ""}])
def test_without_a_message_id_the_source_events_hash_is_the_key(payload: Object):
    event: Object = {"a": 1, "b": {"c": 2, "d": 3}}
    key = event_key(payload, event)
    assert key == event_key(payload, {"b": {"d": 3, "c": 2}, "a": 1})
    assert key != event_key(payload, {**event, "a": 2})
    assert len(key) == 64


def test_a_long_anonymous_id_is_cut_as_a_property_and_whole_as_an_id():
    payload = {"user_id": "u1", "anonymous_id": "a" * 1025}
    made = items_of(payload, "users")
    assert made.items[0].body["properties"] == {"anonymous_id": "a" * 1024}
    assert made.cuts == (("anonymous_id", CUT),)
    assert items_of(payload).items[0].body["user_identifier"]["anonymous_id"] == "a" * 1025
