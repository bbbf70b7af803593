"""What the spool holds, as data."""

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Route:
    """Where parcels of one action go.

    Shape: `path` at Heap's host, which is the policy's business; `envelope` is the request's JSON object without
           the list named `list`; `mapping` the mapping's hash
    """

    destination: str
    mapping: str
    action: str
    path: str
    envelope: bytes
    list: str


class Parcel(NamedTuple):
    """One item for Heap, fixed at acceptance: a tuple, stored as it is.

    Shape: `route` from `Spool.route_id`; `user` a hash, equal for one user's items; `accepted` in Unix
           seconds; `line` the event's line where it came from a file; `body` the item and `event` its source
           event, as JSON
    """

    route: int
    user: int
    key: str
    accepted: float
    line: int | None
    body: bytes
    event: bytes


class Waiting(NamedTuple):
    """A parcel in the spool, without its source event."""

    seq: int
    route: Route
    user: int
    key: str
    accepted: float
    line: int | None
    body: bytes


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a file was accepted for a destination: its lines up to `line`, whose bytes have this digest."""

    destination: str
    source: str
    line: int
    digest: bytes


class Refusal(NamedTuple):
    """An event or an item that went to the dead letters: where, and why."""

    destination: str
    action: str
    row: str
    code: str
    reason: str
