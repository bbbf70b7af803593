"""Events in memory to payloads in memory: prints {"events": N}, the events a second of one core.

usage: mem.py t1|t2 EVENTS [--hand]     --hand: hand-written Python that makes the same checks
"""

import json
import sys
import time
from pathlib import Path

from atpath.compiler import load
from hand import CHECKED

ROUNDS = 7
SECONDS = 0.25


def main() -> None:
    """Measure the task of the command line."""
    task, path = "t" + sys.argv[1][1], sys.argv[2]
    with Path(path).open("rb") as file:
        events = [json.loads(line) for line in file][:10_000]
    print(json.dumps({"events": round(rate(CHECKED[task] if "--hand" in sys.argv else to_route(task), events))}))


def to_route(task: str):
    """The compiled mapping as a function of an event."""
    return load(Path(__file__).with_name(f"{task}.map")).route


def rate(route, events) -> float:
    """Events a second: the median of some rounds."""
    rates = []
    for _ in range(ROUNDS):
        done, start = 0, time.perf_counter()
        while (passed := time.perf_counter() - start) < SECONDS:
            for event in events:
                route(event)
            done += len(events)
        rates.append(done / passed)
    return sorted(rates)[ROUNDS // 2]


if __name__ == "__main__":
    main()
