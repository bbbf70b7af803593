"""Mapping files on disk: which one a name means, and its text."""

import os
import posixpath
import re
from codecs import BOM_UTF8
from collections.abc import Mapping
from pathlib import Path

from ..dsl.text import AFTER_MARK, NO_UTF8

_NAME = re.compile(r"[a-z][a-z0-9_-]*\Z")
_HEAD = re.compile(r"^[ \t]*destination\b", re.M)
_INCLUDE = re.compile(r"^[ \t]*include[ \t]+\"([^\"\n]*)\"", re.M)


def find_mapping(name: str) -> Path:
    """The path of a mapping: a file's, or of one that ships with the package (`heap`)."""
    path = Path(name)
    if path.exists() or not _NAME.match(name):
        return path
    from importlib import resources  # costs as much as the rest of a start: only where it is asked for

    shipped = resources.files("atpath.mappings") / f"{name}.map"
    return Path(str(shipped)) if shipped.is_file() else path


def near_shipped(name: str) -> str:
    """A hint that names the mapping that ships and was probably meant; "" where none was."""
    if not _NAME.match(name):
        return ""
    from importlib import resources

    from ..dsl.spelling import did_you_mean

    names = [path.name.removesuffix(".map") for path in resources.files("atpath.mappings").iterdir()]
    return did_you_mean(name, [shipped for shipped in names if _NAME.match(shipped)])


def mappings_below(folder: Path) -> list[str]:
    """The mapping files of a folder, at any depth, in order, without those that are only parts of others.

    Errors: OSError for a folder that may not be read
    """

    def stop(error: OSError) -> None:
        raise error  # else what is in there would be passed over, and the rest called all there is

    found = (Path(at, name) for at, _, names in os.walk(folder, onerror=stop) for name in names)
    files = sorted(str(path) for path in found if path.name.endswith(".map") and path.is_file())
    return without_parts({name: _readable(Path(name)) for name in files})


def without_parts(texts: Mapping[str, str]) -> list[str]:
    """Those of several files that are mappings: not the ones without a destination that another one includes.

    Shape:  {path: text}; a part is read with what includes it
    """
    included = {
        posixpath.normpath(posixpath.join(posixpath.dirname(name), part))
        for name, text in texts.items()
        for part in _INCLUDE.findall(text)
    }
    mappings = [name for name, text in texts.items() if _HEAD.search(text) or posixpath.normpath(name) not in included]
    return mappings or list(texts)


def is_mapping(path: Path) -> bool:
    """Whether a file says which destination it is for; one that does not may be a part of others."""
    return _HEAD.search(_readable(path)) is not None


def _readable(path: Path) -> str:
    """The text of a file, as far as it can be read: what is wrong with it is said where it is loaded."""
    try:
        return read_mapping(path)
    except OSError:
        return ""


def read_mapping(path: Path) -> str:
    """The text of a mapping file. Errors: OSError; it ends in NO_UTF8 and AFTER_MARK at the first byte that is none."""
    return mapping_text(path.read_bytes())


def mapping_text(data: bytes) -> str:
    """The text that the bytes of a mapping file hold, likewise."""
    text = data.removeprefix(BOM_UTF8)
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        return text[: error.start].decode() + NO_UTF8 + AFTER_MARK * (len(text) < len(data))


def read_included(folder: Path | None, name: str) -> str | None:
    """The text of a file that a mapping includes, or of its rules, by its path from the folder; None: there is none.

    Errors: OSError for one that is there and cannot be read: without it, rules would hold nothing back
    """
    try:
        return mapping_text((folder / name).read_bytes()) if folder is not None else None
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError, ValueError):
        return None
