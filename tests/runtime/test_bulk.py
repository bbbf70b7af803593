"""Items in bulk requests: addresses, limits, order."""

import json
from typing import Any

import pytest
from atpath.runtime.bulk import MAX_BYTES, Target, TargetError, to_requests, to_target
from atpath.runtime.heap import Call, Item
from atpath.runtime.json_text import encode

TARGET = Target("11", "https://heapanalytics.com")


def item(call: Call, number: int, size: int = 0) -> Item:
    body: Any = {"n": number, "fill": "x" * size}
    return Item(call, body, encode(body))


def numbers(request: Any) -> list[int]:
    body = request.json
    return [entry["n"] for entry in body.get("users") or body["events"]]


@pytest.mark.parametrize(
    ("settings", "url", "base"),
    [
        ({"appId": "11"}, None, "https://heapanalytics.com"),
        ({"appId": "11", "region": None}, None, "https://heapanalytics.com"),
        ({"appId": "11", "region": "US"}, None, "https://heapanalytics.com"),
        ({"appId": "11", "region": "EU"}, None, "https://c.eu.heap-api.com"),
        ({"appId": "11", "region": "EU"}, "http://127.0.0.1:8211/eu/", "http://127.0.0.1:8211/eu"),
    ],
)
def test_the_settings_name_the_project(settings: dict[str, object], url: str | None, base: str):
    assert to_target(settings, url) == Target("11", base)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "no appId"),
        ({"appId": ""}, "no appId"),
        ({"appId": "xxxx"}, "a text of digits, not 'xxxx'"),
        ({"appId": 11}, "a text of digits, not 11"),
        ({"appId": "١١"}, "a text of digits"),
        ({"appId": "11", "region": "AP"}, "region is US or EU, not 'AP'"),
    ],
)
def test_settings_that_name_no_project(settings: dict[str, object], message: str):
    with pytest.raises(TargetError, match=message):
        to_target(settings)


def test_a_request_of_each_kind():
    users, track = to_requests(TARGET, [item("track", 1), item("users", 2)])
    assert users.to_json() == {
        "method": "POST",
        "url": "https://heapanalytics.com/api/add_user_properties",
        "json": {"app_id": "11", "users": [{"n": 2, "fill": ""}]},
    }
    assert track.to_json() == {
        "method": "POST",
        "url": "https://heapanalytics.com/api/integrations/track",
        "json": {"app_id": "11", "library": "server", "events": [{"n": 1, "fill": ""}]},
    }


def test_a_thousand_items_fill_a_request():
    made = list(to_requests(TARGET, (item("track", n) for n in range(2001))))
    assert [len(request.items) for request in made] == [1000, 1000, 1]
    assert [n for request in made for n in numbers(request)] == list(range(2001))


def test_a_mebibyte_fills_a_request():
    made = list(to_requests(TARGET, (item("track", n, 30_000) for n in range(100))))
    sizes = [len(encode(request.json)) for request in made]
    assert max(sizes) <= MAX_BYTES
    assert all(size > MAX_BYTES - 31_000 for size in sizes[:-1])
    assert sum(len(request.items) for request in made) == 100


def test_a_users_properties_never_leave_behind_the_event_that_brought_them():
    items = [item(call, n) for n in range(50) for call in ("users", "track")]
    items[10:10] = [item("track", 100 + n) for n in range(7)]
    sent: dict[tuple[str, int], int] = {}
    for request in to_requests(TARGET, items, max_items=8):
        for number in numbers(request):
            sent[request.call, number] = len(sent)
    assert len(sent) == 107
    assert all(sent["users", n] < sent["track", n] for n in range(50))
    assert [n for (call, n) in sent if call == "users"] == list(range(50))


def test_nothing_to_send_is_no_request():
    assert list(to_requests(TARGET, [])) == []


def test_a_request_is_json():
    (request,) = to_requests(TARGET, [item("users", 1)])
    assert json.loads(encode(request.to_json())) == request.to_json()
