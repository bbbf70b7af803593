"""The syntax tree: frozen, slotted data; every node has its span.

Spans take no part in equality, so two texts that say the same thing give equal trees.
"""

from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar

from .source import NOWHERE, Span

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
S = TypeVar("S")
Scalar: TypeAlias = bool | int | float | str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Anything that was read from a source."""

    span: Span = field(default=NOWHERE, compare=False, repr=False)


# --- paths (RFC 9535) -------------------------------------------------------------------------


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


# --- expressions ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """Text, a number, true, false or null."""

    value: Scalar


@dataclass(frozen=True, slots=True)
class Template(Node):
    """`"{{a.b}}, {{c}}"`: text and singular paths in turn; two texts never stand side by side."""

    parts: tuple[str | Path, ...]


@dataclass(frozen=True, slots=True)
class Member(Node):
    """One `key: value` of an object."""

    key: str
    value: "Expr"


@dataclass(frozen=True, slots=True)
class Object(Node):
    """`{a: X, "b c": Y}`."""

    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class List(Node):
    """`[X, Y]`."""

    items: tuple["Expr", ...]


@dataclass(frozen=True, slots=True)
class Coalesce(Node):
    """`X ?? Y ?? …`: the first that is neither nothing nor null."""

    arms: tuple["Expr", ...]


@dataclass(frozen=True, slots=True)
class If(Node):
    """`if C then X else Y`; nothing where there is no `else`."""

    condition: "Condition"
    then: "Expr"
    otherwise: "Expr | None" = None


@dataclass(frozen=True, slots=True)
class Each(Node):
    """`each X -> Y`: Y for each item of X."""

    items: "Expr"
    body: "Expr"


@dataclass(frozen=True, slots=True)
class Pipe(Node):
    """`X -> Y`: Y with X as `$`."""

    value: "Expr"
    body: "Expr"


@dataclass(frozen=True, slots=True)
class Option(Node):
    """`name: literal` in a call."""

    name: str
    value: "Expr"


@dataclass(frozen=True, slots=True)
class Call(Node):
    """`name(X, Y, option: literal)`."""

    name: str
    arguments: tuple["Expr", ...]
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class Ref(Node):
    """A bare name in an expression: a `let`, a shape after `->`, or a table in `lookup`."""

    name: str


@dataclass(frozen=True, slots=True)
class Setting(Node):
    """`settings.NAME`."""

    name: str


@dataclass(frozen=True, slots=True)
class Directive(Node):
    """A raw object with an `@` key, as written; `text` is its JSON."""

    text: str


Expr: TypeAlias = (
    Path | Literal | Template | Object | List | Coalesce | If | Each | Pipe | Call | Ref | Setting | Directive
)


# --- conditions -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class And(Node):
    """All of the terms."""

    terms: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Or(Node):
    """Any of the terms."""

    terms: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not(Node):
    """`not (…)`, and `!` before `contains` and `match`."""

    term: "Condition"


@dataclass(frozen=True, slots=True)
class Compare(Node):
    """`left op right`, op one of = != < <= > >=. A bare name is a `Path` with root ""."""

    left: Expr
    op: str
    right: Expr


@dataclass(frozen=True, slots=True)
class In(Node):
    """`X in ("A", "B")`."""

    value: Expr
    choices: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class Test(Node):
    """`contains(f, "x")`, `match(f, "x*")`, `exists(X)`, `present(X)`."""

    name: str
    arguments: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Constant(Node):
    """`never` and `always`."""

    value: bool


Condition: TypeAlias = And | Or | Not | Compare | In | Test | Constant


# --- types ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NamedType(Node):
    """`string`, `string(1024)`, `number(0..100)`, or a shape's name."""

    name: str
    low: int | float | None = None
    high: int | float | None = None


@dataclass(frozen=True, slots=True)
class LiteralType(Node):
    """`"US" or "EU"`."""

    values: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class ListType(Node):
    """`T[]`."""

    item: "ValueType"


ValueType: TypeAlias = NamedType | LiteralType | ListType


@dataclass(frozen=True, slots=True)
class FieldType(Node):
    """A type cell: the value's type, and whether the field must be there or may be null."""

    value: ValueType
    required: bool | Condition = False
    nullable: bool = False


# --- sections ---------------------------------------------------------------------------------


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
