"""Texts in and out: files that people write, standard input, and what is made of them."""

import os
import sys
import tempfile
from pathlib import Path

from ..dsl import nodes as n
from ..dsl.format import format_mapping, ordered
from ..dsl.parser import parse
from ..dsl.source import Source
from .failures import UserError, reason_of


def read_source(name: str) -> Source:
    """The text of a file, or of standard input for `-`. UserError where it is no text."""
    data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    shown = "standard input" if name == "-" else name
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(f"{shown} is no UTF-8 text: byte {error.start + 1:,} is none of a character") from None
    return Source(shown, text)


def write_text(name: str, text: str) -> None:
    """A text to a file, or to standard output for `-`; a file is whole at any time, the old or the new. UserError."""
    if name == "-":
        sys.stdout.write(text)
        return
    path = Path(os.path.realpath(name))
    if path.exists() and not path.is_file():
        path.write_text(text, "utf-8", newline="\n")  # a pipe or a device
        return
    if path.exists() and not os.access(path, os.W_OK):  # its folder would take a new file in its place
        raise UserError(f"{name}: permission denied", hint="the file may not be written; `chmod +w` lets it")
    try:
        handle, beside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:  # it names a file that nobody has heard of
        where = "" if isinstance(error, FileNotFoundError) else "its folder takes no new file: "
        raise UserError(f"{name}: {where}{reason_of(error)}") from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        Path(beside).chmod(path.stat().st_mode & 0o7777 if path.exists() else 0o666 & ~_umask())
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def canonical(mapping: n.Mapping) -> str:
    """The mapping as a mapping file, read back before anybody sees it. AssertionError: ours, not the user's."""
    text = format_mapping(mapping)
    again = parse(Source("formatted", text))
    if repr(again.mapping) != repr(ordered(mapping)) or format_mapping(again.mapping) != text:
        raise AssertionError("the formatted mapping does not say what the mapping says")
    return text
