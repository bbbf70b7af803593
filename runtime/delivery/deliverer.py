"""The threads that deliver: a lane each, all destinations at once."""

import logging
import threading
from collections.abc import Mapping

from .deliver import Lane, Policy, Poster, WallClock
from .letters import Letters
from .pace import Pace
from .spool import Spool, SpoolError

logger = logging.getLogger("atpath.delivery")
LINGER = 0.2  # seconds between looks at an empty spool; what comes meanwhile leaves in one request
DISK_TROUBLE = 5.0  # seconds until the next try after the disk has failed


class Deliverer:
    """Delivers what a spool holds until it is told to drain or to stop.

    Shape: a policy for each destination; a destination that is down holds up no other
    """

    def __init__(
        self,
        spool: Spool,
        heap: Poster,
        letters: Letters,
        policies: Mapping[str, Policy],
        clock: WallClock | None = None,
    ) -> None:
        self.clock = clock or WallClock()
        paces: dict[tuple[str, bytes], Pace] = {}
        self.lanes = [
            Lane(name, spool, heap, letters, policy=policy, clock=self.clock, paces=paces, number=number)
            for name, policy in policies.items()
            for number in range(policy.lanes)
        ]
        self._draining = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(lane,), name=f"{lane.destination} {n}", daemon=True)
            for n, lane in enumerate(self.lanes)
        ]

    def start(self) -> None:
        """Begin to deliver."""
        for thread in self._threads:
            thread.start()

    def drain(self, deadline: float | None = None) -> bool:
        """Deliver what waits and stop; True if nothing was left waiting.

        Units: `deadline` in seconds from now; what is left then stays in the spool for the next start
        """
        self._draining.set()
        ends = None if deadline is None else self.clock.elapsed() + deadline
        for thread in self._threads:
            thread.join(None if ends is None else max(0.0, ends - self.clock.elapsed()))
        left = any(thread.is_alive() for thread in self._threads)
        self.stop()
        return not left and not self.halted

    def stop(self, grace: float = 1.0) -> None:
        """Stop after the requests that are under way, or without them when `grace` seconds are over."""
        self.clock.stop()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(grace)

    @property
    def halted(self) -> dict[str, str]:
        """The destinations that have given up, and why."""
        return {lane.destination: lane.halted for lane in self.lanes if lane.halted is not None}

    def _run(self, lane: Lane) -> None:
        while not self.clock.is_stopped:
            is_last = self._draining.is_set()  # before the look: what came between the two would be left behind
            try:
                turn = lane.deliver_some()
            except (SpoolError, OSError) as error:
                logger.error("%s: delivery waits for the disk: %s", lane.destination, error)
                if self._draining.is_set():
                    lane.halted = str(error)
                self.clock.wait(DISK_TROUBLE)
                continue
            except Exception as error:  # a mistake of ours; a thread that vanished would look like one that is done
                logger.exception("%s: delivery failed", lane.destination)
                lane.give_up("a defect", f"a mistake in atpath: {type(error).__name__}: {error}")
                return
            if turn == "halted" or (turn == "empty" and is_last):
                return
            if turn == "empty":
                self.clock.wait(LINGER)
