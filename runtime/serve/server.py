"""The HTTP server: an ASGI application that takes what clients upload, and answers once it is on disk."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias

from ..delivery.spool import SpoolError, SpoolFull
from ..json_text import Object, encode
from .bodies import Limits, Refused, parse_body
from .inbox import Upload
from .service import Service
from .uploads import SEGMENT_CALLS, Caller, check_key, segment_events, syft_events

# The ASGI interface is JSON-like dictionaries by its own specification.
Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]

Enricher = Callable[[Object, Mapping[str, str]], Awaitable[Object | None]]
logger = logging.getLogger("atpath.serve")
READ_ON = 20  # times the size that a body may have: so much is read before it is refused
RETRY_AFTER = "5"  # seconds; a full spool empties no faster


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How the server meets its clients.

    Shape: `keys` none lets everybody in; `origins` are those of other sites that browsers may post from;
           `enricher` sees each event with the request's cookies, changes it, or drops it by giving nothing;
           `monitor` shows the page and the figures to other machines than this one
    """

    keys: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    upload_path: str = "/api/syft"
    library: str = "syft"
    enricher: Enricher | None = None
    monitor: bool = False
    drain: float = 10.0


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back."""

    status: int
    body: bytes = b"{}"
    kind: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


class EventServer:
    """The application: `uvicorn.run(EventServer(service))`, or `Mount("/events", EventServer(service))`.

    Shape:  the service starts with the first request where nobody sends lifespan events, as under a mount
    """

    def __init__(self, service: Service, options: Options | None = None) -> None:
        self.service = service
        self.options = options or Options()
        self.replies: Counter[int] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Speak ASGI."""
        match scope["type"]:
            case "lifespan":
                await self._live(receive, send)
            case "http":
                await self._serve(scope, receive, send)
            case _:
                await send({"type": "websocket.close", "code": 1000})

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                try:
                    self.service.start()
                except SpoolError as error:
                    await send({"type": "lifespan.startup.failed", "message": str(error)})
                    return
                await send({"type": "lifespan.startup.complete"})
            else:
                await self.service.close(self.options.drain)
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        caller = Caller(headers, _now())
        try:
            reply = await self._answer(scope, caller, receive)
        except Refused as refused:
            reply = _refusal(refused)
        except SpoolFull:
            reply = _try_later("full", "the spool is full")
        except (SpoolError, OSError) as error:
            logger.error("nothing can be accepted: %s", error)
            reply = _try_later("disk", "nothing can be stored")
        except _Gone:
            return
        self.replies[reply.status] += 1
        with suppress(OSError):  # the client may have gone
            await _send(send, reply, self._cors(caller))

    async def _answer(self, scope: Scope, caller: Caller, receive: Receive) -> Reply:
        path = scope["path"].removeprefix(scope.get("root_path", "")).rstrip("/") or "/"
        method = scope["method"]
        call = path.removeprefix("/v1/") if path.startswith("/v1/") else ""
        if path == self.options.upload_path or call in SEGMENT_CALLS:
            if method == "OPTIONS" and self.options.origins:
                return Reply(204, b"")
            if method != "POST":
                raise Refused(405, "method_not_allowed", "POST events")
            return await self._take(call, caller, receive)
        if method not in ("GET", "HEAD"):
            raise Refused(404, "not_found", "there is nothing here")
        return self._look(path, scope, caller)

    async def _take(self, call: str, caller: Caller, receive: Receive) -> Reply:
        # What was parsed is gone when the wait for the disk begins: others are parsed meanwhile, in the same memory.
        await self.service.keep(await self._pack(call, caller, receive))
        return Reply(200, b'{"success":true}' if call else b"{}")

    async def _pack(self, call: str, caller: Caller, receive: Receive) -> Upload:
        limits = self.service.limits
        try:
            data = await _read(receive, caller, limits)
            body = parse_body(data, caller.headers.get("content-encoding", ""), limits)
        except Refused as refused:
            if call and refused.status == 413:  # Segment's own says 400
                raise Refused(400, refused.code, refused.message) from refused
            raise
        check_key(self.options.keys, caller, body)
        if call:
            events = segment_events(call, body, caller, limits)
        else:
            events = syft_events(body, caller, limits, self.options.library)
        return self.service.pack(await self._enrich(events, caller), "segment" if call else "syft")

    async def _enrich(self, events: list[Object], caller: Caller) -> list[Object]:
        enricher = self.options.enricher
        if enricher is None:
            return events
        cookies = caller.cookies
        enriched: list[Object] = []
        for event in events:
            try:
                kept = await enricher(event, cookies)
            except Exception as error:
                logger.exception("the enricher failed")
                raise Refused(500, "enricher", "the events could not be enriched") from error
            if kept is not None:
                enriched.append(kept)
        return enriched

    def _look(self, path: str, scope: Scope, caller: Caller) -> Reply:
        from . import monitor  # what only people look at is not imported to take events

        if path == "/healthz":
            return Reply(200, b'{"status":"ok"}') if self._is_well() else Reply(503, b'{"status":"failing"}')
        view = monitor.VIEWS.get(path)
        if view is None or not (self.options.monitor or _is_local(scope, caller)):
            raise Refused(404, "not_found", "there is nothing here")
        kind, draw = view
        return Reply(200, draw(self.service, self.replies), kind)

    def _is_well(self) -> bool:
        try:
            return not self.service.running.spool.is_full
        except SpoolError:
            return False

    def _cors(self, caller: Caller) -> tuple[tuple[str, str], ...]:
        origin = caller.headers.get("origin", "")
        if origin not in self.options.origins and "*" not in self.options.origins:
            return ()
        return (
            ("access-control-allow-origin", origin or "*"),
            ("access-control-allow-methods", "POST"),
            ("access-control-allow-headers", "content-type, authorization"),
            ("access-control-max-age", "600"),
            ("vary", "origin"),
        )


class _Gone(Exception):
    """The client has left before its request was whole."""


async def _read(receive: Receive, caller: Caller, limits: Limits) -> bytes:
    """The request's body, as it came. Refused where it is too large or too slow.

    What is too large, but not by far, is read to its end: who is still sending when the connection closes is told of a
    reset instead of the reply, and sends it all again.
    """
    too_large = Refused(413, "too_large", f"a body has at most {limits.body:,} bytes")
    length = caller.headers.get("content-length", "0")
    if not length.isdigit() or int(length[:20]) > limits.body * READ_ON:
        raise too_large
    try:
        async with asyncio.timeout(limits.seconds):
            chunks: list[bytes] = []
            size = 0
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise _Gone
                chunks.append(message.get("body", b""))
                size += len(chunks[-1])
                if size > limits.body:
                    chunks.clear()
                if not message.get("more_body") or size > limits.body * READ_ON:
                    break
    except TimeoutError as error:
        raise Refused(408, "too_slow", f"a body arrives within {limits.seconds:g} seconds") from error
    if size > limits.body:
        raise too_large
    return b"".join(chunks)


async def _send(send: Send, reply: Reply, more: tuple[tuple[str, str], ...]) -> None:
    headers = [("content-type", reply.kind), ("content-length", str(len(reply.body))), *reply.headers, *more]
    encoded = [(name.encode(), value.encode("latin-1")) for name, value in headers]
    await send({"type": "http.response.start", "status": reply.status, "headers": encoded})
    await send({"type": "http.response.body", "body": reply.body})


def _refusal(refused: Refused) -> Reply:
    body = encode({"code": refused.code, "message": refused.message})
    closes = refused.status in (408, 413) or refused.code == "too_large"
    headers = (("connection", "close"),) if closes else ()
    if refused.status == 405:
        headers = (("allow", "POST"),)
    return Reply(refused.status, body, headers=headers)


def _try_later(code: str, message: str) -> Reply:
    return Reply(503, encode({"code": code, "message": message}), headers=(("retry-after", RETRY_AFTER),))


def _is_local(scope: Scope, caller: Caller) -> bool:
    """Whether a person on this machine asks, and no proxy on this machine for somebody else."""
    host = (scope.get("client") or ("",))[0]
    return host in ("127.0.0.1", "::1") and not caller.headers.keys() & {"x-forwarded-for", "forwarded"}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"
