"""Events in, Heap at the end: acceptance, spool and delivery of several destinations, in one object."""

import logging
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .bodies import Limits, Refused
from .bulk import Target
from .client import Heap
from .committer import Committer, Offer
from .deliver import Policy, Poster
from .deliverer import Deliverer
from .events import DeadLetter
from .intake import Intake, to_refusals
from .json_text import Object, encode
from .letters import DEFECT_REASON, DeliveryCode, Letters
from .parcels import Parcel, Refusal
from .run import Destination
from .spool import DEFAULT_CAP, Spool
from .uploads import wants

logger = logging.getLogger("atpath.serve")
LETTERS = "dead-letters.ndjson"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """A destination that events go to.

    Shape: `title` is a second name that an event's `integrations` may call it by
    """

    destination: Destination
    target: Target
    title: str = ""
    policy: Policy | None = None

    @property
    def delivered(self) -> Policy:
        """How it is delivered to: by its policy, else as the target's limits have it."""
        return self.policy or Policy(base=self.target.base)


class Service:
    """Takes events and sees to it that they arrive.

    Shape:  `start` before anything else, `take` for events, `close` at the end; all of them in one event loop
    Errors: SpoolError from `start` where the folder cannot be used
    """

    def __init__(
        self,
        outlets: Sequence[Outlet],
        folder: Path,
        *,
        cap: int = DEFAULT_CAP,
        limits: Limits | None = None,
        heap: Poster | None = None,
    ) -> None:
        self.outlets = outlets
        self.limits = limits or Limits()
        self.folder = folder
        self.received: Counter[str] = Counter()
        self._cap = cap
        self._heap = heap
        self._running: Running | None = None

    @property
    def running(self) -> "Running":
        """What there is between `start` and `close`."""
        if self._running is None:
            self._running = Running(self.outlets, self.folder, self._cap, self._heap or Heap())
            self._running.deliverer.start()
        return self._running

    def start(self) -> None:
        """Open the spool and begin to deliver; once."""
        _ = self.running

    async def take(self, events: Sequence[Object], source: str) -> None:
        """Map events and keep what they become; when this returns it is on disk.

        Errors: Refused for an event that is too large; SpoolFull, SpoolError or OSError, and then nothing counts
                as accepted
        """
        running = self.running
        self.received[source] += len(events)
        parcels: list[Parcel] = []
        letters: list[Object] = []
        refusals: list[Refusal] = []
        for number, event in enumerate(events):
            text = encode(event)
            if len(text) > self.limits.event:
                limit = f"{self.limits.event:,} bytes"
                raise Refused(400, "event_too_large", f"event {number} has {len(text):,} of at most {limit}")
            for outlet, intake in running.intakes:
                if not wants(event, (intake.name, outlet.title)):
                    continue
                found, dead = _admit(intake, event, text)
                parcels += found
                if dead:
                    refusals += to_refusals(intake.name, dead)
                    letters += ({**letter.to_json(), "line": None, "destination": intake.name} for letter in dead)
        await running.committer.keep(Offer(parcels, letters, refusals))

    async def close(self, drain: float = 10.0) -> None:
        """Deliver for at most `drain` seconds what waits, and leave the rest to the next start."""
        if self._running is None:
            return
        running, self._running = self._running, None
        await running.committer.close()
        running.deliverer.drain(drain)
        running.spool.close()


class Running:
    """What there is between a start and a close."""

    def __init__(self, outlets: Sequence[Outlet], folder: Path, cap: int, heap: Poster) -> None:
        self.spool = Spool(folder, cap)
        self.letters = Letters(folder / LETTERS)
        self.intakes = [(outlet, Intake(outlet.destination, outlet.target, self.spool)) for outlet in outlets]
        self.committer = Committer(self.spool, self.letters)
        policies: Mapping[str, Policy] = {outlet.destination.name: outlet.delivered for outlet in outlets}
        self.deliverer = Deliverer(self.spool, heap, self.letters, policies)
        self.since = time.time()


def _admit(intake: Intake, event: Object, text: bytes) -> tuple[list[Parcel], list[DeadLetter]]:
    """What the event becomes; an event on which the mapping itself fails is kept in the dead letters."""
    try:
        return intake.admit(event, text)
    except Exception as error:
        logger.error("%s: the mapping failed on an event: %s", intake.name, type(error).__name__)
        return [], [DeadLetter(0, None, None, DeliveryCode.DEFECT, DEFECT_REASON, event=event)]
