"""A file to Heap by way of a spool: what is killed in the middle goes on from there."""

import hashlib
from collections.abc import Callable, Iterable

from ..events import Chunk, DeadLetter, Line, split_lines
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

    Shape:  `source` names the file, None for one that cannot be read twice; `name` is the destination's;
            `wait` is called while the spool is full, and ends the whole by raising
    Errors: Changed; Unfinished; SpoolError or OSError where the disk fails, NeverFits where the spool's cap is too low
            for a chunk
    """
    before = spool.progress(source) if source else None
    if before is None and (other := spool.unfinished):
        # The letters that follow would be of two files, and their lines of either.
        raise Unfinished(other)
    if before:
        letters.go_on()
    else:
        letters.begin()
        if source:
            # Before any letter is written: who is killed behind it finds that the letters there are of this file.
            spool.accept((), progress=Progress(source, 0, b""))
    digest = hashlib.blake2b(digest_size=16)
    for chunk in chunks:
        digest.update(chunk.data)
        last = _last_line(chunk)
        if before and chunk.line <= before.line:
            if last > before.line or (last == before.line and digest.digest() != before.digest):
                raise Changed
            continue
        progress = Progress(source, last, digest.digest()) if source else None
        _keep(chunk, progress, admit, name, spool, letters, wait)
    if source:
        spool.finish(source)
    return before.line if before else 0


def event_lines(intake: Intake) -> Admit:
    """Lines of events, mapped."""

    def admit(line: Line) -> Admitted:
        results = map_line(intake.destination, line, intake.tally)
        return intake.address(results, line.data, line.number)

    return admit


def _last_line(chunk: Chunk) -> int:
    ends = chunk.data.count(b"\n")
    return chunk.line + ends - chunk.data.endswith(b"\n")


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
