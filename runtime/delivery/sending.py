"""A file to Heap by way of a spool: what is killed in the middle goes on from there."""

import hashlib
from collections.abc import Callable, Iterable, Iterator

from ..events import Chunk, DeadLetter, EventFile, Line, split_lines
from ..run import map_line
from .intake import Admitted, Intake, to_refusals
from .letters import Letters
from .parcels import Parcel, Progress
from .spool import NeverFits, Spool, SpoolFull

Admit = Callable[[Line], Admitted]


class Changed(Exception):
    """A file is no longer the one of which a part was accepted before."""


class Unfinished(Exception):
    """Another file was accepted in part, and its letters are in the way; `source` is its name."""

    def __init__(self, source: str) -> None:
        super().__init__(source)
        self.source = source


def accept_file(
    chunks: Iterable[Chunk],
    source: str | None,
    admit: Admit,
    name: str,
    spool: Spool,
    letters: Letters,
    wait: Callable[[], None],
) -> int:
    """Keep what a file's lines become in the spool, chunk by chunk; the number of lines that were kept before.

    Shape:  `source` is the file's path, None for one that cannot be read twice; `name` is the destination's;
            `wait` is called while the spool is full, and ends the whole by raising
    Errors: Changed; Unfinished; SpoolError or OSError where the disk fails, NeverFits where the spool's cap is too low
            for a chunk
    """
    before = _find_progress(name, source, spool) if source else None
    if before:
        letters.go_on()
    else:
        letters.begin()
        before = Progress(name, source or "", 0, b"")
        if source:
            # Before any letter is written: who is killed behind it finds that the letters there are of this file.
            spool.accept((), progress=before)
    reader = _Reader(before)
    for chunk in reader.unread(chunks):
        progress = Progress(name, source, reader.line, reader.digest) if source else None
        _keep(chunk, progress, admit, name, spool, letters, wait)
    if source:
        spool.finish(Progress(name, source, reader.line, reader.digest))
    return before.line


class _Reader:
    """Tells the lines of a file that were accepted before from those that were not.

    Shape: `line` is the last line that was read, `digest` that of all lines up to there
    """

    def __init__(self, before: Progress) -> None:
        self.line = 0
        self._before = before
        self._digest = hashlib.blake2b(digest_size=16)

    @property
    def digest(self) -> bytes:
        return self._digest.digest()

    def unread(self, chunks: Iterable[Chunk]) -> Iterator[Chunk]:
        """The chunks of what lies behind the lines that were accepted before.

        Errors: Changed where these are no longer what they were
        """
        known = self._before.line
        for chunk in chunks:
            for part in _cut(chunk, known):
                data = part.data  # a last line is the same once its end is written
                self._digest.update(data if data.endswith(b"\n") else data + b"\n")
                self.line = part.line + len(part.lines) - 1
                if self.line == known and self.digest != self._before.digest:
                    raise Changed
                if self.line > known:
                    yield part
        if self.line < known:
            raise Changed


def _cut(chunk: Chunk, line: int) -> Iterator[Chunk]:
    """A chunk as it is, or in two where a line within it was the last to be accepted before."""
    known = line - chunk.line + 1
    if not 0 < known < len(chunk.lines):
        yield chunk
        return
    size = sum(map(len, chunk.lines[:known]))
    yield Chunk(chunk.lines[:known], chunk.line, chunk.offset, size)
    yield Chunk(chunk.lines[known:], line + 1, chunk.offset + size, chunk.length - size)


def _find_progress(name: str, source: str, spool: Spool) -> Progress | None:
    """How far a file was accepted before; None where it is new, or has changed since it was accepted whole."""
    if begun := spool.progress(name, source):
        return begun
    if other := spool.unfinished:
        # The letters that follow would be of two files, and their lines of either.
        raise Unfinished(other)
    whole = spool.progress(name, source, whole=True)
    return whole if whole and _is_still(whole) else None


def _is_still(whole: Progress) -> bool:
    with EventFile(whole.source) as file:
        try:
            for _ in _Reader(whole).unread(file.chunks()):
                return True  # and more lines than there were
        except Changed:
            return False
    return True


def event_lines(intake: Intake) -> Admit:
    """Lines of events, mapped."""

    def admit(line: Line) -> Admitted:
        results = map_line(intake.destination, line, intake.tally)
        return intake.address(results, line.data, line.number)

    return admit


def _keep(
    chunk: Chunk,
    progress: Progress | None,
    admit: Admit,
    name: str,
    spool: Spool,
    letters: Letters,
    wait: Callable[[], None],
) -> None:
    parcels: list[Parcel] = []
    dead: list[DeadLetter] = []
    for line in split_lines(chunk):
        admitted = admit(line)
        parcels += admitted.parcels
        dead += admitted.letters
    shown = [letter.to_json() for letter in dead]
    while True:
        try:
            spool.accept(parcels, refusals=to_refusals(name, dead), letters=shown, progress=progress)
            break
        except NeverFits:
            raise
        except SpoolFull:
            wait()
    letters.write_out()
