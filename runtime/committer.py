"""Commits in groups: whoever asks while one commit runs is in the next, and waits for no other."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from .json_text import Object
from .letters import Letters
from .parcels import Parcel, Refusal
from .spool import Spool, SpoolFull


class Offer(NamedTuple):
    """What one request brings: parcels, and letters that are dead already."""

    parcels: Sequence[Parcel]
    letters: Sequence[Object] = ()
    refusals: Sequence[Refusal] = ()


class Committer:
    """Keeps offers in the spool, many in a commit.

    Shape: belongs to one event loop; the disk's work is done in a thread of its own
    """

    def __init__(self, spool: Spool, letters: Letters) -> None:
        self._spool = spool
        self._letters = letters
        self._thread = ThreadPoolExecutor(1, "commit")
        self._waiting: list[tuple[Offer, asyncio.Future[None]]] = []
        self._task: asyncio.Task[None] | None = None

    async def keep(self, offer: Offer) -> None:
        """Return when the offer is on disk.

        Errors: SpoolFull, and nothing of it was kept; SpoolError or OSError, and some of it may have been
        """
        if not (offer.parcels or offer.letters):
            return
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        self._waiting.append((offer, future))
        if self._task is None or self._task.done():
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
            errors = await loop.run_in_executor(self._thread, self._commit, [offer for offer, _ in group])
            for (_, future), error in zip(group, errors, strict=True):
                if future.cancelled():
                    continue
                if error is None:
                    future.set_result(None)
                else:
                    future.set_exception(error)

    def _commit(self, offers: list[Offer]) -> list[Exception | None]:
        """Commit a group, or, near the cap, each offer alone; an error or None for each."""
        try:
            self._commit_group(offers)
        except SpoolFull as full:
            if len(offers) == 1:
                return [full]
            return [error for offer in offers for error in self._commit([offer])]
        except Exception as error:
            return [error] * len(offers)
        return [None] * len(offers)

    def _commit_group(self, offers: list[Offer]) -> None:
        parcels = [parcel for offer in offers for parcel in offer.parcels]
        refusals = [refusal for offer in offers for refusal in offer.refusals]
        # First the spool, which may be full; a letter that is missing after that means no reply of success.
        self._spool.accept(parcels, refusals=refusals)
        self._letters.add(letter for offer in offers for letter in offer.letters)
