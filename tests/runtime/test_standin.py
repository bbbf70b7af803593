"""The stand-in Heap: what it takes, what it refuses, and each of its switches."""

import json
import socket
import ssl
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from atpath.runtime.standin import KnobError, Knobs, Limit, Limits, Standin, parse_knobs, parse_script

TRACK, PARTNER, USERS = "/api/track", "/api/integrations/track", "/api/add_user_properties"


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=5) as client:
        yield client


def event(key: str = "key-0001", **fields: Any) -> dict[str, Any]:
    return {"event": "Bought", "identity": "ann", "idempotency_key": key, **fields}


def partner(key: str = "key-0001", **fields: Any) -> dict[str, Any]:
    return {"event": "Bought", "user_identifier": {"anonymous_id": "a1"}, "idempotency_key": key, **fields}


def bulk(*items: Any, name: str = "events", **top: Any) -> dict[str, Any]:
    return {"app_id": "11", name: list(items), **top}


VALID = [
    (TRACK, {"app_id": "11", **event()}),
    (TRACK, bulk(event(), event("key-0002", identity=None, user_id="9007199254740991"))),
    (TRACK, bulk(event(event="x" * 1024, identity="i" * 255, properties={"p" * 1024: "v" * 1024, "n": 1.5}))),
    (TRACK, bulk(event(timestamp="2024-01-01T00:00:00.000Z"), event(timestamp=1704067200000))),
    (PARTNER, bulk(partner(custom_properties={"a": "1"}), library="server")),
    (USERS, {"app_id": "11", "identity": "ann", "properties": {"email": "a@b.c", "age": 3}}),
    (USERS, bulk({"identity": "ann", "properties": {}}, name="users")),
    (
        "/api/add_account_properties",
        bulk({"account_id": "acme", "properties": {"seats": 3}}, name="accounts"),
    ),
    ("/api/add_account_properties", {"app_id": "11", "account_id": "acme", "properties": {}}),
    ("/api/v1/identify", {"app_id": "11", "user_id": "7", "identity": "ann"}),
    (
        "/api/integrations/add_user_properties",
        bulk({"user_identifier": {"email": "a@b.c"}, "properties": {"x": None}}, name="users", library="server"),
    ),
]

INVALID = [
    (TRACK, bulk(event(user_id="7"))),  # both ids
    (TRACK, bulk(event(identity=None))),  # neither
    (TRACK, bulk(event(identity="i" * 256))),
    (TRACK, bulk(event(event="x" * 1025))),
    (TRACK, bulk(event(event=""))),
    (TRACK, bulk(event(event=7))),
    (TRACK, bulk(event(identity=None, user_id="9007199254740992"))),
    (TRACK, bulk(event(identity=None, user_id=7))),
    (TRACK, bulk(event(properties={"a": {"b": 1}}))),
    (TRACK, bulk(event(properties={"a": "v" * 1025}))),
    (TRACK, bulk(event(properties={"a" * 1025: "v"}))),
    (TRACK, bulk(event(properties=[]))),
    (TRACK, bulk(event(timestamp="2024-01-01T00:00:00"))),  # no offset
    (TRACK, bulk(event(timestamp="yesterday"))),
    (TRACK, bulk(event(idempotency_key=7))),
    (TRACK, bulk("not an object")),
    (TRACK, bulk()),
    (TRACK, bulk(*[event()] * 1001)),
    (TRACK, {**bulk(event()), "app_id": "x"}),
    (TRACK, {**bulk(event()), "app_id": 11}),
    (TRACK, {"events": [event()]}),
    (PARTNER, bulk(partner())),  # no library
    (PARTNER, {"app_id": "11", "library": "server", **partner()}),  # bulk only
    (PARTNER, bulk(partner(custom_properties={"a": 1}), library="server")),
    (PARTNER, bulk(partner(user_identifier={}), library="server")),
    (PARTNER, bulk(partner(user_identifier={"identity": ""}), library="server")),
    (USERS, bulk({"identity": "ann", "properties": {"ID": "7"}}, name="users")),
    (USERS, bulk({"properties": {}}, name="users")),
    ("/api/add_account_properties", bulk({"properties": {}}, name="accounts")),
    ("/api/v1/identify", {"app_id": "11", "user_id": "x", "identity": "ann"}),
]


@pytest.mark.parametrize(("path", "body"), VALID)
def test_what_heap_takes_is_stored(client: httpx.Client, path: str, body: dict[str, Any]) -> None:
    with Standin(Knobs(dedupe="off")).start() as heap:
        assert client.post(heap.url + path, json=body).status_code == 200
        stored = sum(len(items) for items in heap.store.stored.values())
    assert stored == max((len(part) for part in body.values() if isinstance(part, list)), default=1)


@pytest.mark.parametrize(("path", "body"), INVALID)
def test_what_heap_refuses_is_not(client: httpx.Client, path: str, body: dict[str, Any]) -> None:
    with Standin().start() as heap:
        assert client.post(heap.url + path, json=body).status_code == 400
    assert not any(heap.store.stored.values())


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff", b"[" * 100_000, b'{"app_id":"11","events":[NaN]}'])
def test_a_body_that_is_no_json_is_a_400(client: httpx.Client, raw: bytes) -> None:
    with Standin().start() as heap:
        assert client.post(heap.url + TRACK, content=raw).status_code == 400


def test_both_hosts_and_unknown_paths(client: httpx.Client) -> None:
    with Standin().start() as heap:
        for n, (prefix, status) in enumerate([("", 200), ("/us", 200), ("/eu", 200), ("/xx", 404)]):
            sent = client.post(heap.url + prefix + TRACK, json=bulk(event(f"key-{n:04}")))
            assert sent.status_code == status
        assert client.post(heap.url + "/api/identify", json={}).status_code == 404
        assert client.get(heap.url + TRACK).status_code == 405
        assert [item.path for item in heap.events] == [TRACK, "/us" + TRACK, "/eu" + TRACK]


def test_what_arrived_is_seen_from_outside(client: httpx.Client) -> None:
    with Standin().start() as heap:
        client.post(heap.url + TRACK, json=bulk(event(), event("key-0002", properties={"l": ["a", "b"]})))
        client.post(heap.url + USERS, json=bulk({"identity": "ann", "properties": {"a": 1}}, name="users"))
        events = client.get(heap.url + "/_standin/events").json()
        users = client.get(heap.url + "/_standin/users").json()
        requests = client.get(heap.url + "/_standin/requests").json()
        assert client.get(heap.url + "/_standin/accounts").json() == []
        assert client.get(heap.url + "/_standin/nothing").status_code == 404
        client.get(heap.url + "/_standin/reset")
        assert client.get(heap.url + "/_standin/requests").json() == []
    assert [e["seq"] for e in events] == [1, 2] and {e["request"] for e in events} == {1}
    assert events[0]["body"] == event() and events[0]["headers"]["content-type"] == "application/json"
    assert events[1]["body"]["properties"] == {"l": "a||b"}
    assert users[0]["body"] == {"identity": "ann", "properties": {"a": 1}} and users[0]["path"] == USERS
    assert [(r["seq"], r["status"], r["path"]) for r in requests] == [(1, 200, TRACK), (2, 200, USERS)]
    assert requests[0]["body"]["events"][0] == event()


@pytest.mark.parametrize(
    ("mode", "status", "kept"),
    [("reject_batch", 400, []), ("drop_silently", 200, [1]), ("accept", 200, [1, 2])],
)
def test_one_bad_event_in_a_batch(client: httpx.Client, mode: Any, status: int, kept: list[int]) -> None:
    with Standin(Knobs(bad_event=mode)).start() as heap:
        sent = client.post(heap.url + TRACK, json=bulk(event(n=1), event("key-0002", identity=None, n=2)))
        assert sent.status_code == status
        assert [item.body["n"] for item in heap.events] == kept


@pytest.mark.parametrize(
    ("mode", "status", "body"), [("200_json", 200, b"{}"), ("200_empty", 200, b""), ("204", 204, b"")]
)
def test_the_shapes_of_success(client: httpx.Client, mode: Any, status: int, body: bytes) -> None:
    with Standin(Knobs(success=mode)).start() as heap:
        for n in range(2):  # on one connection: the framing is right
            sent = client.post(heap.url + TRACK, json=bulk(event(f"key-{n:04}")))
            assert (sent.status_code, sent.content) == (status, body)


def test_an_unknown_app_is_taken_or_refused(client: httpx.Client) -> None:
    with Standin(Knobs(unknown_app="400", apps=("12",))).start() as heap:
        assert client.post(heap.url + TRACK, json=bulk(event())).status_code == 400
        assert client.post(heap.url + TRACK, json={**bulk(event()), "app_id": "12"}).status_code == 200


@pytest.mark.parametrize(("mode", "kept"), [("forever", [1, 3]), ("window:60", [1, 3, 4]), ("off", [1, 2, 3, 4])])
def test_a_repeated_key_stores_nothing(client: httpx.Client, mode: str, kept: list[int]) -> None:
    clock = [0.0]
    with Standin(Knobs(dedupe=mode), now=lambda: clock[0]).start() as heap:
        for app, time, n in [("11", 0, 1), ("11", 59, 2), ("12", 59, 3), ("11", 61, 4)]:
            clock[0] = time
            assert client.post(heap.url + TRACK, json={**bulk(event(n=n)), "app_id": app}).status_code == 200
        assert [item.body["n"] for item in heap.events] == kept


def test_published_limits_for_lone_and_bulk_requests(client: httpx.Client) -> None:
    clock = [0.0]
    with Standin(Knobs(limits="published", dedupe="off"), now=lambda: clock[0]).start() as heap:

        def lone() -> int:
            return client.post(heap.url + TRACK, json={"app_id": "11", **event()}).status_code

        def batch(who: str) -> httpx.Response:
            return client.post(heap.url + TRACK, json=bulk(*[event(identity=who)] * 1000))

        assert [lone() for _ in range(31)] == [200] * 30 + [429]
        clock[0] = 30.0
        assert lone() == 200
        assert [batch(who).status_code for who in "aab"] == [200, 429, 200]
        clock[0] = 60.0
        assert batch("a").headers["Retry-After"] == "30"
        clock[0] = 90.0
        assert [batch(f"user {n}").status_code for n in range(16)] == [200] * 15 + [429]


@pytest.mark.parametrize(
    ("mode", "status", "header"),
    [("429", 429, None), ("429_retry_after", 429, "60"), ("200_drop", 200, None), ("503", 503, None)],
)
def test_what_is_said_over_the_limit(client: httpx.Client, mode: Any, status: int, header: str | None) -> None:
    limits = Limits(app=Limit(1, 60))
    with Standin(Knobs(limits=limits, limit_reply=mode), now=lambda: 0.0).start() as heap:
        client.post(heap.url + TRACK, json=bulk(event()))
        sent = client.post(heap.url + TRACK, json=bulk(event("key-0002")))
        assert (sent.status_code, sent.headers.get("Retry-After")) == (status, header)
        assert len(heap.events) == 1


def test_a_script_by_order_by_number_and_by_key(client: httpx.Client) -> None:
    naps: list[float] = []
    with Standin(sleep=naps.append).start() as heap:

        def send(key: str) -> httpx.Response:
            return client.post(heap.url + TRACK, json=bulk(event(key)))

        def follow(script: Any) -> int:
            return client.post(heap.url + "/_standin/script", json=script).status_code

        assert follow({"requests": [500, {"status": 429, "retry_after": "7"}, "drop", "ok"]}) == 200
        replies = [send("key-0001") for _ in range(4)]
        assert [r.status_code for r in replies] == [500, 429, 200, 200]
        assert replies[1].headers["Retry-After"] == "7"
        assert [item.request for item in heap.events] == [4]
        follow({"requests": {"6": {"status": 202, "delay": 1.5}}, "keys": {"key-0009": [503, "ok", 404]}})
        assert [send("key-0005").status_code, send("key-0006").status_code] == [200, 202]
        assert naps == [1.5]
        assert [send("key-0009").status_code for _ in range(4)] == [503, 200, 404, 200]
        assert follow({"knobs": {"success": "204"}}) == 200 and send("key-0010").status_code == 204
        for wrong in ({"requests": ["boom"]}, {"steps": []}, {"knobs": {"x": 1}}, [], {"keys": {"a": 500}}):
            assert follow(wrong) == 400


@pytest.mark.parametrize(
    ("fault", "stored"),
    [("reset_before_reading", 0), ("reset_after_storing", 1), ("half_response", 1), ("stall", 1)],
)
def test_faults_that_only_a_socket_has(fault: Any, stored: int) -> None:
    naps: list[float] = []
    with Standin(Knobs(fault=fault), sleep=naps.append).start() as heap, httpx.Client() as client:
        if fault == "stall":
            assert client.post(heap.url + TRACK, json=bulk(event())).status_code == 200
        else:
            with pytest.raises((httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError)):
                client.post(heap.url + TRACK, json=bulk(event()))
        assert len(heap.events) == stored
        assert len(heap.requests) == 1
    assert naps == ([30.0] if fault == "stall" else [])


def test_a_certificate_for_another_name() -> None:
    with Standin(Knobs(fault="bad_tls_name")).start() as heap:
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            httpx.post(heap.url + TRACK, json=bulk(event()))
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        assert httpx.post(heap.url + TRACK, json=bulk(event()), verify=context).status_code == 200


def test_ten_user_ids_for_an_identity(client: httpx.Client) -> None:
    with Standin().start() as heap:
        for n in range(12):
            body = {"app_id": "11", "user_id": str(n), "identity": "ann"}
            assert client.post(heap.url + "/api/v1/identify", json=body).status_code == 200
        assert len(client.get(heap.url + "/_standin/identities").json()) == 10


def test_a_request_without_a_length_or_of_garbage_harms_nobody(client: httpx.Client) -> None:
    with Standin().start() as heap:
        port = int(heap.url.rpartition(":")[2])
        for raw in (b"POST /api/track HTTP/1.1\r\nHost: x\r\n\r\n", b"\x00\x01garbage\r\n\r\n"):
            with socket.create_connection(("127.0.0.1", port), timeout=5) as raw_socket:
                raw_socket.sendall(raw)
                assert raw_socket.recv(4096)
        assert client.post(heap.url + TRACK, json=bulk(event())).status_code == 200


@pytest.mark.parametrize(
    "values", [{"bad_event": "x"}, {"nope": 1}, {"dedupe": "window:x"}, {"limits": {"app": 3}}, []]
)
def test_a_wrong_switch_is_named(values: Any) -> None:
    with pytest.raises(KnobError):
        parse_knobs(values)


def test_switches_and_scripts_from_json() -> None:
    knobs = parse_knobs(json.loads('{"limits": {"app": {"count": 5, "seconds": 1}}, "apps": ["11"]}'))
    assert knobs == Knobs(limits=Limits(app=Limit(5, 1)), apps=("11",))
    assert parse_script({"requests": ["ok"]}).next[0].status is None
