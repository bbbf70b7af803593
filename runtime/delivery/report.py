"""What a spool holds and what became of the rest, read beside whoever writes it."""

import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..json_text import Object

MINUTES = 60  # how far back the courses go


class NoSpool(Exception):
    """The folder holds no spool, or one that cannot be read."""


@dataclass(frozen=True, slots=True)
class Refused:
    """One reason for dead letters: `rejected` by the mapping, or refused by Heap."""

    action: str
    row: str
    code: str
    reason: str
    count: int
    last: float


@dataclass(frozen=True, slots=True)
class Flow:
    """One destination.

    Shape: `accepted`, `delivered` and `dead` are parcels a minute, oldest first, the minute under way last;
           `rejected` likewise events the mapping refused; `halted` says why its line has stopped, None where it has not
    Units: times in Unix seconds, sizes in bytes
    """

    destination: str
    waiting: int
    bytes: int
    oldest: float | None
    halted: str | None
    halted_since: float | None
    accepted: tuple[int, ...]
    delivered: tuple[int, ...]
    rejected: tuple[int, ...]
    dead: tuple[int, ...]
    refusals: tuple[Refused, ...]

    def rate(self, course: tuple[int, ...], now: float) -> float:
        """Parcels a second over the minute under way and the one before it."""
        return sum(course[-2:]) / (60 + now % 60)


def read_flows(folder: Path, now: float) -> tuple[Flow, ...]:
    """Every destination that the spool in a folder knows, by name.

    Errors: NoSpool
    """
    with _reading(folder) as db:
        names = "SELECT destination FROM route UNION SELECT destination FROM refusal ORDER BY 1"
        return tuple(_read_flow(db, name, now) for (name,) in db.execute(names).fetchall())


def show_flow(flow: Flow, now: float) -> Object:
    """One destination for programs; also what `atpath status --format json` prints.

    Units: `waits_for` in seconds, rates in parcels a second, courses in parcels a minute
    """
    return {
        "destination": flow.destination,
        "waiting": flow.waiting,
        "bytes": flow.bytes,
        "waits_for": None if flow.oldest is None else max(0.0, now - flow.oldest),
        "halted": flow.halted,
        "accepted_rate": flow.rate(flow.accepted, now),
        "delivered_rate": flow.rate(flow.delivered, now),
        "last_hour": {
            "accepted": sum(flow.accepted),
            "delivered": sum(flow.delivered),
            "rejected": sum(flow.rejected),
            "refused": sum(flow.dead),
        },
        "courses": {"accepted": [*flow.accepted], "delivered": [*flow.delivered]},
        "refusals": [
            {
                "action": refused.action,
                "row": refused.row,
                "code": refused.code,
                "reason": refused.reason,
                "count": refused.count,
                "ago": max(0.0, now - refused.last),
            }
            for refused in flow.refusals
        ],
    }


def read_unmapped(folder: Path) -> int:
    """How many accepted events wait to be mapped.

    Errors: NoSpool
    """
    with _reading(folder) as db:
        row = db.execute("SELECT parcels FROM backlog WHERE destination = ''").fetchone()
    return row[0] if row else 0


@contextmanager
def _reading(folder: Path) -> Generator[sqlite3.Connection]:
    path = folder / "spool.sqlite"
    if not path.exists():
        raise NoSpool(f"{folder} holds no spool")
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db:
            yield db
    except sqlite3.Error as error:
        raise NoSpool(f"the spool in {folder}: {error}") from error


def _read_flow(db: sqlite3.Connection, name: str, now: float) -> Flow:
    waiting, size = db.execute(
        "SELECT coalesce(sum(parcels), 0), coalesce(sum(bytes), 0) FROM backlog WHERE destination = ?", (name,)
    ).fetchone()
    oldest = db.execute(
        "SELECT accepted FROM parcel WHERE route IN (SELECT id FROM route WHERE destination = ?) ORDER BY seq LIMIT 1",
        (name,),
    ).fetchone()
    halted = db.execute("SELECT reason, since FROM halt WHERE destination = ?", (name,)).fetchone()
    reason, since = halted or (None, None)
    refusals = db.execute(
        "SELECT action, row, code, reason, count, last FROM refusal WHERE destination = ? ORDER BY last DESC LIMIT 50",
        (name,),
    )
    return Flow(
        name,
        waiting,
        size,
        oldest[0] if waiting and oldest else None,
        reason,
        since,
        _course(db, name, "accepted", now),
        _course(db, name, "delivered", now),
        _course(db, name, "rejected", now),
        _course(db, name, "dead", now),
        tuple(Refused(*row) for row in refusals),
    )


def _course(db: sqlite3.Connection, name: str, what: str, now: float) -> tuple[int, ...]:
    first = int(now // 60) - MINUTES + 1
    query = "SELECT minute, count FROM tally WHERE destination = ? AND what = ? AND minute >= ?"
    counts = dict(db.execute(query, (name, what, first)).fetchall())
    return tuple(counts.get(first + n, 0) for n in range(MINUTES))
