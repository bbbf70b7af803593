"""The progress bar."""

from collections.abc import Iterator

from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from ..runtime.events import Chunk, EventFile
from .console import standard_error


def chunks_with_bar(events: EventFile) -> Iterator[Chunk]:
    """A file's chunks; the bar follows the bytes of the file, and goes when they are all read."""
    known = (BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    unknown = (SpinnerColumn(), TimeElapsedColumn())
    columns = (*(known if events.size else unknown), TextColumn("{task.fields[lines]:,} lines"))
    with Progress(*columns, console=standard_error(), transient=True) as progress:
        task = progress.add_task("events", total=events.size, lines=0)
        for chunk in events.chunks():
            yield chunk
            progress.update(task, completed=events.position, lines=chunk.line + chunk.data.count(b"\n") - 1)


def bytes_with_bar(done: Iterator[int], size: int) -> Iterator[int]:
    """The bytes done of a file so far, which the bar follows."""
    columns = (BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=standard_error(), transient=True) as progress:
        task = progress.add_task("events", total=size)
        for position in done:
            yield position
            progress.update(task, completed=position)
