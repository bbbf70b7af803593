"""The benchmark: `atpath run` beside what a Python user would write, file to file, on the same events.

usage: run.py [--events N] [--rounds N] [--long N] [--files N] [--tasks t1 t2] [--out FOLDER]

Everything is run in turn, on one core, every round; a ratio is the median over the rounds of hand-written Python's
time over the other's in the same round, start-up taken off both. Then peak memory on a long file, events in memory,
and the time that a hundred definitions take to compile. Writes tables to standard output, and with matplotlib plots
for a light and a dark page. Libraries that are not installed are left out, and said so.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

from events import write_events
from more import compile_times, dicts, memory
from more import table as small_table

HERE = Path(__file__).resolve().parent
ATPATH = [sys.executable, "-m", "atpath.cli", "run", "{map}", "{in}", "-o", "{out}", "--format", "json"]
PEER = [sys.executable, str(HERE / "peers.py")]
TASKS = ["t1", "t2"]
BASE = "hand-written, orjson"
ROWS = (  # name, command, what it needs, part of the events, cores
    (BASE, [*PEER, "orjson", "{task}", "{in}", "{out}"], "orjson", 1, 1),
    ("hand-written with checks, orjson", [*PEER, "checked", "{task}", "{in}", "{out}"], "orjson", 1, 1),
    ("hand-written, msgspec", [*PEER, "msgspec", "{task}", "{in}", "{out}"], "msgspec", 1, 1),
    ("jmespath", [*PEER, "jmespath", "{task}", "{in}", "{out}"], "jmespath", 0.1, 1),
    ("jsonpath-ng", [*PEER, "jsonpath", "{task}", "{in}", "{out}"], "jsonpath_ng", 0.1, 1),
    ("glom", [*PEER, "glom", "{task}", "{in}", "{out}"], "glom", 0.02, 1),
    ("atpath run", ATPATH, "atpath", 1, 1),
    ("atpath run --workers 2", [*ATPATH, "--workers", "2"], "atpath", 1, 2),
)


def main() -> None:
    """Run all, print a table a task."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--long", type=int, default=1_000_000, help="events of the file that memory is measured on")
    parser.add_argument("--files", type=int, default=100, help="definitions that are checked and compiled")
    parser.add_argument("--tasks", nargs="+", choices=TASKS, default=TASKS)
    parser.add_argument("--out", type=Path, default=HERE / "out")
    args = parser.parse_args()
    args.out.mkdir(exist_ok=True, parents=True)
    found: dict[str, list[list[object]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for task in args.tasks:
            found[task] = measure(task, args.events, args.rounds, Path(folder))
            print(table(task, found[task], args.events), flush=True)
        own = [row for row in ROWS if row[2] == "atpath"]
        more = [
            *memory(own, seconds, args.long, Path(folder)),
            *dicts(write_events(Path(folder) / "dicts.ndjson", min(args.events, 10_000)), args.tasks, args.rounds),
            *compile_times(args.files),
        ]
    print(small_table(more), flush=True)
    (args.out / "figures.json").write_text(json.dumps({"files": found, "more": more}, indent=1))
    plot(found, args.out)


def measure(task: str, events: int, rounds: int, folder: Path) -> list[list[object]]:
    """Rows of [name, cores, events a second, ratio, start-up ms, peak MB]."""
    rows = [row for row in ROWS if find_spec(row[2])]
    left_out = [row[0] for row in ROWS if row not in rows]
    if left_out:
        print("not installed, left out:", ", ".join(left_out), file=sys.stderr)
    files = {n: write_events(folder / f"{n}.ndjson", n) for n in {1, *(max(1, int(events * row[3])) for row in rows)}}
    starts = {row[0]: min(seconds(row, task, files[1], folder)[0] for _ in range(min(4, rounds))) for row in rows}
    rates: dict[str, list[float]] = {row[0]: [] for row in rows}
    peaks: dict[str, float] = {}
    for _ in range(rounds):
        for row in rows:
            number = max(1, int(events * row[3]))
            taken, peak = seconds(row, task, files[number], folder)
            rates[row[0]].append(number / max(1e-3, taken - starts[row[0]]))
            peaks[row[0]] = max(peak, peaks.get(row[0], 0))
    return [
        [
            row[0], row[4], round(statistics.median(rates[row[0]])),
            round(statistics.median(a / b for a, b in zip(rates[row[0]], rates[rows[0][0]], strict=True)), 2),
            round(starts[row[0]] * 1000), round(peaks[row[0]]),
        ]
        for row in rows
    ]  # fmt: skip


def seconds(row: tuple, task: str, source: Path, folder: Path) -> tuple[float, float]:
    """Wall seconds of one run and its peak memory in MB."""
    places = {"{task}": task, "{in}": str(source), "{out}": str(folder / "out"), "{map}": str(HERE / f"{task}.map")}
    command = [places.get(word, word) for word in row[1]]
    start = time.perf_counter()
    kept = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}  # bytecode, as on a user's machine
    nothing = subprocess.DEVNULL
    process = subprocess.Popen(command, env=kept, stderr=nothing, stdout=nothing, preexec_fn=one(row[4]))  # noqa: PLW1509
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = status
    if status:
        raise SystemExit(f"{row[0]} failed: {' '.join(command)}")
    return time.perf_counter() - start, usage.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def one(cores: int):
    """Keep a process on one core, where the system can."""
    if cores > 1 or not hasattr(os, "sched_setaffinity"):
        return None
    last = max(os.sched_getaffinity(0))
    return lambda: os.sched_setaffinity(0, {last})


def table(task: str, rows: list[list[object]], events: int) -> str:
    """The figures as Markdown."""
    head = f"\n{task}: {events:,} events\n\n| | cores | events/s | ratio | start-up ms | peak MB |"
    return "\n".join(
        [head, "| --- " * 6 + "|", *(f"| {n} | {c} | {r:,} | {q:.2f} | {s} | {m} |" for n, c, r, q, s, m in rows)]
    )


def plot(found: dict[str, list[list[object]]], folder: Path) -> None:
    """Bars of the ratios for a light and a dark page, if matplotlib is there."""
    if not find_spec("matplotlib"):
        print("no plot: matplotlib is not installed", file=sys.stderr)
        return
    from matplotlib import pyplot

    for name, ink, bar, own in (("ratios", "#1f2328", "#9aa4b2", "#0b6bcb"), ("dark", "#e6edf3", "#5c6673", "#4aa3ff")):
        colours = dict.fromkeys(("text.color", "axes.labelcolor", "xtick.color", "ytick.color", "axes.edgecolor"), ink)
        with pyplot.rc_context({**colours, "font.size": 10, "svg.fonttype": "none", "savefig.transparent": True}):
            figure, axes = pyplot.subplots(1, len(found), figsize=(13, 4), layout="constrained", squeeze=False)
            for axis, (task, rows) in zip(axes[0], found.items(), strict=True):
                names = [str(row[0]) for row in rows]
                fill = [own if shown.startswith("atpath") else bar for shown in names]
                axis.bar_label(axis.barh(names, [row[3] for row in rows], color=fill), fmt="%.2f", padding=3)
                axis.axvline(1, color=ink, linewidth=0.8, linestyle=":")
                axis.spines[["top", "right", "left"]].set_visible(False)
                axis.tick_params(axis="y", length=0)
                axis.margins(x=0.1)
                axis.invert_yaxis()
                axis.set_title(f"{task}: events a second, {BASE} = 1", loc="left")
            figure.savefig(folder / f"{name}.svg")
            pyplot.close(figure)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
