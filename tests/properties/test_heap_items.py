"""Whatever a payload holds: Heap takes what it becomes, or it is rejected in words."""

import json
from typing import Any

from atpath.compiler.prelude import Rejected
from atpath.runtime.heap import MAX_ITEM, Call, to_items
from atpath.runtime.json_text import encode
from atpath.runtime.standin.rules import find_partner_event_fault, find_user_fault
from hypothesis import given
from hypothesis import strategies as st

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["null", " ", "id", "x" * 300, "y" * 1100, "2024-01-01T00:00:00Z"])
)
KEYS = st.text(max_size=5) | st.sampled_from(["id", "Id", "a.b", "a", "name", "z" * 1100])
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)
ROWS = ("message_id", "identity", "user_id", "anonymous_id", "type", "event", "name", "timestamp")
OBJECTS = st.dictionaries(KEYS, VALUES, max_size=5)
PAYLOADS = st.fixed_dictionaries(
    {}, optional={**dict.fromkeys(ROWS, SCALARS), "properties": OBJECTS | VALUES, "traits": OBJECTS | VALUES}
)
FAULTS: dict[Call, Any] = {"track": find_partner_event_fault, "users": find_user_fault}


@given(PAYLOADS, st.sampled_from(["track", "users"]))
def test_what_is_not_rejected_is_taken(payload: Any, call: Call):
    before = repr(payload)
    try:
        made = to_items(payload, call, "key-00001", "2024-05-01T12:00:00.000Z")
    except Rejected as rejected:
        assert rejected.code.startswith("E22")
        return
    finally:
        assert repr(payload) == before
    assert made.items[-1].call == call
    for item in made.items:
        assert FAULTS[item.call](item.body) is None
        assert item.size == len(encode(item.body)) <= MAX_ITEM
        assert json.loads(encode(item.body)) == item.body


@given(st.dictionaries(KEYS, VALUES, max_size=5))
def test_no_value_of_a_property_is_lost_but_null_and_empty_containers(properties: Any):
    made = to_items({"anonymous_id": "a", "properties": properties}, "track", "key-00001", "2024-05-01T12:00:00.000Z")
    texts = [text for text in flat(properties) if text is not None]
    sent: Any = made.items[0].body["custom_properties"]
    assert set(sent.values()) <= set(texts)
    if len(sent) == len(texts):
        assert sorted(sent.values()) == sorted(texts)


def flat(value: Any) -> list[str | None]:
    """The texts that the values become, without their names."""
    if isinstance(value, dict | list):
        parts = value.values() if isinstance(value, dict) else value
        return [text for part in parts for text in flat(part)]
    if value is None or (isinstance(value, float) and value - value != 0):
        return [None]
    return [value[:1024] if isinstance(value, str) else json.dumps(value)]
