"""Segment's path texts and templates to nodes and back, exact or not at all."""

import re
from collections.abc import Iterable

from .. import nodes as n
from ..templates import join_texts

# The engine's own rule: "[" parts only before a quote or a digit, "]" only after one; quotes are deleted.
_SPLIT = re.compile(r"""\[(?=["'0-9])|\.|(?<=["'0-9])\]+""")
_QUOTES = str.maketrans("", "", "\"'")
_INDEX = re.compile(r"(?:0|[1-9][0-9]*)\Z")
_STEP = re.compile(r"""\[(0|[1-9][0-9]*)\]|\["(0|[1-9][0-9]*)"\]|(?:\A|\.)([^.]+?)(?=\.|\[["0-9]|\Z)""")
_LARGEST = 2**53 - 1
_PLACEHOLDER = re.compile(r"\{\{([^}]+)\}\}")
_TRIPLE = re.compile(r"\{\{\{[^}]+\}\}\}")


def split_keys(path: str) -> list[str]:
    """The keys of a path from which `$.` is gone, as the engine splits it."""
    return [part.translate(_QUOTES) for part in _SPLIT.split(path) if part]


def path_text(path: n.Path) -> str | None:
    """The text of a path in Segment's JSON; None for a path that it cannot say.

    Shape:  $.a["b c"][0] -> "$.a.b c[0]"; $ -> "$."
    """
    inner = _inner_text(path)
    return None if inner is None else f"$.{inner}"


def _inner_text(path: n.Path) -> str | None:
    if not path.singular:
        return None
    text, keys = "", list[str]()
    for step in path.steps:
        match step:
            case n.IndexSelector(index, dotted):
                key = str(index)
                text += f".{key}" if dotted else f"[{key}]"
            case n.NameSelector(key):
                text += f'["{key}"]' if _INDEX.match(key) else f".{key}"
        keys.append(key)
    text = text.removeprefix(".")
    return text if split_keys(text) == keys and (keys or not text) else None


def read_path(text: str) -> n.Path | None:
    """The path whose text this is, to the letter."""
    path = _from_inner(text[2:]) if text.startswith("$.") else None
    return path if path is not None and path_text(path) == text else None


def same_path(text: str) -> n.Path:
    """A path that leads where this text leads the engine, however it is spelt.

    Shape:  "a.b" -> $.a.b; "$.a..b" -> $.a.b; "a['b c']" -> $.a["b c"]
    """
    inner = text.replace("$.", "", 1)
    path = _from_inner(inner)
    keys = split_keys(inner)
    if path is not None and [_key(step) for step in path.steps] == keys:
        return path
    return _path(n.IndexSelector(int(key), dotted=True) if _is_index(key) else n.NameSelector(key) for key in keys)


def _key(step: n.NameSelector | n.IndexSelector) -> str:
    return step.name if isinstance(step, n.NameSelector) else str(step.index)


def _is_index(key: str) -> bool:
    return bool(_INDEX.match(key)) and int(key) <= _LARGEST


def _path(steps: Iterable[n.NameSelector | n.IndexSelector]) -> n.Path:
    return n.Path("$", tuple(n.Segment((step,)) for step in steps))


def _from_inner(inner: str) -> n.Path | None:
    steps: list[n.NameSelector | n.IndexSelector] = []
    at = 0
    while at < len(inner):
        match = _STEP.match(inner, at)
        if match is None:
            return None
        index, quoted, name = match.groups()
        if index and int(index) <= _LARGEST:
            steps.append(n.IndexSelector(int(index)))
        elif name and _is_index(name):
            steps.append(n.IndexSelector(int(name), dotted=True))
        else:
            steps.append(n.NameSelector(name or quoted or index))
        at = match.end()
    return _path(steps)


# --- templates


def template_text(parts: tuple[str | n.Path, ...]) -> str | None:
    """The text of a template in Segment's JSON; None where the engine would read it otherwise."""
    text = ""
    for part in parts:
        if isinstance(part, str):
            text += part
            continue
        inner = _inner_text(part)
        if inner is None:
            return None
        text += "{{" + (inner or ".") + "}}"
    return text if _parts(text) == parts else None


def read_template(text: str) -> tuple[str | n.Path, ...] | None:
    """The parts of the template whose text this is, to the letter; None without a placeholder."""
    parts = _parts(text)
    if parts is None or template_text(parts) != text:
        return None
    placeholders = [part for part in parts if isinstance(part, n.Path)]
    return parts if placeholders and all(path.segments for path in placeholders) else None


def _parts(text: str) -> tuple[str | n.Path, ...] | None:
    """Texts and paths as the engine finds them; None where it goes over its own output."""
    if _TRIPLE.search(text):
        return None
    parts: list[str | n.Path] = []
    done = 0
    for match in _PLACEHOLDER.finditer(text):
        inner = match[1]
        if inner != inner.strip() or inner.strip("\ufeff") != inner:
            return None  # the engine trims
        path = _from_inner("" if inner == "." else inner)
        if path is None:
            return None
        parts += (text[done : match.start()], path)
        done = match.end()
    return join_texts([*parts, text[done:]])
