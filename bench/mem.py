"""Events in memory to payloads in memory: prints {"events": N}, the events a second of one core.

usage: mem.py t1|t2 EVENTS [--hand | --ratio]

--hand: hand-written Python that makes the same checks; --ratio: {"ratio": R}, how many times as fast as that the
compiled mapping is, both in turn on 200 events at a time, so that neither has the machine or the cache for itself
"""

import json
import statistics
import sys
import time
from pathlib import Path

from atpath.compiler import load
from hand import CHECKED

ROUNDS = 7
SECONDS = 0.25
PART = 200


def main() -> None:
    """Measure the task of the command line."""
    task, path = "t" + sys.argv[1][1], sys.argv[2]
    with Path(path).open("rb") as file:
        events = [json.loads(line) for line in file][:10_000]
    if "--ratio" in sys.argv:
        print(json.dumps({"ratio": round(ratio(CHECKED[task], to_route(task), events), 3)}))
        return
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


def ratio(hand, route, events) -> float:
    """The time of the one by that of the other: the median over all parts of the events, who is first changing."""
    ratios = []
    for at in range(0, ROUNDS * len(events), PART):
        part = events[at % len(events) :][:PART]
        first, second = (hand, route) if (at // PART) % 2 else (route, hand)
        pair = seconds(first, part), seconds(second, part)
        taken = dict(zip((first, second), pair, strict=True))
        ratios.append(taken[hand] / taken[route])
    return statistics.median(ratios)


def seconds(function, events) -> float:
    """How long a function takes for all of the events, warm."""
    for event in events:
        function(event)
    start = time.perf_counter()
    for event in events:
        function(event)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
