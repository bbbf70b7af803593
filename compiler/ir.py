"""The checked program: small, with names bound and scopes numbered; what rewrites rewrite and emit emits.

Variable 0 is the event; `each`, `->` and shapes bind further ones. A `Record` builds an object field by field, with
types enforced. What is nothing, null or rejected is said in docs/language.md.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields, replace
from functools import cache
from typing import Any, TypeAlias, TypeVar, cast

from ..dsl.nodes import IndexSelector, NameSelector, Path, Scalar, ValueType
from ..dsl.source import NOWHERE, Span

EVENT = 0
PAYLOAD = -1  # the object being built, in `required if`

Step: TypeAlias = NameSelector | IndexSelector


@dataclass(frozen=True, slots=True, kw_only=True)
class Ir:
    """Anything in a program; `span` is the part of the mapping that it comes from."""

    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Const(Ir):
    """A text, number, true, false or null."""

    value: Scalar


@dataclass(frozen=True, slots=True)
class Read(Ir):
    """The value at these steps from a variable, or nothing."""

    var: int
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Select(Ir):
    """The list of a path's matches, from a variable."""

    var: int
    path: Path


@dataclass(frozen=True, slots=True)
class Concat(Ir):
    """Text put together."""

    parts: tuple["str | Read", ...]


@dataclass(frozen=True, slots=True)
class MakeObject(Ir):
    """An object; members that are nothing are left out."""

    members: tuple[tuple[str, "Value"], ...]


@dataclass(frozen=True, slots=True)
class MakeList(Ir):
    """A list; items that are nothing are left out."""

    items: tuple["Value", ...]


@dataclass(frozen=True, slots=True)
class FirstOf(Ir):
    """The first arm that is neither nothing nor null (nor "", with `skip_empty`)."""

    arms: tuple["Value", ...]
    skip_empty: bool = False


@dataclass(frozen=True, slots=True)
class Choose(Ir):
    """One of two values; nothing where there is no `otherwise`."""

    test: "Test"
    then: "Value"
    otherwise: "Value | None"


@dataclass(frozen=True, slots=True)
class MapEach(Ir):
    """The body for each item, bound to `var`; nothing where there are no items to go over."""

    items: "Value"
    var: int
    body: "Value"


@dataclass(frozen=True, slots=True)
class Bind(Ir):
    """The body with a value bound to `var`; nothing of nothing."""

    value: "Value"
    var: int
    body: "Value"


@dataclass(frozen=True, slots=True)
class Apply(Ir):
    """A function of the language; options by name, defaults filled in."""

    name: str
    arguments: tuple["Value", ...]
    options: tuple[tuple[str, Scalar], ...] = ()


@dataclass(frozen=True, slots=True)
class Lookup(Ir):
    """The value beside the first key that equals this one, or `otherwise`."""

    value: "Value"
    table: str
    otherwise: "Value | None"


@dataclass(frozen=True, slots=True)
class Now(Ir):
    """The run's clock."""


@dataclass(frozen=True, slots=True)
class SettingValue(Ir):
    """A setting of the destination."""

    name: str


@dataclass(frozen=True, slots=True)
class Raw(Ir):
    """A directive that the language has no words for, run by Segment's rules on a variable."""

    var: int
    text: str


@dataclass(frozen=True, slots=True)
class ShapeCall(Ir):
    """A shape's record, of a variable.

    Shape:  `placed` is the record itself where it is to be built in place, its variable named as here
    """

    shape: str
    var: int
    placed: "Record | None" = None


Value: TypeAlias = (
    Const | Read | Select | Concat | MakeObject | MakeList | FirstOf | Choose | MapEach | Bind | Apply | Lookup
    | Now | SettingValue | Raw | ShapeCall
)  # fmt: skip


# --- conditions


@dataclass(frozen=True, slots=True)
class AllOf(Ir):
    """Every one of the tests."""

    tests: tuple["Test", ...]


@dataclass(frozen=True, slots=True)
class AnyOf(Ir):
    """At least one of the tests."""

    tests: tuple["Test", ...]


@dataclass(frozen=True, slots=True)
class Negate(Ir):
    """Not the test."""

    test: "Test"


@dataclass(frozen=True, slots=True)
class Equal(Ir):
    """Whether two values are equal; nothing equals null."""

    left: Value
    right: Value


@dataclass(frozen=True, slots=True)
class Order(Ir):
    """`< <= > >=` between two numbers or two texts; false for anything else."""

    left: Value
    op: str
    right: Value


@dataclass(frozen=True, slots=True)
class OneOf(Ir):
    """Whether a value is one of some constants."""

    value: Value
    choices: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Contains(Ir):
    """Whether a text holds another."""

    value: Value
    part: Value


@dataclass(frozen=True, slots=True)
class Matches(Ir):
    """Whether a text is of a pattern in which `*` stands for any text."""

    value: Value
    pattern: Value


@dataclass(frozen=True, slots=True)
class Exists(Ir):
    """Whether a value is neither nothing nor null (nor "", with `skip_empty`)."""

    value: Value
    skip_empty: bool = False


@dataclass(frozen=True, slots=True)
class Always(Ir):
    """A test that is known."""

    value: bool


Test: TypeAlias = AllOf | AnyOf | Negate | Equal | Order | OneOf | Contains | Matches | Exists | Always


# --- programs


@dataclass(frozen=True, slots=True)
class Field(Ir):
    """A field of a record.

    Shape:  `names` is the way to it in the object (more than one: nested objects); () is a spread; `row` is what
        messages and counts call it; no `value`: only members or a preset fill it
    """

    names: tuple[str, ...]
    row: str
    type: ValueType
    required: "bool | Test"
    nullable: bool
    value: Value | None


@dataclass(frozen=True, slots=True)
class Record(Ir):
    """An object built field by field."""

    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class ShapeType(Ir):
    """A shape without sources: what an object of that type has."""

    name: str
    fields: tuple[Field, ...]
    closed: bool


@dataclass(frozen=True, slots=True)
class Build(Ir):
    """An action or preset: when it fires, over what, and what it builds.

    Shape:  `var` is the variable that the record reads (EVENT, or the item of `for each`)
    """

    key: str
    name: str
    title: str
    trigger: Test
    items: Value | None
    var: int
    record: Record


@dataclass(frozen=True, slots=True)
class Program(Ir):
    """A whole mapping, ready to be emitted."""

    name: str
    title: str
    builds: tuple[Build, ...]
    shapes: tuple[tuple[str, int, Record], ...]  # name, the variable it reads, what it builds
    types: tuple[ShapeType, ...]
    tables: tuple[tuple[str, tuple[tuple[Scalar, Scalar], ...]], ...]


@cache
def members_of(kind: type) -> tuple[str, ...]:
    """The names of what a kind of node is made of: all but where it stands."""
    return tuple(member.name for member in fields(kind) if member.name != "span")


def below(node: Ir) -> Iterator[Ir]:
    """A node and all below it, parents first, in order."""
    todo: list[object] = [node]
    while todo:
        top = todo.pop()
        if isinstance(top, Ir):
            yield top
            todo += [getattr(top, name) for name in reversed(members_of(type(top)))]
        elif isinstance(top, tuple):
            todo += reversed(top)  # pyright: ignore[reportUnknownArgumentType]


def is_strict(body: Value, var: int) -> bool:
    """Whether a body is nothing wherever this variable is: it reads that alone, and falls back on nothing else."""
    match body:
        case Read():
            return body.var == var
        case FirstOf(arms, skip_empty):
            return not skip_empty and all(is_strict(arm, var) for arm in arms)
        case Apply(_, arguments):
            read = [argument for argument in arguments if not isinstance(argument, Const)]
            return bool(read) and all(is_strict(argument, var) for argument in read)
        case Lookup(value):
            return is_strict(value, var)
        case _:
            return False


Node = TypeVar("Node", bound=Ir)
Change: TypeAlias = Callable[[Ir], Ir]


def rewritten(node: Node, change: Change) -> Node:
    """A node with every node in it changed, what lies deepest first and the node itself last.

    Shape:  the change gives a node that may stand where the old one stood
    """
    return cast("Node", change(rebuilt(node, lambda inner: rewritten(inner, change))))


def rebuilt(node: Node, change: Change) -> Node:
    """A node with each of the nodes that it is made of changed; itself where none is."""
    changed: dict[str, Any] = {}
    for name in members_of(type(node)):
        old = getattr(node, name)
        new = _changed_part(old, change)
        if new is not old:
            changed[name] = new
    return replace(node, **changed) if changed else node


def _changed_part(part: Any, change: Change) -> Any:
    if isinstance(part, Ir):
        return change(part)
    if isinstance(part, tuple):
        old = cast("tuple[Any, ...]", part)
        new = tuple([_changed_part(each, change) for each in old])
        return new if any(a is not b for a, b in zip(old, new, strict=True)) else old
    return part
