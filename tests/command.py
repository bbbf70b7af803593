"""The command line as a person starts it: in this process, or in one of its own where that is what a test looks at."""

import fcntl
import io
import logging
import os
import pty
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator, Mapping
from contextlib import chdir, contextmanager
from pathlib import Path
from unittest.mock import patch

from atpath.cli import main

ROOT = Path(__file__).resolve().parent.parent
Done = subprocess.CompletedProcess[str]


def atpath(
    *words: str | Path, cwd: Path = ROOT, stdin: bytes = b"", env: Mapping[str, str] | None = None, columns: int = 80
) -> Done:
    """`atpath WORDS`, without colours, in this process: to start one costs many times what a command does."""
    given, out, err = io.TextIOWrapper(io.BufferedReader(io.BytesIO(stdin))), _stream(), _stream()  # type: ignore[arg-type]
    command = [*map(str, words)]
    with (
        chdir(cwd), patch.dict(os.environ, _environment(env, columns)),
        patch.object(sys, "stdin", given), patch.object(sys, "stdout", out), patch.object(sys, "stderr", err),
        _what_a_process_leaves(),
    ):  # fmt: skip
        status = main(command)
    return Done(command, status, _text(out), _text(err))


def process(
    *words: str | Path, cwd: Path = ROOT, stdin: bytes = b"", env: Mapping[str, str] | None = None, columns: int = 80
) -> Done:
    """`atpath WORDS`, without colours, in a process of its own."""
    return python("-m", "atpath.cli", *map(str, words), cwd=cwd, stdin=stdin, env=env, columns=columns)


def python(
    *words: str, cwd: Path = ROOT, stdin: bytes = b"", env: Mapping[str, str] | None = None, columns: int = 80
) -> Done:
    """This interpreter."""
    done = subprocess.run(
        [sys.executable, *words],
        check=False,
        capture_output=True,
        cwd=cwd,
        input=stdin,
        env={**os.environ, **_environment(env, columns)},
    )
    return Done(words, done.returncode, done.stdout.decode(), done.stderr.decode())


def _environment(env: Mapping[str, str] | None, columns: int) -> dict[str, str]:
    return {"COLUMNS": str(columns), "NO_COLOR": "1", **(env or {})}


def _stream() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), "utf-8")


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    return stream.buffer.getvalue().decode()  # type: ignore[attr-defined]


@contextmanager
def _what_a_process_leaves() -> Iterator[None]:
    """Undo what would have ended with a process."""
    path, handlers = sys.path[:], logging.root.handlers[:]
    try:
        yield
    finally:
        sys.path[:], logging.root.handlers[:] = path, handlers


def terminal(*words: str | Path, cwd: Path = ROOT, columns: int = 80, env: Mapping[str, str] | None = None) -> Done:
    """`atpath WORDS` in a process whose streams are a terminal: all that it shows is `stdout`, colours and all."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    usual = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "NO_COLOR")}
    command = [sys.executable, "-m", "atpath.cli", *map(str, words)]
    started = subprocess.Popen(
        command, cwd=cwd, stdin=theirs, stdout=theirs, stderr=theirs, env={**usual, "TERM": "xterm", **(env or {})}
    )
    os.close(theirs)
    shown = b"".join(_until_closed(ours))
    os.close(ours)
    return Done(command, started.wait(), shown.decode().replace("\r\n", "\n"), "")


def _until_closed(terminal: int) -> Iterator[bytes]:
    while True:
        try:
            part = os.read(terminal, 65536)
        except OSError:  # how Linux says that nobody holds the other end any more
            return
        if not part:
            return
        yield part
