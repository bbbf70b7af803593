"""What Segment's Heap destination sends, and what it fails on."""

from typing import Any

import pytest
from atpath.runtime.segment_heap import HEAP_CLOUD, SegmentError, segment_requests

TRACK = {
    "type": "track",
    "event": "Song Played",
    "messageId": "m1",
    "anonymousId": "anon",
    "userId": "u1",
    "timestamp": "2024-05-06 07:08",
    "properties": {"song": {"title": "X", "tags": ["a", None]}, "loud": True, "name": "prop", ".dot": 1.50, "none": {}},
    "context": {"traits": {"plan": {"kind": "gold"}}},
}
BY_USER = {"identity": {"@path": "$.userId"}}
SETTINGS = {"appId": "app"}


def test_a_tracked_event_is_one_request_of_flat_text() -> None:
    (request,) = segment_requests(TRACK, SETTINGS)
    assert request == {
        "method": "POST",
        "url": "https://heapanalytics.com/api/integrations/track",
        "json": {
            "app_id": "app",
            "library": "server",
            "events": [
                {
                    "event": "Song Played",
                    "idempotency_key": "m1",
                    "user_identifier": {"anonymous_id": "anon"},
                    "timestamp": "2024-05-06T07:08:00.000Z",
                    "custom_properties": {
                        "segment_library": "cloud-mode-destination",
                        "song.title": "X",
                        "song.tags.0": "a",
                        "song.tags.1": "null",
                        "loud": "true",
                        "name": "prop",
                        ".dot": "1.5",
                    },
                }
            ],
        },
    }


def test_user_properties_go_first_where_a_user_is_known() -> None:
    first, second = segment_requests(TRACK, {"appId": "app", "region": "EU"}, BY_USER)
    assert first["url"] == "https://c.eu.heap-api.com/api/add_user_properties"
    assert first["json"] == {
        "app_id": "app",
        "identity": "u1",
        "properties": {"anonymous_id": "anon", "plan.kind": "gold"},
    }
    assert second["json"]["events"][0]["user_identifier"] == {"identity": "u1"}


def test_a_page_has_a_fixed_event_name_and_its_own_name_wins() -> None:
    event = {**TRACK, "type": "page", "name": "Home", "properties": {"name": "prop", "segment_library": "mine"}}
    (sent,) = segment_requests(event, SETTINGS)[0]["json"]["events"]
    assert sent["event"] == "Page viewed"
    assert sent["custom_properties"] == {"segment_library": "mine", "name": "Home"}


def test_identify_sends_the_anonymous_id_0_that_track_would_not() -> None:
    event = {"type": "identify", "userId": 5, "anonymousId": "0", "traits": {"age": 30}}
    (request,) = segment_requests(event, SETTINGS)
    assert request["json"]["identity"] == "5"
    assert request["json"]["properties"] == {"anonymous_id": "0", "age": "30"}


def test_an_event_of_no_trigger_sends_nothing() -> None:
    assert segment_requests({"type": "group"}, SETTINGS) == []


@pytest.mark.parametrize(
    ("change", "overrides", "want"),
    [
        (
            {"anonymousId": None, "userId": ""},
            BY_USER,
            ("IntegrationError", "Either Anonymous id or Identity should be specified.", "MISSING_REQUIRED_FIELD", 400),
        ),
        (
            {"anonymousId": "0", "userId": "0"},
            BY_USER,
            ("IntegrationError", "Either identity or anonymous id are required.", "MISSING_REQUIRED_FIELD", 400),
        ),
        (
            {"type": "identify", "userId": None},
            {},
            (
                "IntegrationError",
                "Missing identity, cannot add user properties without identity",
                "Missing required field",
                400,
            ),
        ),
        (
            {"messageId": ""},
            {},
            ("AggregateAjvError", "The root value is missing the required field 'message_id'.", None, None),
        ),
        (
            {"properties": [], "timestamp": "soon"},
            {},
            (
                "AggregateAjvError",
                "Event Properties must be an object but it was an array."
                " Timestamp must be a valid date-like string but it was not.",
                None,
                None,
            ),
        ),
        ({}, {"event": {"@path": {"@path": "$.nope"}}}, ("Error", "@path: expected string, got undefined", None, None)),
    ],
)
def test_a_failure_has_the_engine_s_words(
    change: dict[str, Any], overrides: dict[str, Any], want: tuple[Any, ...]
) -> None:
    with pytest.raises(SegmentError) as caught:
        segment_requests({**TRACK, **change}, SETTINGS, overrides)
    error = caught.value
    assert (error.name, error.message, error.code, error.status) == want
    assert error.action == ("identifyUser" if change.get("type") == "identify" else "trackEvent")


def test_the_definition_s_presets_map_each_field_that_has_a_default() -> None:
    for preset, action in zip(HEAP_CLOUD["presets"], HEAP_CLOUD["actions"], strict=True):
        assert preset["partnerAction"] == action["key"]
        assert preset["mapping"].keys() == {key for key, field in action["fields"].items() if "default" in field}
