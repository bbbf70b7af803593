"""How long it takes to check and compile a hundred definitions: from a cold start, again, and after one row changed.

usage: compile_time.py [FACTS] [--files N]

FACTS has a destination's definition in Segment's JSON a line, each of which `atpath import` makes a mapping of;
without it, copies of the mappings that ship stand in. Every figure is a whole `atpath check FOLDER --compile`.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FACTS = ROOT.parent / "shared" / "conformance" / "facts.ndjson"
ATPATH = [sys.executable, "-m", "atpath.cli"]
TEXT_ROW = re.compile(r"^\| \S+ +\| (string|number)\b", re.MULTILINE)
CHANGES = 5  # files in each of which a row is changed


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("facts", nargs="?", type=Path, default=FACTS)
    parser.add_argument("--files", type=int, default=100)
    args = parser.parse_args()
    for name, value in measure(args.facts, args.files).items():
        print(f"{name:<24} {value}")


def measure(facts: Path, files: int) -> dict[str, float]:
    """Seconds by what was done, and how many files there were."""
    with tempfile.TemporaryDirectory() as folder:
        maps, cache = Path(folder) / "maps", Path(folder) / "cache"
        maps.mkdir()
        write_mappings(maps, facts, files)
        by_size = sorted(maps.glob("*.map"), key=lambda path: path.stat().st_size)
        cold, again = check(maps, cache), check(maps, cache)
        step = max(1, (len(by_size) - 1) // (CHANGES - 1))
        changed = [changed_row(path, maps, cache) for path in by_size[::step]]
    return {
        "files": len(by_size),
        "cold, s": cold,
        "unchanged, s": again,
        "one row changed, s": round(statistics.median(changed), 2),
        "the slowest of those, s": max(changed),
    }


def write_mappings(folder: Path, facts: Path, files: int) -> None:
    """A mapping file for each definition."""
    if not facts.exists():
        shipped = sorted((ROOT / "mappings").glob("*.map"))
        for at in range(files):
            path = shipped[at % len(shipped)]
            (folder / f"{path.stem}{at}.map").write_text(path.read_text("utf-8"), "utf-8")
        return
    with facts.open(encoding="utf-8") as lines:
        for line in [line for line, _ in zip(lines, range(files), strict=False)]:
            definition = folder / "definition.json"
            definition.write_text(line, "utf-8")
            target = folder / f"{json.loads(line)['slug']}.map"
            subprocess.run([*ATPATH, "import", definition, "-o", target], check=True, stderr=subprocess.DEVNULL)
            definition.unlink()


def changed_row(path: Path, maps: Path, cache: Path) -> float:
    """Seconds after one row of a file has another type."""
    text = path.read_text("utf-8")
    row = TEXT_ROW.search(text)
    if row is not None:
        other = "number" if row[1] == "string" else "string"
        text = text[: row.start(1)] + other + text[row.end(1) :]
    path.write_text(text if row is not None else text + "\n# changed\n", "utf-8")
    return check(maps, cache)


def check(maps: Path, cache: Path) -> float:
    """Seconds that a check of the folder takes; it fails only where it could not do its work.

    Bytecode is kept as it is on a user's machine, whatever the environment says.
    """
    start = time.perf_counter()
    command = [*ATPATH, "check", str(maps), "--compile", "--format", "json"]
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache), "PYTHONDONTWRITEBYTECODE": ""}
    done = subprocess.run(command, check=False, env=environment, stdout=subprocess.DEVNULL)
    if done.returncode not in (0, 1):
        raise SystemExit(f"failed: {' '.join(command)}")
    return round(time.perf_counter() - start, 2)


if __name__ == "__main__":
    main()
