"""A stand-in without sockets and a clock without time: what delivery is tested on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import msgspec
from atpath.runtime.delivery.client import Heap
from atpath.runtime.delivery.deliver import Lane, Policy
from atpath.runtime.delivery.letters import Letters
from atpath.runtime.delivery.parcels import Parcel, Route
from atpath.runtime.delivery.spool import Spool
from atpath.runtime.standin import Knobs, parse_script
from atpath.runtime.standin.answer import Answerer, Reply
from atpath.runtime.standin.store import Store

TIMEOUT = 30.0
HOST = "http://heap.test"
TRACK = Route("heap", "m1", "trackEvent", "/api/integrations/track",
              b'{"app_id":"11","library":"server"}', "events")  # fmt: skip
USERS = Route("heap", "m1", "identifyUser", "/api/add_user_properties", b'{"app_id":"11"}', "users")


@dataclass(slots=True)
class FakeClock:
    """Time that passes when somebody waits."""

    time: float = 1_700_000_000.0
    put_back: float = 0.0  # seconds by which the time of day was changed
    is_stopped: bool = False
    stops_at_the_next_wait: bool = False
    waits: list[float] = field(default_factory=list)
    meanwhile: Callable[[float], None] | None = None  # what happens in the seconds of a wait

    def now(self) -> float:
        return self.time - self.put_back

    def elapsed(self) -> float:
        return self.time

    def wait(self, seconds: float) -> None:
        self.is_stopped |= self.stops_at_the_next_wait and seconds > 0
        self.waits.append(seconds)
        if self.meanwhile:
            self.meanwhile(seconds)
        self.time += seconds


class Wire(httpx.BaseTransport):
    """Carries requests to a stand-in, with the faults that a socket would have."""

    def __init__(self, clock: FakeClock, knobs: Knobs | None = None, script: Any = None) -> None:
        self.clock = clock
        self.store = Store(knobs or Knobs())
        self.store.follow(parse_script(script or {}))
        self.answerer = Answerer(self.store, clock.now)
        self.bodies: list[bytes] = []
        self.dropped: list[dict[str, Any]] = []  # bodies that a 200 has lost
        self.down = False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self.down:
            raise httpx.ConnectError("refused")
        self.bodies.append(request.content)
        arrival = self.answerer.arrive(request.url.path, dict(request.headers))
        if arrival.step.fault == "reset_before_reading":
            raise httpx.WriteError("reset")
        if arrival.step.drop:
            self.dropped.append(msgspec.json.decode(request.content))
        reply = self.answerer.answer(arrival, request.content)
        self.clock.time += min(reply.delay, TIMEOUT)
        self._fail(reply)
        return httpx.Response(reply.status, content=reply.body, headers=dict(reply.headers))

    def _fail(self, reply: Reply) -> None:
        if reply.delay >= TIMEOUT:
            raise httpx.ReadTimeout("stalled")
        if reply.fault == "reset_after_storing":
            raise httpx.ReadError("reset")
        if reply.fault == "half_response":
            raise httpx.RemoteProtocolError("half a reply")

    @property
    def events(self) -> list[dict[str, Any]]:
        return [item.body for item in self.store.stored["events"]]

    @property
    def users(self) -> list[dict[str, Any]]:
        return [item.body for item in self.store.stored["users"]]


@dataclass(slots=True)
class Bench:
    """A spool, a lane and a wire, with time in hand."""

    folder: Path
    clock: FakeClock
    wire: Wire
    spool: Spool
    heap: Heap
    policy: Policy

    @property
    def letters(self) -> list[dict[str, Any]]:
        path = self.folder / "dead-letters.ndjson"
        return [msgspec.json.decode(line) for line in path.read_bytes().splitlines()] if path.exists() else []

    def accept_events(self, *numbers: int, user: str = "ann", **fields: Any) -> None:
        self.spool.accept([self.event(n, user, **fields) for n in numbers])

    def event(self, number: int, user: str = "ann", **fields: Any) -> Parcel:
        body = {
            "event": "Bought",
            "user_identifier": {"identity": user},
            "custom_properties": {"n": str(number)},
            "idempotency_key": f"key-{number:05}",
            **fields,
        }
        return self._parcel(TRACK, user, f"key-{number:05}", body, {"messageId": f"key-{number:05}"})

    def user(self, user: str, value: int) -> Parcel:
        body = {"identity": user, "properties": {"n": value}}
        return self._parcel(USERS, user, f"{user}-{value}", body, {"userId": user, "traits": {"n": value}})

    def _parcel(self, route: Route, user: str, key: str, body: Any, event: Any) -> Parcel:
        number = sum(user.encode())
        encode = msgspec.json.encode
        return Parcel(self.spool.route_id(route), number, key, self.clock.now(), 7, encode(body), encode(event))

    def lane(self, number: int = 0) -> Lane:
        letters = Letters(self.folder / "dead-letters.ndjson", self.spool)
        return Lane("heap", self.spool, self.heap, letters, policy=self.policy, clock=self.clock, paces={},
                    number=number)  # fmt: skip

    def deliver(self, turns: int = 1_000) -> str:
        """Let one lane work until it says something else than "more"."""
        lane = self.lane()
        return next(turn for turn in (lane.deliver_some() for _ in range(turns)) if turn != "more")


@contextmanager
def bench(folder: Path, script: Any = None, knobs: Knobs | None = None, **policy: Any) -> Iterator[Bench]:
    clock = FakeClock()
    wire = Wire(clock, knobs, script)
    with Spool(folder / "spool") as spool, Heap(transport=wire) as heap:
        yield Bench(folder, clock, wire, spool, heap, Policy(**{"base": HOST, "rate": None, **policy}))
