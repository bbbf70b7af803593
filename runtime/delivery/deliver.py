"""Delivery: from the spool to Heap, in order, until it is taken, refused or too old."""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Literal, Protocol, assert_never

from tenacity import RetryCallState, Retrying, retry_if_result, wait_random_exponential
from tenacity.stop import stop_base

from .client import Outcome
from .letters import DeliveryCode, Letters, to_body, to_letter
from .pace import Pace, Rate
from .parcels import Refusal, Waiting
from .spool import MIB, Spool

Turn = Literal["more", "empty", "halted", "stopped"]

logger = logging.getLogger("atpath.delivery")
DAY = 86_400.0
_ORDER = {"users": 0, "accounts": 1, "events": 2}  # properties before the events that brought them


class Clock(Protocol):
    """Time, as delivery needs it; a test has one of its own."""

    def now(self) -> float:
        """Unix seconds."""
        ...

    def elapsed(self) -> float:
        """Seconds since some moment, whatever is done to the time of day."""
        ...

    def wait(self, seconds: float) -> None:
        """Sleep, or less if delivery is told to stop."""
        ...

    @property
    def is_stopped(self) -> bool:
        """Whether delivery is told to stop."""
        ...


class WallClock:
    """The machine's time; `stop` ends every wait, now and later."""

    def __init__(self) -> None:
        self._stop = threading.Event()

    def now(self) -> float:
        """Unix seconds."""
        return time.time()

    def elapsed(self) -> float:
        """Seconds since some moment, whatever is done to the time of day."""
        return time.monotonic()

    def wait(self, seconds: float) -> None:
        """Sleep, or less if stopped."""
        self._stop.wait(seconds)

    def stop(self) -> None:
        """Tell delivery to stop after the request that is under way."""
        self._stop.set()

    @property
    def is_stopped(self) -> bool:
        """Whether `stop` was called."""
        return self._stop.is_set()


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How a destination is delivered to.

    Shape: `base` is the address that paths follow; `lanes` requests in flight at most, one user's in one lane;
           `attempts` at one request until the line stops, None for as many as it takes
    Units: bytes of a body's items, seconds
    """

    base: str
    items: int = 1_000
    size: int = MIB
    lanes: int = 1
    rate: Rate | None = field(default_factory=Rate)
    first_wait: float = 1.0
    longest_wait: float = 300.0
    oldest: float = 3 * DAY
    attempts: int | None = None


class Poster(Protocol):
    """What sends a body: `Heap`, or a test's own."""

    def post(self, url: str, body: bytes) -> Outcome:
        """Send once, and judge the reply."""
        ...


class Halt(Exception):
    """No request to a destination will do better until somebody has looked."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.reason)
        self.outcome = outcome


class Lane:
    """One request at a time to one destination, for the users that the lane has.

    Shape:  `deliver_some` until it says that nothing waits; `halted` says why the lane has given up;
            `sent` counts requests, `repeated` those that were for the second time or more, `taken` those that
            Heap took, `items` what was in these, by list, `buried` the items that it refused
    Errors: SpoolError and OSError where the disk fails; nothing is lost then, and little is sent again
    """

    def __init__(
        self,
        destination: str,
        spool: Spool,
        heap: Poster,
        letters: Letters,
        *,
        policy: Policy,
        clock: Clock,
        paces: dict[tuple[str, bytes], Pace],
        number: int = 0,
    ) -> None:
        self.destination = destination
        self.halted: str | None = None
        self.sent = self.repeated = self.taken = self.buried = 0
        self.items: Counter[str] = Counter()
        self._spool = spool
        self._heap = heap
        self._letters = letters
        self._policy = policy
        self._clock = clock
        self._paces = paces
        self.number = number
        self._after = 0

    def deliver_some(self) -> Turn:
        """Deliver what one request of each kind takes."""
        if self.halted is not None:
            return "halted"
        if self._clock.is_stopped:
            return "stopped"
        policy = self._policy
        window = self._spool.take(
            self.destination, after=self._after, lane=self.number, lanes=policy.lanes, items=policy.items,
            size=policy.size,
        )  # fmt: skip
        if not window:
            self._letters.write_out()  # those that the disk had no room for
            return "empty"
        try:
            if all(self._deliver(batch) for batch in _to_batches(window)):
                self._after = window[-1].seq
        except Halt as halt:
            self.give_up(halt.outcome.reason, halt.outcome.in_full)
            return "halted"
        return "more"

    def give_up(self, reason: str, in_full: str) -> None:
        """Deliver no more until the next start, and say why: in the log, and in full in the spool."""
        logger.error("%s: stopped: %s", self.destination, reason)
        self.halted = in_full
        self._spool.halt(self.destination, in_full, self._clock.now())

    def _deliver(self, batch: Sequence[Waiting]) -> bool:
        """Bring a batch to its end, by halves where Heap refuses it; False where it has to wait."""
        outcome = self._send(batch)
        match outcome.verdict:
            case "done":
                self._spool.settle(batch)
                self.taken += 1
                self.items[batch[0].route.list] += len(batch)
                return True
            case "split" if len(batch) == 1:
                self._bury(batch, DeliveryCode.REFUSED, outcome)
                return True
            case "split":
                middle = len(batch) // 2
                return self._deliver(batch[:middle]) and self._deliver(batch[middle:])
            case "retry":
                old = self._too_old(batch)
                if not old and not self._clock.is_stopped:
                    raise Halt(outcome)  # after as many attempts as the policy has
                self._bury(old, DeliveryCode.TOO_OLD, outcome)
                return False
            case "stop":
                raise Halt(outcome)
            case _:
                assert_never(outcome.verdict)

    def _send(self, batch: Sequence[Waiting]) -> Outcome:
        """Send the same bytes until they are taken, refused or too old, or somebody wants to stop."""
        route, body = batch[0].route, to_body(batch)
        url = self._policy.base + route.path
        pace = self._paces.setdefault((url, route.envelope), Pace(self._policy.rate, self._clock.elapsed))

        def attempt() -> Outcome:
            self._clock.wait(pace.reserve(parcel.user for parcel in batch))
            if self._clock.is_stopped:
                return UNSENT
            self.sent += 1
            return self._heap.post(url, body)

        retrying = Retrying(
            retry=retry_if_result(_is_retry),
            wait=_Wait(self._policy),
            stop=_Stop(lambda tries: self._is_enough(tries, batch)),
            sleep=self._clock.wait,
            before_sleep=self._tell,
            retry_error_callback=_last_outcome,
        )
        return retrying(attempt)

    def _tell(self, retry_state: RetryCallState) -> None:
        self.repeated += 1
        logger.warning(
            "%s: %s; attempt %d, next in %.1f s",
            self.destination,
            _last_outcome(retry_state).reason,
            retry_state.attempt_number,
            retry_state.upcoming_sleep,
        )

    def _is_enough(self, tries: int, batch: Sequence[Waiting]) -> bool:
        attempts = self._policy.attempts
        return self._clock.is_stopped or (attempts is not None and tries >= attempts) or bool(self._too_old(batch))

    def _too_old(self, batch: Iterable[Waiting]) -> list[Waiting]:
        limit = self._clock.now() - self._policy.oldest
        return [parcel for parcel in batch if parcel.accepted < limit]

    def _bury(self, parcels: Sequence[Waiting], code: DeliveryCode, outcome: Outcome) -> None:
        """Put dead letters in the parcels' place, and then into their file."""
        if outcome is UNSENT or not parcels:
            return
        routes = [parcel.route for parcel in parcels]
        refusals = [Refusal(route.destination, route.action, "", code, outcome.reason) for route in routes]
        base, event = self._policy.base, self._spool.event
        self._spool.settle(parcels, refusals, [to_letter(p, base, event(p.seq), code, outcome) for p in parcels])
        self.buried += len(parcels)
        self._letters.write_out()


UNSENT = Outcome("retry", None, "stopped before it was sent")


class _Wait(wait_random_exponential):
    """Full jitter, and at least what the server asks for."""

    def __init__(self, policy: Policy) -> None:
        super().__init__(multiplier=policy.first_wait, max=policy.longest_wait)

    def __call__(self, retry_state: RetryCallState) -> float:
        return max(_last_outcome(retry_state).after or 0.0, super().__call__(retry_state))


class _Stop(stop_base):
    """Stop when it is enough."""

    def __init__(self, is_enough: Callable[[int], bool]) -> None:
        self._is_enough = is_enough

    def __call__(self, retry_state: RetryCallState) -> bool:
        return self._is_enough(retry_state.attempt_number)


def _is_retry(outcome: Outcome) -> bool:
    return outcome.verdict == "retry"


def _last_outcome(retry_state: RetryCallState) -> Outcome:
    assert retry_state.outcome is not None
    return retry_state.outcome.result()


def _to_batches(window: Iterable[Waiting]) -> list[list[Waiting]]:
    """A window's parcels by request, in the order in which the requests have to leave."""

    def request(parcel: Waiting) -> tuple[int, str, bytes, str]:
        route = parcel.route
        return _ORDER.get(route.list, 9), route.path, route.envelope, route.list

    return [list(batch) for _, batch in groupby(sorted(window, key=request), key=request)]
