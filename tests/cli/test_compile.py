"""`atpath compile`: a module that stands on its own."""

import ast
import json
import sys
from pathlib import Path

import pytest
from atpath.compiler import Rejected, load
from atpath.runtime.events import DeadLetter, EventFile, read_event, split_lines
from command import ROOT, atpath, python

SAMPLE = ROOT / "examples" / "heap.ndjson"
USE = """
import json, sys, heap_mapping
run = heap_mapping.Run(lambda: "2024-05-01T12:00:00.000Z")
for line in sys.stdin:
    print(json.dumps([(name, result if isinstance(result, dict) else [result.code, result.reason, result.row])
                      for name, result in heap_mapping.route(json.loads(line), run)]))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the module in it."""
    path = tmp_path_factory.mktemp("compiled")
    done = atpath("compile", "mappings/heap.map", "-o", path / "heap_mapping.py")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return path


def test_it_imports_nothing_but_the_standard_library(folder: Path):
    tree = ast.parse((folder / "heap_mapping.py").read_text())
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in imported} <= sys.stdlib_module_names


def test_it_gives_what_the_compilers_own_callables_give(folder: Path):
    heap = load(str(ROOT / "mappings" / "heap.map"), now=lambda: "2024-05-01T12:00:00.000Z")
    events = []
    with EventFile(SAMPLE) as file:
        for chunk in file.chunks():
            events += [e for line in split_lines(chunk) if not isinstance(e := read_event(line), DeadLetter)]
    stdin = b"".join(json.dumps(event).encode() + b"\n" for event in events)
    done = python("-c", USE, cwd=folder, stdin=stdin, env={"PYTHONNOUSERSITE": "1"})
    assert done.stderr == ""
    want = [
        [
            [name, [result.code, result.reason, result.row] if isinstance(result, Rejected) else result]
            for name, result in heap.route(event)
        ]
        for event in events
    ]
    assert [json.loads(line) for line in done.stdout.splitlines()] == want


def test_the_same_mapping_gives_the_same_bytes(folder: Path):
    again = atpath("compile", "mappings/heap.map", "-o", "-", env={"PYTHONHASHSEED": "7"})
    assert again.stdout == (folder / "heap_mapping.py").read_text()


def test_a_mapping_is_not_overwritten(tmp_path: Path):
    mapping = tmp_path / "a.map"
    mapping.write_text("anything")
    done = atpath("compile", mapping, "-o", mapping)
    assert done.returncode == 1
    assert "is both the mapping and the output" in done.stderr
    assert mapping.read_text() == "anything"
