"""Nodes of source cells and of conditions."""

from dataclasses import dataclass
from typing import TypeAlias

from .paths import Node, Path, Scalar


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
