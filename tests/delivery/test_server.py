"""The server without sockets: the two upload protocols, keys, limits, and what is said when."""

import asyncio
import base64
import gzip
import json
import re
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from atpath.cli import main
from atpath.compiler.prelude import Rejected, Run
from atpath.runtime.bulk import Target
from atpath.runtime.delivery.client import Heap
from atpath.runtime.delivery.deliver import Policy
from atpath.runtime.delivery.intake import to_iso
from atpath.runtime.delivery.spool import SpoolError
from atpath.runtime.serve.bodies import Limits
from atpath.runtime.serve.inbox import Inbox, Unmapped
from atpath.runtime.serve.server import EventServer, Options
from atpath.runtime.serve.service import Outlet, Service
from fake_destination import FakeAction, FakeDestination
from starlette.applications import Starlette
from starlette.routing import Mount
from wire import FakeClock, Wire

TARGET = Target("11", "http://heap.test")
POLICY = Policy(base=TARGET.base, rate=None, first_wait=0.01)


def to_payload(event: dict[str, Any]) -> dict[str, Any]:
    return {
        "message_id": event["messageId"],
        "identity": event.get("userId"),
        "anonymous_id": event.get("anonymousId"),
        "event": event.get("event"),
        "properties": event.get("properties"),
    }


class Bench:
    """A server, the client that asks it, and the stand-in behind it."""

    def __init__(self, server: EventServer, client: httpx.AsyncClient, wire: Wire, folder: Path) -> None:
        self.server = server
        self.client = client
        self.wire = wire
        self.folder = folder

    async def post(self, path: str, body: Any = None, **more: Any) -> httpx.Response:
        if body is not None:
            more["json"] = body
        return await self.client.post(path, **more)

    async def settled(self) -> None:
        """Wait until nothing waits."""
        while self.server.service.running.spool.waiting_bytes:
            await asyncio.sleep(0.01)

    @property
    def letters(self) -> list[dict[str, Any]]:
        path = self.folder / "dead-letters.ndjson"
        return [msgspec.json.decode(line) for line in path.read_bytes().splitlines()] if path.exists() else []


@asynccontextmanager
async def serving(
    folder: Path,
    *destinations: FakeDestination,
    wire: Wire | None = None,
    limits: Limits | None = None,
    cap: int = 1 << 30,
    client: tuple[str, int] = ("127.0.0.1", 1),
    **options: Any,
) -> AsyncIterator[Bench]:
    wire = wire or Wire(FakeClock())
    chosen = destinations or (FakeDestination({"track": FakeAction(to_payload)}, name="heap"),)
    outlets = [Outlet(destination=d, target=TARGET, title=d.name.title(), policy=POLICY) for d in chosen]
    service = Service(outlets, folder, cap=cap, limits=limits, heap=Heap(transport=wire))
    server = EventServer(service, Options(**options))
    transport = httpx.ASGITransport(server, client=client)
    async with httpx.AsyncClient(transport=transport, base_url="http://serve.test") as http:
        try:
            yield Bench(server, http, wire, folder)
        finally:
            await service.close(0)


def run(test: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(test())  # type: ignore[arg-type]


def event(n: int = 1, **fields: Any) -> dict[str, Any]:
    return {"type": "track", "messageId": f"message-{n}", "anonymousId": "a1", "event": "Bought", **fields}


def test_a_segment_batch_arrives(tmp_path: Path) -> None:
    async def go() -> None:
        async with serving(tmp_path) as b:
            body = {"batch": [event(n) for n in range(5)], "sentAt": "2024-01-01T00:00:00Z", "writeKey": "k"}
            reply = await b.post("/v1/batch", body)
            assert (reply.status_code, reply.json()) == (200, {"success": True})
            await b.settled()
            assert [e["idempotency_key"] for e in b.wire.events] == [f"message-{n}" for n in range(5)]

    run(go)


@pytest.mark.parametrize("call", ["identify", "track", "page", "screen", "group", "alias"])
def test_single_calls_get_their_type_from_the_path(tmp_path: Path, call: str) -> None:
    seen: list[dict[str, Any]] = []

    async def go() -> None:
        destination = FakeDestination({"all": FakeAction(seen.append)}, name="heap")
        async with serving(tmp_path, destination) as b:
            assert (await b.post(f"/v1/{call}", {"userId": "u", "writeKey": "secret", "type": "x"})).status_code == 200
            await b.settled()

    run(go)
    assert seen[0]["type"] == call and seen[0]["userId"] == "u" and "writeKey" not in seen[0]
    assert len(seen[0]["messageId"]) == 36 and seen[0]["receivedAt"].endswith("Z")


def test_outer_context_and_integrations_are_merged_into_each_event(tmp_path: Path) -> None:
    seen: list[dict[str, Any]] = []

    async def go() -> None:
        destination = FakeDestination({"all": FakeAction(seen.append)}, name="heap")
        async with serving(tmp_path, destination) as b:
            await b.post("/v1/batch", {
                "context": {"ip": "1.2.3.4", "app": "outer"},
                "integrations": {"Mixpanel": False},
                "batch": [event(1, context={"app": "own"}), event(2, integrations={"Heap": True})],
            })  # fmt: skip
            await b.settled()

    run(go)
    assert seen[0]["context"] == {"ip": "1.2.3.4", "app": "own"}
    assert seen[0]["integrations"] == {"Mixpanel": False}
    assert seen[1]["integrations"] == {"Mixpanel": False, "Heap": True}


@pytest.mark.parametrize(
    ("integrations", "goes"),
    [
        ({}, True),
        (None, True),
        ({"Heap": False}, False),
        ({"heap": False}, False),
        ({"All": False}, False),
        ({"All": False, "Heap": True}, True),
        ({"All": False, "Heap": {"option": 1}}, True),
        ({"All": True, "Heap": False}, False),
        ({"Other": False}, True),
    ],
)
def test_integrations_keep_an_event_from_a_destination(tmp_path: Path, integrations: Any, goes: bool) -> None:
    async def go() -> None:
        async with serving(tmp_path) as b:
            assert (await b.post("/v1/batch", {"batch": [event(integrations=integrations)]})).status_code == 200
            await b.settled()
            assert len(b.wire.events) == goes

    run(go)


SYFT = {
    "version": "0.0.1",
    "sentAt": "2024-05-01T09:30:01.000Z",
    "userAgentData": {"mobile": False},
    "events": [
        {
            "messageId": "s-1", "type": "page", "anonymousId": "a1", "name": "Home",
            "context": {"page": {"path": "/"}, "library": {"name": "theirs"}},
            "timestamp": "2024-05-01T09:30:00.000Z",
        },
        {"type": "identify", "userId": "u1", "traits": {"plan": "pro"}},
    ],
}  # fmt: skip


def test_the_syft_client_and_what_its_server_adds(tmp_path: Path) -> None:
    seen: list[dict[str, Any]] = []

    async def go() -> None:
        destination = FakeDestination({"all": FakeAction(seen.append)}, name="heap")
        async with serving(tmp_path, destination) as b:
            headers = {
                "content-type": "text/plain",
                "user-agent": "Browser/1",
                "x-forwarded-for": "9.9.9.9, 10.0.0.1",
            }
            reply = await b.post("/api/syft", content=json.dumps(SYFT), headers=headers)
            assert (reply.status_code, reply.content) == (200, b"{}")
            await b.post("/api/syft", {"events": [{"type": "track"}]}, headers={"user-agent": ""})
            await b.settled()

    run(go)
    context = seen[0]["context"]
    assert context["page"] == {"path": "/"} and context["library"] == {"name": "syft", "version": "0.0.1"}
    assert (context["userAgent"], context["ip"]) == ("Browser/1", "9.9.9.9")
    assert context["userAgentData"] == {"mobile": False}
    assert seen[0]["messageId"] == "s-1" and seen[0]["sentAt"] == SYFT["sentAt"] and seen[0]["receivedAt"]
    assert len(seen[1]["messageId"]) == 36
    assert seen[2]["context"]["ip"] == "N/A"


def test_the_enricher_changes_drops_and_fails(tmp_path: Path) -> None:
    async def enrich(event: dict[str, Any], cookies: Any) -> dict[str, Any] | None:
        if event["messageId"] == "message-2":
            return None
        if event["messageId"] == "message-3":
            raise RuntimeError("no")
        return {**event, "userId": cookies["session"]}

    async def go() -> None:
        async with serving(tmp_path, enricher=enrich) as b:
            body = {"events": [event(1), event(2)]}
            assert (await b.post("/api/syft", body, headers={"cookie": "session=ann; x=y"})).status_code == 200
            await b.settled()
            assert [e["user_identifier"] for e in b.wire.events] == [{"identity": "ann", "anonymous_id": "a1"}]
            assert (await b.post("/api/syft", {"events": [event(4), event(3)]})).status_code == 500
            assert len(b.wire.events) == 1 and b.server.service.running.spool.waiting_bytes == 0

    run(go)


def basic(key: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"{key}:".encode()).decode()}


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        (basic("right"), {}, 200),
        (basic("other"), {}, 200),
        ({"authorization": "Bearer right"}, {}, 200),
        ({}, {"writeKey": "right"}, 200),
        (basic("wrong"), {"writeKey": "right"}, 200),
        ({}, {}, 401),
        (basic("wrong"), {}, 401),
        (basic(""), {}, 401),
        ({"authorization": "Basic ???"}, {}, 401),
        ({"authorization": "Digest right"}, {}, 401),
        ({}, {"writeKey": "righ"}, 401),
        ({}, {"writeKey": ["right"]}, 401),
        ({"authorization": "Bearer ré"}, {"writeKey": "é"}, 401),
    ],
)
def test_keys(tmp_path: Path, headers: dict[str, str], body: Any, status: int) -> None:
    async def go() -> None:
        async with serving(tmp_path, keys=("right", "other")) as b:
            raw = {k: v.encode("latin-1") for k, v in headers.items()}
            for path, name in (("/v1/batch", "batch"), ("/api/syft", "events")):
                reply = await b.post(path, {**body, name: [event()]}, headers=raw)
                assert reply.status_code == status

    run(go)


@pytest.mark.parametrize(
    ("path", "content", "headers", "status"),
    [
        ("/v1/batch", b"", {}, 400),
        ("/v1/batch", b"{", {}, 400),
        ("/v1/batch", b"[]", {}, 400),
        ("/v1/batch", b"\xff\xfe", {}, 400),
        ("/v1/batch", b"{}", {}, 400),
        ("/v1/batch", b'{"batch": {}}', {}, 400),
        ("/v1/batch", b'{"batch": [1]}', {}, 400),
        ("/v1/batch", b'{"batch": ' + b"[" * 100_000, {}, 400),
        ("/v1/track", b'{"a": ' * 65 + b"1" + b"}" * 65, {}, 400),
        ("/v1/track", b'{"a": ' * 60 + b"1" + b"}" * 60, {}, 200),
        ("/v1/track", b'{"event": "[[[{{{' + b"[" * 100 + b'"}', {}, 200),
        ("/v1/track", b'{"event": "\\"[' + b"[" * 100 + b'"}', {}, 200),
        ("/v1/track", b'{"n": ' + b"9" * 400 + b"}", {}, 400),
        ("/v1/track", b'{"messageId": "' + b"m" * 100 + b'"}', {}, 400),
        ("/v1/track", b'{"messageId": "' + b"m" * 99 + b'"}', {}, 200),
        ("/v1/track", b'{"x": "' + b"x" * 33_000 + b'"}', {}, 400),
        ("/v1/track", b'{"x": "' + b"x" * 31_000 + b'"}', {}, 200),
        ("/v1/batch", b'{"batch": [' + b"{}," * 2_500 + b"{}]}", {}, 400),
        ("/v1/batch", b" " * 600_000, {}, 400),
        ("/api/syft", b" " * 600_000, {}, 413),
        ("/v1/batch", gzip.compress(b'{"batch": []}', mtime=0), {"content-encoding": "gzip"}, 200),
        ("/v1/batch", gzip.compress(b" " * 50_000_000, mtime=0), {"content-encoding": "gzip"}, 400),
        ("/api/syft", gzip.compress(b" " * 50_000_000, mtime=0), {"content-encoding": "gzip"}, 413),
        ("/v1/batch", b"no gzip", {"content-encoding": "gzip"}, 400),
        ("/v1/batch", b"{}", {"content-encoding": "br"}, 415),
        ("/v2/batch", b"{}", {}, 404),
        ("/v1/nothing", b"{}", {}, 404),
    ],
    ids=lambda value: None if isinstance(value, dict) else str(value)[:24],
)
def test_what_is_not_taken_and_why(
    tmp_path: Path, path: str, content: bytes, headers: dict[str, str], status: int
) -> None:
    async def go() -> None:
        async with serving(tmp_path) as b:
            reply = await b.post(path, content=content, headers=headers)
            assert reply.status_code == status, reply.text
            if status != 200:
                assert reply.json().keys() == {"code", "message"}
            assert (await b.post("/v1/batch", {"batch": [event()]})).status_code == 200

    run(go)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods(tmp_path: Path, method: str) -> None:
    async def go() -> None:
        async with serving(tmp_path) as b:
            reply = await b.client.request(method, "/api/syft")
            assert (reply.status_code, reply.headers["allow"]) == (405, "POST")

    run(go)


def test_cors_is_off_unless_set(tmp_path: Path) -> None:
    async def go() -> None:
        origin = {"origin": "https://shop.test"}
        async with serving(tmp_path / "off") as b:
            assert "access-control-allow-origin" not in (await b.post("/api/syft", SYFT, headers=origin)).headers
        async with serving(tmp_path / "on", origins=("https://shop.test",)) as b:
            preflight = await b.client.options("/api/syft", headers=origin)
            assert preflight.status_code == 204
            assert preflight.headers["access-control-allow-origin"] == "https://shop.test"
            other = await b.client.options("/api/syft", headers={"origin": "https://evil.test"})
            assert "access-control-allow-origin" not in other.headers

    run(go)


def test_a_full_spool_says_try_later_and_takes_again_when_some_is_gone(tmp_path: Path) -> None:
    async def go() -> None:
        wire = Wire(FakeClock())
        wire.down = True
        async with serving(tmp_path, wire=wire, cap=5_000) as b:
            statuses = [(await b.post("/v1/batch", {"batch": [event(n)]})).status_code for n in range(30)]
            accepted = statuses.count(200)
            assert 0 < accepted < 30 and statuses == [200] * accepted + [503] * (30 - accepted)
            assert (await b.post("/v1/batch", {"batch": [event(99)]})).headers["retry-after"] == "5"
            wire.down = False
            await b.settled()
            assert len(wire.events) == accepted
            assert (await b.post("/v1/batch", {"batch": [event(99)]})).status_code == 200

    run(go)


def test_a_disk_that_fails_is_no_success(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def go() -> None:
        async with serving(tmp_path) as b:
            await b.post("/v1/batch", {"batch": [event(1)]})
            db = b.server.service.running.spool._db
            db.execute("PRAGMA query_only = ON")
            assert (await b.post("/v1/batch", {"batch": [event(2)]})).status_code == 503
            db.execute("PRAGMA query_only = OFF")
            assert (await b.post("/v1/batch", {"batch": [event(3)]})).status_code == 200

    run(go)
    assert "nothing can be accepted" in caplog.text


def test_one_destination_that_is_down_holds_up_no_other(tmp_path: Path) -> None:
    async def go() -> None:
        wire = Wire(FakeClock(), script={"keys": {"message-1:x": [401]}})
        up = FakeDestination({"track": FakeAction(to_payload)}, name="up")
        down = FakeDestination(
            {"track": FakeAction(lambda e: {**to_payload(e), "message_id": "message-1:x"})}, name="down"
        )
        async with serving(tmp_path, down, up, wire=wire) as b:
            for n in range(5):
                await b.post("/v1/batch", {"batch": [event(n)]})
            lanes = {lane.destination: lane for lane in b.server.service.running.deliverer.lanes}
            while lanes["up"].items["events"] < 5 or not lanes["down"].halted:
                await asyncio.sleep(0.01)
            assert b.server.service.running.deliverer.halted == {"down": "401 Unauthorized: scripted"}
            figures = (await b.client.get("/status.json")).json()
            assert {f["destination"]: (f["waiting"], f["halted"]) for f in figures["flows"]} == {
                "down": (5, "401 Unauthorized: scripted"),
                "up": (0, None),
            }

    run(go)


def test_rejected_events_and_defects_lie_in_the_dead_letters(tmp_path: Path) -> None:
    def make(event: dict[str, Any]) -> dict[str, Any]:
        if event["messageId"] == "message-1":
            raise Rejected("E201", "user_id is missing", "user_id")
        if event["messageId"] == "message-2":
            raise ZeroDivisionError
        return to_payload(event)

    async def go() -> None:
        async with serving(tmp_path, FakeDestination({"track": FakeAction(make)}, name="heap")) as b:
            assert (await b.post("/v1/batch", {"batch": [event(n) for n in range(4)]})).status_code == 200
            await b.settled()
            assert [e["idempotency_key"] for e in b.wire.events] == ["message-0", "message-3"]
            assert [(x["code"], x["row"], x["line"], x["event"]["messageId"]) for x in b.letters] == [
                ("E201", "user_id", None, "message-1"),
                ("E232", None, None, "message-2"),
            ]

    run(go)


def test_figures_say_nothing_of_what_an_event_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def make(event: dict[str, Any]) -> dict[str, Any]:
        Run().misfit({"secret": f"{event['messageId']}@example.com"}, "string", "user_id", True)
        raise AssertionError

    async def go() -> None:
        async with serving(tmp_path, FakeDestination({"track": FakeAction(make)}, name="heap")) as b:
            await b.post("/v1/batch", {"batch": [event(n) for n in range(3)]})
            await b.settled()
            assert all("example.com" in letter["reason"] for letter in b.letters)
            for page in ("/status.json", "/metrics"):
                assert "example.com" not in (await b.client.get(page)).text
            (flow,) = (await b.client.get("/status.json")).json()["flows"]
            assert [(r["reason"], r["count"]) for r in flow["refusals"]] == [("`user_id` is no string", 3)]
            folder = str(b.server.service.folder)
            assert main(["status", folder]) == main(["status", folder, "--format", "json"]) == 0

    run(go)
    shown = capsys.readouterr().out
    assert "`user_id` is no string" in shown and "example.com" not in shown


def make_shop(event: str) -> FakeDestination:
    """A mapping of its own hash: every event is called `event`."""
    shop = FakeDestination({"track": FakeAction(lambda e: {**to_payload(e), "event": event})}, name="heap")
    shop.python = f"# {event}"  # type: ignore[attr-defined]
    return shop


def outlet_of(destination: FakeDestination) -> Outlet:
    recipe = destination.python  # type: ignore[attr-defined]
    return Outlet(destination=destination, target=TARGET, policy=POLICY, recipe=recipe)


@pytest.mark.parametrize("is_mapped", [True, False])
def test_what_waits_after_a_crash_is_delivered_as_it_was_accepted(tmp_path: Path, is_mapped: bool) -> None:
    async def crash(wire: Wire) -> None:
        wire.down = True
        service = Service([outlet_of(make_shop("Before"))], tmp_path, heap=Heap(transport=wire))
        running = service.running
        if not is_mapped:
            running.sorter.finish(1)
        await service.take([event(n) for n in range(3)], "segment")
        while is_mapped and running.inbox.take(running.plan, 1):
            await asyncio.sleep(0.01)
        running.sorter.finish(1)  # its thread, too, ends with the process
        running.deliverer.stop()
        running.spool.close()

    async def restart(wire: Wire) -> None:
        wire.down = False
        mappings = {f"# {name}": name for name in ("Before", "After")}
        service = Service(
            [outlet_of(make_shop("After"))],
            tmp_path,
            heap=Heap(transport=wire),
            remake=lambda recipe: outlet_of(make_shop(mappings[recipe])),
        )
        service.start()
        await service.take([event(7)], "segment")
        await service.close(10)

    wire = Wire(FakeClock())
    asyncio.run(crash(wire))
    asyncio.run(restart(wire))
    assert [e["event"] for e in wire.events] == ["Before"] * 3 + ["After"]


def test_a_drain_without_end_ends_with_the_last_item(tmp_path: Path) -> None:
    async def test() -> None:
        service = Service([outlet_of(make_shop("Bought"))], tmp_path, heap=Heap(transport=wire))
        service.start()
        await service.take([event(n) for n in range(3)], "segment")
        await service.close(float("inf"))

    wire = Wire(FakeClock())
    run(test)
    assert len(wire.events) == 3


def test_what_is_accepted_as_mapping_finds_nothing_is_delivered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mapping looks, the last upload is accepted, the server is told to come to its end, and then mapping decides."""
    looked, go_on, take = threading.Event(), threading.Event(), Inbox.take

    def look(inbox: Inbox, plan: int, limit: int) -> list[Unmapped]:
        found = take(inbox, plan, limit)
        looked.set()
        go_on.wait(10)
        return found

    async def test() -> None:
        service = Service([outlet_of(make_shop("Bought"))], tmp_path, heap=Heap(transport=wire))
        service.start()
        looked.wait(10)
        await service.take([event(1)], "segment")
        threading.Timer(0.5, go_on.set).start()  # by then it is told
        await service.close(10)

    monkeypatch.setattr(Inbox, "take", look)
    wire = Wire(FakeClock())
    run(test)
    assert len(wire.events) == 1


def test_a_mapping_that_is_gone_is_not_replaced_in_silence(tmp_path: Path) -> None:
    async def crash() -> None:
        service = Service([outlet_of(make_shop("Before"))], tmp_path, heap=Heap(transport=Wire(FakeClock())))
        running = service.running
        running.sorter.finish(1)
        await service.take([event(1)], "segment")
        running.deliverer.stop()
        running.spool.close()

    asyncio.run(crash())
    for remake in (None, lambda recipe: outlet_of(make_shop("Other"))):
        with pytest.raises(SpoolError, match="accepted under another mapping for heap"):
            Service([outlet_of(make_shop("After"))], tmp_path, remake=remake).start()


def test_an_event_without_a_time_has_that_of_its_acceptance(tmp_path: Path) -> None:
    async def go() -> None:
        async with serving(tmp_path) as b:
            running = b.server.service.running
            running.sorter.finish(1)
            await b.post("/v1/batch", {"batch": [event()]})
            (upload,) = running.inbox.take(running.plan, 1)
            await asyncio.sleep(0.05)
            running.sorter.sort_some()
            await b.settled()
            assert b.wire.events[0]["timestamp"] == to_iso(upload.accepted)

    run(go)


def test_mounted_in_somebody_elses_application(tmp_path: Path) -> None:
    async def go() -> None:
        async with serving(tmp_path) as b:
            app = Starlette(routes=[Mount("/events", b.server)])
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://app.test") as client:
                assert (await client.post("/events/v1/batch", json={"batch": [event()]})).status_code == 200
                assert (await client.post("/events/api/syft", json=SYFT)).status_code == 200
                assert (await client.get("/events/healthz")).json() == {"status": "ok"}
            await b.settled()
            assert len(b.wire.events) == 3

    run(go)


def test_health_metrics_and_who_may_look(tmp_path: Path) -> None:
    async def go() -> None:
        async with serving(tmp_path) as b:
            await b.post("/v1/batch", {"batch": [event(n) for n in range(3)]})
            await b.settled()
            assert (await b.client.get("/healthz")).status_code == 200
            while not b.server.service.running.deliverer.lanes[0].taken:
                await asyncio.sleep(0.01)
            text = (await b.client.get("/metrics")).text
            for line in (
                'atpath_replies_total{status="200"} 2.0',
                'atpath_events_received_total{source="segment"} 3.0',
                'atpath_events_matched_total{action="track",destination="heap"} 3.0',
                'atpath_parcels_delivered_total{destination="heap",lane="0"} 3.0',
                'atpath_parcels_waiting{destination="heap"} 0.0',
                "atpath_spool_bytes 0.0",
            ):
                assert re.search("^" + re.escape(line) + "$", text, re.MULTILINE), line
            assert "what flows where" in (await b.client.get("/")).text.lower()
            assert (await b.client.get("/metrics", headers={"x-forwarded-for": "1.1.1.1"})).status_code == 404
        async with serving(tmp_path, client=("10.0.0.9", 1)) as b:
            assert (await b.client.get("/metrics")).status_code == 404
            assert (await b.client.get("/healthz")).status_code == 200
        async with serving(tmp_path, client=("10.0.0.9", 1), monitor=True) as b:
            assert (await b.client.get("/metrics")).status_code == 200

    run(go)


def test_a_hundred_at_once_are_committed_in_groups(tmp_path: Path) -> None:
    async def go() -> None:
        async with serving(tmp_path) as b:
            replies = await asyncio.gather(
                *(b.post("/v1/batch", {"batch": [event(n)]}) for n in range(100)),
            )
            assert {reply.status_code for reply in replies} == {200}
            await b.settled()
            assert len(b.wire.events) == 100

    run(go)


def test_no_event_content_in_logs(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    secret = "very-secret-value"

    def make(event: dict[str, Any]) -> dict[str, Any]:
        if event["number"] == 0:
            raise ValueError(secret)
        return {**to_payload(event), "properties": {"p": secret}}

    async def go() -> None:
        wire = Wire(
            FakeClock(), script={"requests": [{"status": 503, "body": secret}, {"status": 401, "body": secret}]}
        )
        async with serving(tmp_path, FakeDestination({"t": FakeAction(make)}, name="heap"), wire=wire) as b:
            await b.post("/v1/batch", {"batch": [event(n, number=n, event=secret) for n in range(2)]})
            while not b.server.service.running.deliverer.halted:
                await asyncio.sleep(0.01)

    run(go)
    assert "401" in caplog.text and secret not in caplog.text


def test_a_body_that_never_ends_is_cut_off(tmp_path: Path) -> None:
    async def drip() -> AsyncIterator[bytes]:
        while True:
            yield b" "
            await asyncio.sleep(0.005)

    async def flood() -> AsyncIterator[bytes]:
        while True:
            yield b" " * 65_536

    async def go() -> None:
        async with serving(tmp_path, limits=Limits(seconds=0.1)) as b:
            assert (await b.client.post("/v1/batch", content=drip())).status_code == 408
            assert (await b.client.post("/api/syft", content=flood())).status_code == 413

    run(go)
