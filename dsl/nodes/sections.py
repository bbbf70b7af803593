"""Nodes of rows, sections and whole files."""

from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from .expressions import Condition, Expr, Literal
from .paths import Node
from .types import FieldType

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class FieldName(Node):
    """A field cell: the way to the field in the payload; `*` alone is the spread."""

    parts: tuple[str, ...]

    @property
    def text(self) -> str:
        """The name as messages call it."""
        return ".".join(self.parts)


SPREAD = "*"


@dataclass(frozen=True, slots=True)
class Row(Node):
    """A row of an action, preset, `rows` or shape table. No type: none was written (presets)."""

    field: FieldName
    type: FieldType | None = None
    source: Expr | None = None
    description: str = ""
    extra: str = ""
    comments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SettingRow(Node):
    """A row of the settings table."""

    name: str
    type: FieldType
    default: Expr | None = None
    description: str = ""
    extra: str = ""
    comments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Named(Node):
    """A name where it is used, with its place: in `use`, `of`, `for`, `deliver`."""

    name: str


@dataclass(frozen=True, slots=True)
class Settings(Node):
    """The settings section."""

    rows: tuple[SettingRow, ...]
    comments: tuple[str, ...] = ()
    trailing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Action(Node):
    """An action: what it is called, when it fires, and its rows."""

    name: str
    title: str
    summary: str = ""
    about: str = ""
    deliver: tuple[str, ...] = ()
    when: Condition | None = None
    for_each: Expr | None = None
    use: tuple[Named, ...] = ()
    rows: tuple[Row, ...] = ()
    extra: str = ""
    comments: tuple[str, ...] = ()
    trailing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Preset(Node):
    """Rows laid over an action's, under a trigger of their own."""

    title: str
    of: Named
    when: Condition | None = None
    slug: str = ""
    use: tuple[Named, ...] = ()
    rows: tuple[Row, ...] = ()
    extra: str = ""
    comments: tuple[str, ...] = ()
    trailing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rows(Node):
    """Rows with a name, for `use`."""

    name: str
    rows: tuple[Row, ...]
    comments: tuple[str, ...] = ()
    trailing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shape(Node):
    """With sources, a mapping of one value (after `->`); without, a type."""

    name: str
    rows: tuple[Row, ...]
    closed: bool = False
    sources: bool = True
    comments: tuple[str, ...] = ()
    trailing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Let(Node):
    """An expression with a name."""

    name: str
    value: Expr
    comments: tuple[str, ...] = ()
    trailing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LookupRow(Node):
    """A row of a lookup table: any of these values becomes that one."""

    keys: tuple[Literal, ...]
    value: Literal
    comments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LookupTable(Node):
    """`table NAME` with `from` and `to`."""

    name: str
    rows: tuple[LookupRow, ...]
    comments: tuple[str, ...] = ()
    trailing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Include(Node):
    """`include "common.map"`."""

    path: str
    comments: tuple[str, ...] = ()
    trailing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Expect(Node):
    """What an example expects: a payload's JSON text, a rejection's code, or (no action) nothing."""

    action: Named | None
    payload: str | None = None
    rejected: str | None = None


@dataclass(frozen=True, slots=True)
class Example(Node):
    """An event and what must come of it; `given` is JSON text."""

    title: str
    given: str
    expects: tuple[Expect, ...]
    settings: str = ""
    comments: tuple[str, ...] = ()
    trailing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Law(Node):
    """A condition that must hold of every payload (of one action, or of all)."""

    title: str
    action: Named | None
    condition: Condition
    comments: tuple[str, ...] = ()
    trailing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Destination(Node):
    """The head of a mapping file."""

    name: str
    title: str
    about: str = ""
    extra: str = ""
    semantics: str = ""
    comments: tuple[str, ...] = ()
    trailing: tuple[str, ...] = ()


Section: TypeAlias = (
    Destination | Settings | Action | Preset | Rows | Shape | Let | LookupTable | Include | Example | Law
)


@dataclass(frozen=True, slots=True)
class Mapping(Node):
    """A whole file: its head (None where the file lacks one) and its sections in the file's order."""

    destination: Destination | None
    sections: tuple[Section, ...]
    trailing: tuple[str, ...] = ()

    def all_of(self, kind: type[S]) -> tuple[S, ...]:
        """The sections of one kind, in order."""
        return tuple(s for s in self.sections if isinstance(s, kind))
