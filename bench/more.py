"""What else the benchmark measures: memory on a long file, dict to dict, compile time; each as rows of words."""

import json
import statistics
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from shutil import copyfileobj

from compile_time import FACTS, measure
from events import write_events

HERE = Path(__file__).resolve().parent
WANTED = {"t1": "1.1", "t2": "1.2"}
Row = tuple[str, str, str]  # what, the figure, what is wanted
Timed = Callable[[tuple, str, Path, Path], tuple[float, float]]


def memory(rows: list[tuple], seconds: Timed, events: int, folder: Path) -> list[Row]:
    """The peak of each command on one long file: a short one's lines again and again."""
    part = write_events(folder / "part.ndjson", max(1, events // 10))
    source = folder / "long.ndjson"
    with source.open("wb") as file:
        for _ in range(10):
            with part.open("rb") as again:  # in pieces: what this process holds counts for those that it starts
                copyfileobj(again, file)
    size = source.stat().st_size / 1e6
    found: list[Row] = []
    for row in rows:
        taken, peak = seconds(row, "t1", source, folder)
        what = f"{row[0]}, t1: peak memory, {max(1, events // 10) * 10:,} events"
        found.append((what, f"{peak:.0f} MB ({size:,.0f} MB in {taken:.0f} s)", "40 MB"))
    source.unlink()
    return found


def dicts(source: Path, tasks: list[str], rounds: int) -> list[Row]:
    """Events in memory to payloads in memory, in turn with hand-written Python that makes the same checks."""
    found: list[Row] = []
    for task in tasks:
        ratios = [ratio(task, source) for _ in range(rounds)]
        spread = f"{statistics.median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f})"
        found.append((f"dict to dict, {task}: ratio to hand-written with checks", spread, WANTED[task]))
    return found


def ratio(task: str, source: Path) -> float:
    """What a process of its own finds."""
    command = [sys.executable, str(HERE / "mem.py"), task, str(source), "--ratio"]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)["ratio"]


def compile_times(files: int) -> list[Row]:
    """Checking and compiling many definitions."""
    found = measure(FACTS, files)
    name = f"{found.pop('files'):.0f} definitions, "
    wanted = {"cold, s": "10 s", "one row changed, s": "0.5 s"}
    return [(name + what, f"{value:.2f}", wanted.get(what, "")) for what, value in found.items()]


def table(rows: list[Row]) -> str:
    """The figures as Markdown."""
    head = "\n| | measured | wanted |\n| --- | --- | --- |"
    return "\n".join([head, *(f"| {what} | {figure} | {wanted} |" for what, figure, wanted in rows)])
