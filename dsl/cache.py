"""Results that take long to work out, kept between runs: small JSON files in the user's cache folder.

A file is named by a digest of everything that its content depends on, so nothing in it is ever stale. It
holds data and no code, and it is left aside if it is not what was written. Where nothing can be kept
(no home, a full disk, another user's folder), everything works, a little slower.
"""

import hashlib
import json
import os
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

Json: TypeAlias = Any  # what `json` reads

MOST_FILES = 2000  # some hundred mappings, checked and compiled
_PARTS = ("dsl", "compiler")


def digest(*parts: str) -> str:
    """The name of a result that depends on these texts, on this code and on this Python."""
    sha = hashlib.blake2b(digest_size=20)
    for part in (_code(), *parts):
        data = part.encode("utf-8", "surrogatepass")
        sha.update(b"%d:" % len(data) + data)
    return sha.hexdigest()


def recall(kind: str, name: str, read: Callable[[dict[str, Json]], Json] | None = None) -> Json | None:
    """What was kept under a name, or None; `read` gives the value of each object, the inner ones first."""
    try:
        folder = _folder()
        with (folder / f"{kind}-{name}.json").open("rb") as file:
            if not (_is_ours(folder.stat()) and _is_ours(os.fstat(file.fileno()))):
                return None
            head, _, body = file.read().partition(b"\n")
    except OSError:
        return None
    if head != _seal(body):
        return None
    try:
        return json.loads(body, object_hook=read)
    except (ValueError, RecursionError):
        return None


def keep(kind: str, name: str, result: Json) -> None:
    """Keep a result for the next run, if that is possible."""
    body = json.dumps(result, separators=(",", ":")).encode()
    try:
        folder = _folder()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not _is_ours(folder.stat()):
            return
        path = folder / f"{kind}-{name}.json"
        half = path.with_suffix(f".{os.getpid()}")
        half.touch(mode=0o600)
        half.write_bytes(_seal(body) + b"\n" + body)
        half.replace(path)
        _prune(folder)
    except OSError:
        return


def _is_ours(found: os.stat_result) -> bool:
    """Whether nobody but this user can have written it."""
    return not hasattr(os, "getuid") or (found.st_uid == os.getuid() and not found.st_mode & 0o022)


def _seal(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=20).hexdigest().encode()


def _folder() -> Path:
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = str(Path.home() / "Library" / "Caches")
    else:
        base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "atpath"


def _prune(folder: Path) -> None:
    """Leave the newest files."""
    with os.scandir(folder) as entries:
        files = [entry for entry in entries if entry.is_file()]
    if len(files) <= MOST_FILES:
        return
    files.sort(key=lambda entry: entry.stat().st_mtime)
    for entry in files[: len(files) - MOST_FILES // 2]:
        Path(entry.path).unlink(missing_ok=True)


@cache
def _code() -> str:
    """Which code works it out: the Python, and every module and grammar of the lower layers by time and size."""
    root = Path(__file__).parent.parent
    marks = [sys.version]
    folders = [str(root / part) for part in _PARTS]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    if entry.name != "__pycache__":
                        folders.append(entry.path)
                elif entry.name.endswith((".py", ".lark", ".json")):
                    stat = entry.stat()
                    marks.append(f"{entry.path}:{stat.st_mtime_ns}:{stat.st_size}")
    return "\n".join(sorted(marks))
