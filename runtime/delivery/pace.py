"""How fast requests may follow each other, so that no published limit is met."""

import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """What an app and one of its users may send.

    Units: items a minute, in bulk requests
    Source: Heap's published limits: 15,000 for an app, 1,000 for a user. The window's kind is not said, so
            the app's rate is smooth, with a burst of one request: 14,000 and a full one never pass 15,000
    """

    app: int = 14_000
    user: int = 1_000


WINDOW = 61.0  # seconds: a minute, and a second for what the network takes


class Pace:
    """One app's pace on one kind of request, shared by the threads that send for it.

    Shape: `reserve` books the time of a request and says how long to wait for it
    """

    def __init__(self, rate: Rate | None, now: Callable[[], float]) -> None:
        self._rate = rate
        self._now = now
        self._lock = threading.Lock()
        self._next = 0.0
        self._sent: dict[int, deque[tuple[float, int]]] = {}
        self._swept = 0.0

    def reserve(self, users: Iterable[int]) -> float:
        """Book a request with an item for each of `users`; the seconds until it may leave."""
        if self._rate is None:
            return 0.0
        counts = Counter(users)
        with self._lock:
            now = self._now()
            self._sweep(now)
            start = max(now, self._next, *(self._free_at(user, n, now) for user, n in counts.items()))
            self._next = start + counts.total() * 60 / self._rate.app
            for user, count in counts.items():
                self._sent.setdefault(user, deque()).append((start, count))
            return start - now

    def _free_at(self, user: int, count: int, now: float) -> float:
        """When `count` more items of this user stay within a minute's share."""
        assert self._rate is not None
        recent = [(then, n) for then, n in self._sent.get(user, ()) if then > now - WINDOW]
        over, free = count - self._rate.user + sum(n for _, n in recent), now
        for then, n in recent:
            if over <= 0:
                break
            over, free = over - n, then + WINDOW
        return free

    def _sweep(self, now: float) -> None:
        """Forget users who have sent nothing for a while, now and then."""
        if now - self._swept < WINDOW:
            return
        self._swept = now
        for user, sent in list(self._sent.items()):
            while sent and sent[0][0] <= now - WINDOW:
                sent.popleft()
            if not sent:
                del self._sent[user]
