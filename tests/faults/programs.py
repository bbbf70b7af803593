"""Wrong compilers and wrong runtimes: what they make of an event, with the story of the bug, and the law that finds it."""
# ruff: noqa: E501  (a fault a row)

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

from atpath.compiler.prelude import Rejected, Run
from atpath.harness.laws import Request

Event = dict[str, Any]
Results = list[tuple[str, Any]]
Route = Callable[[Event, Run], Results]
_ticks = count()


@dataclass(frozen=True)
class ProgramFault:
    """A wrong way to run a right mapping; `law` finds it."""

    name: str
    story: str
    file: str
    law: str
    wrap: Callable[[Route], Route]


@dataclass(frozen=True)
class WireFault:
    """A wrong way from payloads to requests; `law` finds it."""

    name: str
    story: str
    law: str
    change: Callable[[list[Request]], list[Request]]


def _each(change: Callable[[Event, Any, Run], Any]) -> Callable[[Route], Route]:
    """A fault that makes something else of each payload."""

    def wrap(inner: Route) -> Route:
        def route(event: Event, run: Run) -> Results:
            results = inner(event, run)
            return [(n, change(event, dict(r), run) if isinstance(r, dict) else r) for n, r in results]

        return route

    return wrap


def _before(change: Callable[[Event, Run], Event]) -> Callable[[Route], Route]:
    """A fault that reads something else than the event."""
    return lambda inner: lambda event, run: inner(change(event, run), run)


def _set(payload: Event, name: str, value: Any) -> Event:
    if value is None:
        payload.pop(name, None)
    else:
        payload[name] = value
    return payload


def _truthy(value: Any) -> Any:
    return {k: v for k, v in value.items() if v or isinstance(v, dict | list)}


def _needs_properties(event: Event, run: Run) -> Event:
    if event.get("type") == "track":
        event["properties"].get("x")
    return event


def _mutates(event: Event, run: Run) -> Event:
    event.setdefault("timestamp", "2020-01-01T00:00:00Z")
    return event


def _stops_at_rejection(inner: Route) -> Route:
    def route(event: Event, run: Run) -> Results:
        results = inner(event, run)
        first = next((i for i, (_, r) in enumerate(results) if isinstance(r, Rejected)), len(results))
        return results[:first]

    return route


def _shares_items(inner: Route) -> Route:
    def route(event: Event, run: Run) -> Results:
        results = inner(event, run)
        last = dict(results)
        return [(name, last[name]) for name, _ in results]

    return route


def _not_counted(inner: Route) -> Route:
    def route(event: Event, run: Run) -> Results:
        before = dict(run.drops)
        results = inner(event, run)
        run.drops = before
        return results

    return route


def _ignores_required(inner: Route) -> Route:
    def route(event: Event, run: Run) -> Results:
        return [
            (n, {"anonymous_id": "a"} if isinstance(r, Rejected) and r.code == "E201" else r)
            for n, r in inner(event, run)
        ]

    return route


def _lower_case(event: Event, run: Run) -> Event:
    return {**event, "type": event["type"].lower()} if isinstance(event.get("type"), str) else event


def _spread(event: Event, payload: Event, run: Run) -> Event:
    return {**{k: v for k, v in event.items() if k.startswith("atpath")}, **payload}


def _first_member(event: Event, payload: Event, run: Run) -> Event:
    traits = event.get("traits")
    return _set(payload, "user_id", next(iter(traits), "x") + "!") if isinstance(traits, dict) and traits else payload


def _utf16(event: Event, payload: Event, run: Run) -> Event:
    text = payload.get("event")
    if isinstance(text, str) and len(text) >= 1024 and ord(text[-1]) > 0xFFFF:
        payload["event"] = text[:1023] + "\ud83d"
    return payload


def _by_name(change: Callable[[Any], Any], *names: str) -> Callable[[Event, Any, Run], Any]:
    def apply(event: Event, payload: Event, run: Run) -> Event:
        for name in names:
            if name in payload:
                payload[name] = change(payload[name])
        return payload

    return apply


PROGRAMS = (
    ProgramFault("crash_on_absent_object", "an event without properties stopped the whole batch", "heap", "total",
                 _before(_needs_properties)),
    ProgramFault("crash_on_a_text_for_an_object", "`context` was a text once, and `.get` of a text fails", "heap", "total",
                 _before(lambda event, run: event if not event.get("context") else (event["context"].get("x"), event)[1])),
    ProgramFault("crash_on_a_number_for_a_text", "`.lower()` of a number", "shop", "total",
                 _before(lambda event, run: event if event.get("userId") is None else (event["userId"].lower(), event)[1])),
    ProgramFault("event_gets_a_timestamp", "a default was written into the caller's event, and the next destination sent it", "heap",
                 "event-untouched", _before(_mutates)),
    ProgramFault("a_counter_in_the_payload", "a random suffix made each run's payload another one", "heap", "deterministic",
                 _each(lambda e, p, r: _set(p, "name", f"n{next(_ticks)}"))),
    ProgramFault("zero_taken_for_absent", "`if value` drops 0, false and the empty text", "shop", "reference",
                 _each(lambda e, p, r: _truthy(p))),
    ProgramFault("cut_by_bytes", "a limit in characters was applied to UTF-8 bytes", "heap", "verbatim",
                 _each(_by_name(lambda v: v.encode()[:1024].decode("utf-8", "ignore"), "event"))),
    ProgramFault("cut_in_the_middle_of_a_pair", "JavaScript cuts UTF-16: half of an emoji was left", "heap", "unicode", _each(_utf16)),
    ProgramFault("limit_off_by_one", "1,025 characters went through", "heap", "limits",
                 _each(lambda e, p, r: _set(p, "event", p["event"] + "x" if len(p.get("event", "")) == 1024 else p.get("event")))),
    ProgramFault("number_as_text", "a total was sent as `\"12.5\"`", "shop", "types", _each(_by_name(str, "total"))),
    ProgramFault("true_as_python_writes_it", "`True` was sent where JSON says `true`", "heap", "reference",
                 _each(_by_name(lambda v: v.capitalize() if v in ("true", "false") else v, "user_id", "anonymous_id", "message_id"))),
    ProgramFault("null_where_none_is_taken", "a missing name was sent as null", "heap", "types",
                 _each(lambda e, p, r: {"name": None, **p})),
    ProgramFault("required_ignored", "payloads without their id were sent and refused", "heap", "required", _ignores_required),
    ProgramFault("a_field_too_many", "an internal mark leaked into every payload", "heap", "known-fields",
                 _each(lambda e, p, r: _set(p, "_batch", 1))),
    ProgramFault("nan_in_a_payload", "the text `NaN` became a number that JSON does not have", "shop", "json",
                 _each(_by_name(lambda v: float("nan"), "tax"))),
    ProgramFault("rejection_hides_another_action", "an order that was refused took its lines with it", "shop", "reference",
                 _stops_at_rejection),
    ProgramFault("items_share_one_object", "a variable bound too late: each line was the last product", "shop", "reference", _shares_items),
    ProgramFault("left_out_without_a_word", "values were dropped, and no counter said so", "shop", "counted", _not_counted),
    ProgramFault("type_in_any_case", "`Track` fired what only `track` should", "heap", "reference", _before(_lower_case)),
    ProgramFault("what_is_not_read_leaks", "members of the event that no row names were passed on", "heap", "unread", _each(_spread)),
    ProgramFault("first_member_wins", "the result hung on the order of an object's members", "heap", "key-order", _each(_first_member)),
    ProgramFault("clock_in_every_row", "a row without now() had the time of the run in it", "heap", "clock",
                 _each(lambda e, p, r: _set(p, "name", r.now()))),
    ProgramFault("time_of_the_machine", "the machine's clock was read behind the run's back", "heap", "deterministic",
                 _each(lambda e, p, r: _set(p, "name", f"{time.perf_counter_ns()}"))),
    ProgramFault("strict_forgets_a_row", "--strict gave another payload than a lenient run", "heap", "strict",
                 _each(lambda e, p, r: _set(p, "name", None) if r.strict else p)),
    ProgramFault("texts_trimmed", "leading spaces of ids were removed, and two people became one", "heap", "verbatim",
                 _each(_by_name(str.strip, "user_id", "anonymous_id", "message_id"))),
)  # fmt: skip


def _items(change: Callable[[Event, int], Event]) -> Callable[[list[Request]], list[Request]]:
    def apply(requests: list[Request]) -> list[Request]:
        changed: list[Request] = []
        for request in requests:
            items = tuple(change(json.loads(json.dumps(item)), number) for number, item in enumerate(request.items))
            changed.append(Request(request.path, items, json.dumps(items)))
        return changed

    return apply


def _who(item: Event, name: str, value: Any) -> Event:
    if "user_identifier" in item:
        item["user_identifier"][name] = value
    else:
        item[name] = value
    return item


def _property(name: str, value: Any) -> Callable[[Event, int], Event]:
    def change(item: Event, number: int) -> Event:
        key = "custom_properties" if "custom_properties" in item else "properties"
        item.setdefault(key, {})[name] = value
        return item

    return change


def _one_bulk(requests: list[Request]) -> list[Request]:
    paths = dict.fromkeys(request.path for request in requests)
    merged = {path: tuple(i for r in requests if r.path == path for i in r.items) for path in paths}
    return [Request(path, items, json.dumps(items)) for path, items in merged.items()]


def _loses_the_last(requests: list[Request]) -> list[Request]:
    return requests[:-1] if len(requests) > 1 else requests


WIRES = (
    WireFault("a_new_key_on_retry", "a retry made a new idempotency key, and each retry counted", "repeats",
              _items(lambda item, number: {**item, "idempotency_key": f"k{next(_ticks)}-retry"} if "event" in item else item)),
    WireFault("no_key_at_all", "events had no idempotency key", "repeats",
              _items(lambda item, number: {k: v for k, v in item.items() if k != "idempotency_key"})),
    WireFault("more_than_a_thousand", "a request held 2,400 events, and the whole of it was refused", "bulk", _one_bulk),
    WireFault("the_last_batch_is_lost", "what was left in the buffer at the end was never sent", "bulk", _loses_the_last),
    WireFault("one_key_for_all", "every event had its type as its key", "bulk",
              _items(lambda item, number: {**item, "idempotency_key": "track-event"} if "event" in item else item)),
    WireFault("page_without_a_name", "page calls have no `event`: null was sent, and refused", "requests",
              _items(lambda item, number: {**item, "event": None} if item.get("event") == "Page viewed" else item)),
    WireFault("a_property_named_ID", "a trait `ID` went out as a user property, which the receiver forbids", "requests",
              _items(lambda item, number: _property("ID", "7")(item, number) if "event" not in item else item)),
    WireFault("objects_not_flattened", "a nested object was sent as it is", "requests", _items(_property("a", {"b": "c"}))),
    WireFault("texts_not_cut", "a property of 5,000 characters", "requests", _items(_property("a", "x" * 5000))),
    WireFault("identity_too_long", "an id of 300 characters", "requests",
              _items(lambda item, number: _who(item, "identity", "x" * 300))),
    WireFault("identity_is_null_in_words", "JavaScript's `${null}` as the user's id", "nobody",
              _items(lambda item, number: _who(item, "identity", "null"))),
    WireFault("identity_is_a_number", "the receiver takes texts", "requests", _items(lambda item, number: _who(item, "identity", 7))),
    WireFault("time_without_an_offset", "a local time, five hours off", "requests",
              _items(lambda item, number: {**item, "timestamp": "2024-01-01T00:00:00"} if "event" in item else item)),
)  # fmt: skip
