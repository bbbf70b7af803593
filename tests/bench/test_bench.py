"""The benchmark runs, in small, and compares like with like."""

import importlib.util
import json
import random
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from atpath.compiler import load

BENCH = Path(__file__).parents[2] / "bench"


def module(name: str) -> ModuleType:
    """A script of the benchmark's as a module."""
    spec = importlib.util.spec_from_file_location(f"bench_{name}", BENCH / f"{name}.py")
    assert spec is not None and spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


@pytest.mark.parametrize("task", ["t1", "t2"])
def test_hand_written_code_gives_what_the_mapping_gives(task: str) -> None:
    mapping, events, hand = load(BENCH / f"{task}.map"), module("events"), module("hand")
    maker = random.Random(1)
    for at in range(300):
        event = events.event(maker, at)
        assert json.dumps(hand.CHECKED[task](event)) == json.dumps(mapping.route(event))
    assert not mapping.drops
    assert not hand.DROPS


def test_a_small_run(tmp_path: Path) -> None:
    small = ("--events", "20", "--rounds", "1", "--long", "20", "--files", "1", "--tasks", "t1")
    command = [sys.executable, str(BENCH / "run.py"), *small, "--out", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    figures = json.loads((tmp_path / "figures.json").read_text("utf-8"))
    assert {"atpath run", "atpath run --workers 2"} <= {row[0] for row in figures["files"]["t1"]}
    for row in figures["more"]:
        assert f"| {row[0]} |" in done.stdout
    assert {row[2] for row in figures["more"]} >= {"40 MB", "1.1", "10 s", "0.5 s"}
