"""Lines of a report, folded to the terminal that shows them; in a pipe or a file they stay as they are."""

import re
import shutil
import sys
import textwrap
from collections.abc import Iterable
from typing import TextIO


def terminal_width() -> int:
    """Columns of the terminal, 80 where there is none; what is narrower than words are is no measure."""
    return max(shutil.get_terminal_size((80, 24)).columns, 40)


def report_width() -> int:
    """Columns of a report with places in a file: no more than can be read."""
    return min(terminal_width(), 120)


def folded(lines: Iterable[str], stream: TextIO | None = None) -> str:
    """The lines as one text; a long one goes on below, indented, and no word or path is cut.

    Shape:  `stream` is where they will be written, standard output by default
    """
    if not (stream or sys.stdout).isatty():
        return "\n".join(lines)
    width = terminal_width()
    return "\n".join(_folded(line, width) for text in lines for line in text.split("\n"))


def _folded(line: str, width: int) -> str:
    if len(line) <= width:
        return line
    indent = line[: len(line) - len(line.lstrip())] + "  "
    return textwrap.fill(line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def folded_page(text: str) -> str:
    """A page of Markdown for the terminal: paragraphs narrower than they are written, code and tables as they are."""
    if not sys.stdout.isatty():
        return text
    width = report_width()
    parts = re.split(r"(^```.*?^```$)", text, flags=re.M | re.S)
    return "".join(part if part.startswith("```") else _paragraphs(part, width) for part in parts)


def _paragraphs(text: str, width: int) -> str:
    blocks = re.split(r"(\n{2,})", text)
    return "".join(
        textwrap.fill(block, width, break_long_words=False, break_on_hyphens=False)
        if re.match(r"\w|[`*(\[\"]", block)
        else block
        for block in blocks
    )


def counted(number: int, what: str) -> str:
    """How many there are: `1 event`, `1,200 events`."""
    return f"{number:,} {what}{'s' * (number != 1)}"
