"""The server on a port: uvicorn, with the patience of a server that strangers reach."""

import asyncio
import gc
import signal
import socket
from collections.abc import Callable

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from .server import EventServer

HEAD_SECONDS = 15.0  # until the head of a connection's first request must be there
KEEP_ALIVE = 30  # seconds between requests
CONNECTIONS = 1_000


class PatientProtocol(H11Protocol):
    """HTTP that drops a connection whose next request doesn't come, or stops within its head."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request's head."""
        super().connection_made(transport)
        self._deadline = self.loop.call_later(HEAD_SECONDS, self._give_up, self.cycle)

    def on_response_complete(self) -> None:
        """Begin to wait for the next one's: uvicorn waits for its first byte and no longer."""
        self._deadline.cancel()
        self._deadline = self.loop.call_later(KEEP_ALIVE + HEAD_SECONDS, self._give_up, self.cycle)
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._deadline.cancel()
        super().connection_lost(exc)

    def _give_up(self, last: RequestResponseCycle | None) -> None:
        if self.cycle is last and not self.transport.is_closing():
            self.transport.close()


def serve(app: EventServer, host: str, port: int, tell: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT, then deliver what waits as long as the application allows.

    Shape:  `tell` gets the address as soon as requests are taken
    Errors: OSError where the port is taken
    """
    listener = _bind(host, port)
    config = uvicorn.Config(
        app,
        http=PatientProtocol,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE,
        limit_concurrency=CONNECTIONS,
        timeout_graceful_shutdown=5,
    )
    # What lives as long as the server is no concern of the collector; requests leave next to no cycles behind.
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    # uvicorn raises the signal again once it is done; without this, an orderly end would look like a violent one.
    signal.signal(signal.SIGTERM, lambda number, frame: None)
    server = _Server(config, lambda: tell(_address(listener)))
    with listener:
        server.run(sockets=[listener])


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, tell: Callable[[], None]) -> None:
        super().__init__(config)
        self._tell = tell

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so."""
        await super().startup(sockets)
        if self.started:
            self._tell()


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except (OSError, OverflowError):
        listener.close()
        raise
    return listener


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
