"""What the stand-in remembers: requests, stored items, keys seen, and how much went through lately."""

import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..json_text import Object as Item
from .knobs import ORDINARY, Knobs, Limit, Script, Step

KINDS = ("events", "users", "accounts", "identities")


@dataclass(frozen=True, slots=True)
class Stored:
    """One accepted item, in order of arrival; `request` is the number of the request that brought it."""

    seq: int
    request: int
    app_id: str
    path: str
    headers: Mapping[str, str]
    body: Item


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came; `status` None where no reply was meant to arrive."""

    seq: int
    path: str
    headers: Mapping[str, str]
    raw: bytes
    status: int | None


@dataclass(slots=True)
class Store:
    """Everything a stand-in has seen since its start or its last reset; hold `lock` around every use."""

    knobs: Knobs = field(default_factory=Knobs)
    requests: list[Request] = field(default_factory=list[Request])
    stored: dict[str, list[Stored]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    lock: threading.Lock = field(default_factory=threading.Lock)
    _count: int = 0
    _keys: dict[tuple[str, str], float] = field(default_factory=dict[tuple[str, str], float])
    _meters: dict[tuple[str, ...], deque[tuple[float, int]]] = field(
        default_factory=dict[tuple[str, ...], deque[tuple[float, int]]]
    )
    _next: deque[Step] = field(default_factory=deque[Step])
    _numbered: dict[int, Step] = field(default_factory=dict[int, Step])
    _by_key: dict[str, deque[Step]] = field(default_factory=dict[str, deque[Step]])

    def reset(self) -> None:
        """Forget everything but the knobs."""
        self._count = 0
        for kept in (self.requests, self._keys, self._meters, self._next, self._numbered, self._by_key):
            kept.clear()
        for items in self.stored.values():
            items.clear()

    def follow(self, script: Script) -> None:
        """Take a script in place of what is left of the last one."""
        self._next = deque(script.next)
        self._numbered = dict(script.numbered)
        self._by_key = {key: deque(steps) for key, steps in script.keys.items()}

    def arrive(self) -> tuple[int, Step]:
        """Number a request, and say what the script has for it."""
        self._count += 1
        if self._count in self._numbered:
            return self._count, self._numbered.pop(self._count)
        return self._count, self._next.popleft() if self._next else ORDINARY

    def step_for(self, items: list[Item]) -> Step:
        """What the script has for a request that carries these items: the first key with a step left."""
        for item in items if self._by_key else ():
            steps = self._by_key.get(str(item.get("idempotency_key")))
            if steps:
                return steps.popleft()
        return ORDINARY

    def is_repeat(self, app_id: str, item: Item, now: float) -> bool:
        """Whether the item's idempotency key was stored before, within the window; notes it if not."""
        key = item.get("idempotency_key")
        if not isinstance(key, str):
            return False
        seen = self._keys.get((app_id, key))
        if seen is not None and now - seen < self.knobs.memory:
            return True
        self._keys[app_id, key] = now
        return False

    def wait_for(self, wanted: Mapping[tuple[str, ...], tuple[Limit, int]], now: float) -> float:
        """For how many seconds these counts are over their limits; 0 lets them through and counts them."""
        wait = max((self._meter_wait(key, *want, now) for key, want in wanted.items()), default=0.0)
        if wait == 0.0:
            for key, (_, count) in wanted.items():
                self._meters[key].append((now, count))
        return wait

    def _meter_wait(self, key: tuple[str, ...], limit: Limit, count: int, now: float) -> float:
        meter = self._meters.setdefault(key, deque())
        while meter and meter[0][0] <= now - limit.seconds:
            meter.popleft()
        over = sum(n for _, n in meter) + count - limit.count
        if over <= 0:
            return 0.0
        for then, n in meter:
            over -= n
            if over <= 0:
                return then + limit.seconds - now
        return limit.seconds
