"""`atpath demo`: the whole way on this machine."""

import json
from pathlib import Path

import pytest
from command import atpath


@pytest.mark.parametrize("columns", [80, 120])
def test_the_screen(golden, tmp_path: Path, columns: int):
    done = atpath("demo", cwd=tmp_path, columns=columns)
    assert (done.returncode, done.stderr) == (0, "")
    assert max(map(len, done.stdout.splitlines())) <= columns
    golden(f"cli/demo.{columns}.txt", done.stdout)


def test_the_report_for_programs(tmp_path: Path):
    done = atpath("demo", "--format", "json", "--dead-letters", "rejected.ndjson", cwd=tmp_path)
    report = json.loads(done.stdout)
    letters = (tmp_path / "rejected.ndjson").read_bytes().splitlines()
    assert report["read"] == 200
    assert report["events_stored"] == report["events_sent"] > 100
    assert report["users_stored"] == report["users_sent"] > 10
    assert report["dead_letters"] == {"file": "rejected.ndjson", "count": len(letters), "earlier": None}
    stored = report["events_stored"] + report["users_stored"]
    assert stored + len(letters) + report["unmatched"] == 200
