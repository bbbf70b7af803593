"""The command line as a process of its own, as a person starts it."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def atpath(
    *words: str | Path, cwd: Path = ROOT, stdin: bytes = b"", env: Mapping[str, str] | None = None, columns: int = 80
) -> subprocess.CompletedProcess[str]:
    """`atpath WORDS`, without colours."""
    return python("-m", "atpath.cli", *map(str, words), cwd=cwd, stdin=stdin, env=env, columns=columns)


def python(
    *words: str, cwd: Path = ROOT, stdin: bytes = b"", env: Mapping[str, str] | None = None, columns: int = 80
) -> subprocess.CompletedProcess[str]:
    """This interpreter."""
    done = subprocess.run(
        [sys.executable, *words],
        check=False,
        capture_output=True,
        cwd=cwd,
        input=stdin,
        env={**os.environ, "COLUMNS": str(columns), "NO_COLOR": "1", **(env or {})},
    )
    return subprocess.CompletedProcess(words, done.returncode, done.stdout.decode(), done.stderr.decode())
