"""Events to Heap's requests: addresses, keys, and what becomes none."""

import io
import json
from typing import Any

from atpath.runtime.bulk import Target
from atpath.runtime.events import DeadLetter, read_chunks
from atpath.runtime.run import Tally
from atpath.runtime.send import Sent, count_request, requests
from fake_destination import FakeAction, FakeDestination, Object, same

NOW = "2024-05-01T12:00:00.000Z"


class Run:
    """Events turned into requests, with all that came of them."""

    def __init__(self, destination: FakeDestination, events: list[Object]) -> None:
        self.letters, self.tally, self.sent = list[DeadLetter](), Tally(), Sent()
        chunks = read_chunks(io.BytesIO(b"".join(json.dumps(event).encode() + b"\n" for event in events)))
        outgoing = requests(
            destination, chunks, Target("11", "http://h"), self.letters.append, self.tally, self.sent, lambda: NOW
        )
        self.requests = list[Any]()
        for request in outgoing:
            count_request(request, self.sent)
            self.requests.append(request.to_json())

    @property
    def events(self) -> list[Any]:
        """Heap's events, in order."""
        return [event for request in self.requests for event in request["json"].get("events", [])]


def plain(count: int) -> list[Object]:
    return [{"message_id": f"message-{n}", "anonymous_id": "a", "event": f"E{n}"} for n in range(count)]


SAME = FakeDestination({"track": FakeAction(same)})


def test_events_keep_their_order():
    run = Run(SAME, plain(2500))
    assert [event["event"] for event in run.events] == [f"E{n}" for n in range(2500)]
    assert (run.sent.requests, run.sent.events, run.letters) == (3, 2500, [])


def test_users_and_events_go_to_their_own_address():
    destination = FakeDestination(
        {
            "track": FakeAction(same),
            "identify": FakeAction(same, ("heap", "users")),
            "log": FakeAction(same, ()),
            "other": FakeAction(same, ("elsewhere", "track")),
        }
    )
    run = Run(destination, [{"identity": "u", "message_id": "message-1", "traits": {"n": 1}}])
    assert [(r["url"], len(r["json"].get("users", r["json"].get("events")))) for r in run.requests] == [
        ("http://h/api/add_user_properties", 2),
        ("http://h/api/integrations/track", 1),
    ]
    assert (run.sent.users, run.sent.events, run.sent.unaddressed) == (2, 1, 2)


def test_keys_tell_several_events_of_one_source_event_apart():
    several = FakeAction(lambda event: [dict(event), dict(event)])
    run = Run(FakeDestination({"one": FakeAction(same), "each": several}), plain(1))
    keys = [event["idempotency_key"] for event in run.events]
    assert keys == ["message-0:one:0", "message-0:each:0", "message-0:each:1"]
    assert [event["idempotency_key"] for event in Run(SAME, plain(1)).events] == ["message-0"]


def test_a_users_write_beside_an_event_leaves_the_events_key_alone():
    destination = FakeDestination({"track": FakeAction(same), "users": FakeAction(same, ("heap", "users"))})
    run = Run(destination, [{"identity": "u", "message_id": "message-1"}])
    assert [event["idempotency_key"] for event in run.events] == ["message-1"]


def test_what_heap_cannot_take_is_a_dead_letter_and_counted():
    run = Run(SAME, [{"event": "nobody's"}, *plain(1), {"identity": "null"}])
    assert [(letter.line, letter.code, letter.event) for letter in run.letters] == [
        (1, "E220", {"event": "nobody's"}),
        (3, "E221", {"identity": "null"}),
    ]
    assert sum(run.tally.rejected.values()) == 2
    assert run.sent.events == 1


def test_cuts_are_counted_by_row():
    run = Run(SAME, [{**plain(1)[0], "event": "e" * 2000}] * 3)
    assert run.sent.cuts == {("event", "a text over 1,024 characters was cut"): 3}
