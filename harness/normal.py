"""Programs in a form that can be compared: no names of one's own, no order where order means nothing."""

from collections.abc import Hashable
from dataclasses import dataclass, fields, replace
from typing import TypeVar, cast

from ..compiler import ir, prelude
from ..compiler.functions import FUNCTIONS
from ..dsl import nodes as n

ITEM = 1  # the variable of a `for each` item; inner variables are numbered by their depth from here on
Node = TypeVar("Node")


@dataclass(frozen=True, slots=True)
class Shaped(ir.Ir):
    """A shape put in where it is called: what is built of the value that its rows read."""

    record: ir.Record


@dataclass(frozen=True, slots=True)
class Normalizer:
    """Rewrites parts of one program: variables by depth, shapes and tables by what is in them."""

    program: ir.Program
    settings: dict[str, n.Json]
    inside: tuple[str, ...] = ()  # the types that this is a part of, the outermost first

    def build(self, build: ir.Build) -> ir.Build:
        """An action whose item, if it has one, is variable ITEM."""
        env = {ir.EVENT: ir.EVENT, build.var: ir.EVENT if build.items is None else ITEM}
        return replace(
            build,
            trigger=self._part(build.trigger, env),
            items=self._part(build.items, env),
            var=env[build.var],
            record=self._part(build.record, env),
        )

    def _part(self, part: Node, env: dict[int, int]) -> Node:
        if isinstance(part, tuple):
            return cast("Node", tuple([self._part(item, env) for item in cast("tuple[object, ...]", part)]))
        if not isinstance(part, ir.Ir | n.Node):
            return part
        return cast("Node", self._node(part, env))

    def _node(self, node: ir.Ir | n.Node, env: dict[int, int]) -> object:
        match node:
            case ir.MapEach(items, var, body):
                inner = env | {var: max(env.values()) + 2}
                return ir.MapEach(self._part(items, env), inner[var], self._part(body, inner), span=node.span)
            case ir.Bind(value, var, body):
                inner = env | {var: max(env.values()) + 2}
                return ir.Bind(self._part(value, env), inner[var], self._part(body, inner), span=node.span)
            case ir.Read(var):
                return replace(node, var=env.get(var, var))
            case ir.Select(var) | ir.Raw(var):
                return replace(node, var=env.get(var, var))
            case ir.ShapeCall(name, var):
                return self._shape(name, env.get(var, var), env) or node
            case ir.Lookup(value, table, otherwise):
                rows = next(rows for name, rows in self.program.tables if name == table)
                return ir.Lookup(self._part(value, env), repr(rows), self._part(otherwise, env), span=node.span)
            case ir.SettingValue(name):
                return ir.SettingValue(f"{name}={self.settings.get(name)!r}", span=node.span)
            case n.NamedType(name):
                return replace(node, name=self._type(name))
            case ir.Field(value=value) if value is not None and node.required is not False:
                field = ir.Field(**{f.name: self._part(getattr(node, f.name), env) for f in fields(node)})
                return replace(field, required=False) if is_surely(value, field.type) else field
            case _ if isinstance(node, ir.Ir | n.ListType):
                changed = {name: self._part(getattr(node, name), env) for name in ir.members_of(type(node))}
                return replace(node, **changed)
            case _:
                return node

    def _shape(self, name: str, var: int, env: dict[int, int]) -> "Shaped | None":
        for shape, inner, record in self.program.shapes:
            if shape == name:
                return Shaped(self._part(record, env | {inner: var}))
        return None

    def _type(self, name: str) -> str:
        """What stands for a type's name: what is in it; a type that holds itself is told by its depth."""
        if name in self.inside:
            return f"({len(self.inside) - self.inside.index(name)} out)"
        for shape in self.program.types:
            if shape.name == name:
                own = replace(self, inside=(*self.inside, name))
                fields_ = frozenset(map(canonical, own._part(shape.fields, {ir.EVENT: ir.EVENT})))
                return cast("str", (fields_, shape.closed))
        return name


def is_surely(value: ir.Value, kind: n.ValueType) -> bool:
    """True if there is always a value, and one that fits: then it means nothing that the field is required."""
    match value:
        case ir.FirstOf((*_, ir.FirstOf() | ir.Choose()), True):
            return False  # which may be ""
        case ir.FirstOf((*arms, last), _):
            return is_surely(last, kind) and all(_fits(arm, kind) for arm in arms)
        case ir.Choose(_, then, otherwise) if otherwise is not None:
            return is_surely(then, kind) and is_surely(otherwise, kind)
        case ir.Const(constant):
            return constant not in (None, "") and _fits(value, kind)
        case ir.Concat(parts):
            return _fits(value, kind) and any(isinstance(part, str) and part for part in parts)
        case ir.Now() | ir.Apply("epoch", (ir.Now(),)):
            return _fits(value, kind)
        case ir.MakeObject(members):
            return _fits(value, kind) and any(is_surely(member, n.NamedType("any")) for _, member in members)
        case ir.MakeList(items):
            return isinstance(kind, n.ListType) and bool(items) and all(is_surely(item, kind.item) for item in items)
        case ir.Apply("merge", arguments):
            return _fits(value, kind) and any(is_surely(argument, n.NamedType("object")) for argument in arguments)
        case _:
            return False


def _fits(value: ir.Value, kind: n.ValueType) -> bool:
    """True if the value is of the type wherever there is one; many are that are not known to be."""
    if not isinstance(kind, n.NamedType) or kind.low is not None or kind.high is not None:
        return False
    match value:
        case ir.Const(bool()):
            return kind.name in ("boolean", "any")
        case ir.Const(int()):
            return kind.name in ("integer", "number", "any")
        case ir.Const(str()) | ir.Concat():
            return kind.name in ("string", "any")
        case ir.Now():
            return kind.name in ("string", "datetime", "any")
        case ir.MakeObject():
            return kind.name in ("object", "any")
        case ir.Apply(name):
            return kind.name in (FUNCTIONS[name].gives, "any") and FUNCTIONS[name].gives != "any"
        case ir.FirstOf(arms):
            return all(_fits(arm, kind) for arm in arms)
        case ir.Choose(_, then, otherwise):
            return _fits(then, kind) and (otherwise is None or _fits(otherwise, kind))
        case _:
            return kind.name == "any"


_KEEPING = ("merge", "omit", "pick", "drop_null", "flatten")  # objects made of objects: their order shows no sooner


def canonical(part: object, *, loose: bool = True) -> Hashable:
    """A value that is equal for parts that are alike but for spans and the order of what has none.

    Shape:  loose: what comes of the part is put into a payload, where an object's members have no order; as text, or
            gone through, it has one
    """
    match part:
        case None | str() | frozenset():  # the last: a type that is in this form already
            return cast("Hashable", part)
        case tuple():
            return tuple([canonical(item, loose=loose) for item in cast("tuple[object, ...]", part)])
        case bool() | int() | float():
            return type(part).__name__, part
        case ir.Const(value) | ir.Always(value):
            return type(part).__name__, type(value).__name__, value
        case ir.AllOf(tests) | ir.AnyOf(tests):
            return type(part).__name__, frozenset(canonical(test, loose=False) for test in tests)
        case ir.Equal(left, right):
            return "Equal", frozenset((canonical(left, loose=False), canonical(right, loose=False)))
        case ir.OneOf(value, choices):
            return "OneOf", canonical(value, loose=False), frozenset((type(c).__name__, c) for c in choices)
        case ir.MakeObject(members):
            found = [(name, canonical(value, loose=loose)) for name, value in members]
            return "MakeObject", frozenset(found) if loose else tuple(found)
        case ir.Record(rows):
            found = [canonical(row, loose=loose) for row in rows]
            return "Record", frozenset(found) if loose else tuple(found)
        case ir.Field(()):  # a spread: its type says nothing
            return "Spread", canonical(part.required), canonical(part.value, loose=loose)
        case ir.Field():
            value = canonical(part.value, loose=loose)
            return "Field", part.names, canonical(part.type), canonical(part.required), part.nullable, value
        case ir.MapEach(items, var, body):
            return "MapEach", canonical(items, loose=False), var, canonical(body, loose=loose)
        case ir.Bind(value, var, body):
            return "Bind", canonical(value, loose=False), var, canonical(body, loose=loose)
        case ir.Choose(test, then, otherwise):
            return "Choose", canonical(test), canonical(then, loose=loose), canonical(otherwise, loose=loose)
        case n.LiteralType(values):
            return "LiteralType", _choices(values)
        case _:
            loose = loose and not shows_order(part)
            inner = [canonical(getattr(part, name), loose=loose) for name in ir.members_of(type(part))]
            return type(part).__name__, *inner


def shows_order(part: object) -> bool:
    """Whether an object's order shows in what comes of a part that takes it."""
    match part:
        case ir.Apply(name):
            return name not in _KEEPING
        case ir.Concat() | ir.Lookup() | ir.Order() | ir.Contains() | ir.Matches() | ir.Exists():
            return True
        case _:
            return False


def _choices(values: tuple[n.Scalar, ...]) -> Hashable:
    """The constants of a type, in any order, unless two are met by one value: the first is taken."""
    told_apart = len({prelude.as_string(value) for value in values}) == len(values)
    found = [(type(value).__name__, value) for value in values]
    return frozenset(found) if told_apart else tuple(found)
