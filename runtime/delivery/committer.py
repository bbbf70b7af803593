"""Commits in groups: whoever asks while one commit runs is in the next, and waits for no other."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

from ..serve.inbox import Inbox, Upload
from .spool import SpoolFull


class Committer:
    """Keeps uploads in the inbox, many in a commit.

    Shape: belongs to one event loop; the disk's work is done in a thread of its own; `arrived` is set when there is
           something new
    """

    def __init__(self, inbox: Inbox) -> None:
        self.arrived = threading.Event()
        self._inbox = inbox
        self._thread = ThreadPoolExecutor(1, "commit")
        self._waiting: list[tuple[Upload, asyncio.Future[None]]] = []
        self._task: asyncio.Task[None] | None = None

    @property
    def is_busy(self) -> bool:
        """Whether somebody waits for a commit."""
        return self._task is not None and not self._task.done()

    async def keep(self, upload: Upload) -> None:
        """Return when the upload is on disk.

        Errors: SpoolError, SpoolFull among them, and then nothing of it was kept
        """
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        self._waiting.append((upload, future))
        if not self.is_busy:
            self._task = loop.create_task(self._commit_all())
        await future

    async def close(self) -> None:
        """Finish what waits."""
        if self._task is not None:
            await self._task
        self._thread.shutdown()

    async def _commit_all(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            group, self._waiting = self._waiting, []
            errors = await loop.run_in_executor(self._thread, self._commit, [upload for upload, _ in group])
            for (_, future), error in zip(group, errors, strict=True):
                if future.cancelled():
                    continue
                if error is None:
                    future.set_result(None)
                else:
                    future.set_exception(error)

    def _commit(self, uploads: list[Upload]) -> list[Exception | None]:
        """Commit a group, or, near the cap, each upload alone; an error or None for each."""
        try:
            self._inbox.accept(uploads)
        except SpoolFull as full:
            if len(uploads) == 1:
                return [full]
            return [error for upload in uploads for error in self._commit([upload])]
        except Exception as error:
            return [error] * len(uploads)
        self.arrived.set()
        return [None] * len(uploads)
