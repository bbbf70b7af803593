"""Several processes give what one gives, and stop cleanly."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-m", "atpath.cli", "run", "heap"]
CLOCK = ["--now", "2024-01-01T00:00:00Z", "--format", "json"]


def line(number: int) -> bytes:
    """An event, or one of the lines that are none."""
    match number % 50:
        case 0:
            return b"{not json"
        case 1:
            return b""
        case 2:
            return b'{"type": "page"}'
        case 3:
            return b'{"type": "track", "messageId": 5, "event": ["x"]}'
        case _:
            properties = {"at": number, "text": "é" * (number % 300)}
            return json.dumps({"type": "track", "messageId": f"m-{number}", "properties": properties}).encode()


def write(path: Path, number: int) -> Path:
    """A file of events: several stretches of it where there are many."""
    path.write_bytes(b"\xef\xbb\xbf" + b"\n".join(map(line, range(number))))
    return path


def run(folder: Path, events: Path, workers: int) -> tuple[bytes, bytes, bytes]:
    """Output, dead letters and summary."""
    output, letters = folder / f"{workers}.out", folder / "letters"
    letters.unlink(missing_ok=True)
    more = ["-o", str(output), "--dead-letters", str(letters), "--workers", str(workers)]
    done = subprocess.run([*COMMAND, str(events), *more, *CLOCK], capture_output=True, timeout=60, check=True)
    return output.read_bytes(), letters.read_bytes(), done.stderr


@pytest.mark.parametrize("number", [3, 9000])
def test_any_number_of_workers_gives_the_same(tmp_path: Path, number: int) -> None:
    events = write(tmp_path / "events", number)
    one = run(tmp_path, events, 1)
    assert run(tmp_path, events, 2) == one
    assert run(tmp_path, events, 3) == one


def test_ctrl_c_leaves_whole_lines_and_no_process(tmp_path: Path) -> None:
    events, output = write(tmp_path / "events", 120_000), tmp_path / "out"
    command = [*COMMAND, str(events), "-o", str(output), "--workers", "2", *CLOCK]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True)
    while not (output.exists() and output.stat().st_size):
        time.sleep(0.005)
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(30) == 130
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)
    assert all(json.loads(each)["action"] == "trackEvent" for each in output.read_bytes().splitlines())


def test_no_worker_is_no_run(tmp_path: Path) -> None:
    events = write(tmp_path / "events", 3)
    done = subprocess.run([*COMMAND, str(events), "--workers", "0"], capture_output=True, timeout=60, check=False)
    assert done.returncode == 1
    assert b"--workers 0" in done.stderr
