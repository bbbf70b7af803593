"""Whatever the wire does and whenever the process dies: nothing lost, nothing stored twice, order kept."""

import os
import random
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

from atpath.runtime.delivery.parcels import Parcel
from atpath.runtime.standin import parse_script
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from wire import Bench, bench

FAULTS: list[Any] = [
    "ok",
    429,
    500,
    503,
    {"status": 429, "retry_after": "30"},
    {"status": 503, "retry_after": "Fri, 31 Dec 9999 23:59:59 GMT"},
    {"status": 429, "retry_after": "soon"},
    "reset_before_reading",
    "reset_after_storing",
    "half_response",
    "stall",
    "drop",
    400,
    413,
    401,
    302,
]
EXAMPLES = int(os.environ.get("ATPATH_FAULT_EXAMPLES", "20"))
USERS = [f"user {n}" for n in range(8)]


def off_the_line(b: Bench) -> tuple[set[str], set[tuple[str, int]]]:
    """What nobody can find at the stand-in: a 200 has dropped it, or a 400 has sent it to the dead letters.

    Shape: keys of events, and users with a value each
    """
    bodies = [*b.wire.dropped, *(letter["request"]["json"] for letter in b.letters)]
    events = {event["idempotency_key"] for body in bodies for event in body.get("events", ())}
    writes = {(u["identity"], u["properties"]["n"]) for body in bodies for u in body.get("users", ())}
    return events, writes


def check_property_writes(b: Bench, written: dict[str, int]) -> None:
    """Every write of every user in order, some perhaps again, the last value last."""
    _, gone = off_the_line(b)
    seen: dict[str, list[int]] = defaultdict(list)
    for user in b.wire.users:
        seen[user["identity"]].append(user["properties"]["n"])
    for user, count in written.items():
        wanted = [n for n in range(1, count + 1) if (user, n) not in gone or n in seen[user]]
        assert list(dict.fromkeys(seen[user])) == wanted
        assert seen[user][-1:] == wanted[-1:]


class Faults(RuleBasedStateMachine):
    """Events and property writes, a script of faults, lanes that work, stop and die."""

    @initialize(lanes=st.integers(1, 3), items=st.sampled_from([2, 5, 1_000]), seed=st.integers(0, 1_000))
    def set_up(self, lanes: int, items: int, seed: int) -> None:
        random.seed(seed)
        self.folder = tempfile.TemporaryDirectory()
        self.bench = bench(Path(self.folder.name), lanes=lanes, items=items, oldest=float("inf"))
        self.b = self.bench.__enter__()
        self.lanes = [self.b.lane(n) for n in range(lanes)]
        self.accepted: set[str] = set()
        self.written: dict[str, int] = dict.fromkeys(USERS, 0)

    @rule(count=st.integers(1, 12), user=st.sampled_from(USERS))
    def accept_events(self, count: int, user: str) -> None:
        first = len(self.accepted)
        self.b.accept_events(*range(first, first + count), user=user)
        self.accepted |= {f"key-{n:05}" for n in range(first, first + count)}

    @rule(users=st.lists(st.sampled_from(USERS), min_size=1, max_size=12))
    def write_properties(self, users: list[str]) -> None:
        for user in users:
            self.written[user] += 1
            self.b.spool.accept([self.b.user(user, self.written[user])])

    @rule(steps=st.lists(st.sampled_from(FAULTS), min_size=1, max_size=6))
    def script(self, steps: list[Any]) -> None:
        self.b.wire.store.follow(parse_script({"requests": steps}))

    @rule(lane=st.integers(0, 2), turns=st.integers(1, 3))
    def work(self, lane: int, turns: int) -> None:
        for _ in range(turns):
            self.lanes[lane % len(self.lanes)].deliver_some()

    @rule(lane=st.integers(0, 2))
    def stop_in_a_wait(self, lane: int) -> None:
        self.b.clock.stops_at_the_next_wait = True
        self.lanes[lane % len(self.lanes)].deliver_some()
        self.b.clock.stops_at_the_next_wait = self.b.clock.is_stopped = False

    @rule()
    def restart(self) -> None:
        self.lanes = [self.b.lane(n) for n in range(len(self.lanes))]

    @invariant()
    def nothing_is_stored_twice(self) -> None:
        if hasattr(self, "b"):
            keys = [event["idempotency_key"] for event in self.b.wire.events]
            assert len(keys) == len(set(keys))

    def teardown(self) -> None:
        if not hasattr(self, "b"):
            return
        self.b.wire.store.follow(parse_script({}))
        self.restart()
        for lane in self.lanes:
            while lane.deliver_some() == "more":
                pass
        gone, _ = off_the_line(self.b)
        stored = {event["idempotency_key"] for event in self.b.wire.events}
        assert stored | gone >= self.accepted and stored <= self.accepted
        assert self.b.spool.waiting_bytes == 0
        check_property_writes(self.b, self.written)
        self.bench.__exit__(None, None, None)
        self.folder.cleanup()


Faults.TestCase.settings = settings(
    max_examples=EXAMPLES, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
TestFaults = Faults.TestCase


def test_fifty_users_forty_writes_each_under_scripted_statuses(tmp_path: Path) -> None:
    chance = random.Random(7)
    steps = [chance.choice([step for step in FAULTS if step not in (401, 302)]) for _ in range(400)]
    with bench(tmp_path, script={"requests": steps}, lanes=2, items=50, oldest=float("inf")) as b:
        users = [f"user {n}" for n in range(50)]
        jobs = [user for user in users for _ in range(40)]
        chance.shuffle(jobs)
        written = dict.fromkeys(users, 0)
        lanes = [b.lane(n) for n in range(2)]
        parcels: list[Parcel] = []
        for number, user in enumerate(jobs):
            written[user] += 1
            parcels += [b.user(user, written[user]), b.event(number, user)]
            if number % 10 == 9:
                b.spool.accept(parcels)
                parcels = []
            if chance.random() < 0.05:
                lanes[chance.randrange(2)].deliver_some()
        for lane in lanes:
            while lane.deliver_some() == "more":
                pass
        check_property_writes(b, written)
        keys = [event["idempotency_key"] for event in b.wire.events]
        gone, _ = off_the_line(b)
        assert len(keys) == len(set(keys)) and len({*keys, *gone}) == 2_000
