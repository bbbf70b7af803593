"""Nodes of paths and of the filters inside them (RFC 9535), and what every node is."""

from dataclasses import dataclass, field
from typing import TypeAlias

from ..source import NOWHERE, Span

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
Scalar: TypeAlias = bool | int | float | str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Anything that was read from a source."""

    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class NameSelector(Node):
    """`.name` or `["name"]`: an object's member."""

    name: str


@dataclass(frozen=True, slots=True)
class IndexSelector(Node):
    """`[0]`, `[-1]`: a list's item. With `dotted`, as in `$.items.0`, also a member of that name."""

    index: int
    dotted: bool = False


@dataclass(frozen=True, slots=True)
class WildcardSelector(Node):
    """`*`: every member or item."""


@dataclass(frozen=True, slots=True)
class SliceSelector(Node):
    """`[start:stop:step]`, as RFC 9535, 2.3.4."""

    start: int | None
    stop: int | None
    step: int | None


@dataclass(frozen=True, slots=True)
class FilterSelector(Node):
    """`[?condition]`: the children for which the condition holds."""

    condition: "FilterExpr"


Selector: TypeAlias = NameSelector | IndexSelector | WildcardSelector | SliceSelector | FilterSelector


@dataclass(frozen=True, slots=True)
class Segment(Node):
    """One step of a path: its selectors apply to the value (or, with `descend`, to all below it too)."""

    selectors: tuple[Selector, ...]
    descend: bool = False


@dataclass(frozen=True, slots=True)
class Path(Node):
    """Where to read. The root is `$` (the value in scope), `$$` (the event), `@` or "" (a bare name)."""

    root: str
    segments: tuple[Segment, ...]

    @property
    def singular(self) -> bool:
        """Names and indexes only: it gives a value or nothing (RFC 9535, 2.3.5.1)."""
        return all(
            not s.descend and len(s.selectors) == 1 and isinstance(s.selectors[0], NameSelector | IndexSelector)
            for s in self.segments
        )

    @property
    def steps(self) -> tuple[NameSelector | IndexSelector, ...]:
        """The selectors of a singular path."""
        return tuple(s.selectors[0] for s in self.segments)  # type: ignore[return-value, misc]


# filters inside paths


@dataclass(frozen=True, slots=True)
class FilterLiteral(Node):
    """A number, text, true, false or null inside a filter."""

    value: Scalar


@dataclass(frozen=True, slots=True)
class FilterCall(Node):
    """A function of RFC 9535, 2.4: length, count, match, search, value."""

    name: str
    arguments: tuple["FilterExpr", ...]


@dataclass(frozen=True, slots=True)
class FilterCompare(Node):
    """`left op right` with op one of == != < <= > >=."""

    left: "FilterExpr"
    op: str
    right: "FilterExpr"


@dataclass(frozen=True, slots=True)
class FilterAnd(Node):
    """All of the terms."""

    terms: tuple["FilterExpr", ...]


@dataclass(frozen=True, slots=True)
class FilterOr(Node):
    """Any of the terms."""

    terms: tuple["FilterExpr", ...]


@dataclass(frozen=True, slots=True)
class FilterNot(Node):
    """`!term`."""

    term: "FilterExpr"


FilterExpr: TypeAlias = FilterLiteral | FilterCall | FilterCompare | FilterAnd | FilterOr | FilterNot | Path
