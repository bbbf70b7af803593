"""From a request to the reply that Heap is thought to give, sockets apart."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from math import ceil

import msgspec

from ..json_text import Json
from ..json_text import Object as Item
from .knobs import ORDINARY, Fault, KnobError, Limit, Step, parse_knobs, parse_script
from .rules import ENDPOINTS, MAX_ITEMS, Endpoint, stored, who
from .store import KINDS, Request, Store, Stored

MAX_IDENTIFIES = 10  # user ids for each identity and month; what is beyond is dropped with success


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back, and how: `delay` seconds late, and with a fault in the way."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    delay: float = 0.0
    fault: Fault = "none"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A request whose head is read: its number, and what the script has for it."""

    seq: int
    path: str
    headers: Mapping[str, str]
    step: Step


class Answerer:
    """The stand-in without its sockets: `arrive` for a request's head, then `answer` for its body."""

    def __init__(self, store: Store, now: Callable[[], float]) -> None:
        self._store = store
        self._now = now

    def arrive(self, path: str, headers: Mapping[str, str]) -> Arrival:
        """Number a request; a step without a fault of its own gets the one that the knobs have for all."""
        with self._store.lock:
            seq, step = self._store.arrive()
            if step.fault == "none":
                step = replace(step, fault=self._store.knobs.fault)
            arrival = Arrival(seq, path, headers, step)
            if step.fault == "reset_before_reading":
                self._note(arrival, b"", None)
        return arrival

    def answer(self, arrival: Arrival, raw: bytes) -> Reply:
        """Judge, store and reply, as one step that no other request comes between."""
        with self._store.lock:
            body = _decode(raw)
            reply = self._answer(arrival, body)
            lost = reply.fault in ("reset_after_storing", "half_response", "stall")
            self._note(arrival, raw, None if lost else reply.status)
        return reply

    def control(self, method: str, name: str, raw: bytes) -> Reply:
        """Answer `/_standin/NAME`: what was stored, the requests, a reset, or a script to follow."""
        with self._store.lock:
            match method, name:
                case "GET", "requests":
                    return _json_reply([_shown(request) for request in self._store.requests])
                case "GET", name if name in KINDS:
                    return _json_reply(self._store.stored[name])
                case "GET" | "POST", "reset":
                    self._store.reset()
                    return _json_reply({})
                case "POST", "script":
                    return self._take_script(raw)
                case _:
                    return Reply(404, b"the stand-in has events, users, accounts, requests, reset and script")

    def _take_script(self, raw: bytes) -> Reply:
        try:
            value = _decode(raw)
            script = parse_script(value)
            if isinstance(value, dict) and "knobs" in value:
                self._store.knobs = parse_knobs(value["knobs"], self._store.knobs)
        except KnobError as error:
            return Reply(400, str(error).encode())
        self._store.follow(script)
        return _json_reply({})

    def _answer(self, arrival: Arrival, body: Json) -> Reply:
        path = "/" + arrival.path.removeprefix("/us/").removeprefix("/eu/").lstrip("/")
        endpoint = ENDPOINTS.get(path)
        if endpoint is None:
            return Reply(404, b"Not found")
        items = _items(endpoint, body)
        step = arrival.step
        if items and replace(step, fault="none") == ORDINARY:
            by_key = self._store.step_for(items)
            step = replace(by_key, fault=by_key.fault if by_key.fault != "none" else step.fault)
        delay = step.delay + (self._store.knobs.stall_seconds if step.fault == "stall" else 0.0)
        reply = self._scripted(step) or self._judged(arrival, endpoint, body, items, step)
        return replace(reply, delay=delay, fault=step.fault)

    def _scripted(self, step: Step) -> Reply | None:
        if step.drop:
            return self._success()
        if step.status is None or 200 <= step.status < 300:
            return None
        headers = {"Retry-After": step.retry_after} if step.retry_after is not None else {}
        return Reply(step.status, (step.body or "scripted").encode(), headers)

    def _judged(self, arrival: Arrival, endpoint: Endpoint, body: Json, items: list[Item] | None, step: Step) -> Reply:
        knobs = self._store.knobs
        app_id = body.get("app_id") if isinstance(body, dict) else None
        if not isinstance(app_id, str) or not app_id.isascii() or not app_id.isdigit() or items is None:
            return Reply(400, b"Bad request")
        if knobs.unknown_app == "400" and app_id not in knobs.apps:
            return Reply(400, b"Bad request")
        over = self._over_limit(arrival.path, endpoint, app_id, body, items)
        if over is not None:
            return over
        faults = [endpoint.find_fault(item) for item in items]
        first = next((fault for fault in faults if fault), None)
        if first is not None and knobs.bad_event == "reject_batch":
            return Reply(400, msgspec.json.encode({"error": first}))
        for item, fault in zip(items, faults, strict=True):
            if fault is None or knobs.bad_event == "accept":
                self._keep(arrival, endpoint, app_id, item)
        success = self._success()
        return success if step.status is None else replace(success, status=step.status)

    def _over_limit(self, path: str, endpoint: Endpoint, app_id: str, body: Json, items: list[Item]) -> Reply | None:
        limits, scope = self._store.knobs.in_force, (endpoint.kind, app_id)
        wanted: dict[tuple[str, ...], tuple[Limit, int]] = {}
        each = limits.identity if _bulk(endpoint, body) else limits.single
        if each is not None:
            counts = Counter(map(who, items))
            wanted = {(*scope, str(_bulk(endpoint, body)), name): (each, n) for name, n in counts.items()}
        if limits.app is not None and _bulk(endpoint, body):
            wanted[scope] = (limits.app, len(items))
        wait = self._store.wait_for(wanted, self._now())
        if wait == 0.0:
            return None
        match self._store.knobs.limit_reply:
            case "429":
                return Reply(429, b"Too many requests")
            case "429_retry_after":
                return Reply(429, b"Too many requests", {"Retry-After": str(max(1, ceil(wait)))})
            case "200_drop":
                return self._success()
            case "503":
                return Reply(503, b"Service unavailable")

    def _keep(self, arrival: Arrival, endpoint: Endpoint, app_id: str, item: Item) -> None:
        kept = self._store.stored[endpoint.kind]
        if endpoint.kind == "identities":
            merged = {str(s.body.get("user_id")) for s in kept if who(s.body) == who(item)}
            if len(merged | {str(item.get("user_id"))}) > MAX_IDENTIFIES:
                return
        if not self._store.is_repeat(app_id, item, self._now()):
            kept.append(Stored(len(kept) + 1, arrival.seq, app_id, arrival.path, arrival.headers, stored(item)))

    def _success(self) -> Reply:
        match self._store.knobs.success:
            case "200_json":
                return _json_reply({})
            case "200_empty":
                return Reply(200)
            case "204":
                return Reply(204)

    def _note(self, arrival: Arrival, raw: bytes, status: int | None) -> None:
        self._store.requests.append(Request(arrival.seq, arrival.path, arrival.headers, raw, status))


def _shown(request: Request) -> dict[str, object]:
    return {
        "seq": request.seq,
        "path": request.path,
        "headers": request.headers,
        "body": _decode(request.raw),
        "status": request.status,
    }


def _items(endpoint: Endpoint, body: Json) -> list[Item] | None:
    """The items of a body, or None where the body as a whole is malformed."""
    if not isinstance(body, dict) or (endpoint.partner and body.get("library") != "server"):
        return None
    if not _bulk(endpoint, body):
        return [{key: value for key, value in body.items() if key != "app_id"}] if endpoint.lone else None
    many = body.get(endpoint.bulk or "")
    if not isinstance(many, list) or not 1 <= len(many) <= MAX_ITEMS:
        return None
    items = [item for item in many if isinstance(item, dict)]
    return items if len(items) == len(many) else None


def _bulk(endpoint: Endpoint, body: Json) -> bool:
    return isinstance(body, dict) and endpoint.bulk is not None and endpoint.bulk in body


def _decode(raw: bytes) -> Json:
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return raw.decode(errors="replace")


def _json_reply(value: object) -> Reply:
    return Reply(200, msgspec.json.encode(value), {"Content-Type": "application/json"})
