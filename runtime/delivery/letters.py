"""The dead letters of delivery: what Heap refuses for good, on disk before the spool forgets it."""

import os
import threading
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import cast

import msgspec

from ..earlier import keep_once, set_aside
from ..json_text import Json, Object, encode
from .client import Outcome
from .parcels import Waiting

_decode = msgspec.json.Decoder().decode


class DeliveryCode(StrEnum):
    """E23x: an item that did not reach Heap."""

    REFUSED = "E230"
    TOO_OLD = "E231"
    DEFECT = "E232"
    UNMATCHED = "E233"


TITLES = {
    DeliveryCode.REFUSED: "Heap refuses it",
    DeliveryCode.TOO_OLD: "it could not be delivered in time",
    DeliveryCode.UNMATCHED: "the action that refused it no longer takes it",
    DeliveryCode.DEFECT: "the mapping itself failed on it, which is a mistake in atpath",
}
DEFECT_REASON = TITLES[DeliveryCode.DEFECT]


class Letters:
    """A file that dead letters are added to, a line each; it comes into being with the first.

    Shape: `fresh` sets a file aside that was there before, and `kept` is its name then; `count` of those added
    """

    def __init__(self, path: Path, fresh: bool = False) -> None:
        self.path = path
        self.count = 0
        self.kept: Path | None = None
        self._fresh = fresh
        self._lock = threading.Lock()

    def begin(self) -> None:
        """Set the file of an earlier run aside, if that was not done yet."""
        with self._lock:
            self._begin()

    def end(self) -> None:
        """All letters are there: a file that was set aside and says the same goes away."""
        self.kept = keep_once(self.kept, self.path)

    def add(self, letters: Iterable[Object]) -> None:
        """Add lines; when this returns they are on disk.

        Errors: OSError where they are not, or not all of them
        """
        lines = [encode(letter) + b"\n" for letter in letters]
        if not lines:
            return
        with self._lock:
            self._begin()
            with self.path.open("ab") as file:
                file.write(b"".join(lines))
                file.flush()
                if self.path.is_file():  # a device or a pipe has no disk to be on
                    os.fsync(file.fileno())
            self.count += len(lines)

    def _begin(self) -> None:
        if self._fresh:
            self.kept = set_aside(self.path)
            self._fresh = False


def to_letter(parcel: Waiting, base: str, event: bytes, code: DeliveryCode, outcome: Outcome) -> Object:
    """The dead letter of one parcel: its source event, and the request that would deliver it alone."""
    request: Object = {"method": "POST", "url": base + parcel.route.path, "json": decode(to_body([parcel]))}
    return {
        "line": parcel.line,
        "action": parcel.route.action,
        "row": None,
        "code": str(code),
        "reason": outcome.in_full,
        "event": decode(event),
        "destination": parcel.route.destination,
        "mapping": parcel.route.mapping,
        "key": parcel.key,
        "status": outcome.status,
        "request": request,
    }


def decode(text: bytes) -> Json:
    """A JSON value that this program wrote."""
    return cast("Json", _decode(text))


def to_body(parcels: Iterable[Waiting]) -> bytes:
    """The body of a bulk request, from bytes that were fixed at acceptance.

    Shape: the parcels share path, envelope and list; an envelope has at least one member
    """
    parcels = list(parcels)
    route = parcels[0].route
    items = b",".join(parcel.body for parcel in parcels)
    return b'%b,"%b":[%b]}' % (route.envelope[:-1], route.list.encode(), items)
