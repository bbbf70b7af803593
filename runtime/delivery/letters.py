"""The dead letters of delivery: the spool keeps them until they are in their file, where each is once."""

import os
import threading
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import cast

import msgspec

from ..earlier import keep_once, set_aside
from ..json_text import Json, Object
from .client import Outcome
from .parcels import Waiting
from .spool import Spool

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
    """The file that a spool's dead letters go to, a line each; it comes into being with the first.

    A letter enters the spool in the transaction that settles what it is about, with the file's size noted beside.
    Who is killed, or has no room left, in the middle of writing finds behind that size how much is there already.

    Shape: `fresh` sets a file aside that was there before, and `kept` is its name then; `count` of those written
    """

    def __init__(self, path: Path, spool: Spool, fresh: bool = False) -> None:
        self.path = path
        self.count = 0
        self.kept: Path | None = None
        self._spool = spool
        self._fresh = fresh
        self._lock = threading.Lock()
        if not fresh and not spool.letters():
            spool.note_letters_end(self._size())

    def begin(self) -> None:
        """Set the file of an earlier run aside, if that was not done yet."""
        with self._lock:
            if self._fresh:
                self.kept = set_aside(self.path)
                self._spool.note_letters_end(self._size())
                self._fresh = False

    def go_on(self) -> None:
        """Leave the file as it is: the run that it is of goes on."""
        self._fresh = False

    def end(self) -> None:
        """All letters are there: a file that was set aside and says the same goes away."""
        self.kept = keep_once(self.kept, self.path)

    def write_out(self) -> None:
        """Bring the letters that the spool keeps into the file; when this returns they are on disk.

        Errors: OSError where they are not, or not all of them, and SpoolError: the next call goes on from there
        """
        with self._lock:
            waiting = self._spool.letters()
            if not waiting:
                return
            self._append(b"".join(text for _, text in waiting))
            self._spool.forget_letters(waiting[-1][0], self._size())
            self.count += len(waiting)

    def _append(self, text: bytes) -> None:
        missing = self._missing(text)
        with self.path.open("ab") as file:
            file.write(missing)
            file.flush()
            if self.path.is_file():  # a device or a pipe has no disk to be on
                os.fsync(file.fileno())

    def _missing(self, text: bytes) -> bytes:
        """What the file lacks of a text; all of it where something else stands there, on a line of its own."""
        if not self.path.is_file():
            return text
        with self.path.open("rb") as file:
            file.seek(self._spool.letters_end)
            there = file.read(len(text))
            if there and text.startswith(there):
                return text[len(there) :]
            if size := file.seek(0, os.SEEK_END):
                file.seek(size - 1)
            return text if file.read() in (b"", b"\n") else b"\n" + text

    def _size(self) -> int:
        return self.path.stat().st_size if self.path.is_file() else 0


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
