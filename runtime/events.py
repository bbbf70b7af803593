"""Events in, dead letters out: NDJSON in constant memory, every line with its place.

Lines end at a line feed (a carriage return before it is white space), the last one with or without. A byte
order mark may open the first line. A line of white space alone is skipped. Compression is seen from the data,
not from the name.
"""

import base64
import gzip
import io
import os
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Protocol, Self, cast

from .codes import EventCode
from .earlier import keep_once, mark_open, set_aside
from .json_text import Object, Unreadable, decode_event, encode

MAX_LINE = 16 << 20
CHUNK = 1 << 18
_KEPT = 1 << 10  # bytes of a line that is too long
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_GZIP = b"\x1f\x8b"


class Stream(Protocol):
    """What is needed of a binary stream: `read1` gives what is there, and nothing only at the end."""

    def read1(self, size: int = -1, /) -> bytes: ...


class EventsError(Exception):
    """A source of events that cannot be read to its end."""


class Chunk:
    """Whole lines as they were read.

    Shape:  lines have their line feeds; line is the first one's number, from 1; offset its place in bytes of the
            uncompressed text; length is that of all lines, and above it for a single line that is too long, of
            which there is the beginning
    """

    __slots__ = ("cut", "length", "line", "lines", "offset")

    def __init__(self, data: bytes | list[bytes], line: int, offset: int, length: int) -> None:
        self.cut = isinstance(data, bytes) and length > len(data)
        self.lines = io.BytesIO(data).readlines() if isinstance(data, bytes) else data
        self.line = line
        self.offset = offset
        self.length = length

    @property
    def data(self) -> bytes:
        """The lines in one."""
        return b"".join(self.lines)


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its end; number, offset and length as a chunk has them."""

    data: bytes
    number: int
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """What did not become a payload or a request, whole, with the reason.

    Shape:  `event` is the event, or `raw` the line's bytes where it holds none; `action` and `row` are None
            where none is to blame
    """

    line: int
    action: str | None
    row: str | None
    code: str
    reason: str
    event: Object | None = None
    raw: bytes | None = None

    def to_json(self) -> Object:
        """The object that a dead-letter file has on one line.

        Shape:  bytes that are no UTF-8 are shown in `raw` as well as can be, and kept in `base64`
        """
        head: Object = {
            "line": self.line,
            "action": self.action,
            "row": self.row,
            "code": str(self.code),
            "reason": self.reason,
        }
        if self.raw is None:
            return {**head, "event": self.event}
        try:
            return {**head, "raw": self.raw.decode()}
        except UnicodeDecodeError:
            exact = base64.b64encode(self.raw).decode()
            return {**head, "raw": self.raw.decode(errors="replace"), "base64": exact}


def read_event(line: Line) -> Object | DeadLetter:
    """The event on a line, or the dead letter that the line is."""
    if line.length > len(line.data):
        reason = f"{line.length:,} bytes from byte {line.offset:,} on; a line has at most {MAX_LINE:,}"
        return DeadLetter(line.number, None, None, EventCode.TOO_LONG, reason, raw=line.data)
    event = decode_event(line.data)
    if isinstance(event, Unreadable):
        return DeadLetter(line.number, None, None, event.code, event.reason, raw=line.data)
    return event


def split_lines(chunk: Chunk, max_line: int = MAX_LINE) -> Iterator[Line]:
    """The lines of a chunk that hold more than white space."""
    if chunk.cut:
        yield Line(chunk.data, chunk.line, chunk.offset, chunk.length)
        return
    offset = chunk.offset
    for number, data in enumerate(chunk.lines, chunk.line):
        if not data.isspace():
            yield to_line(data, number, offset, max_line)
        offset += len(data)


def to_line(data: bytes, number: int, offset: int, max_line: int = MAX_LINE) -> Line:
    """A line without its end, cut if it is too long."""
    text = data.removesuffix(b"\n").removesuffix(b"\r")
    return Line(text if len(text) <= max_line else text[:_KEPT], number, offset, len(text))


def read_chunks(stream: Stream, size: int = CHUNK, max_line: int = MAX_LINE) -> Iterator[Chunk]:
    """Cut a stream into chunks that end where lines end, as soon as there is such an end."""
    return cut_chunks(stream, 0, marked=True, size=size, max_line=max_line)


def cut_chunks(
    stream: Stream, offset: int, *, marked: bool, size: int = CHUNK, max_line: int = MAX_LINE
) -> Iterator[Chunk]:
    """The same from a place of the stream on; `marked` where a byte order mark may stand there."""
    start, rest, line = _start(stream) if marked else b"", b"", 1
    if start.startswith(_BYTE_ORDER_MARK):
        start, offset = start[len(_BYTE_ORDER_MARK) :], offset + len(_BYTE_ORDER_MARK)
    while block := start + stream.read1(size):
        lines = io.BytesIO(block).readlines()  # splits without a copy of the whole
        length, start = len(rest) + len(block), b""
        lines[0] = rest + lines[0]
        rest = b"" if lines[-1].endswith(b"\n") else lines.pop()
        length -= len(rest)
        if lines:
            yield Chunk(lines, line, offset, length)
            line, offset = line + len(lines), offset + length
        if len(rest) > max_line:
            kept, length = rest[:_KEPT], len(rest)
            rest, more, ended = _skip_line(stream, size)
            yield Chunk(kept, line, offset, length + more)
            line, offset = line + ended, offset + length + more + ended
            start, rest = rest, b""
    if rest:
        yield Chunk([rest], line, offset, len(rest))


def _start(stream: Stream) -> bytes:
    """As many bytes as a byte order mark has, or all there are."""
    start = b""
    while len(start) < len(_BYTE_ORDER_MARK) and (more := stream.read1(len(_BYTE_ORDER_MARK) - len(start))):
        start += more
    return start


def _skip_line(stream: Stream, size: int) -> tuple[bytes, int, int]:
    """Read on to the line's end: (what lies behind it, bytes skipped, 1 if the end was there)."""
    skipped = 0
    while block := stream.read1(size):
        end = block.find(b"\n")
        if end >= 0:
            return block[end + 1 :], skipped + end, 1
        skipped += len(block)
    return b"", skipped, 0


def can_share(path: str) -> bool:
    """Whether several processes can map a file: it is one on disk, uncompressed, on a system that can fork."""
    if path == "-" or not hasattr(os, "fork") or not Path(path).is_file():
        return False
    with Path(path).open("rb") as file:
        return not file.read(len(_GZIP)).startswith(_GZIP)


class EventFile:
    """NDJSON to read: a path, or `-` for standard input; plain or gzip.

    Shape:  `size` is the file's bytes on disk, None where nobody knows; `position` counts up to it
    Errors: OSError on opening; EventsError where compressed data is damaged
    """

    def __init__(self, path: str | Path) -> None:
        standard = str(path) == "-"
        self.name = "standard input" if standard else str(path)
        self._file = cast("io.BufferedReader", sys.stdin.buffer) if standard else Path(path).open("rb")  # noqa: SIM115
        self.size = Path(path).stat().st_size if not standard and self._file.seekable() else None
        self._close = not standard

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None):
        if self._close:
            self._file.close()

    @property
    def position(self) -> int:
        """Bytes of the file read so far; 0 where nobody knows."""
        return 0 if self.size is None else self._file.tell()

    def chunks(self) -> Iterator[Chunk]:
        """The file's chunks, once."""
        start = _start(self._file)
        whole = _Rejoined(start, self._file)
        if not start.startswith(_GZIP):
            yield from read_chunks(whole)
            return
        stream = io.BufferedReader(whole, CHUNK)
        line = 1
        try:
            for chunk in read_chunks(gzip.GzipFile(fileobj=stream)):
                yield chunk
                line = chunk.line + chunk.data.count(b"\n")
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            where = f"behind line {line - 1:,}" if line > 1 else "before its first line ends"
            raise EventsError(f"{self.name}: the compressed data is damaged {where}") from error


class _Rejoined(io.RawIOBase):
    """A stream with the bytes put back that were read to see what it is."""

    def __init__(self, start: bytes, rest: Stream) -> None:
        self._start = start
        self._rest = rest

    def readable(self) -> bool:
        return True

    def read1(self, size: int = -1) -> bytes:
        """What is there."""
        if not self._start:
            return self._rest.read1(size)
        data, self._start = self._start[:size], self._start[size:]
        return data

    def readinto(self, buffer: memoryview) -> int:  # pyright: ignore[reportIncompatibleMethodOverride]
        data = self._start or self._rest.read1(len(buffer))
        self._start = b""
        buffer[: len(data)] = data
        return len(data)


class DeadLetterFile:
    """Dead letters, a line each; the file comes into being with the first one.

    Shape:  `count` of them so far; `kept` is the file that those of an earlier run were set aside in, also where this
            run comes to its end without any
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.count = 0
        self.kept: Path | None = None
        self._file: BinaryIO | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None):
        if self._file:
            self._file.close()
            self.kept = keep_once(self.kept, self.path) if error is None else self.kept
        elif error is None:
            self.kept = set_aside(self.path)

    def write(self, letter: DeadLetter) -> None:
        """Add one."""
        if self._file is None:
            self.kept = set_aside(self.path)
            self._file = self.path.open("ab")
            mark_open(self._file)
        self._file.write(encode(letter.to_json()) + b"\n")
        self._file.flush()  # a whole line at the file's end, whoever else writes to it
        self.count += 1
