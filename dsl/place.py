"""Where in a file something stands, in its reader's words: which section, row and column."""

import re
from bisect import bisect_right
from functools import lru_cache

from .source import Source

_HEAD = re.compile(
    r"(destination|action|rows|shape|table|let)[ \t]+([A-Za-z_][\w-]*)"
    r'|(settings)[ \t\r]*$|(preset|example|law)[ \t]+"([^"\n]*)"',
    re.M,
)
_LONG = 60
_LINES = 20  # of one row
_FAR = 100_000  # characters to look back: farther than any section that a person wrote


def place_of(source: Source, offset: int) -> str:
    """`action trackEvent, row event, column source`; "" outside any section."""
    parts: list[str] = []
    number = source.line_of(offset)
    head = _head(source, number)
    if head:
        parts.append(head)
    line = source.line(number)
    if len(line) < _FAR and line.startswith("|"):
        parts += _cell(source, number, line, source.column_of(offset) - 1)
    return ", ".join(parts)


def _head(source: Source, number: int) -> str:
    places, names = _heads(source)
    at = bisect_right(places, source.offset_of(number)) - 1
    return names[at] if at >= 0 and places[at] >= source.offset_of(number) - _FAR else ""


@lru_cache(maxsize=4)
def _heads(source: Source) -> tuple[list[int], list[str]]:
    """Where the sections of a text begin, and what they are called: thousands of messages may ask."""
    places: list[int] = []
    names: list[str] = []
    for number in range(1, source.line_of(len(source.text)) + 1):
        begin = source.offset_of(number)
        match = _HEAD.match(source.text, begin, begin + 300)
        if match:
            places.append(begin)
            named = f"{match[1]} {_short(match[2])}" if match[1] else f'{match[4]} "{_short(match[5] or "")}"'
            names.append("settings" if match[3] else named)
    return places, names


@lru_cache(maxsize=4)
def _tops(source: Source) -> list[int]:
    """For each line of a text (and 0) the first of the lines right above it that are of a table."""
    tops = [0, 1]
    for number in range(2, source.line_of(len(source.text)) + 1):
        inside = source.line(number - 1).lstrip().startswith(("|", "#"))
        tops.append(tops[-1] if inside else number)
    return tops


def _short(name: str) -> str:
    return name if len(name) <= _LONG else f"{name[: _LONG - 1]}…"


def _cell(source: Source, number: int, line: str, column: int) -> list[str]:
    top = _tops(source)[number]
    while top < number and not source.line(top).startswith("|"):
        top += 1
    if top == number:
        return []
    names = [cell.strip() for cell in _split(source.line(top))[1:]]
    key = _row_name(source, number, top)
    index = len(_split(line[:column])) - 2
    parts = [f"row {_short(key)}"] if key else []
    if 0 <= index < len(names) and names[index] and line[column : column + 1] != "|":
        parts.append(f"column {names[index].lower()}")
    return parts


def _row_name(source: Source, number: int, top: int) -> str:
    """The first cell of the row, or of the row that it goes on with."""
    stop = max(top, number - _LINES)
    while number > stop:
        cells = _split(source.line(number))
        if len(cells) > 1 and cells[1].strip():
            return cells[1].strip()
        number -= 1
    return ""


def _split(line: str) -> list[str]:
    return re.split(r"(?<!\\)\|", line)
