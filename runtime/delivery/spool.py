"""The spool: what was accepted and not yet delivered, on disk.

SQLite in WAL mode with full sync: an `accept` that has returned survives the process and the machine. WAL,
because a commit then costs one sync of one file, and because `atpath status` can read while a server writes.
The bytes that Heap is sent are fixed here, at acceptance; delivery copies them. A second SQLite file, locked
as long as the spool is open, keeps a second process out.
"""

import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Generator, Iterable, Sequence
from contextlib import closing, contextmanager
from dataclasses import astuple
from pathlib import Path
from types import TracebackType
from typing import Self

from ..json_text import Object, encode
from .parcels import Parcel, Progress, Refusal, Route, Waiting
from .spool_files import SpoolError, hold, in_words, open_tables, read_routes, set_up, take_away, waiting_bytes

MIB = 1 << 20
DEFAULT_CAP = 1 << 30  # bytes
OVERHEAD = 64  # bytes that a row costs beside its texts, roughly

_COLUMNS = "route, user, key, accepted, line, body"
_INSERT = f"INSERT INTO parcel ({_COLUMNS}, event) VALUES (?, ?, ?, ?, ?, ?, ?)"
_SELECT = f"SELECT seq, {_COLUMNS} FROM parcel"
_DELETE = (
    f"DELETE FROM parcel WHERE seq = ? RETURNING length(body) + length(event) + length(CAST(key AS BLOB)) + {OVERHEAD}"
)


class SpoolFull(SpoolError):
    """The byte cap is reached; nothing of what was offered was kept. Try again when some was delivered."""


class NeverFits(SpoolFull):
    """What was offered at once is more than the cap: no waiting helps."""


class Spool:
    """The parcels that wait in one folder; usable from several threads, by one process.

    Shape:  `with Spool(Path("spool")) as spool: …`
    Units:  `cap` in bytes of waiting parcels
    Errors: SpoolError from everything that writes; SpoolFull from `accept`
    """

    def __init__(self, folder: Path, cap: int = DEFAULT_CAP) -> None:
        self.folder = folder
        self.cap = cap
        self._lock = threading.Lock()
        self._change = 0  # of the bytes that wait, by the transaction under way
        with in_words(folder):
            folder.mkdir(parents=True, exist_ok=True)
            self._holder = hold(folder)
            self._db = open_tables(folder)
            try:
                set_up(self._db)
                self._routes = {route: number for number, route in read_routes(self._db)}
                self._bytes = waiting_bytes(self._db)
            except sqlite3.Error:
                self.close()
                raise
        self._by_id = {number: route for route, number in self._routes.items()}

    @property
    def waiting_bytes(self) -> int:
        """What counts against the cap."""
        return self._bytes

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left to do: no parcel, no letter, no file of which a part was accepted."""
        return not (self._bytes or self.letters() or self.unfinished)

    @property
    def is_full(self) -> bool:
        """Whether the next acceptance is likely to be refused."""
        return self._bytes >= self.cap

    def route_id(self, route: Route) -> int:
        """The number that stands for a route in parcels."""
        number = self._routes.get(route)
        if number is not None:
            return number
        with self.transaction() as db:
            columns = "destination, mapping, action, path, envelope, list"
            db.execute(f"INSERT INTO route ({columns}) VALUES (?, ?, ?, ?, ?, ?)", astuple(route))
            self._routes = {route: number for number, route in read_routes(db)}
            self._by_id = {number: route for route, number in self._routes.items()}
            return self._routes[route]

    def accept(
        self,
        parcels: Sequence[Parcel],
        *,
        refusals: Iterable[Refusal] = (),
        letters: Iterable[Object] = (),
        progress: Progress | None = None,
    ) -> None:
        """Keep parcels, all or none of them; when this returns they are on disk."""
        with self.transaction() as db:
            self.check_room(sum(map(_size_of, parcels)))
            self.insert(db, parcels, refusals, letters)
            if progress:
                db.execute("REPLACE INTO begun VALUES (?, ?, ?, ?)", astuple(progress))

    def check_room(self, size: int) -> None:
        """Errors: SpoolFull where the cap leaves no room for so many bytes."""
        if size > self.cap:
            raise NeverFits(f"{self.folder}: {size:,} bytes have to wait at once, and the cap is {self.cap:,}")
        if size and self._bytes + size > self.cap:
            raise SpoolFull(f"{self.folder}: {self._bytes:,} of {self.cap:,} bytes wait to be delivered")

    def insert(
        self,
        db: sqlite3.Connection,
        parcels: Sequence[Parcel],
        refusals: Iterable[Refusal],
        letters: Iterable[Object],
    ) -> None:
        """Keep parcels and dead letters, whatever the cap, as a part of a transaction."""
        db.executemany(_INSERT, parcels)
        counts, sizes = Counter[str](), Counter[str]()
        for parcel in parcels:
            destination = self._by_id[parcel.route].destination
            counts[destination] += 1
            sizes[destination] += _size_of(parcel)
        for destination, count in counts.items():
            _count(db, destination, "accepted", count)
            self.weigh(db, destination, count, sizes[destination])
        _note_refusals(db, refusals, "rejected")
        _keep_letters(db, letters)

    def weigh(self, db: sqlite3.Connection, destination: str, count: int, size: int) -> None:
        """Count what a transaction adds, or with negative numbers takes away."""
        db.execute(
            "INSERT INTO backlog VALUES (?, ?, ?) ON CONFLICT (destination)"
            " DO UPDATE SET parcels = parcels + excluded.parcels, bytes = bytes + excluded.bytes",
            (destination, count, size),
        )
        self._change += size

    def take(
        self, destination: str, *, after: int = 0, lane: int = 0, lanes: int = 1, items: int = 1_000,
        size: int = MIB,
    ) -> list[Waiting]:  # fmt: skip
        """The first parcels of a destination's lane behind `after`, oldest first; they stay in the spool.

        Shape: at most `items` of at most `size` bytes of body together, and at least one if there is one
        """
        taken: list[Waiting] = []
        with self._lock, in_words(self.folder), closing(self._db.cursor()) as cursor:
            wanted = [n for n, route in self._by_id.items() if route.destination == destination]
            where = f"seq > ? AND user % ? = ? AND route IN ({','.join(map(str, wanted))})"
            query = f"{_SELECT} WHERE {where} ORDER BY seq LIMIT ?"
            for seq, route, user, key, accepted, line, body in cursor.execute(query, (after, lanes, lane, items)):
                size -= len(body) + 1
                if size < 0 and taken:
                    break
                taken.append(Waiting(seq, self._by_id[route], user, key, accepted, line, body))
        return taken

    def event(self, seq: int) -> bytes:
        """The source event of a waiting parcel, as JSON."""
        with self._lock, in_words(self.folder):
            return self._db.execute("SELECT event FROM parcel WHERE seq = ?", (seq,)).fetchone()[0]

    def settle(
        self, parcels: Sequence[Waiting], refusals: Sequence[Refusal] = (), letters: Iterable[Object] = ()
    ) -> None:
        """Forget parcels that were delivered, or, with refusals, keep their dead letters in their place.

        Shape: parcels of one destination
        """
        destination = parcels[0].route.destination
        with self.transaction() as db:
            gone = [db.execute(_DELETE, (parcel.seq,)).fetchone() for parcel in parcels]
            sizes = [row[0] for row in gone if row]
            self.weigh(db, destination, -len(sizes), -sum(sizes))
            if refusals:
                _note_refusals(db, refusals, "dead")
                _keep_letters(db, letters)
            else:
                _count(db, destination, "delivered", len(sizes))

    def letters(self) -> list[tuple[int, bytes]]:
        """The dead letters that are not yet known to be in their file, in order: a number and a line each."""
        with self._lock, in_words(self.folder):
            return self._db.execute("SELECT id, text FROM letter ORDER BY id").fetchall()

    @property
    def letters_end(self) -> int:
        """The size of the dead letters' file that the next letter follows."""
        with self._lock, in_words(self.folder):
            row = self._db.execute("SELECT size FROM letters_end").fetchone()
        return row[0] if row else 0

    def note_letters_end(self, size: int) -> None:
        """Note the size of the dead letters' file, where nothing of it is the spool's."""
        self.forget_letters(0, size)

    def forget_letters(self, last: int, size: int) -> None:
        """Forget the letters up to a number, since they are in their file; the next one follows its `size`."""
        with self.transaction() as db:
            db.execute("DELETE FROM letter WHERE id <= ?", (last,))
            db.execute("REPLACE INTO letters_end VALUES (1, ?)", (size,))

    def halt(self, destination: str, reason: str, now: float) -> None:
        """Note that a destination's line has stopped, for `status` to show."""
        with self.transaction() as db:
            db.execute("REPLACE INTO halt VALUES (?, ?, ?)", (destination, reason, now))

    def progress(self, destination: str, source: str, whole: bool = False) -> Progress | None:
        """How far a file was accepted, if it was not to its end; or, the other way round, if it was."""
        query = f"SELECT * FROM {'whole' if whole else 'begun'} WHERE destination = ? AND source = ?"
        with self._lock, in_words(self.folder):
            row = self._db.execute(query, (destination, source)).fetchone()
        return Progress(*row) if row else None

    @property
    def unfinished(self) -> str | None:
        """A file that was accepted in part, and the destination, if there is one."""
        with self._lock, in_words(self.folder):
            row = self._db.execute("SELECT source, destination FROM begun LIMIT 1").fetchone()
        return f"{row[0]} for {row[1]}" if row else None

    def finish(self, whole: Progress) -> None:
        """Note that a file was accepted to its end: while this spool is there, it is not read anew."""
        with self.transaction() as db:
            db.execute("DELETE FROM begun WHERE destination = ? AND source = ?", (whole.destination, whole.source))
            db.execute("REPLACE INTO whole VALUES (?, ?, ?, ?)", astuple(whole))

    def close(self) -> None:
        """Close the files and let another process in."""
        with self._lock:
            self._db.close()
            self._holder.close()

    def discard(self) -> None:
        """Close, and take the files away, and the folder if nothing else is in it."""
        self.close()
        take_away(self.folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def transaction(self) -> Generator[sqlite3.Connection]:
        """One transaction, committed to disk at its end."""
        with self._lock, in_words(self.folder):
            self._change = 0
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
                self._bytes += self._change
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise


def _size_of(parcel: Parcel) -> int:
    return len(parcel.body) + len(parcel.event) + len(parcel.key.encode()) + OVERHEAD


def _keep_letters(db: sqlite3.Connection, letters: Iterable[Object]) -> None:
    db.executemany("INSERT INTO letter (text) VALUES (?)", ((encode(letter) + b"\n",) for letter in letters))


def _count(db: sqlite3.Connection, destination: str, what: str, count: int) -> None:
    db.execute(
        "INSERT INTO tally VALUES (?, ?, ?, ?)"
        " ON CONFLICT (destination, what, minute) DO UPDATE SET count = count + excluded.count",
        (destination, what, int(time.time() // 60), count),
    )


def _note_refusals(db: sqlite3.Connection, refusals: Iterable[Refusal], what: str) -> None:
    for refusal in refusals:
        db.execute(
            "INSERT INTO refusal VALUES (?, ?, ?, ?, ?, 1, ?) ON CONFLICT (destination, action, row, code)"
            " DO UPDATE SET reason = excluded.reason, count = count + 1, last = excluded.last",
            (*refusal, time.time()),
        )
        _count(db, refusal.destination, what, 1)
