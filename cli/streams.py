"""Events in, lines out, dead letters beside: the files that verbs read and write."""

import argparse
import gzip
import os
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from ..compiler.files import find_mapping
from ..runtime.earlier import is_handle
from ..runtime.events import Chunk, EventFile
from .failures import UserError

DEAD_LETTERS = "dead-letters.ndjson"


def add_events(parser: argparse.ArgumentParser) -> None:
    """EVENTS and `--dead-letters`."""
    parser.add_argument(
        "events", metavar="EVENTS", help="events, a JSON object a line, plain or gzip; - is standard input"
    )
    parser.add_argument(
        "--dead-letters",
        metavar="FILE",
        help=f"where rejected events go, whole, with the reason (default: {DEAD_LETTERS} beside the output); a file of "
        "an earlier run is kept under a number",
    )


def dead_letter_path(given: str | None, output: str) -> Path:
    """The dead letters' file: the one given, else one beside the output. UserError for a folder."""
    if given is not None:
        if Path(given).is_dir():
            raise UserError(f"{given}: is a directory", f"name a file, such as {Path(given) / DEAD_LETTERS}")
        return Path(given)
    return (Path(output).parent if output != "-" else Path()) / DEAD_LETTERS


def source_of(events: str) -> str | None:
    """The name under which a spool notes how far a file was read; None for what can be read only once."""
    path = Path(events).resolve()
    return str(path) if events != "-" and path.is_file() and not is_handle(path) else None


def spool_beside(letters: Path) -> Path:
    """The folder of a send's spool, unless another is named."""
    if is_handle(letters) or (letters.exists() and not letters.is_file() and not letters.is_dir()):
        letters = Path(letters.name)  # beside a device or a pipe is no place for a folder
    return letters.with_suffix(".spool")


def refuse_letters_of_a_send(path: Path) -> None:
    """UserError if a send that was stopped will go on with this file of dead letters: others would come between."""
    if (spool_beside(path) / "spool.sqlite").exists():
        raise UserError(
            f"{path} holds the dead letters of a send that has not come to its end",
            hint="let that one go on first, name another file with --dead-letters, or take the folder "
            f"{spool_beside(path)} away with all that waits in it",
        )


def refuse_overwriting(**paths: str | Path) -> None:
    """UserError if two of the files are one: whoever writes first would destroy the other.

    Shape:  events="in.ndjson", output="-", …; `-` is no file; `mapping` may be the name of one that ships
    """
    names: dict[str, str] = {}
    for name, path in paths.items():
        if str(path) == "-" or Path(path).is_char_device():
            continue
        real = os.path.realpath(find_mapping(str(path)) if name == "mapping" else path)
        if real in names:
            raise UserError(f"{path} is both the {names[real]} and the {name.replace('_', ' ')}")
        names[real] = name.replace("_", " ")


@contextmanager
def open_output(path: str) -> Generator[BinaryIO]:
    """A file for bytes: standard output for `-`, compressed if the name ends in .gz."""
    if path == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
    elif path.endswith(".gz"):
        with gzip.open(path, "wb", compresslevel=6) as file:
            yield cast("BinaryIO", file)
    else:
        with Path(path).open("wb") as file:
            yield file


def watched(events: EventFile, output: str) -> Iterator[Chunk]:
    """The chunks of a file, with a progress bar where somebody is watching."""
    if not sys.stderr.isatty() or (output == "-" and sys.stdout.isatty()):
        yield from events.chunks()
        return
    from .progress import chunks_with_bar  # rich is imported where something is drawn

    yield from chunks_with_bar(events)


def watched_bytes(done: Iterator[int], size: int, output: str) -> Iterator[int]:
    """The bytes done of a file so far, with the same bar."""
    if not sys.stderr.isatty() or (output == "-" and sys.stdout.isatty()):
        yield from done
        return
    from .progress import bytes_with_bar

    yield from bytes_with_bar(done, size)
