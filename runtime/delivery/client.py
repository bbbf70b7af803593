"""The HTTP client: one request out, one outcome back; what to do next is the caller's business."""

import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Literal, Self, TypedDict

import httpx

from ..json_text import Json, encode

EXCERPT = 512  # bytes of a reply that are kept for people; a reply is never parsed
LONGEST_REPLY = 1 << 16  # bytes; the rest of a longer one is not waited for
LONGEST_RETRY_AFTER = 3_600.0
_HEADERS = {"Content-Type": "application/json", "Accept-Encoding": "identity", "User-Agent": "atpath"}

Verdict = Literal["done", "retry", "split", "stop"]


class HttpRequest(TypedDict):
    """A request as `send --dry-run` prints it."""

    method: str
    url: str
    json: Json


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a request came to.

    Shape: `verdict` "done": stored, as far as anybody can know; "retry": the same bytes again, later;
           "split": something in it is not taken, try the halves; "stop": no request there will do better.
           `status` is None where no whole reply came; `reason` is for people, and free of what was sent;
           `excerpt` is how the reply begins; `after` is Retry-After in seconds
    """

    verdict: Verdict
    status: int | None
    reason: str
    excerpt: str = ""
    after: float | None = None

    @property
    def in_full(self) -> str:
        """The reason and how the reply begins."""
        return f"{self.reason}: {self.excerpt}" if self.excerpt else self.reason

    @property
    def is_done(self) -> bool:
        """Whether the request was taken."""
        return self.verdict == "done"


class Heap:
    """A client of Heap's server-side API; usable from several threads.

    Shape:  `with Heap() as heap: heap.send({"method": "POST", "url": …, "json": {…}})`
    Units:  `timeout` in seconds, for connecting, for each read or write, and for a reply's body as a whole
    Errors: none: whatever goes wrong is an Outcome
    """

    def __init__(
        self,
        *,
        timeout: float = 30.0,
        transport: httpx.BaseTransport | None = None,
        verify: ssl.SSLContext | bool = True,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._now = now
        self._timeout = timeout
        self._client = httpx.Client(
            timeout=timeout, transport=transport, verify=verify, follow_redirects=False, headers=_HEADERS
        )

    def send(self, request: HttpRequest) -> Outcome:
        """Send a request; sending it again sends the same bytes."""
        return self.post(request["url"], encode(request["json"]), request["method"])

    def post(self, url: str, body: bytes, method: str = "POST") -> Outcome:
        """Send a body as it stands, and judge the reply."""
        try:
            with self._client.stream(method, url, content=body) as response:
                excerpt = _read_excerpt(response, self._timeout)
        except httpx.TransportError as error:
            return _judge_failure(error)
        except (httpx.InvalidURL, UnicodeError) as error:
            return Outcome("stop", None, f"{url}: {error}")
        return _judge_reply(response, excerpt, self._now())

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def judge_status(status: int) -> Verdict:
    """What a status asks for.

    Shape:  2xx done; 408, 429 and 5xx but 501 and 505 retry; 400, 413, 422 split; all others stop
    """
    match status:
        case _ if 200 <= status < 300:
            return "done"
        case 501 | 505:
            return "stop"
        case 408 | 429:
            return "retry"
        case _ if 500 <= status < 600:
            return "retry"
        case 400 | 413 | 422:
            return "split"
        case _:
            return "stop"


def parse_retry_after(text: str, now: datetime) -> float | None:
    """Seconds to wait by a Retry-After header, in either of its forms.

    Shape:  "7" -> 7.0; "Wed, 21 Oct 2026 07:28:00 GMT" -> seconds from `now`, 0.0 if that is past;
            more than an hour -> an hour; anything else -> None
    Source: RFC 9110, section 10.2.3
    """
    text = text.strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:12]), LONGEST_RETRY_AFTER)
    try:
        moment = parsedate_to_datetime(text)
        return min(max((moment.astimezone(UTC) - now).total_seconds(), 0.0), LONGEST_RETRY_AFTER)
    except (ValueError, OverflowError):
        return None


def _read_excerpt(response: httpx.Response, seconds: float) -> str:
    """The reply's first bytes as text; a reply of decent size and speed is read to its end."""
    kept, length, ends = b"", 0, time.monotonic() + seconds
    with suppress(httpx.DecodingError):  # the status is what counts
        for chunk in response.iter_bytes():
            kept += chunk[: EXCERPT - len(kept)]
            length += len(chunk)
            if length > LONGEST_REPLY or time.monotonic() > ends:
                break
    return kept.decode(errors="replace")


def _judge_reply(response: httpx.Response, excerpt: str, now: datetime) -> Outcome:
    verdict = judge_status(response.status_code)
    said = response.headers.get("Retry-After")
    after = parse_retry_after(said, now) if said is not None and verdict == "retry" else None
    reason = " ".join(f"{response.status_code} {response.reason_phrase}".split())
    return Outcome(verdict, response.status_code, reason, excerpt, after)


def _judge_failure(error: httpx.TransportError) -> Outcome:
    """A name that is not there and a certificate that is not right stay so; the rest may pass."""
    reason = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    match error:
        case httpx.UnsupportedProtocol() | httpx.LocalProtocolError():
            return Outcome("stop", None, reason)
        case httpx.ConnectError() if _is_name_or_tls(error):
            return Outcome("stop", None, reason)
        case _:
            return Outcome("retry", None, reason)


def _is_name_or_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, OSError) and type(error).__name__ in ("gaierror", "SSLCertVerificationError"):
            return True
        error = error.__cause__ or error.__context__
    return False
