"""The HTTP client: each status and each failure has one outcome."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from atpath.runtime.delivery.client import Heap, Outcome, parse_retry_after
from atpath.runtime.standin import Knobs, Standin, parse_script

REQUEST: Any = {"method": "POST", "url": "https://heap.invalid/api/track", "json": {"a": "ü", "n": 1.0}}
NOW = datetime(2026, 10, 21, 7, 28, tzinfo=UTC)


def reply(status: int, text: str = "", **headers: str) -> Outcome:
    def handle(request: httpx.Request) -> httpx.Response:
        return httpx.Response(status, text=text, headers={k.replace("_", "-"): v for k, v in headers.items()})

    with Heap(transport=httpx.MockTransport(handle), now=lambda: NOW) as heap:
        return heap.send(REQUEST)


def failure(error: Exception) -> Outcome:
    def handle(request: httpx.Request) -> httpx.Response:
        raise error

    with Heap(transport=httpx.MockTransport(handle)) as heap:
        return heap.send(REQUEST)


@pytest.mark.parametrize(
    ("verdict", "statuses"),
    [
        ("done", [200, 201, 202, 204, 299]),
        ("retry", [408, 429, 500, 502, 503, 504, 507, 520, 599]),
        ("split", [400, 413, 422]),
        ("stop", [301, 302, 307, 308, 401, 403, 404, 405, 410, 415, 451, 501, 505]),
    ],
)
def test_every_status_has_a_verdict(verdict: str, statuses: list[int]) -> None:
    assert {reply(status).verdict for status in statuses} == {verdict}


def test_a_reply_is_quoted_not_parsed() -> None:
    outcome = reply(400, '{"error": "x' + "é" * 600)
    assert outcome.reason == "400 Bad Request" and outcome.excerpt.startswith('{"error": "xéé')
    assert 512 - 2 <= len(outcome.excerpt.encode()) <= 512 + 2


def test_a_redirect_is_not_followed() -> None:
    assert reply(302, Location="https://elsewhere.invalid/").verdict == "stop"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7", 7.0),
        (" 0 ", 0.0),
        ("Wed, 21 Oct 2026 07:29:30 GMT", 90.0),
        ("Wed, 21 Oct 2026 07:27:00 GMT", 0.0),
        ("Wednesday, 21-Oct-26 07:28:05 GMT", 5.0),
        ("86400", 3600.0),
        ("9" * 5000, 3600.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 3600.0),
        ("-3", None),
        ("1.5", None),
        ("٣", None),
        ("soon", None),
        ("", None),
        ("Wed, 99 Oct 2026 07:28:00 GMT", None),
    ],
)
def test_retry_after_in_both_forms_and_absurd_ones(text: str, seconds: float | None) -> None:
    assert parse_retry_after(text, NOW) == seconds


def test_retry_after_counts_where_a_retry_is_due() -> None:
    assert reply(429, Retry_After="7").after == 7.0
    assert reply(503, Retry_After="soon").after is None
    assert reply(429).after is None
    assert reply(200, Retry_After="7").after is None


@pytest.mark.parametrize(
    "error",
    [
        httpx.ConnectTimeout("slow"),
        httpx.ReadTimeout("slow"),
        httpx.WriteTimeout("slow"),
        httpx.PoolTimeout("slow"),
        httpx.ConnectError("refused"),
        httpx.ReadError("reset"),
        httpx.WriteError("reset"),
        httpx.RemoteProtocolError("half a reply"),
        httpx.ProxyError("proxy"),
    ],
)
def test_what_may_pass_is_tried_again(error: Exception) -> None:
    outcome = failure(error)
    assert (outcome.verdict, outcome.status) == ("retry", None) and str(error) in outcome.reason


@pytest.mark.parametrize("cause", [socket.gaierror(-2, "unknown"), ssl.SSLCertVerificationError("bad name")])
def test_no_such_name_and_a_wrong_certificate_stop(cause: Exception) -> None:
    error = httpx.ConnectError("no way in")
    error.__cause__ = cause
    assert failure(error).verdict == "stop"


@pytest.mark.parametrize("url", ["ftp://x/", "http://", "//x", "http://x:99999/", "http://a b/", "nonsense"])
def test_an_address_that_is_none_stops(url: str) -> None:
    with Heap() as heap:
        assert heap.post(url, b"{}").verdict == "stop"


def test_a_name_that_does_not_resolve_stops() -> None:
    with Heap(timeout=5) as heap:
        assert heap.post("http://heap.invalid/", b"{}").verdict == "stop"


def test_nothing_listening_is_tried_again() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with Heap() as heap:
            assert heap.post(f"http://127.0.0.1:{taken.getsockname()[1]}/", b"{}").verdict == "retry"


def test_a_certificate_for_another_name_stops() -> None:
    with Standin(Knobs(fault="bad_tls_name")).start() as standin, Heap() as heap:
        assert heap.post(standin.url + "/api/track", b"{}").verdict == "stop"


def test_faults_of_the_wire_and_the_same_bytes_again() -> None:
    script = parse_script({"requests": ["reset_before_reading", "reset_after_storing", "half_response"]})
    body: Any = {"app_id": "11", "event": "é", "identity": "ann", "idempotency_key": "key-0001"}
    with Standin(script=script).start() as standin, Heap() as heap:
        request: Any = {"method": "POST", "url": standin.url + "/api/track", "json": body}
        verdicts = [heap.send(request).verdict for _ in range(4)]
        assert verdicts == ["retry", "retry", "retry", "done"]
        assert len({r.raw for r in standin.requests[1:]}) == 1
        assert [item.body["event"] for item in standin.events] == ["é"]


def test_a_stalled_reply_ends_in_a_retry() -> None:
    import threading

    gate = threading.Event()
    with Standin(Knobs(fault="stall"), sleep=lambda seconds: gate.wait()).start() as standin:
        with Heap(timeout=0.2) as heap:
            assert heap.post(standin.url + "/api/track", b"{}").verdict == "retry"
        gate.set()


def test_an_endless_reply_is_left_unread() -> None:
    class Endless(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            while True:
                yield b"x" * 4096

    with Heap(transport=httpx.MockTransport(lambda request: httpx.Response(400, stream=Endless()))) as heap:
        assert heap.send(REQUEST) == Outcome("split", 400, "400 Bad Request", "x" * 512)


def test_what_is_sent_is_plain_json_without_encoding() -> None:
    seen: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(204)

    with Heap(transport=httpx.MockTransport(handle)) as heap:
        assert heap.send(REQUEST).is_done
    assert seen[0].content == '{"a":"ü","n":1.0}'.encode()
    assert seen[0].headers["Content-Type"] == "application/json"
    assert "Content-Encoding" not in seen[0].headers


def test_a_reply_that_drips_is_not_waited_for():
    """Each byte comes in time; the status has been there from the beginning."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip() -> None:
            connection, _ = listener.accept()
            with connection, suppress(OSError):
                connection.recv(65_536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
                for _ in range(1_000):
                    connection.sendall(b"x")
                    time.sleep(0.02)

        threading.Thread(target=drip, daemon=True).start()
        started = time.monotonic()
        with Heap(timeout=0.3) as heap:
            outcome = heap.post(f"http://127.0.0.1:{listener.getsockname()[1]}/api/x", b"{}")
        assert outcome.is_done and time.monotonic() - started < 5
