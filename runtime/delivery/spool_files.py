"""The spool's files: one of tables, and one that keeps a second process out."""

import sqlite3
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from .parcels import Route

FILES = ("spool.sqlite", "lock.sqlite")
KEPT_MINUTES = 24 * 60  # of counts; older ones go at the next start

_SCHEMA = """
CREATE TABLE IF NOT EXISTS route (
    id INTEGER PRIMARY KEY, destination TEXT, mapping TEXT, action TEXT, path TEXT, envelope BLOB, list TEXT,
    UNIQUE (destination, mapping, action, path, envelope, list)
);
CREATE TABLE IF NOT EXISTS parcel (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    route INTEGER, user INTEGER, key TEXT, accepted REAL, line INTEGER, body BLOB, event BLOB
);
CREATE TABLE IF NOT EXISTS letter (id INTEGER PRIMARY KEY AUTOINCREMENT, text BLOB);
CREATE TABLE IF NOT EXISTS letters_end (one INTEGER PRIMARY KEY CHECK (one = 1), size INTEGER);
CREATE TABLE IF NOT EXISTS begun (
    destination TEXT, source TEXT, line INTEGER, digest BLOB, PRIMARY KEY (destination, source)
);
CREATE TABLE IF NOT EXISTS whole (
    destination TEXT, source TEXT, line INTEGER, digest BLOB, PRIMARY KEY (destination, source)
);
CREATE TABLE IF NOT EXISTS halt (destination TEXT PRIMARY KEY, reason TEXT, since REAL);
CREATE TABLE IF NOT EXISTS backlog (destination TEXT PRIMARY KEY, parcels INTEGER, bytes INTEGER);
CREATE TABLE IF NOT EXISTS tally (
    destination TEXT, what TEXT, minute INTEGER, count INTEGER, PRIMARY KEY (destination, what, minute)
);
CREATE TABLE IF NOT EXISTS refusal (
    destination TEXT, action TEXT, row TEXT, code TEXT, reason TEXT, count INTEGER, last REAL,
    PRIMARY KEY (destination, action, row, code)
);
"""


class SpoolError(Exception):
    """The spool cannot keep what it is given: a full or failing disk, or another process holds it."""


@contextmanager
def in_words(folder: Path) -> Generator[None]:
    """What goes wrong with the files, as a SpoolError that names the folder."""
    try:
        yield
    except sqlite3.Error as error:
        raise SpoolError(f"the spool in {folder}: {error}") from error
    except OSError as error:
        raise SpoolError(f"the spool in {folder}: {(error.strerror or str(error)).lower()}") from error


def hold(folder: Path) -> sqlite3.Connection:
    """Lock the folder for this process; the lock goes when the process goes, however it goes."""
    holder = sqlite3.connect(folder / FILES[1], timeout=0.2, check_same_thread=False, isolation_level=None)
    try:
        holder.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        holder.close()
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            raise SpoolError(f"the spool in {folder} is in use by another process") from error
        raise
    return holder


def open_tables(folder: Path) -> sqlite3.Connection:
    """The file of tables, for several threads."""
    return sqlite3.connect(folder / FILES[0], check_same_thread=False, isolation_level=None)


def set_up(db: sqlite3.Connection) -> None:
    """Make the tables that are not there yet, and forget what only the last start was to know."""
    db.execute("PRAGMA page_size = 16384")  # an upload of 50 KB is few writes then
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA wal_autocheckpoint = 1000")
    db.executescript(f"BEGIN; {_SCHEMA} DELETE FROM halt; COMMIT")  # one sync, not one a table
    db.execute("DELETE FROM tally WHERE minute < ?", (int(time.time() // 60) - KEPT_MINUTES,))


def read_routes(db: sqlite3.Connection) -> list[tuple[int, Route]]:
    """The routes that are known, by their numbers."""
    rows = db.execute("SELECT id, destination, mapping, action, path, envelope, list FROM route")
    return [(number, Route(*fields)) for number, *fields in rows]


def waiting_bytes(db: sqlite3.Connection) -> int:
    """What counts against the cap."""
    return db.execute("SELECT coalesce(sum(bytes), 0) FROM backlog").fetchone()[0]


def take_away(folder: Path) -> None:
    """Take the files away, and the folder if nothing else is in it."""
    for name in FILES:
        for ending in ("", "-wal", "-shm", "-journal"):
            (folder / f"{name}{ending}").unlink(missing_ok=True)
    if not any(folder.iterdir()):
        folder.rmdir()
