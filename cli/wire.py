"""The way from a mapping's results to Heap's requests, for the laws that speak of requests."""

import json
from collections.abc import Iterator, Sequence

from ..compiler.destination import Destination, Event
from ..harness.laws import Request
from ..runtime.bulk import MAX_BYTES, Target, to_requests
from ..runtime.events import DeadLetter
from ..runtime.heap import Item
from ..runtime.json_text import encode
from ..runtime.run import Tally, map_event
from ..runtime.send import CALLS, Sent, address
from ..runtime.standin.rules import ENDPOINTS

ACCEPTED = "2024-01-01T00:00:00.000Z"
TARGET = Target("11", "")


class HeapWire:
    """Requests as `send` makes them, judged by the rules of the stand-in."""

    def requests(self, destination: Destination, events: Sequence[Event]) -> list[Request]:
        """The requests that events become; what is rejected on the way becomes none."""
        made = to_requests(TARGET, self._items(destination, events))
        return [
            Request(request.url, tuple(item.body for item in request.items), encode(request.json).decode())
            for request in made
        ]

    def _items(self, destination: Destination, events: Sequence[Event]) -> Iterator[Item]:
        tally, sent = Tally(), Sent()
        for number, event in enumerate(events, 1):
            results = map_event(destination, event, number, tally)
            for one in address(destination, results, tally, sent, lambda: ACCEPTED):
                if not isinstance(one, DeadLetter):
                    yield one.item

    def fault(self, request: Request) -> str | None:
        """What Heap would refuse the request for."""
        endpoint = ENDPOINTS[request.path]
        body = json.loads(request.text)
        if len(request.text) > MAX_BYTES:
            return f"{len(request.text):,} characters; {MAX_BYTES:,} bytes are taken"
        if not isinstance(body.get(endpoint.bulk), list):
            return f"the body has no list `{endpoint.bulk}`"
        return next((fault for fault in map(endpoint.find_fault, request.items) if fault), None)


def wire_for(destination: Destination) -> HeapWire | None:
    """The way to Heap for a mapping that delivers there; None for one that does not."""
    return HeapWire() if any(tuple(a.deliver) in CALLS for a in destination.actions.values()) else None
