"""Parts of a docs page: where its lines stand, and what may become an action."""

import re
from dataclasses import dataclass, field

from lark import Token

from . import nodes as n


@dataclass(slots=True)
class Candidate:
    """What may become an action: a heading or a summary, and what follows it."""

    title: str
    start: int
    summary: str = ""
    part: str = "about"
    about: list[str] = field(default_factory=list[str])
    trigger: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    tables: list[list[tuple[int, int]]] = field(default_factory=list[list[tuple[int, int]]])
    clauses: n.Action | None = None
    comments: tuple[str, ...] = ()
    trailing: tuple[str, ...] = ()

    @property
    def real(self) -> bool:
        """True if it says what an action says."""
        return self.part != "about" or bool(self.tables) or self.clauses is not None


def inside(fence: Token) -> tuple[int, int]:
    """The offsets of what a fence holds."""
    text = str(fence)
    start = text.find("\n") + 1 or len(text)
    end = text.rstrip().rfind("\n") + 1
    return (fence.start_pos or 0) + start, (fence.start_pos or 0) + max(start, end)


def place(token: Token) -> tuple[int, int]:
    """The offsets of a token, without the white space at its end."""
    start = token.start_pos or 0
    return start, start + len(str(token).rstrip())


def without(beginning: re.Pattern[str], token: Token) -> tuple[int, int]:
    """The place of a line without what it begins with."""
    start, end = place(token)
    found = beginning.match(str(token))
    return start + (found.end() if found else 0), end


def bare_lines(token: Token) -> list[tuple[int, int]]:
    """The lines of a table without bars at their ends."""
    lines: list[tuple[int, int]] = []
    at = token.start_pos or 0
    for line in str(token).split("\n"):
        lines.append((at, at + len(line.rstrip())))
        at += len(line) + 1
    return lines
