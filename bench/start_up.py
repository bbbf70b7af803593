"""How long `atpath check mappings/heap.map` takes as a whole process, beside the same interpreter's `-c pass`.

Each is started 20 times, in turn; medians of wall time. Three cases: nothing has changed since the last run
(what a person or an editor has most often); the file has changed, so it is parsed and checked anew; and the very
first run, which works out the grammar's tables and keeps them.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
TIMES = 20
CHECK = [sys.executable, "-m", "atpath.cli", "check", *(sys.argv[1:] or ["mappings/heap.map"])]


def timed(command: list[str], cache: Path) -> float:
    """Milliseconds of one process; bytecode is kept as it is on a user's machine, whatever the environment says."""
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache), "PYTHONDONTWRITEBYTECODE": ""}
    start = time.perf_counter()
    subprocess.run(command, check=False, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    return 1000 * (time.perf_counter() - start)


def measure(name: str, cache: Path, before: Callable[[], None]) -> None:
    """Print one line: the two medians, and how many times the first the second is."""
    passes: list[float] = []
    checks: list[float] = []
    for _ in range(TIMES):
        passes.append(timed([sys.executable, "-c", "pass"], cache))
        before()
        checks.append(timed(CHECK, cache))
    ratio = median(checks) / median(passes)
    print(f"{name:<12} -c pass {median(passes):6.1f} ms   check {median(checks):6.1f} ms   {ratio:5.1f} times")


def main() -> None:
    """Measure the three cases."""
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder)

        def forget(pattern: str) -> None:
            for file in (cache / "atpath").glob(pattern):
                file.unlink()

        timed(CHECK, cache)
        measure("unchanged", cache, lambda: None)
        measure("changed", cache, lambda: forget("check-*"))
        measure("first run", cache, lambda: shutil.rmtree(cache / "atpath", ignore_errors=True))


if __name__ == "__main__":
    main()
