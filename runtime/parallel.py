"""One file mapped by several processes: each takes stretches of it in turn, and writes them in the file's order."""

import os
import pickle
import signal
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, NoReturn, Protocol

from ..compiler.fast.lines import LineMapper
from .events import DeadLetter, cut_chunks
from .run import Destination, Tally, map_chunk

STRETCH = 1 << 20
_BLOCK = 1 << 14


class Counting(Destination, Protocol):
    """A destination whose counts can be added to."""

    @property
    def drops(self) -> dict[tuple[str, str], int]: ...


class WorkerFailed(Exception):
    """A process came to an end before its work did."""


@dataclass(slots=True)
class Stretch:
    """What became of one stretch of the file: its dead letters count lines from the stretch's first."""

    size: int
    lines: int
    tally: Tally
    drops: dict[tuple[str, str], int]
    letters: list[DeadLetter]


class Workers:
    """Processes that map a file together.

    Shape:  made, they run; `finish` gives the bytes done so far until all are; `output` is a file with a descriptor,
            written in the events' order; `tally`, the destination's drops and `bury` get what a single run gives them
    """

    def __init__(
        self, destination: Counting, mapper: LineMapper | None, path: str, output: BinaryIO, number: int
    ) -> None:
        self.destination = destination
        self.path = path
        self.size = Path(path).stat().st_size
        output.flush()
        number = max(1, min(number, -(-self.size // STRETCH)))
        turns = [os.pipe() for _ in range(number)]
        reports, report = os.pipe()
        os.write(turns[0][1], b"x")
        self._pids: list[int] = []
        for place in range(number):
            pid = os.fork()
            if not pid:
                os.close(reports)
                turn, following = turns[place][0], turns[(place + 1) % number][1]
                worker = _Worker(destination, mapper, path, self.size, output.fileno(), report, turn, following)
                worker.run(range(place * STRETCH, self.size, number * STRETCH))
            self._pids.append(pid)
        for descriptor in (report, *(end for turn in turns for end in turn)):
            os.close(descriptor)
        self._reports = os.fdopen(reports, "rb")

    def finish(self, tally: Tally, bury: Callable[[DeadLetter], None]) -> Iterator[int]:
        """Take in what the processes report, in the file's order; stop them where that is broken off."""
        done = line = 0
        try:
            while done < self.size:
                stretch = self._next()
                done += stretch.size
                _add(tally, stretch.tally)
                for key, times in stretch.drops.items():
                    self.destination.drops[key] = self.destination.drops.get(key, 0) + times
                for letter in stretch.letters:
                    bury(replace(letter, line=letter.line + line))
                line += stretch.lines
                yield done
        finally:
            self._stop()

    def _next(self) -> Stretch:
        try:
            found: Stretch | str = pickle.load(self._reports)
        except EOFError:
            raise WorkerFailed("a process was ended from outside; the output ends before the events do") from None
        if isinstance(found, str):
            raise WorkerFailed(found)
        return found

    def _stop(self) -> None:
        for pid in self._pids:
            os.kill(pid, signal.SIGTERM)  # one that is through waits for us, so the number is still its own
        for pid in self._pids:
            os.waitpid(pid, 0)
        self._pids.clear()
        self._reports.close()


@dataclass(slots=True)
class _Worker:
    """One process: the file's size, and descriptors to write payloads and reports, to wait and to hand on."""

    destination: Counting
    mapper: LineMapper | None
    path: str
    size: int
    output: int
    report: int
    turn: int
    following: int

    def run(self, starts: range) -> NoReturn:
        """Map the stretches that begin here, and end."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all; the parent says when to stop
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        try:
            file = os.open(self.path, os.O_RDONLY)
            for start in starts:
                text, stretch = self._map(file, start)
                os.read(self.turn, 1)
                self._write(text, stretch)
        except BaseException:
            _write_all(self.report, pickle.dumps(traceback.format_exc()))
        os._exit(0)

    def _map(self, file: int, start: int) -> tuple[bytes, Stretch]:
        first = _line_start(file, start, self.size)
        end = _line_start(file, start + STRETCH, self.size)
        tally, lines = Tally(), 0
        texts: list[bytes] = []
        letters: list[DeadLetter] = []
        for chunk in cut_chunks(_Range(file, first, max(first, end)), first, marked=first == 0):
            text, buried = map_chunk(self.destination, chunk, tally, self.mapper)
            texts.append(text)
            letters += buried
            lines = chunk.line + len(chunk.lines) - 1
        drops = dict(self.destination.drops)
        self.destination.drops.clear()
        return b"".join(texts), Stretch(min(STRETCH, self.size - start), lines, tally, drops, letters)

    def _write(self, text: bytes, stretch: Stretch) -> None:
        """In its turn; a stop waits until whole lines are written."""
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        _write_all(self.output, text)
        _write_all(self.report, pickle.dumps(stretch))
        os.write(self.following, b"x")
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})


@dataclass(slots=True)
class _Range:
    """Part of a file as a stream."""

    file: int
    at: int
    end: int

    def read1(self, size: int = -1) -> bytes:
        """What is there, up to the end of the part."""
        left = self.end - self.at
        data = os.pread(self.file, min(size, left) if size >= 0 else left, self.at)
        self.at += len(data)
        return data


def _line_start(file: int, at: int, size: int) -> int:
    """Where the first line starts at or behind a place."""
    if at <= 0:
        return 0
    at -= 1
    while at < size:
        block = os.pread(file, _BLOCK, at)
        found = block.find(b"\n")
        if found >= 0:
            return at + found + 1
        if not block:
            break
        at += len(block)
    return size


def _write_all(file: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(file, rest) :]


def _add(tally: Tally, more: Tally) -> None:
    tally.read += more.read
    tally.unmatched += more.unmatched
    tally.payloads += more.payloads
    tally.matched += more.matched
    tally.add_rejected(more.rejected)
