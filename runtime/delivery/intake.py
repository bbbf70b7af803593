"""Acceptance: what an event becomes for one destination, fixed for good."""

import hashlib
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple
from zlib import crc32

from ..bulk import PATHS, Target
from ..codes import reason_of_all
from ..events import DeadLetter
from ..heap import Call
from ..json_text import Json, Object, canonical, encode
from ..run import Destination, Mapped, Tally, map_event
from ..send import Addressed, Sent, address
from .parcels import Parcel, Refusal, Route
from .spool import Spool

LISTS: dict[Call, str] = {"users": "users", "track": "events"}


class Admitted(NamedTuple):
    """What one event becomes: parcels for the spool, and dead letters."""

    parcels: list[Parcel]
    letters: list[DeadLetter]


class Moment:
    """The time of acceptance: what mapping and delivery take for now.

    Shape: the machine's time until it is `set`; called, it is ISO 8601, or always `fixed`
    """

    def __init__(self, fixed: str | None = None) -> None:
        self._fixed = fixed
        self._time: float | None = None

    def set(self, moment: float) -> None:
        """Stand still at a time, in Unix seconds."""
        self._time = moment

    @property
    def time(self) -> float:
        """Unix seconds."""
        return time.time() if self._time is None else self._time

    def __call__(self) -> str:
        """ISO 8601 in UTC, with milliseconds."""
        return self._fixed or to_iso(self.time)


class Intake:
    """Turns events into parcels for one destination.

    Shape: `name` is the destination's; `tally` and `sent` count what went through
    """

    def __init__(self, destination: Destination, target: Target, spool: Spool, moment: Moment | None = None) -> None:
        self.name = destination.name
        self.destination = destination
        self.tally = Tally()
        self.sent = Sent()
        self.moment = moment or Moment()
        self._target = target
        self._spool = spool
        self._mapping = mapping_hash(destination)
        self._routes: dict[tuple[str, Call], int] = {}

    def admit(self, event: Object, text: bytes) -> Admitted:
        """Map an event that came over the wire; `text` is the event as it will be kept."""
        self.tally.read += 1
        return self.address(map_event(self.destination, event, 0, self.tally), text)

    def address(self, results: list[Mapped | DeadLetter], text: bytes, line: int | None = None) -> Admitted:
        """The parcels of one event's payloads; what became none stays a dead letter."""
        admitted = Admitted([], [])
        for made in address(self.destination, results, self.tally, self.sent, self.moment):
            if isinstance(made, DeadLetter):
                admitted.letters.append(made)
            else:
                admitted.parcels.append(self._parcel(made, line, text))
        return admitted

    def action_of(self, parcel: Parcel) -> str:
        """The action whose payload a parcel comes from."""
        return next(action for (action, _), route in self._routes.items() if route == parcel.route)

    def _parcel(self, made: Addressed, line: int | None, text: bytes) -> Parcel:
        item = made.item
        route = self._routes.get((made.source.action, item.call))
        if route is None:
            route = self._routes[made.source.action, item.call] = self._spool.route_id(
                self._route(made.source.action, item.call)
            )
        return Parcel(route, user_of(item.body), made.key, self.moment.time, line, item.text, text)

    def _route(self, action: str, call: Call) -> Route:
        app: Object = {"app_id": self._target.app_id}
        envelope = encode(app if call == "users" else {**app, "library": "server"})
        return Route(self.name, self._mapping, action, PATHS[call], envelope, LISTS[call])


def to_refusals(name: str, letters: Iterable[DeadLetter]) -> list[Refusal]:
    """The dead letters of the destination `name` as the spool counts them, free of what the events said."""
    return [
        Refusal(
            name,
            letter.action or "",
            letter.row or "",
            str(letter.code),
            reason_of_all(letter.code, letter.reason),
        )
        for letter in letters
    ]


def user_of(item: Object) -> int:
    """A number that is the same for all items of one user, in either call."""
    named = item.get("user_identifier", item)
    who = (named.get("identity") or named.get("anonymous_id")) if isinstance(named, dict) else None
    return crc32(str(who).encode())


def mapping_hash(destination: Destination) -> str:
    """What tells one mapping with its settings from another.

    Shape: 16 hexadecimal digits
    """
    python = getattr(destination, "python", "")
    settings: Json = {name: str(value) for name, value in destination.settings.items()}
    return hashlib.sha256(str(python).encode() + canonical({"settings": settings})).hexdigest()[:16]


def to_iso(moment: float) -> str:
    """Unix seconds as ISO 8601 in UTC with milliseconds."""
    text = datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds")
    return text.removesuffix("+00:00") + "Z"
