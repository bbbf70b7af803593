"""A named text, ranges in it, and the way from offsets to lines and columns."""

from bisect import bisect_right
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open range of character offsets: `source.text[start:end]`; `file` is the source's number."""

    start: int
    end: int
    file: int = 0

    def to(self, other: "Span") -> "Span":
        """From the start of this span to the end of `other`."""
        return Span(self.start, other.end, self.file)


NOWHERE = Span(0, 0)


@dataclass(frozen=True, slots=True)
class Source:
    """A text with the name that messages call it by; `file` numbers the sources of one mapping, 0 its own."""

    name: str
    text: str
    file: int = 0
    _starts: list[int] = field(init=False, repr=False, compare=False, default_factory=list[int])

    def _line_starts(self) -> list[int]:
        if not self._starts:
            self._starts.append(0)
            find = self.text.find
            at = find("\n")
            while at >= 0:
                self._starts.append(at + 1)
                at = find("\n", at + 1)
        return self._starts

    def span(self, start: int, end: int) -> Span:
        """A range of this source."""
        return Span(start, end, self.file)

    def line_of(self, offset: int) -> int:
        """The 1-based number of the line that holds `offset`."""
        return bisect_right(self._line_starts(), max(offset, 0))

    def offset_of(self, number: int) -> int:
        """Where the 1-based line `number` begins."""
        return self._line_starts()[number - 1]

    def column_of(self, offset: int) -> int:
        """The 1-based column of `offset`, in characters."""
        return offset - self._line_starts()[self.line_of(offset) - 1] + 1

    def line(self, number: int) -> str:
        """The text of the 1-based line `number`, without its end."""
        starts = self._line_starts()
        end = starts[number] if number < len(starts) else len(self.text)
        return self.text[starts[number - 1] : end].rstrip("\r\n")

    def locate(self, offset: int) -> tuple[int, int]:
        """1-based line and 0-based column in UTF-8 bytes: what Python's `ast` counts in."""
        number = self.line_of(offset)
        start = self._line_starts()[number - 1]
        return number, len(self.text[start:offset].encode("utf-8", "surrogatepass"))


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Text cut out of a source, perhaps unescaped and joined from several places.

    Shape: `pieces` maps offsets of `text` to offsets of the source, ascending: (at, source_at).
    """

    text: str
    pieces: tuple[tuple[int, int], ...]
    file: int = 0

    def offset(self, at: int) -> int:
        """The place in the source of the character at `at` of the excerpt."""
        index = bisect_right(self.pieces, (at, 1 << 60)) - 1
        start, source_start = self.pieces[max(index, 0)]
        return source_start + at - start

    def span(self, start: int, end: int) -> Span:
        """The span in the source of `text[start:end]`."""
        first = self.offset(start)
        return Span(first, max(first, self.offset(end - 1) + 1 if end > start else first), self.file)

    @property
    def whole(self) -> Span:
        """The span in the source of all of it."""
        return self.span(0, len(self.text))

    def strip(self) -> "Excerpt":
        """The same without white space at its ends."""
        left = len(self.text) - len(self.text.lstrip())
        return self.cut(left, max(len(self.text.rstrip()), left))

    def cut(self, start: int, end: int) -> "Excerpt":
        """`text[start:end]` as an excerpt of its own."""
        inside = tuple((at - start, place) for at, place in self.pieces if start < at < end)
        return Excerpt(self.text[start:end], ((0, self.offset(start)), *inside), self.file)


def excerpt(source: Source, start: int, end: int) -> Excerpt:
    """The excerpt that is `source.text[start:end]` as it stands."""
    return Excerpt(source.text[start:end], ((0, start),), source.file)
