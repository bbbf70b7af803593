"""Mapping, behind the reply: uploads become parcels and dead letters, in the order in which they came."""

import logging
import threading
import time
from collections.abc import Sequence
from typing import NamedTuple

from ..delivery.committer import Committer
from ..delivery.intake import Admitted, Intake, to_refusals
from ..delivery.letters import DEFECT_REASON, DeliveryCode, Letters, decode
from ..delivery.parcels import Parcel, Refusal
from ..delivery.spool import SpoolError
from ..events import DeadLetter
from ..json_text import Object
from .inbox import Inbox, Unmapped
from .uploads import wants

logger = logging.getLogger("atpath.serve")
SHARE = 0.05  # of the time, at most, while uploads come in: to take them goes before mapping them
FEW, MANY = 100, 1_000  # events mapped in one go, while uploads come in and while none does
DISK_TROUBLE = 5.0  # seconds until the next try after the disk has failed


class Inlet(NamedTuple):
    """One destination of a plan; `title` is the second name that an event's `integrations` may call it by."""

    intake: Intake
    title: str


class Sorter:
    """Maps the uploads of one plan for all its destinations, in a thread of its own."""

    def __init__(
        self, plan: int, inlets: Sequence[Inlet], inbox: Inbox, letters: Letters, committer: Committer
    ) -> None:
        self._plan = plan
        self._inlets = inlets
        self._inbox = inbox
        self._letters = letters
        self._committer = committer
        self._is_stopped = threading.Event()
        self._is_closing = False
        self._thread = threading.Thread(target=self._run, name="map", daemon=True)

    def start(self) -> None:
        """Begin to map."""
        self._thread.start()

    def finish(self, deadline: float) -> None:
        """Map what waits, for at most so many seconds; the rest stays for the next start."""
        self._is_closing = True
        self._committer.arrived.set()
        self._thread.join(deadline)
        self._is_stopped.set()
        self._thread.join()

    def sort_some(self) -> bool:
        """Map a few uploads; False if none waits.

        Errors: SpoolError or OSError where the disk fails; what was not mapped is mapped again
        """
        self._letters.write_out()  # those that the disk had no room for
        uploads = self._inbox.take(self._plan, FEW if self._committer.is_busy else MANY)
        if not uploads:
            return False
        parcels: list[Parcel] = []
        letters: list[Object] = []
        refusals: list[Refusal] = []
        for upload in uploads:
            for inlet in self._inlets:
                found, dead = self._map(upload, inlet)
                parcels += found
                if dead:
                    name = inlet.intake.name
                    refusals += to_refusals(name, dead)
                    letters += ({**letter.to_json(), "line": None, "destination": name} for letter in dead)
        self._inbox.settle(uploads, parcels, refusals, letters)
        self._letters.write_out()
        return True

    def _map(self, upload: Unmapped, inlet: Inlet) -> Admitted:
        intake, title = inlet
        intake.moment.set(upload.accepted)
        admitted = Admitted([], [])
        for text in upload.events.split(b"\n"):
            event = decode(text)
            if isinstance(event, dict) and wants(event, (intake.name, title)):
                parcels, letters = _admit(intake, event, text)
                admitted.parcels.extend(parcels)
                admitted.letters.extend(letters)
        return admitted

    def _run(self) -> None:
        while not self._is_stopped.is_set():
            self._committer.arrived.clear()
            started = time.monotonic()
            is_last = self._is_closing  # before the look: what came between the two would be left behind
            try:
                more = self.sort_some()
            except (SpoolError, OSError) as error:
                logger.error("mapping waits for the disk: %s", error)
                self._is_stopped.wait(DISK_TROUBLE)
                continue
            except Exception:  # a mistake of ours; the uploads wait, and status shows them
                logger.exception("mapping failed")
                self._is_stopped.wait(DISK_TROUBLE)
                continue
            if more and self._committer.is_busy:
                self._is_stopped.wait((time.monotonic() - started) * (1 / SHARE - 1))
            elif not more and is_last:
                return
            elif not more:
                self._committer.arrived.wait(1.0)


def _admit(intake: Intake, event: Object, text: bytes) -> Admitted:
    """What the event becomes; an event on which the mapping itself fails is kept in the dead letters."""
    try:
        return intake.admit(event, text)
    except Exception as error:
        logger.error("%s: the mapping failed on an event: %s", intake.name, type(error).__name__)
        return Admitted([], [DeadLetter(0, None, None, DeliveryCode.DEFECT, DEFECT_REASON, event=event)])
