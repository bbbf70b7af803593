"""Laws of requests: what payloads become on the wire, given a way there."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from ...compiler import ir
from ...compiler.prelude import Rejected
from ..fill import Way, put
from ..json_kinds import is_object
from ..strategies_pins import look
from .base import Broken, Event, Json, Mapped, Request, Trial, shown
from .naming import IDENTITIES, KEYS

MOST_ITEMS = 1000
NOBODY = frozenset({"", "null", "undefined", "none", "nan", "[object object]"})
WORDS = ("null", "undefined", "None", "NaN", " ")
MARK = "atpath-mark"
MEMBERS: dict[str, Json] = {  # what a source may put among properties and traits
    "ID": "7", "a b.c$": True, "none": None, "list": [1, {"deep": ["x"]}], "n" * 1100: "long name", "text": "x" * 1100,
}  # fmt: skip


def receiver_takes_it(trial: Trial) -> Iterator[Broken]:
    """Every request that a payload becomes is one that the receiver takes, whatever stands among its members."""
    for event in _with_members(trial, MEMBERS):
        for request in _sent(trial, event):
            fault = request if isinstance(request, str) else _wire_fault(trial, request)
            if fault is not None:
                yield Broken(_sender(trial), None, fault, [] if isinstance(request, str) else list(request.items))
                return


def _wire_fault(trial: Trial, request: Request) -> str | None:
    fault = trial.mapped.wire.fault(request) if trial.mapped.wire is not None else None
    return None if fault is None else f"{request.path} would refuse this: {fault}"


def nobody_is_no_user(trial: Trial) -> Iterator[Broken]:
    """No request is in the name of a placeholder, or of anybody but whom the payload names."""
    for event in (_addressed(trial), *_under_words(trial)):
        named = {text for made in trial.again(event) or [] for text in _texts(made.payload)}
        for item in _items(_sent(trial, event)):
            who = item.get("user_identifier") or item
            for name in ("identity", "user_id"):
                value = who.get(name) if is_object(who) else None
                if not isinstance(value, str):
                    continue
                if value.strip().lower() in NOBODY:
                    yield Broken(_sender(trial), None, f"{name} is {shown(value)}: everybody would share it", item)
                elif value not in named:
                    message = f"{name} is {shown(value)}, and the payload does not say so"
                    yield Broken(_sender(trial), None, message, item)


def repeats_are_known(trial: Trial) -> Iterator[Broken]:
    """Sent twice, an event makes the same requests, key and all."""
    event = _addressed(trial)
    one, two = _sent(trial, event), _sent(trial, event)
    if [_text(r) for r in one] != [_text(r) for r in two]:
        message = "sent again, the event makes another request"
        yield Broken(_sender(trial), None, message, [_text(r) for r in two])
        return
    for item in _items(one):
        if "event" in item and not item.get("idempotency_key"):
            yield Broken(_sender(trial), None, "an event has no idempotency key: a repeat would count twice", item)


def payloads_arrive(trial: Trial) -> Iterator[Broken]:
    """What arrives as a member of an object arrives inside others too; another time is another request."""
    for row, way in _objects(trial):
        flat, deep = trial.copy(), trial.copy()
        put(flat, (*way, "mark"), MARK)
        put(deep, (*way, "mark"), [{"deep": MARK}])
        if _holds(_sent(trial, flat), MARK) and not _holds(_sent(trial, deep), MARK):
            message = f"a text among `{row}` arrives, and inside an object in a list there it does not"
            yield Broken(_sender(trial), row, message, [_text(r) for r in _sent(trial, deep)])
    yield from _times_arrive(trial)


def _times_arrive(trial: Trial) -> Iterator[Broken]:
    for made in trial.payloads:
        for field in made.build.record.fields:
            ways = trial.mapped.ways(made.action.key, field)
            if getattr(field.type, "name", "") != "datetime" or not field.names or not ways or not made.action.deliver:
                continue
            one, two = _addressed(trial), _addressed(trial)
            put(one, ways[0], "2024-02-03T04:05:06.789Z")
            put(two, ways[0], "2024-02-04T05:06:07.890Z")
            sent = [_text(r) for r in _sent(trial, one)]
            if sent and sent == [_text(r) for r in _sent(trial, two)]:
                message = f"`{field.row}` is another time, and the request stays the same"
                yield Broken(made.action.key, field.row, message, sent)


def bulk_has_everything(mapped: Mapped, events: Sequence[Event]) -> Iterator[Broken]:
    """Many events, small or large, make requests that the receiver takes and that hold each as it is alone."""
    keys = _ways_of(mapped, lambda field: field.names[-1].lower() in KEYS) or [("messageId",)]
    objects = _ways_of(mapped, lambda field: getattr(field.type, "name", "") == "object")
    for large in ((), objects):
        times = 2400 // max(len(events), 1)
        many = [_numbered(event, number, keys, large) for number, event in enumerate(list(events) * times)]
        found = list(_together(mapped, many))
        yield from found
        if found:
            return


def _together(mapped: Mapped, many: Sequence[Event]) -> Iterator[Broken]:
    wire = mapped.wire
    if wire is None:
        return
    try:
        each = [item for event in many for r in wire.requests(mapped.destination, [event]) for item in r.items]
        requests = wire.requests(mapped.destination, many)
    except Exception as error:
        yield Broken("", None, f"many events make no requests: {type(error).__name__}: {error}")
        return
    for fault in filter(None, map(wire.fault, requests)):
        yield Broken("", None, f"a request of many events would be refused: {fault}")
        return
    largest = max((len(request.items) for request in requests), default=0)
    if largest > MOST_ITEMS:
        yield Broken("", None, f"a request holds {largest:,} items, and {MOST_ITEMS:,} are taken")
    alone = Counter(map(_told, each))
    together = Counter(_told(item) for request in requests for item in request.items)
    if together.total() != alone.total():
        words = f"{len(many):,} events make {alone.total():,} items one by one, and {together.total():,} together"
        yield Broken("", None, words)
    elif together != alone:
        odd = next(iter(together - alone))
        yield Broken("", None, "an item is another beside others than alone", json.loads(odd))
    named = [key for request in requests for key in _keys(request.items)]
    if len(named) != len(set(named)):
        yield Broken("", None, "two events have one idempotency key: the second is lost")


def _ways_of(mapped: Mapped, chosen: Callable[[ir.Field], bool]) -> list[Way]:
    """Where rows read, of those that are chosen."""
    fields = [(key, field) for key, build in mapped.builds.items() for field in build.record.fields]
    found = [way for key, field in fields if field.names and chosen(field) for way in mapped.ways(key, field)]
    return list(dict.fromkeys(found))


def _numbered(event: Event, number: int, keys: Sequence[Way], objects: Sequence[Way]) -> Event:
    """A copy of an event with an id of its own, and as large as events are."""
    copy = json.loads(json.dumps(event))
    for way in objects:
        put(copy, (*way, "note"), "x" * 900)
    for way in keys:
        put(copy, way, f"bulk-{number:05}")
    return copy


def _keys(items: Sequence[Json]) -> list[str]:
    return [item["idempotency_key"] for item in items if is_object(item) and item.get("idempotency_key")]


# --- what is sent


def _sent(trial: Trial, event: Event) -> "list[Request | str]":
    """The requests of an event; in words what kept them from being made."""
    wire = trial.mapped.wire
    if wire is None or trial.error is not None:
        return []
    try:
        return list(wire.requests(trial.mapped.destination, [event]))
    except Rejected as rejected:
        return [f"a rejection comes out of delivery: {rejected}"]
    except Exception as error:
        return [f"delivery fails: {type(error).__name__}: {error}"]


def _text(request: "Request | str") -> str:
    return request if isinstance(request, str) else request.text


def _items(requests: "Sequence[Request | str]") -> Iterator[dict[str, Json]]:
    return (i for r in requests if not isinstance(r, str) for i in r.items if is_object(i))


def _holds(requests: "Sequence[Request | str]", text: str) -> bool:
    return any(text in set(_texts(item)) for item in _items(requests))


def _told(item: Json) -> str:
    return json.dumps(item, sort_keys=True, default=repr)


def _texts(value: Json) -> Iterator[str]:
    """The scalars of a value, as texts."""
    todo = [value]
    while todo:
        top = todo.pop()
        if isinstance(top, dict | list):
            todo += top.values() if isinstance(top, dict) else top
        elif top is not None:
            yield top if isinstance(top, str) else json.dumps(top)


# --- events that say more


def _addressed(trial: Trial) -> Event:
    """The event; with an id where it is nobody's, so that there is a request to look at."""
    event = trial.copy()
    if not _sent(trial, event):
        for way in _identity_ways(trial):
            if not isinstance(look(event, way), str | int):
                put(event, way, "atpath-somebody")
    return event


def _identity_ways(trial: Trial) -> list[Way]:
    return [
        way
        for made in trial.payloads
        for field in made.build.record.fields
        if made.action.deliver and field.names and field.names[-1].lower() in IDENTITIES
        for way in trial.mapped.ways(made.action.key, field)
    ]


def _under_words(trial: Trial) -> Iterator[Event]:
    """The event with each placeholder where an id is read."""
    for way in dict.fromkeys(_identity_ways(trial)):
        for word in WORDS:
            event = trial.copy()
            put(event, way, word)
            yield event


def _objects(trial: Trial) -> list[tuple[str, Way]]:
    """Rows of what is delivered that take an object whole, with where it stands."""
    found: dict[Way, str] = {}
    for made in trial.payloads:
        for field in made.build.record.fields:
            ways = trial.mapped.ways(made.action.key, field)
            if made.action.deliver and getattr(field.type, "name", "") == "object" and len(ways) == 1:
                found.setdefault(ways[0], field.row)
    return [(row, way) for way, row in found.items()]


def _with_members(trial: Trial, members: dict[str, Json]) -> Iterator[Event]:
    """The event, and the event with members in each object that is delivered whole."""
    yield _addressed(trial)
    for _, way in _objects(trial):
        event = _addressed(trial)
        for name, value in members.items():
            put(event, (*way, name), json.loads(json.dumps(value)))
        yield event


def _sender(trial: Trial) -> str:
    """The first action with a payload that goes out."""
    return next((made.action.key for made in trial.payloads if made.action.deliver), "")
