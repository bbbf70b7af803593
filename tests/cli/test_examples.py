"""The first example that a verb's `--help` shows works, as it stands, in a copy of what a checkout has."""

import os
import shlex
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from atpath.cli import verbs
from atpath.runtime.standin import Standin
from command import ROOT, atpath

# These stay up, or start from what a delivery has left behind; their own tests show them.
ELSEWHERE = ("standin", "serve", "replay", "status")
ADDRESS = "http://127.0.0.1:8211"  # what the examples call a stand-in
SHELL = set("&|;<>$*`")


def examples() -> list[str]:
    modules = [
        module
        for group in verbs.GROUPS.values()
        for verb, (module, _) in group.items()
        if verb not in ELSEWHERE and verbs.is_there(module)
    ]
    return [import_module(f"atpath.cli.{module}").EXAMPLES[0] for module in modules]


def run(line: str, folder: Path, url: str) -> None:
    line = line.replace(ADDRESS, url)
    if not SHELL & set(line):  # then it is one command, and what a shell makes of it is no question
        done = atpath(*shlex.split(line)[1:], cwd=folder)
        assert done.returncode == 0, done.stderr
        return
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        line,
        check=False,
        shell=True,
        cwd=folder,
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": path},
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("line", examples())
def test_an_example_works(line: str, tmp_path: Path):
    for folder in ("mappings", "examples"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    with Standin().start() as standin:
        run(line, tmp_path, standin.url)
