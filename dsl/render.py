"""Diagnostics drawn for people: the place, the text underlined, what to write instead."""

import re
from collections.abc import Iterable, Sequence

from .columns import Line, draw_line
from .diagnostics import Diagnostic, Label, Severity
from .place import place_of
from .source import Source, Span
from .text import NO_UTF8

_COLOURS = {"error": "1;31", "warning": "33", "info": "36", "frame": "1;34", "strong": "1", "label": "36"}
_MOST_LINES = 4
_MOST_TEXT = 2000  # characters of a message


def render(diagnostic: Diagnostic, *, width: int = 80, colour: bool = False) -> str:
    """One diagnostic as a block of text that ends with a line end."""
    return _Screen(diagnostic.source, width, colour).draw(diagnostic)


def render_all(diagnostics: Iterable[Diagnostic], *, width: int = 80, colour: bool = False) -> str:
    """Diagnostics as blocks with an empty line between them."""
    return "\n".join(render(d, width=width, colour=colour) for d in diagnostics)


def render_brief(diagnostic: Diagnostic, *, width: int = 80, colour: bool = False) -> str:
    """One diagnostic as a line that is wrapped: its place and message."""
    source, start = diagnostic.source, diagnostic.span.start
    head = f"{_word(diagnostic)}[{diagnostic.code}]"
    place = f"{_plain(source.name)}:{source.line_of(start)}:{source.column_of(start)}"
    lines = _wrap(f"{head} {place}: {_plain(diagnostic.message)}", max(width, 40), "  ")
    screen = _Screen(source, width, colour)
    return "".join(f"{line}\n" for line in lines).replace(head, screen.paint(head, str(diagnostic.severity)), 1)


def _word(diagnostic: Diagnostic) -> str:
    return "note" if diagnostic.severity is Severity.INFO else str(diagnostic.severity)


def count_line(diagnostics: Sequence[Diagnostic]) -> str:
    """How many of each there are: `2 errors, 1 warning`; "" for none."""
    parts: list[str] = []
    for severity, one, many in (
        (Severity.ERROR, "error", "errors"),
        (Severity.WARNING, "warning", "warnings"),
        (Severity.INFO, "note", "notes"),
    ):
        count = sum(d.severity is severity for d in diagnostics)
        if count:
            parts.append(f"{count} {one if count == 1 else many}")
    return ", ".join(parts)


class _Screen:
    """Draws the diagnostics of one source."""

    def __init__(self, source: Source, width: int, colour: bool) -> None:
        self.source = source
        self.width = max(width, 40)
        self.colour = colour

    def draw(self, diagnostic: Diagnostic) -> str:
        spans = [diagnostic.span, *(label.span for label in diagnostic.labels)]
        gutter = max(len(str(number)) for span in spans for number in self._ends(span))
        word = _word(diagnostic)
        head = self.paint(f"{word}[{diagnostic.code}]", str(diagnostic.severity))
        message = _wrap(f"{word}[{diagnostic.code}]: {_plain(diagnostic.message)}", self.width, "  ")
        lines = [message[0].replace(f"{word}[{diagnostic.code}]", head, 1), *message[1:]]
        lines.append(self._place(diagnostic.span, gutter))
        lines.append(self._bar(gutter))
        lines += self._excerpt(diagnostic, gutter)
        notes = self._notes(diagnostic)
        if notes:
            lines.append(self._bar(gutter))
        pad = " " * (gutter + 1)
        for name, note in notes:
            first, *more = _wrap(f"{name}: {_plain(note)}", self.width - gutter - 3, " " * (len(name) + 2))
            equals = self.paint("=", "frame")
            lines.append(f"{pad}{equals} {self.paint(name, 'strong')}{first[len(name) :]}")
            lines += [f"{pad}  {line}" for line in more]
        return "".join(f"{line.rstrip()}\n" for line in lines)

    def _notes(self, diagnostic: Diagnostic) -> list[tuple[str, str]]:
        return [("help", diagnostic.hint)] if diagnostic.hint else []

    def _ends(self, span: Span) -> tuple[int, int]:
        first = self.source.line_of(span.start)
        return first, max(first, self.source.line_of(max(span.end - 1, span.start)))

    def _place(self, span: Span, gutter: int) -> str:
        line, column = self.source.line_of(span.start), self.source.column_of(span.start)
        where = f"{_plain(self.source.name)}:{line}:{column}"
        cell = place_of(self.source, span.start)
        arrow = self.paint("-->", "frame")
        pad = " " * gutter
        if cell and gutter + len(f"--> {where}, in {cell}") > self.width:
            return f"{pad}{arrow} {where}\n{' ' * (gutter + 4)}in {_wrap(cell, 4096, '')[0]}"
        return f"{pad}{arrow} {where}" + (f", in {cell}" if cell else "")

    def _bar(self, gutter: int, number: int | None = None) -> str:
        return self.paint(f"{'' if number is None else number:>{gutter}} |", "frame")

    def _excerpt(self, diagnostic: Diagnostic, gutter: int) -> list[str]:
        marks = self._marks(diagnostic)
        lines: list[str] = []
        above = 0
        room = self.width - gutter - 3
        for number in sorted(marks):
            if above and number > above + 1:
                lines.append(self.paint("...", "frame"))
            drawn = draw_line(_shown(self.source.line(number)), marks[number], room)
            lines.append(f"{self._bar(gutter, number)} {drawn.text}")
            lines += [f"{self._bar(gutter)} {self._underline(row, diagnostic)}" for row in drawn.below]
            above = number
        return lines

    def _underline(self, row: str, diagnostic: Diagnostic) -> str:
        if not self.colour:
            return row
        row = re.sub(r"-+[^-^]*", lambda m: self.paint(m[0], "label"), row)
        return re.sub(r"\^+", lambda m: self.paint(m[0], str(diagnostic.severity)), row)

    def _marks(self, diagnostic: Diagnostic) -> dict[int, list[Line]]:
        """What to underline on which line, the diagnostic's own span first."""
        marks: dict[int, list[Line]] = {}
        for span, sign, text in _signs(diagnostic.span, diagnostic.labels):
            first, last = self._ends(span)
            numbers = list(range(first, last + 1))
            if len(numbers) > _MOST_LINES:
                numbers = [*numbers[: _MOST_LINES - 1], numbers[-1]]
            for number in numbers:
                begin = self.source.offset_of(number)
                content = self.source.line(number)
                left = max(span.start - begin, 0)
                if number > first:
                    left = len(content) - len(content.lstrip())
                right = min(span.end - begin, len(content))
                mark = Line(left, max(right, left), sign, _plain(text) if number == last else "")
                marks.setdefault(number, []).append(mark)
        return marks

    def paint(self, text: str, style: str) -> str:
        """Text in the colour of a style, where colours are wanted."""
        return f"\x1b[{_COLOURS[style]}m{text}\x1b[0m" if self.colour else text


def _shown(line: str) -> str:
    """A line as it is drawn: one sign for the byte that is no UTF-8, where the text ends."""
    before, end, _ = line.partition(NO_UTF8)
    return f"{before}\ufffd" if end else line


def _signs(span: Span, labels: tuple[Label, ...]) -> list[tuple[Span, str, str]]:
    return [(span, "^", ""), *((label.span, "-", label.text) for label in labels)]


def _plain(text: str) -> str:
    """Text that cannot move the cursor: control characters as their pictures, others unseen by number."""
    if len(text) > _MOST_TEXT:
        text = text[:_MOST_TEXT] + "…"
    if text.isprintable():
        return text
    return "".join(_picture(c) for c in text)


def _picture(character: str) -> str:
    if character in "\r\n\t":
        return " "
    if ord(character) < 32:
        return chr(0x2400 + ord(character))
    return character if character.isprintable() else f"U+{ord(character):04X}"


def _wrap(text: str, width: int, indent: str) -> list[str]:
    """Words in lines of at most `width` where that is possible; no word and no short code is broken."""
    lines: list[str] = []
    line = ""
    for word in re.findall(r"(?:`[^`]{1,40}`|\S)+", text):
        if line and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = indent + word
        else:
            line = f"{line} {word}" if line else word
    return [*lines, line]
