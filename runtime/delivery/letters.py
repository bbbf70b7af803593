"""The dead letters of delivery: what Heap refuses for good, on disk before the spool forgets it."""

import os
import threading
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import cast

import msgspec

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

    Shape: `fresh` takes the place of a file that was there before; `count` of those added
    """

    def __init__(self, path: Path, fresh: bool = False) -> None:
        self.path = path
        self.count = 0
        self._mode = "wb" if fresh else "ab"
        self._lock = threading.Lock()

    def add(self, letters: Iterable[Object]) -> None:
        """Add lines; when this returns they are on disk.

        Errors: OSError where they are not, or not all of them
        """
        lines = [encode(letter) + b"\n" for letter in letters]
        if not lines:
            return
        with self._lock, self.path.open(self._mode) as file:
            file.write(b"".join(lines))
            file.flush()
            os.fsync(file.fileno())
            self._mode = "ab"
            self.count += len(lines)


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
