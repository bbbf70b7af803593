"""Laws of requests: what payloads become on the wire, given a way there."""
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false
# (JSON of any shape is walked here: what a mapping makes, right or wrong.)

import json
from collections.abc import Iterator, Sequence

from ..fill import Way, put
from .base import Broken, Event, Json, Mapped, Trial, shown
from .naming import KEYS

MOST_ITEMS = 1000
NOBODY = frozenset({"", "0", "null", "undefined", "none", "nan", "[object object]"})


def receiver_takes_it(trial: Trial) -> Iterator[Broken]:
    """Every request that a payload becomes is one that the receiver takes."""
    wire = trial.mapped.wire
    if wire is None or trial.error is not None:
        return
    for request in wire.requests(trial.mapped.destination, [trial.event]):
        fault = wire.fault(request)
        if fault is not None:
            yield Broken(_sender(trial), None, f"{request.path} would refuse this: {fault}", list(request.items))


def nobody_is_no_user(trial: Trial) -> Iterator[Broken]:
    """No request is in the name of a placeholder: `null`, `undefined`, an empty text."""
    wire = trial.mapped.wire
    if wire is None or trial.error is not None:
        return
    for request in wire.requests(trial.mapped.destination, [trial.event]):
        for item in request.items:
            who = item.get("user_identifier") or item if isinstance(item, dict) else {}
            for name in ("identity", "user_id"):
                value = who.get(name)
                if isinstance(value, str) and value.strip().lower() in NOBODY - {"0"}:
                    yield Broken(_sender(trial), None, f"{name} is {shown(value)}: everybody would share it", item)


def repeats_are_known(trial: Trial) -> Iterator[Broken]:
    """Sent twice, an event makes the same requests, key and all."""
    wire = trial.mapped.wire
    if wire is None or trial.error is not None:
        return
    one = wire.requests(trial.mapped.destination, [trial.event])
    two = wire.requests(trial.mapped.destination, [trial.event])
    if [r.text for r in one] != [r.text for r in two]:
        yield Broken(_sender(trial), None, "sent again, the event makes another request", [r.text for r in two])
        return
    for request in one:
        for item in request.items:
            if isinstance(item, dict) and "event" in item and not item.get("idempotency_key"):
                yield Broken(_sender(trial), None, "an event has no idempotency key: a repeat would count twice", item)


def bulk_has_everything(mapped: Mapped, events: Sequence[Event]) -> Iterator[Broken]:
    """Many events make requests within the receiver's limits that hold each of them once."""
    wire = mapped.wire
    if wire is None:
        return
    ways = _key_ways(mapped)
    many = [_numbered(event, number, ways) for number, event in enumerate(list(events) * (2400 // max(len(events), 1)))]
    one_by_one = sum(len(r.items) for event in many for r in wire.requests(mapped.destination, [event]))
    requests = wire.requests(mapped.destination, many)
    together = sum(len(request.items) for request in requests)
    largest = max((len(request.items) for request in requests), default=0)
    if largest > MOST_ITEMS:
        yield Broken("", None, f"a request holds {largest:,} items, and {MOST_ITEMS:,} are taken")
    if together != one_by_one:
        yield Broken("", None, f"{len(many):,} events make {one_by_one:,} items one by one, and {together:,} together")
    keys = [key for request in requests for key in _keys(request.items)]
    if len(keys) != len(set(keys)):
        yield Broken("", None, "two events have one idempotency key: the second is lost")


def _key_ways(mapped: Mapped) -> list[Way]:
    """Where the rows read that tell events apart."""
    fields = [(key, field) for key, build in mapped.builds.items() for field in build.record.fields]
    named = [(key, field) for key, field in fields if field.names and field.names[-1].lower() in KEYS]
    return [way for key, field in named for way in mapped.ways(key, field)] or [("messageId",)]


def _numbered(event: Event, number: int, ways: list[Way]) -> Event:
    """A copy of an event with an id of its own."""
    copy = json.loads(json.dumps(event))
    for way in ways:
        put(copy, way, f"bulk-{number:05}")
    return copy


def _keys(items: Sequence[Json]) -> list[str]:
    return [item["idempotency_key"] for item in items if isinstance(item, dict) and item.get("idempotency_key")]


def _sender(trial: Trial) -> str:
    """The first action with a payload that goes out."""
    return next((made.action.key for made in trial.payloads if made.action.deliver), "")
