"""Which line a comment belongs to, so that formatting keeps it there."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from .source import Source


@dataclass(frozen=True, slots=True)
class Comments:
    """Comments by the offset of the line that they stand above, or of the section that they end."""

    above: dict[int, tuple[str, ...]]
    after: dict[int, tuple[str, ...]]
    at_end: tuple[str, ...]

    def around(self, at: int) -> tuple[str, ...]:
        """Those above a line and those that end the section it begins."""
        return self.above.get(at, ()) + self.after.get(at, ())


def place_comments(source: Source, anchors: Sequence[int], sections: Sequence[int]) -> Comments:
    """Give every comment its place.

    Shape: `anchors` are the offsets of the lines that may have comments above them (heads of sections and rows),
        `sections` those of the heads alone; both ascending. A block of comments belongs to the line below it;
        one with a blank line below and none above, to the section above.
    """
    above: dict[int, list[str]] = {}
    after: dict[int, list[str]] = {}
    at_end: list[str] = []
    for start, end, block in _blocks(source):
        below = bisect_left(anchors, start)
        section = bisect_left(sections, start) - 1
        next_anchor = anchors[below] if below < len(anchors) else None
        ends_section = _blank_below(source, end) and not _blank_above(source, start) and section >= 0
        if section >= 0 and (ends_section or next_anchor is None):
            after.setdefault(sections[section], []).extend(block)
        elif next_anchor is None:
            at_end.extend(block)
        else:
            above.setdefault(next_anchor, []).extend(block)
    return Comments(
        {at: tuple(lines) for at, lines in above.items()},
        {at: tuple(lines) for at, lines in after.items()},
        tuple(at_end),
    )


def _blocks(source: Source) -> list[tuple[int, int, list[str]]]:
    """Runs of comment lines: (start, end, the lines without their indent)."""
    blocks: list[tuple[int, int, list[str]]] = []
    at = 0
    for line in (f"{line}\n" for line in source.text.split("\n")):
        if line.lstrip(" \t").startswith("#"):
            text = line.strip()
            if blocks and blocks[-1][1] == at:
                start, _, lines = blocks.pop()
                blocks.append((start, at + len(line), [*lines, text]))
            else:
                blocks.append((at, at + len(line), [text]))
        at += len(line)
    return blocks


def _blank_below(source: Source, end: int) -> bool:
    line = source.text[end : source.text.find("\n", end) + 1 or None]
    return not line.strip()


def _blank_above(source: Source, start: int) -> bool:
    before = source.text[:start].rstrip(" \t\r")
    return not before or before.endswith(("\n\n", "\n\r\n"))
