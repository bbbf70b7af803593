"""Events to Heap's items and requests, everything counted; what sends them is elsewhere."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from ..compiler.prelude import Rejected
from .bulk import Request, Target, to_requests
from .events import Chunk, DeadLetter
from .heap import Call, Item, event_key, to_items
from .run import Destination, Mapped, Tally, map_chunks, to_letter

CALLS: dict[tuple[str, ...], Call] = {("heap", "track"): "track", ("heap", "users"): "users"}


@dataclass(slots=True)
class Sent:
    """What went out so far.

    Shape:  cuts: (row, reason) -> times a value was cut or left out for Heap;
            unaddressed: payloads of actions that say nothing of Heap
    """

    requests: int = 0
    retries: int = 0
    events: int = 0
    users: int = 0
    unaddressed: int = 0
    cuts: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])


class Addressed(NamedTuple):
    """An item for Heap, its idempotency key, and the payload that it comes from."""

    item: Item
    key: str
    source: Mapped


def call_of(destination: Destination, action: str) -> Call | None:
    """The call of Heap's that an action's payloads become; None if its mapping names none."""
    deliver = destination.actions[action].deliver
    return CALLS.get(tuple(deliver)) if deliver else None


def requests(
    destination: Destination,
    chunks: Iterable[Chunk],
    target: Target,
    bury: Callable[[DeadLetter], None],
    tally: Tally,
    sent: Sent,
    now: Callable[[], str],
) -> Iterator[Request]:
    """The requests that events become, full ones; what becomes none goes to `bury`.

    Shape:  now: the time of acceptance, ISO 8601 in UTC with milliseconds
    """
    items = _items(destination, chunks, bury, tally, sent, now)
    return to_requests(target, items)


def _items(
    destination: Destination,
    chunks: Iterable[Chunk],
    bury: Callable[[DeadLetter], None],
    tally: Tally,
    sent: Sent,
    now: Callable[[], str],
) -> Iterator[Item]:
    for results in map_chunks(destination, chunks, tally):
        for made in address(destination, results, tally, sent, now):
            if isinstance(made, DeadLetter):
                bury(made)
            else:
                yield made.item


def address(
    destination: Destination,
    results: list[Mapped | DeadLetter],
    tally: Tally,
    sent: Sent,
    now: Callable[[], str],
) -> Iterator[Addressed | DeadLetter]:
    """Heap's items of one event's payloads, and the dead letters, in order."""
    for result, suffix in zip(results, _suffixes(destination, results), strict=True):
        if isinstance(result, DeadLetter):
            yield result
            continue
        call = call_of(destination, result.action)
        if call is None:
            sent.unaddressed += 1
            continue
        try:
            key = event_key(result.payload, result.event, suffix)
            made = to_items(result.payload, call, key, now())
        except Rejected as rejected:
            letter = to_letter(result.line, result.action, result.event, rejected)
            tally.count_rejected(letter)
            yield letter
            continue
        sent.cuts.update(made.cuts)
        yield from (Addressed(item, key, result) for item in made.items)


def _suffixes(destination: Destination, results: list[Mapped | DeadLetter]) -> list[str]:
    """What tells several Heap events of one source event apart in their keys; nothing for a single one.

    Rejected ones count: which key an event gets must not hang on what became of its neighbours.
    """
    actions = [result.action for result in results]
    tracks = [a for a in actions if a is not None and call_of(destination, a) == "track"]
    if len(tracks) < 2:
        return [""] * len(results)
    seen = Counter[str | None]()
    suffixes: list[str] = []
    for action in actions:
        suffixes.append(f":{action}:{seen[action]}")
        seen[action] += 1
    return suffixes


def count_request(request: Request, sent: Sent) -> None:
    """Count a request and its items."""
    sent.requests += 1
    sent.events += len(request.items) if request.call == "track" else 0
    sent.users += len(request.items) if request.call == "users" else 0
