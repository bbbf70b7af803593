"""Sending: order, keys, retries, splitting, and what cannot arrive."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from atpath.runtime.bulk import Target
from atpath.runtime.client import Heap, Outcome
from atpath.runtime.events import DeadLetter, read_chunks
from atpath.runtime.run import Tally
from atpath.runtime.send import MAX_ATTEMPTS, DeliveryError, Sent, requests, send
from atpath.runtime.standin import Knobs, Standin, parse_script
from fake_destination import FakeAction, FakeDestination, Object, same

NOW = "2024-05-01T12:00:00.000Z"
DONE = Outcome("done", 200, "200 OK")


class Recording:
    """A client that answers as it is told, and keeps what it was sent."""

    def __init__(self, answer: Callable[[Any], Outcome] = lambda request: DONE) -> None:
        self.answer, self.sent = answer, list[Any]()

    def send(self, request: Any, /) -> Outcome:
        self.sent.append(request)
        return self.answer(request)


class Run:
    """Events sent through a destination, with all that came of them."""

    def __init__(self, destination: FakeDestination, events: list[Object], client: Any, base: str = "http://h") -> None:
        self.letters, self.tally, self.sent, self.waits = list[DeadLetter](), Tally(), Sent(), list[float]()
        text = b"".join(json.dumps(event).encode() + b"\n" for event in events)
        outgoing = requests(
            destination, read_chunks(io.BytesIO(text)), Target("11", base), self.letters.append, self.tally,
            self.sent, lambda: NOW,
        )  # fmt: skip
        send(client, outgoing, self.letters.append, self.tally, self.sent, self.waits.append)


def events_of(requests: list[Any]) -> list[Any]:
    return [event for request in requests for event in request["json"].get("events", [])]


def plain(count: int) -> list[Object]:
    return [{"message_id": f"message-{n}", "anonymous_id": "a", "event": f"E{n}"} for n in range(count)]


SAME = FakeDestination({"track": FakeAction(same)})


def test_events_arrive_at_a_stand_in_in_order():
    with Standin().start() as standin, Heap() as client:
        run = Run(SAME, plain(2500), client, standin.url)
        stored = [stored.body["event"] for stored in standin.events]
        assert stored == [f"E{n}" for n in range(2500)]
        assert len(standin.requests) == run.sent.requests == 3
    assert (run.sent.events, run.letters, run.waits) == (2500, [], [])


def test_users_and_events_go_to_their_own_address():
    destination = FakeDestination(
        {
            "track": FakeAction(same),
            "identify": FakeAction(same, ("heap", "users")),
            "log": FakeAction(same, None),
        }
    )
    client = Recording()
    run = Run(destination, [{"identity": "u", "message_id": "message-1", "traits": {"n": 1}}], client)
    assert [(r["url"], len(r["json"].get("users", r["json"].get("events")))) for r in client.sent] == [
        ("http://h/api/add_user_properties", 2),
        ("http://h/api/integrations/track", 1),
    ]
    assert (run.sent.users, run.sent.events, run.sent.unaddressed) == (2, 1, 1)


def test_keys_tell_several_events_of_one_source_event_apart():
    several = FakeAction(lambda event: [dict(event), dict(event)])
    client = Recording()
    Run(FakeDestination({"one": FakeAction(same), "each": several}), plain(1), client)
    assert [event["idempotency_key"] for event in events_of(client.sent)] == [
        "message-0:one:0", "message-0:each:0", "message-0:each:1"
    ]  # fmt: skip
    again = Recording()
    Run(SAME, plain(1), again)
    assert [event["idempotency_key"] for event in events_of(again.sent)] == ["message-0"]


def test_what_heap_cannot_take_is_a_dead_letter_and_counted():
    run = Run(SAME, [{"event": "nobody's"}, *plain(1), {"identity": "null"}], Recording())
    assert [(letter.line, letter.code, letter.event) for letter in run.letters] == [
        (1, "E220", {"event": "nobody's"}),
        (3, "E221", {"identity": "null"}),
    ]
    assert sum(run.tally.rejected.values()) == 2
    assert run.sent.events == 1


def test_cuts_are_counted_by_row():
    run = Run(SAME, [{**plain(1)[0], "event": "e" * 2000}] * 3, Recording())
    assert run.sent.cuts == {("event", "a text over 1,024 characters was cut"): 3}


def test_a_refused_batch_is_split_until_the_bad_event_is_found():
    events = plain(50)
    events[17]["event"] = events[31]["event"] = "bad"

    def answer(request: Any) -> Outcome:
        names = [event["event"] for event in request["json"]["events"]]
        return Outcome("split", 400, "400 Bad Request: no") if "bad" in names else DONE

    client = Recording(answer)
    run = Run(SAME, events, client)
    assert [(letter.line, letter.code, letter.reason) for letter in run.letters] == [
        (18, "E230", "Heap answered 400 Bad Request: no"),
        (32, "E230", "Heap answered 400 Bad Request: no"),
    ]
    assert run.letters[0].event == events[17]
    taken = [r for r in client.sent if answer(r) is DONE]
    assert [event["event"] for event in events_of(taken)] == [e["event"] for e in events if e["event"] != "bad"]
    assert run.sent.events == 48
    assert len(client.sent) < 30


def test_a_busy_heap_gets_the_same_bytes_again():
    script = parse_script({"requests": [503, {"status": 429, "retry_after": "7"}, "ok"]})
    with Standin(script=script).start() as standin, Heap() as client:
        run = Run(SAME, plain(3), client, standin.url)
        assert len({request.raw for request in standin.requests}) == 1
        assert len(standin.events) == 3
    assert len(run.waits) == run.sent.retries == 2
    assert 0 <= run.waits[0] <= 1
    assert run.waits[1] == 7


def test_an_answer_that_got_lost_stores_nothing_twice():
    script = parse_script({"requests": ["reset_after_storing", "ok"]})
    with Standin(script=script).start() as standin, Heap() as client:
        run = Run(SAME, plain(10), client, standin.url)
        assert len(standin.events) == 10
    assert run.sent.retries == 1


@pytest.mark.parametrize(("verdict", "attempts"), [("stop", 1), ("retry", MAX_ATTEMPTS)])
def test_a_heap_that_takes_nothing_is_a_failure(verdict: Any, attempts: int):
    seen = 0

    def answer(request: Any) -> Outcome:
        nonlocal seen
        seen += 1
        return DONE if seen == 1 else Outcome(verdict, 500, "500 Oh")

    client = Recording(answer)
    with pytest.raises(DeliveryError, match="500 Oh"):
        Run(SAME, plain(2500), client)
    assert len(client.sent) == 1 + attempts


@pytest.mark.parametrize("success", ["200_empty", "200_json", "204"])
def test_every_success_is_one(success: Any):
    with Standin(Knobs(success=success)).start() as standin, Heap() as client:
        assert Run(SAME, plain(1), client, standin.url).sent.events == 1
