"""The stand-in's sockets: HTTP on loopback, and the faults that only a socket can have."""

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

from .answer import Answerer, Reply
from .knobs import Knobs, Script
from .store import Request, Store, Stored
from .tls import wrong_name_context

CONTROL = "/_standin/"
MAX_BODY = 64 * 1024 * 1024


class Standin:
    """A Heap on this machine: start it, send to `.url`, look at what arrived.

    Shape:  `with Standin(Knobs(success="204")).start() as heap: …`; the root serves the US host's paths,
            `/eu/…` the EU host's; `GET /_standin/events` shows from outside what `.events` shows from inside
    Errors: OSError from `start` where the port is taken
    """

    def __init__(
        self,
        knobs: Knobs | None = None,
        script: Script | None = None,
        *,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self.store = Store(knobs or Knobs())
        self.store.follow(script or Script())
        self.answerer = Answerer(self.store, now)
        self.sleep = sleep
        self.url = ""
        self._server: _Server | None = None

    def start(self, port: int = 0, host: str = "127.0.0.1") -> Self:
        """Listen on a port, a free one by default, and serve from a thread of its own."""
        self._server = _Server((host, port), self)
        scheme = "http"
        if self.store.knobs.fault == "bad_tls_name":
            self._server.socket = wrong_name_context().wrap_socket(self._server.socket, server_side=True)
            scheme = "https"
        self.url = f"{scheme}://{host}:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def stop(self) -> None:
        """Stop listening; what was stored stays readable."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def follow(self, script: Script) -> None:
        """Take a script while running."""
        with self.store.lock:
            self.store.follow(script)

    @property
    def events(self) -> list[Stored]:
        """The events stored so far, in order of arrival."""
        return self._copy("events")

    @property
    def users(self) -> list[Stored]:
        """The user-property writes stored so far, in order of arrival."""
        return self._copy("users")

    @property
    def requests(self) -> list[Request]:
        """Every request so far, whatever became of it."""
        with self.store.lock:
            return list(self.store.requests)

    def _copy(self, kind: str) -> list[Stored]:
        with self.store.lock:
            return list(self.store.stored[kind])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], standin: Standin) -> None:
        super().__init__(address, _Handler)
        self.standin = standin

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a client that goes away is part of the game."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    @property
    def _standin(self) -> Standin:
        assert isinstance(self.server, _Server)
        return self.server.standin

    def do_GET(self) -> None:
        """Answer the looks from outside; the API itself takes POST alone."""
        if self.path.startswith(CONTROL):
            self._control("GET")
        else:
            self._send(Reply(405, b"POST only", {"Allow": "POST"}))

    def do_POST(self) -> None:
        """Take a request of the API, or a script."""
        if self.path.startswith(CONTROL):
            self._control("POST")
            return
        standin = self._standin
        arrival = standin.answerer.arrive(self.path.partition("?")[0], _plain(self.headers.items()))
        if arrival.step.fault == "reset_before_reading":
            self._reset()
            return
        body = self._body()
        if body is None:
            return
        reply = standin.answerer.answer(arrival, body)
        if reply.delay:
            standin.sleep(reply.delay)
        match reply.fault:
            case "reset_after_storing":
                self._reset()
            case "half_response":
                self._half(reply)
            case _:
                self._send(reply)

    def _control(self, method: str) -> None:
        body = self._body() if method == "POST" else b""
        if body is not None:
            name = self.path.removeprefix(CONTROL).partition("?")[0]
            self._send(self._standin.answerer.control(method, name, body))

    def _body(self) -> bytes | None:
        """The request's body; None, with the reply sent, where its length is not said or too great."""
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()):
            self._refuse(Reply(411, b"Length required"))
            return None
        if int(length) > MAX_BODY:
            self._refuse(Reply(413, b"Too large"))
            return None
        return self.rfile.read(int(length))

    def _refuse(self, reply: Reply) -> None:
        self.close_connection = True
        self._send(reply)

    def _send(self, reply: Reply) -> None:
        self.wfile.write(self._head(reply) + reply.body)

    def _half(self, reply: Reply) -> None:
        body = reply.body or b"{}"
        whole = self._head(Reply(reply.status, body + b" " * 64)) + body
        self.wfile.write(whole)
        self._reset()

    def _head(self, reply: Reply) -> bytes:
        try:
            phrase = HTTPStatus(reply.status).phrase
        except ValueError:
            phrase = "Scripted"
        headers = dict(reply.headers)
        if reply.status != HTTPStatus.NO_CONTENT:
            headers["Content-Length"] = str(len(reply.body))
        if self.close_connection:
            headers["Connection"] = "close"
        lines = [f"HTTP/1.1 {reply.status} {phrase}", *(f"{k}: {v}" for k, v in headers.items()), "", ""]
        return "\r\n".join(lines).encode("latin-1")

    def _reset(self) -> None:
        """Close so that the other side sees a reset, not an orderly end."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing: what came is in the store."""


def _plain(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers}
