"""One lane: what it does with each outcome, in which order, and how often it asks."""

from dataclasses import replace
from math import ceil, log2
from pathlib import Path
from typing import Any

import pytest
from atpath.runtime.delivery.pace import Pace, Rate
from atpath.runtime.standin import Knobs, parse_script
from wire import FakeClock, bench


def test_what_waits_is_delivered_in_bulk(tmp_path: Path) -> None:
    with bench(tmp_path) as b:
        b.accept_events(*range(2_500))
        assert b.deliver() == "empty"
        assert [e["custom_properties"]["n"] for e in b.wire.events] == [str(n) for n in range(2_500)]
        assert len(b.wire.bodies) == 3
        assert b.spool.waiting_bytes == 0


def test_a_request_has_at_most_a_mebibyte(tmp_path: Path) -> None:
    with bench(tmp_path) as b:
        b.accept_events(*range(100), custom_properties={"text": "x" * 1024, **{f"k{n}": "y" * 1024 for n in range(20)}})
        b.deliver()
        assert len(b.wire.events) == 100
        assert len(b.wire.bodies) == 3
        assert max(map(len, b.wire.bodies)) < (1 << 20) + 100


def test_properties_leave_before_the_events_behind_them(tmp_path: Path) -> None:
    with bench(tmp_path) as b:
        b.spool.accept([b.event(1), b.user("ann", 1), b.event(2), b.user("ann", 2)])
        b.deliver()
        assert [r.path for r in b.wire.store.requests] == [
            "/api/add_user_properties",
            "/api/integrations/track",
        ]
        assert [u["properties"]["n"] for u in b.wire.users] == [1, 2]


@pytest.mark.parametrize(
    "steps",
    [
        [429, 429, 503],
        [{"status": 429, "retry_after": "7"}],
        ["reset_before_reading", "reset_after_storing", "half_response", "stall"],
        [408, 500, 502, 504, 599],
    ],
)
def test_the_same_bytes_again_until_they_are_taken(tmp_path: Path, steps: list[Any]) -> None:
    with bench(tmp_path, script={"requests": steps}) as b:
        b.accept_events(*range(10))
        assert b.deliver() == "empty"
        assert len(b.wire.events) == 10
        assert len(b.wire.bodies) == len(steps) + 1 and len(set(b.wire.bodies)) == 1


def test_waits_grow_with_full_jitter_and_heed_the_server(tmp_path: Path) -> None:
    steps = [500] * 12 + [{"status": 429, "retry_after": "1000"}, {"status": 503, "retry_after": "999999999"}]
    with bench(tmp_path, script={"requests": steps}) as b:
        b.accept_events(1)
        b.deliver()
        waits = [wait for wait in b.clock.waits if wait]
        assert all(wait <= min(2**n, 300) for n, wait in enumerate(waits[:12]))
        assert waits[12:] == [1000.0, 3600.0]


def test_a_clock_that_is_put_back_holds_nothing_up(tmp_path: Path) -> None:
    with bench(tmp_path, rate=Rate(app=14_000, user=14_000)) as b:
        b.accept_events(*range(2_000))
        lane = b.lane()
        lane.deliver_some()
        b.clock.put_back = 3_600.0
        lane.deliver_some()
        assert len(b.wire.events) == 2_000
        assert sum(b.clock.waits) < 10


@pytest.mark.parametrize("status", [301, 401, 403, 404, 405, 501, 505])
def test_a_stop_keeps_the_spool(tmp_path: Path, status: int) -> None:
    with bench(tmp_path, script={"requests": [status]}) as b:
        b.accept_events(*range(3))
        lane = b.lane()
        assert [lane.deliver_some(), lane.deliver_some()] == ["halted", "halted"]
        assert lane.halted is not None and lane.halted.startswith(str(status))
        assert len(b.wire.bodies) == 1
        assert len(b.spool.take("heap")) == 3
        assert b.deliver() == "empty" and len(b.wire.events) == 3  # after a restart


@pytest.mark.parametrize("bad", [{500}, {0}, {999}, {1, 2, 3, 500, 501, 998, 999}])
def test_bad_events_are_found_by_halves(tmp_path: Path, bad: set[int]) -> None:
    with bench(tmp_path) as b:
        b.spool.accept([b.event(n, **({"event": ""} if n in bad else {})) for n in range(1_000)])
        assert b.deliver() == "empty"
        delivered = [int(e["custom_properties"]["n"]) for e in b.wire.events]
        assert delivered == [n for n in range(1_000) if n not in bad]
        assert len(b.wire.bodies) <= len(bad) * 2 * ceil(log2(1_000)) + 1
        assert {letter["key"] for letter in b.letters} == {f"key-{n:05}" for n in bad}
        letter = b.letters[0]
        assert (letter["code"], letter["status"], letter["line"]) == ("E230", 400, 7)
        assert letter["reason"].startswith('400 Bad Request: {"error":"event is text')
        assert letter["event"] == {"messageId": letter["key"]}
        assert letter["request"]["json"]["events"][0]["idempotency_key"] == letter["key"]
        assert b.spool.waiting_bytes == 0


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_lone_refusal_is_a_dead_letter(tmp_path: Path, status: int) -> None:
    with bench(tmp_path, script={"keys": {"key-00001": [status]}}) as b:
        b.accept_events(1)
        assert b.deliver() == "empty"
        assert [letter["status"] for letter in b.letters] == [status]


def test_three_days_are_enough(tmp_path: Path) -> None:
    with bench(tmp_path, knobs=Knobs()) as b:
        b.accept_events(1)
        b.clock.time += 24 * 3600
        b.accept_events(2)
        b.wire.store.follow(parse_script({"requests": [503] * 10_000}))
        lane = b.lane()
        assert lane.deliver_some() == "more"
        assert [letter["key"] for letter in b.letters] == ["key-00001"]
        assert b.letters[0]["code"] == "E231" and b.letters[0]["status"] == 503
        assert [p.key for p in b.spool.take("heap")] == ["key-00002"]
        assert 72 * 3600 <= b.clock.time - 1_700_000_000 <= 72 * 3600 + 300


def test_what_is_old_is_tried_once_more_after_a_long_sleep(tmp_path: Path) -> None:
    with bench(tmp_path) as b:
        b.accept_events(1)
        b.clock.time += 100 * 3600
        assert b.deliver() == "empty"
        assert len(b.wire.events) == 1 and not b.letters


def test_a_stop_in_the_middle_of_a_wait_leaves_the_rest(tmp_path: Path) -> None:
    with bench(tmp_path, script={"requests": [503] * 100}) as b:
        b.accept_events(1, 2)
        b.clock.stops_at_the_next_wait = True
        lane = b.lane()
        assert [lane.deliver_some(), lane.deliver_some()] == ["more", "stopped"]
        assert len(b.spool.take("heap")) == 2 and not b.letters


def test_lanes_split_users_and_keep_each_ones_order(tmp_path: Path) -> None:
    with bench(tmp_path, lanes=3) as b:
        b.spool.accept([b.user(user, n) for n in range(20) for user in "abcdefg"])
        lanes = [b.lane(number) for number in range(3)]
        while any(lane.deliver_some() == "more" for lane in lanes):
            pass
        for user in "abcdefg":
            values = [u["properties"]["n"] for u in b.wire.users if u["identity"] == user]
            assert values == list(range(20))
        assert len(b.wire.bodies) == 3


def test_the_published_limits_are_never_met(tmp_path: Path) -> None:
    with bench(tmp_path, knobs=Knobs(limits="published", limit_reply="200_drop"), rate=Rate()) as b:
        for first in range(0, 20_000, 1_000):
            users = ["busy"] * 500 + [f"user {n}" for n in range(500)]
            b.spool.accept([b.event(first + n, user) for n, user in enumerate(users)])
        assert b.deliver() == "empty"
        assert len(b.wire.events) == 20_000
        assert b.clock.time - 1_700_000_000 < 25 * 60  # the busy one's 10,000 events at 1,000 in 61 s


def test_pace_forgets_those_who_are_quiet() -> None:
    clock = FakeClock()
    pace = Pace(Rate(), clock.now)
    for n in range(5_000):
        clock.time += pace.reserve(range(n * 10, n * 10 + 10))
    assert len(pace._sent) < 40_000


def test_so_many_attempts_and_no_more(tmp_path: Path) -> None:
    with bench(tmp_path, script={"requests": [503] * 3}, attempts=3) as b:
        b.accept_events(1)
        lane = b.lane()
        assert lane.deliver_some() == "halted" and lane.halted == "503 Service Unavailable: scripted"
        assert len(b.wire.bodies) == 3 and len(b.spool.take("heap")) == 1
        assert b.deliver() == "empty" and len(b.wire.events) == 1


def test_what_waits_goes_where_the_destination_is_now(tmp_path: Path) -> None:
    with bench(tmp_path) as b:
        b.accept_events(1)
        b.policy = replace(b.policy, base="http://elsewhere.test/eu")
        b.deliver()
        assert b.wire.store.requests[0].path == "/eu/api/integrations/track"
