"""Strangers on the wire: the right status, flat memory, and the next honest request is served."""

import asyncio
import gzip
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from atpath.runtime.serve import serving
from test_crash import child

MIB = 1 << 20


@contextmanager
def attacked(folder: Path) -> Iterator[tuple[int, str, int]]:
    """A server's port, its address and its process; honest requests have to work after whatever happens."""
    with child(str(folder), "http://127.0.0.1:9", "0") as (process, url):
        honest(url)
        before = memory(process.pid)
        yield int(url.rpartition(":")[2]), url, process.pid
        honest(url)
        assert memory(process.pid) - before < 24 * MIB


def honest(url: str) -> None:
    event = {"type": "track", "userId": "u", "event": "E"}
    assert httpx.post(f"{url}/v1/batch", json={"batch": [event]}, timeout=10).status_code == 200


def memory(pid: int) -> int:
    """Resident bytes of a process."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * 4096


def say(port: int, *parts: bytes, pause: float = 0.0, repeat: int = 1) -> bytes:
    """Send raw bytes as long as the server listens; what it said."""
    said = b""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        try:
            for part in parts * repeat:
                connection.sendall(part)
                time.sleep(pause)
        except (BrokenPipeError, ConnectionResetError):
            pass
        try:
            while data := connection.recv(65_536):
                said += data
                if b"\r\n\r\n" in said and not pause:
                    break
        except (ConnectionResetError, TimeoutError):
            pass
    return said


def head(path: str, *headers: str) -> bytes:
    return "\r\n".join([f"POST {path} HTTP/1.1", "Host: x", *headers, "", ""]).encode()


def test_a_gigabyte_is_refused_by_its_length(tmp_path: Path) -> None:
    with attacked(tmp_path) as (port, _, _):
        assert say(port, head("/api/syft", "Content-Length: 1073741824")).startswith(b"HTTP/1.1 413")
        assert say(port, head("/v1/batch", "Content-Length: 1073741824")).startswith(b"HTTP/1.1 400")
        assert say(port, head("/v1/batch", "Content-Length: " + "9" * 400)).startswith(b"HTTP/1.1 400")


def test_an_endless_body_in_chunks_is_cut_off(tmp_path: Path) -> None:
    with attacked(tmp_path) as (port, _, _):
        chunk = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
        # Two mebibytes are four times the limit; whoever goes on after the reply meets a closed connection.
        said = say(port, head("/api/syft", "Transfer-Encoding: chunked"), *[chunk] * 32)
        assert said.startswith(b"HTTP/1.1 413") or said == b""


@pytest.mark.parametrize("size", [600_000, 8_000_000])
def test_who_sends_too_much_can_do_so_and_reads_the_reply(tmp_path: Path, size: int) -> None:
    """A connection that is reset amid the body would have the client send the same again."""
    with attacked(tmp_path) as (port, _, _), socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(head("/api/syft", f"Content-Length: {size}"))
        time.sleep(0.2)
        for _ in range(10):
            connection.sendall(b"x" * (size // 10))
            time.sleep(0.01)
        assert connection.recv(1_000).startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize("size", [MIB, 100 * MIB])
def test_a_gzip_bomb(tmp_path: Path, size: int) -> None:
    bomb = gzip.compress(b'{"batch": "' + b" " * size + b'"}')
    with attacked(tmp_path) as (_, url, _):
        for _ in range(5):
            reply = httpx.post(f"{url}/v1/batch", content=bomb, headers={"Content-Encoding": "gzip"})
            assert reply.status_code == 400


def test_depth_and_keys_and_numbers(tmp_path: Path) -> None:
    bodies = [
        b'{"batch":' + b"[" * 200_000,
        b'{"batch":' + b'{"a":' * 90_000,
        b'{"batch":' + b"[" * 200_000 + b"]" * 200_000 + b"}",
        b'{"batch":[{"n":' + b"9" * 400_000 + b"}]}",
        b'{"batch":["' + b"\\ud800" * 80_000 + b'"]}',
        b"\x00" * 400_000,
    ]
    with attacked(tmp_path) as (_, url, _):
        for body in bodies:
            assert httpx.post(f"{url}/v1/batch", content=body, timeout=10).status_code == 400


def test_garbage_pipelined_behind_and_before_a_request(tmp_path: Path) -> None:
    good = b'{"batch":[]}'
    request = head("/v1/batch", f"Content-Length: {len(good)}") + good
    with attacked(tmp_path) as (port, _, _):
        assert say(port, b"\x16\x03\x01garbage\r\n\r\n").startswith(b"HTTP/1.1 400")
        assert say(port, b"A" * 200_000).startswith(b"HTTP/1.1 400")
        both = say(port, request + request + b"\x00\x01\x02garbage\r\n\r\n", pause=0.3)
        assert both.count(b"HTTP/1.1 200") == 2 and both.count(b"HTTP/1.1 400") == 1
        assert b"400" in say(port, head("/v1/batch", "Content-Length: 5", "Content-Length: 6") + b"aaaaa")


def test_many_slow_senders_hold_up_nobody(tmp_path: Path) -> None:
    with attacked(tmp_path) as (port, url, _):
        slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(200)]
        for number, connection in enumerate(slow):
            connection.sendall(
                b"POST /v1/batch HTTP/1.1\r\nHost: x\r\n"
                if number % 2
                else head("/v1/batch", "Content-Length: 9") + b"{"
            )
        started = time.monotonic()
        for _ in range(5):
            honest(url)
        assert time.monotonic() - started < 10  # not a matter of speed: a stuck server would take for ever
        for connection in slow:
            connection.close()


def test_a_second_request_that_stops_within_its_head_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "KEEP_ALIVE", 0.2)
    monkeypatch.setattr(serving, "HEAD_SECONDS", 0.2)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.sleep(0.6)  # an answer may take longer than a head
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def meet() -> list[bytes]:
        config = uvicorn.Config(app, lifespan="off", log_config=None, http=serving.PatientProtocol)
        server = uvicorn.Server(config)
        config.load()
        make = lambda: serving.PatientProtocol(config, server.server_state, {})  # noqa: E731
        listener = await asyncio.get_running_loop().create_server(make, "127.0.0.1", 0)
        async with listener:
            reader, writer = await asyncio.open_connection(*listener.sockets[0].getsockname())
            said = []
            for request in (head("/"), head("/"), head("/")[:-2]):
                writer.write(request)
                said.append(await asyncio.wait_for(reader.read(1_000), 5))
            writer.close()
        return said

    first, second, third = asyncio.run(meet())
    assert first.startswith(b"HTTP/1.1 204") and second.startswith(b"HTTP/1.1 204") and third == b""
