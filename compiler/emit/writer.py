"""Lines of Python, each with the span of the mapping that it comes from, and names that never clash."""

import keyword
import re
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

from ...dsl.source import Span


@dataclass(slots=True)
class Writer:
    """Text and origin travel together: `line` is the only way to write."""

    lines: list[str] = field(default_factory=list[str])
    spans: list[Span] = field(default_factory=list[Span])
    depth: int = 0

    def line(self, text: str, span: Span) -> None:
        """One line at the present depth."""
        self.lines.append("    " * self.depth + text if text else "")
        self.spans.append(span)

    @contextmanager
    def block(self, text: str, span: Span) -> Generator[None]:
        """A line that ends in a colon, and the lines below it."""
        self.line(text, span)
        self.depth += 1
        yield
        self.depth -= 1


def in_words(text: str) -> str:
    """A text of the mapping for a comment or docstring: it can end neither."""
    shown = text.replace("\\", "/").replace('"', "'")
    return "".join(char if " " <= char <= "~" else f"<{ord(char):x}>" for char in shown)


RESERVED = frozenset(keyword.kwlist) | frozenset(keyword.softkwlist) | {
    "event", "run", "payload", "value", "type", "len", "str", "int", "float", "bool", "list", "dict", "range",
    "isinstance", "print", "input", "id", "object", "set", "map", "filter", "hash", "format", "self", "results",
    "settings", "name",
}  # fmt: skip


@dataclass(slots=True)
class Names:
    """Identifiers of one function (or module) that were not taken before."""

    taken: set[str]

    def fresh(self, hint: str) -> str:
        """A name like the hint: plain ASCII, no keyword, never one that is taken."""
        words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", hint)
        plain = re.sub(r"[^a-z0-9]+", "_", words.lower()[:40]).strip("_") if hint.isascii() else ""
        if not plain or plain[0].isdigit():
            plain = f"v_{plain}" if plain else "v"
        if plain in RESERVED:
            plain += "_"
        name, count = plain, 1
        while name in self.taken or name in RESERVED:
            count += 1
            name = f"{plain.rstrip('_')}_{count}"
        self.taken.add(name)
        return name
