"""Uploads that were accepted and are not mapped yet: a row an upload, which is all that a reply waits for.

An upload is kept with the plan that it was accepted under: which mappings, by their hashes, and how to compile them
again. What is accepted by one mapping is mapped by it, whatever the next start brings.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ..delivery.parcels import Parcel, Refusal
from ..delivery.spool import OVERHEAD, Spool
from ..json_text import Object

UNMAPPED = ""  # the destination under which the spool counts them


class Upload(NamedTuple):
    """The events of one request.

    Shape: `plan` from `Inbox.plan_id`; `accepted` in Unix seconds; `events` a JSON object a line, `number` of them
    """

    plan: int
    accepted: float
    number: int
    events: bytes


class Unmapped(NamedTuple):
    """An upload that waits; `seq` says which."""

    seq: int
    accepted: float
    number: int
    events: bytes


class Inbox:
    """The uploads in a spool's file, under the spool's cap.

    Errors: SpoolError from everything that writes
    """

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        with spool.transaction() as db:
            db.execute("CREATE TABLE IF NOT EXISTS plan (id INTEGER PRIMARY KEY, recipes TEXT UNIQUE)")
            db.execute(
                "CREATE TABLE IF NOT EXISTS upload (seq INTEGER PRIMARY KEY AUTOINCREMENT,"
                " plan INTEGER, accepted REAL, count INTEGER, events BLOB)"
            )

    def plan_id(self, recipes: str) -> int:
        """The number that stands for a plan; a plan that nothing waits for any more is forgotten."""
        with self._spool.transaction() as db:
            db.execute("DELETE FROM plan WHERE id NOT IN (SELECT plan FROM upload) AND recipes <> ?", (recipes,))
            db.execute("INSERT OR IGNORE INTO plan (recipes) VALUES (?)", (recipes,))
            return db.execute("SELECT id FROM plan WHERE recipes = ?", (recipes,)).fetchone()[0]

    def plans_but(self, plan: int) -> list[tuple[int, str]]:
        """The other plans that uploads wait under, the oldest first."""
        with self._spool.transaction() as db:
            return db.execute("SELECT id, recipes FROM plan WHERE id <> ? ORDER BY id", (plan,)).fetchall()

    def accept(self, uploads: Sequence[Upload]) -> None:
        """Keep uploads, all or none of them; when this returns they are on disk.

        Errors: SpoolFull
        """
        size = sum(map(_size_of, uploads))
        with self._spool.transaction() as db:
            self._spool.check_room(size)
            db.executemany("INSERT INTO upload (plan, accepted, count, events) VALUES (?, ?, ?, ?)", uploads)
            self._spool.weigh(db, UNMAPPED, sum(upload.number for upload in uploads), size)

    def take(self, plan: int, events: int) -> list[Unmapped]:
        """The oldest uploads of a plan, with about so many events; at least one if there is one."""
        taken: list[Unmapped] = []
        with self._spool.transaction() as db:
            query = "SELECT seq, accepted, count, events FROM upload WHERE plan = ? ORDER BY seq LIMIT ?"
            for row in db.execute(query, (plan, events)):
                taken.append(Unmapped(*row))
                events -= taken[-1].number
                if events <= 0:
                    break
        return taken

    def settle(
        self,
        uploads: Sequence[Unmapped],
        parcels: Sequence[Parcel],
        refusals: Iterable[Refusal],
        letters: Iterable[Object],
    ) -> None:
        """Put what uploads became in their place."""
        with self._spool.transaction() as db:
            self._spool.insert(db, parcels, refusals, letters)
            db.executemany("DELETE FROM upload WHERE seq = ?", [(upload.seq,) for upload in uploads])
            count = sum(upload.number for upload in uploads)
            self._spool.weigh(db, UNMAPPED, -count, -sum(map(_size_of, uploads)))


def _size_of(upload: Upload | Unmapped) -> int:
    return len(upload.events) + OVERHEAD
