"""Events in, Heap at the end: acceptance, mapping, spool and delivery of several destinations, in one object."""

import json
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..bulk import Target
from ..delivery.client import Heap
from ..delivery.committer import Committer
from ..delivery.deliver import Policy, Poster
from ..delivery.deliverer import Deliverer
from ..delivery.intake import Intake, Moment, mapping_hash
from ..delivery.letters import Letters
from ..delivery.spool import DEFAULT_CAP, Spool, SpoolError
from ..json_text import Object, encode
from ..run import Destination
from .bodies import Limits, Refused
from .inbox import Inbox, Upload
from .sorter import Inlet, Sorter

LETTERS = "dead-letters.ndjson"
LONGEST_DRAIN = 366 * 86_400.0  # seconds; a thread cannot be waited for with an infinite timeout


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """A destination that events go to.

    Shape: `title` is a second name that an event's `integrations` may call it by; `recipe` is what a service's
           `remake` makes the same outlet from; `moment` is the clock that the destination was compiled with
    """

    destination: Destination
    target: Target
    title: str = ""
    policy: Policy | None = None
    recipe: str = ""
    moment: Moment | None = None

    @property
    def delivered(self) -> Policy:
        """How it is delivered to: by its policy, else as the target's limits have it."""
        return self.policy or Policy(base=self.target.base)

    def inlet(self, spool: Spool) -> Inlet:
        """Its way into a spool."""
        return Inlet(Intake(self.destination, self.target, spool, self.moment), self.title)


class Service:
    """Takes events and sees to it that they arrive.

    Shape:  `start` before anything else, `take` for events, `close` at the end; all of them in one event loop.
            `remake` compiles a mapping again that uploads were accepted under before this start
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
        remake: Callable[[str], Outlet] | None = None,
    ) -> None:
        self.outlets = outlets
        self.limits = limits or Limits()
        self.folder = folder
        self.received: Counter[str] = Counter()
        self._cap = cap
        self._heap = heap
        self._remake = remake
        self._running: Running | None = None

    @property
    def running(self) -> "Running":
        """What there is between `start` and `close`."""
        if self._running is None:
            self._running = Running(self.outlets, self.folder, self._cap, self._heap or Heap(), self._remake)
        return self._running

    def start(self) -> None:
        """Open the spool, and begin to map and to deliver; once."""
        _ = self.running

    async def take(self, events: Sequence[Object], source: str) -> None:
        """Keep events; when this returns they are on disk.

        Errors: those of `pack` and `keep`
        """
        await self.keep(self.pack(events, source))

    def pack(self, events: Sequence[Object], source: str) -> Upload:
        """The bytes that events are kept as; `source` is what they are counted under.

        Errors: Refused for an event that is too large
        """
        self.received[source] += len(events)
        texts = [encode(event) for event in events]
        for number, text in enumerate(texts):
            if len(text) > self.limits.event:
                limit = f"{self.limits.event:,} bytes"
                raise Refused(400, "event_too_large", f"event {number} has {len(text):,} of at most {limit}")
        return Upload(self.running.plan, time.time(), len(texts), b"\n".join(texts))

    async def keep(self, upload: Upload) -> None:
        """Return when an upload is on disk.

        Errors: SpoolError, SpoolFull among them, and then nothing of it counts as accepted
        """
        if upload.number:
            await self.running.committer.keep(upload)

    async def close(self, drain: float = 10.0) -> None:
        """Map and deliver what waits, for at most `drain` seconds, and leave the rest to the next start."""
        if self._running is None:
            return
        running, self._running = self._running, None
        await running.committer.close()
        drain = min(drain, LONGEST_DRAIN)
        ends = time.monotonic() + drain
        running.sorter.finish(drain)
        running.deliverer.drain(max(0.0, ends - time.monotonic()))
        running.spool.close()


class Running:
    """What there is between a start and a close."""

    def __init__(
        self,
        outlets: Sequence[Outlet],
        folder: Path,
        cap: int,
        heap: Poster,
        remake: Callable[[str], Outlet] | None,
    ) -> None:
        self.since = time.time()
        self.spool = Spool(folder, cap)
        self.letters = Letters(folder / LETTERS, self.spool)
        self.inbox = Inbox(self.spool)
        self.committer = Committer(self.inbox)
        self.inlets = [outlet.inlet(self.spool) for outlet in outlets]
        self.plan = self.inbox.plan_id(_to_plan(outlets))
        try:
            self._catch_up(remake)
        except BaseException:
            self.spool.close()
            raise
        self.sorter = Sorter(self.plan, self.inlets, self.inbox, self.letters, self.committer)
        policies = {outlet.destination.name: outlet.delivered for outlet in outlets}
        self.deliverer = Deliverer(self.spool, heap, self.letters, policies)
        self.sorter.start()
        self.deliverer.start()

    def _catch_up(self, remake: Callable[[str], Outlet] | None) -> None:
        """Map what was accepted under other mappings than today's, by those."""
        for plan, text in self.inbox.plans_but(self.plan):
            inlets = [_remade(self.spool, remake, *recipe) for recipe in json.loads(text)]
            sorter = Sorter(plan, inlets, self.inbox, self.letters, self.committer)
            while sorter.sort_some():
                pass


def _to_plan(outlets: Sequence[Outlet]) -> str:
    """Which mappings events are accepted under, by their hashes, and how to compile them again."""
    return json.dumps([[o.destination.name, mapping_hash(o.destination), o.recipe] for o in outlets])


def _remade(spool: Spool, remake: Callable[[str], Outlet] | None, name: str, wanted: str, recipe: str) -> Inlet:
    try:
        outlet = remake(recipe) if remake and recipe else None
    except Exception:  # whatever is wrong with the mapping of that day, it cannot be had again
        outlet = None
    if outlet is None or mapping_hash(outlet.destination) != wanted:
        raise SpoolError(
            f"uploads wait in {spool.folder} that were accepted under another mapping for {name}, which cannot be"
            " compiled again: start once with the mapping as it was"
        )
    return outlet.inlet(spool)
