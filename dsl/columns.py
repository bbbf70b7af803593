"""One line of a text on a screen: tabs and wide characters, a window around what matters, underlines."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

TAB = 4
_CUT = "…"


@dataclass(frozen=True, slots=True)
class Line:
    """A stretch of a line to underline: offsets in the line, the sign, a word about it."""

    start: int
    end: int
    sign: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A line as shown, and the rows under it."""

    text: str
    below: tuple[str, ...]


def draw_line(text: str, marks: Sequence[Line], room: int) -> Drawn:
    """The line and its underlines, cut to `room` columns around the first mark.

    Shape: an empty mark is drawn one column wide
    """
    start, end = _window(text, marks[0], marks, room)
    shown, columns = _cells(text[start:end])
    left = _CUT if start else ""
    right = _CUT if end < len(text) else ""
    places: list[tuple[int, int, Line]] = []
    for mark in marks:
        if mark.start > end or (mark.end < start and mark is not marks[0]):
            continue
        first = columns[max(mark.start, start) - start] + len(left)
        last = columns[min(max(mark.end, start), end) - start] + len(left)
        places.append((first, max(last, first + 1), mark))
    return Drawn(f"{left}{shown}{right}", tuple(_underlines(places, room)))


def _window(text: str, main: Line, marks: Sequence[Line], room: int) -> tuple[int, int]:
    """Which characters to show: all of them where they fit, else those around the main mark."""
    if len(text) <= room and _width(text) <= room:
        return 0, len(text)
    room -= 2  # the signs that something was cut
    low, high = main.start, min(main.end, main.start + room)
    for mark in marks[1:]:  # the other marks too, where there is room for them
        first, last = min(low, mark.start), max(high, mark.end)
        if last - first <= room and _width(text[first:last]) <= room:
            low, high = first, last
    while high > low and _width(text[low:high]) > room:
        high -= 1
    if _width(text[:high]) <= room:
        low = 0
    spare = room - _width(text[low:high])
    before = after = 0
    while low > 0 and before < spare // 2:
        low -= 1
        before += _width(text[low])
    while high < len(text) and before + after + (step := _width(text[high])) <= spare:
        high += 1
        after += step
    while low > 0 and before + after + (step := _width(text[low - 1])) <= spare:
        low -= 1
        before += step
    return low, high


def _width(text: str) -> int:
    return sum(_cell(c)[1] for c in text)


def _cells(text: str) -> tuple[str, list[int]]:
    """What to show, and the column at which each character (and the end) stands."""
    shown: list[str] = []
    columns: list[int] = []
    at = 0
    for character in text:
        columns.append(at)
        cell, width = _cell(character)
        shown.append(cell)
        at += width
    return "".join(shown), [*columns, at]


def _cell(character: str) -> tuple[str, int]:
    """A character as shown, and its columns."""
    if " " <= character <= "~":
        return character, 1
    if character == "\t":
        return " " * TAB, TAB
    code = ord(character)
    if code < 32:
        return chr(0x2400 + code), 1
    category = unicodedata.category(character)
    if category in ("Mn", "Me"):
        return character, 0
    if category in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
        return "\ufffd", 1
    return character, 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _underlines(places: Iterable[tuple[int, int, Line]], room: int) -> list[str]:
    """The row of signs, then a row for every word that does not fit behind it."""
    ordered = sorted(places, key=lambda p: p[0])
    row = [" "] * max((last for _, last, _ in ordered), default=0)
    for first, last, mark in sorted(ordered, key=lambda p: p[2].sign == "^"):
        row[first:last] = mark.sign * (last - first)
    texts = [(first, last, mark.text) for first, last, mark in ordered if mark.text]
    line = "".join(row)
    below: list[str] = []
    if texts and texts[-1][1] == len(row) and len(row) + 1 + len(texts[-1][2]) <= room:
        line = f"{line} {texts.pop()[2]}"
    while texts:
        first, _, text = texts.pop()
        stems = _stems([at for at, _, _ in texts])
        if not below:
            below.append(_stems([*(at for at, _, _ in texts), first]))
        at = min(first, max(room - len(text), 0))
        below.append(f"{stems[:at]:<{at}}{text}")
    return [line, *below]


def _stems(columns: Sequence[int]) -> str:
    row = [" "] * (max(columns, default=-1) + 1)
    for column in columns:
        row[column] = "|"
    return "".join(row)
