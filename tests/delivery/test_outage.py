"""A destination that is down for ten minutes under full input: memory stays flat, the spool says when it is full."""

from pathlib import Path

from atpath.runtime.delivery.spool import SpoolFull
from wire import bench

MINUTES = 10
BATCH = 100  # events offered in one second


def resident() -> int:
    """This process's memory, in bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def test_ten_minutes_down_under_full_input(tmp_path: Path) -> None:
    with bench(tmp_path) as b:
        b.spool.cap = 8 << 20
        b.wire.down = True
        accepted: list[int] = []  # the first number of each batch
        memory: list[tuple[int, int]] = []
        offered = refused = 0

        def offer(seconds: float) -> None:
            nonlocal offered, refused
            for _ in range(int(seconds)):
                parcels = [b.event(n, f"user {n % 50}") for n in range(offered, offered + BATCH)]
                try:
                    b.spool.accept(parcels)
                    accepted.append(offered)
                except SpoolFull:
                    refused += 1
                offered += BATCH
            memory.append((b.spool.waiting_bytes, resident()))
            b.wire.down = b.clock.time < ends

        ends = b.clock.time + MINUTES * 60
        offer(1)
        b.clock.meanwhile = offer
        lane = b.lane()
        while b.wire.down:
            assert lane.deliver_some() == "more"
        assert max(size for _, size in memory) < 1.1 * memory[0][1]
        assert max(waiting for waiting, _ in memory) > 0.9 * b.spool.cap
        assert refused > 100 and offered >= MINUTES * 60 * BATCH * 0.9

        b.clock.meanwhile = None
        while lane.deliver_some() == "more":
            pass
        stored = [int(event["custom_properties"]["n"]) for event in b.wire.events]
        assert stored == [n for first in accepted for n in range(first, first + BATCH)]
        b.spool.accept([b.event(offered)])  # there is room again
