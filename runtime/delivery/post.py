"""Sending in one go: a spool, its delivery and its dead letters, for as long as a command runs."""

import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from ..events import Chunk, EventsError
from ..send import Sent
from .client import Heap
from .deliver import Policy
from .deliverer import Deliverer
from .letters import Letters
from .sending import Admit, accept_file
from .spool import DEFAULT_CAP, Spool


class Halted(Exception):
    """A destination takes nothing more, while the spool is full."""


class Post:
    """Accepts files into a spool and delivers at the same time.

    Shape:  `with Post(…) as post: post.accept(…); post.finish()`; the spool's files go away with the last parcel,
            and stay where something is left for the next time
    Errors: SpoolError where the folder cannot be used
    """

    def __init__(self, folder: Path, letters: Path, policies: Mapping[str, Policy], cap: int = DEFAULT_CAP) -> None:
        self.spool = Spool(folder, cap)
        self.letters = Letters(letters, self.spool, fresh=self.spool.is_empty)
        self.skipped = 0
        self._heap = Heap()
        self._deliverer = Deliverer(self.spool, self._heap, self.letters, policies)
        self._is_done = False

    def accept(self, chunks: Iterable[Chunk], source: str | None, admit: Admit, name: str) -> None:
        """Take a file into the spool; see `accept_file`.

        Errors: Halted, Changed, Unfinished, SpoolError, OSError; EventsError, once what came before is delivered;
                a second try goes on from there
        """
        try:
            self.skipped += accept_file(chunks, source, admit, name, self.spool, self.letters, self._wait)
        except EventsError:  # a damaged file stays so: what could be read of it need not wait
            self.finish()
            raise

    def finish(self) -> None:
        """Deliver until nothing waits or nothing more is taken."""
        self._is_done = self._deliverer.drain()
        self.letters.write_out()  # where the disk had no room for them before

    @property
    def halted(self) -> dict[str, str]:
        """The destinations that take nothing more, and why."""
        return self._deliverer.halted

    def count(self, sent: Sent) -> None:
        """Add what was delivered to the figures of a summary."""
        for lane in self._deliverer.lanes:
            sent.requests += lane.taken
            sent.retries += lane.repeated
            sent.events += lane.items["events"]
            sent.users += lane.items["users"]

    def __enter__(self) -> Self:
        self._deliverer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._deliverer.stop()
        self._heap.close()
        if error is None:
            self.letters.end()
        if self._is_done and self.spool.is_empty:
            self.spool.discard()
        else:
            self.spool.close()

    def _wait(self) -> None:
        if self.halted:
            raise Halted
        time.sleep(0.05)
