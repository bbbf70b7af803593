"""Dead letters of an earlier run: set aside under a number before those of this one are written."""

import os
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import BinaryIO

try:
    import fcntl
except ImportError:  # Windows, where nobody takes an open file away anyway
    fcntl = None


def set_aside(path: Path) -> Path | None:
    """Give a file that is there a name of its own beside; that name, None where there is nothing to keep.

    Shape:  dead-letters.ndjson becomes dead-letters.1.ndjson, or the first number that is free; an empty file, a
            device, a pipe and what stands for an open file stay as they are
    """
    if is_handle(path) or not path.is_file() or not path.stat().st_size:
        return None
    real = Path(os.path.realpath(path))  # behind a link, the file is kept and the link stays
    for number in count(1):
        kept = path.with_name(f"{path.stem}.{number}{path.suffix}")
        beside = real.with_name(kept.name)
        try:
            beside.touch(exist_ok=False)  # taken before it is used: another run may look for a name, too
        except FileExistsError:
            continue
        try:
            real.replace(beside)
        except FileNotFoundError:  # another run was faster
            beside.unlink()
            return None
        return beside if path.is_symlink() else kept
    return None


def is_handle(path: Path) -> bool:
    """Whether a path stands for an open file, such as /dev/stdout: what lies behind is nobody's to rename or empty."""
    return path.absolute().as_posix().startswith(("/dev/std", "/dev/fd/", "/proc/"))


def mark_open(file: BinaryIO) -> None:
    """Let other runs know, as long as a file of dead letters is open, that more may come."""
    if fcntl:
        with suppress(OSError):  # not every file system can
            fcntl.flock(file, fcntl.LOCK_SH)


def _is_open(path: Path) -> bool:
    """Whether another run has marked a file as open."""
    if not fcntl:
        return False
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:
            return False
    return False


def keep_once(kept: Path | None, path: Path) -> Path | None:
    """Take what was set aside away where the new file says the same: the same run again leaves one file."""
    if kept is None or not path.is_file() or kept.samefile(path) or _is_open(kept):
        return kept
    import filecmp  # who had nothing to set aside starts without it

    if not filecmp.cmp(kept, path, shallow=False):
        return kept
    kept.unlink()
    return None
