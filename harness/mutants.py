"""Small changes of a mapping, each of a kind that people make by mistake."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from typing import TypeVar, cast

from ..compiler.resolved import Resolved, ResolvedAction
from ..dsl import nodes as n
from ..dsl.format_expr import format_condition, format_expr
from ..dsl.source import Span
from ..dsl.walk import walk

Node = TypeVar("Node")
OTHER_TYPES = {
    "string": "number", "number": "string", "integer": "string", "boolean": "string", "datetime": "date",
    "date": "datetime", "email": "string", "uri": "string", "object": "string", "array": "object", "any": "string",
}  # fmt: skip
OTHER_ROOTS = {"properties": "traits", "traits": "properties", "context": "properties"}

REORDERED = "rows in another order"


@dataclass(frozen=True, slots=True)
class Mutant:
    """A changed mapping.

    Shape:  kind: the mistake, in words; where: the row's name, or "when"; what: before and after
            action: the key of the action that it changes; "" for a shape, a let or a table that several may use
    """

    kind: str
    action: str
    where: str
    what: str
    span: Span
    resolved: Resolved


def mutants_of(resolved: Resolved) -> Iterator[Mutant]:
    """Every mutant of a mapping, in its order."""
    paths = tuple(dict.fromkeys(_paths(resolved)))
    for index, action in enumerate(resolved.actions):
        for kind, where, what, span, changed in _action_mutants(action, paths):
            actions = (*resolved.actions[:index], changed, *resolved.actions[index + 1 :])
            yield Mutant(kind, action.key, where, what, span, replace(resolved, actions=actions))
    for name, shape in resolved.shapes.items():
        for kind, where, what, span, rows in _rows_mutants(shape.rows, paths):
            shapes = {**resolved.shapes, name: replace(shape, rows=rows)}
            yield Mutant(kind, "", f"{name}.{where}", what, span, replace(resolved, shapes=shapes))
    for name, let in resolved.lets.items():
        for kind, what, value in _expr_mutants(let.value, paths):
            lets = {**resolved.lets, name: replace(let, value=value)}
            yield Mutant(kind, "", name, what, let.value.span, replace(resolved, lets=lets))


def _paths(resolved: Resolved) -> Iterator[n.Path]:
    for action in resolved.actions:
        for row in action.rows:
            if row.source is not None:
                yield from (p for p in walk(row.source) if isinstance(p, n.Path) and p.singular and p.root == "$")


def _action_mutants(
    action: ResolvedAction, paths: tuple[n.Path, ...]
) -> Iterator[tuple[str, str, str, Span, ResolvedAction]]:
    if action.when is not None:
        for kind, condition in _condition_mutants(action.when):
            what = f"{format_condition(action.when)}  ->  {format_condition(condition)}"
            preset = replace(action.preset, when=condition) if action.preset is not None else None
            yield kind, "when", what, action.when.span, replace(action, when=condition, preset=preset)
    for kind, where, what, span, rows in _rows_mutants(action.rows, paths):
        yield kind, where, what, span, replace(action, rows=rows)


def _rows_mutants(
    rows: tuple[n.Row, ...], paths: tuple[n.Path, ...]
) -> Iterator[tuple[str, str, str, Span, tuple[n.Row, ...]]]:
    for index, row in enumerate(rows):
        for kind, what, changed in _row_mutants(row, paths):
            yield kind, row.field.text, what, row.span, (*rows[:index], changed, *rows[index + 1 :])
        if index + 1 < len(rows):
            following = rows[index + 1]
            rest = rows[index + 2 :]
            if row.source is not None and following.source is not None and row.source != following.source:
                swapped = replace(row, source=following.source), replace(following, source=row.source)
                what = f"the sources of {row.field.text} and {following.field.text}"
                yield "two sources swapped", row.field.text, what, row.span, (*rows[:index], *swapped, *rest)
            what = f"{following.field.text} before {row.field.text}"
            yield REORDERED, row.field.text, what, row.span, (*rows[:index], following, row, *rest)


def _row_mutants(row: n.Row, paths: tuple[n.Path, ...]) -> Iterator[tuple[str, str, n.Row]]:
    kind = row.type
    if kind is not None and kind.required is not False:
        yield "not required", "required  ->  optional", replace(row, type=replace(kind, required=False))
    if kind is not None:
        other = _other_type(kind.value)
        if other is not None:
            yield "another type", f"a {other.name}", replace(row, type=replace(kind, value=other))
    if row.source is not None:
        for mistake, what, source in _expr_mutants(row.source, paths):
            yield mistake, what, replace(row, source=source)


def _other_type(kind: n.ValueType) -> n.NamedType | None:
    match kind:
        case n.NamedType(name) if name in OTHER_TYPES:
            return n.NamedType(OTHER_TYPES[name], span=kind.span)
        case _:
            return None


def _condition_mutants(condition: n.Condition) -> Iterator[tuple[str, n.Condition]]:
    yield from everywhere(condition, _mistaken_condition)


def _mistaken_condition(node: object) -> Iterator[tuple[str, object]]:
    match node:
        case n.And(terms) | n.Or(terms):
            other = n.Or if isinstance(node, n.And) else n.And
            words = ("and", "or") if isinstance(node, n.And) else ("or", "and")
            yield f"`{words[1]}` for `{words[0]}`", other(terms, span=node.span)
            for index in range(len(terms)):
                rest = (*terms[:index], *terms[index + 1 :])
                yield "a test dropped", rest[0] if len(rest) == 1 else type(node)(rest, span=node.span)
        case n.Compare(left, op, n.Literal(str() as text) as literal) if op in ("=", "!="):
            if text.swapcase() != text:
                changed = text.lower() if text.lower() != text else text.capitalize()
                yield "another case", replace(node, right=replace(literal, value=changed))
            yield (
                "`!=` for `=`" if op == "=" else "`=` for `!=`",
                n.Compare(left, "!=" if op == "=" else "=", literal, span=node.span),
            )
        case n.In(_, choices):
            for index in range(len(choices)):
                if len(choices) > 1:
                    yield "a choice dropped", replace(node, choices=(*choices[:index], *choices[index + 1 :]))
        case _:
            pass


def _expr_mutants(expr: n.Expr, paths: tuple[n.Path, ...]) -> Iterator[tuple[str, str, n.Expr]]:
    for kind, changed in everywhere(expr, lambda node: _mistaken_expr(node, paths)):
        yield kind, f"{format_expr(expr)}  ->  {format_expr(changed)}", changed


def _mistaken_expr(node: object, paths: tuple[n.Path, ...]) -> Iterator[tuple[str, object]]:
    match node:
        case n.Coalesce(arms):
            for kind, changed in _arms(arms):
                yield kind, changed[0] if len(changed) == 1 else n.Coalesce(changed, span=node.span)
        case n.Call("first_present", arms):
            for kind, changed in _arms(arms):
                yield kind, replace(node, arguments=changed)
        case n.If(_, then, otherwise) if otherwise is not None:
            yield "branches swapped", replace(node, then=otherwise, otherwise=then)
        case n.Path() if node.singular and node.segments:
            sibling = _sibling(node, paths)
            if sibling is not None:
                yield "a sibling path", sibling
        case n.And() | n.Or() | n.Compare() | n.In():
            yield from _mistaken_condition(node)
        case _:
            pass


def _arms(arms: tuple[n.Expr, ...]) -> Iterator[tuple[str, tuple[n.Expr, ...]]]:
    if len(arms) < 2:
        return
    for index in range(len(arms)):
        yield "an arm dropped", (*arms[:index], *arms[index + 1 :])
    for index in range(len(arms) - 1):
        yield "two arms swapped", (*arms[:index], arms[index + 1], arms[index], *arms[index + 2 :])


def _sibling(path: n.Path, paths: tuple[n.Path, ...]) -> n.Path | None:
    """Another path of the mapping in the same object; else the same name under another root."""
    for other in paths:
        if other != path and other.root == path.root and other.segments[:-1] == path.segments[:-1] and other.segments:
            return replace(other, span=path.span)
    first = path.steps[0]
    if isinstance(first, n.NameSelector) and first.name in OTHER_ROOTS and len(path.segments) > 1:
        step = n.Segment((n.NameSelector(OTHER_ROOTS[first.name]),))
        return replace(path, segments=(step, *path.segments[1:]))
    return None


def everywhere(node: Node, mistakes: Callable[[object], Iterator[tuple[str, object]]]) -> Iterator[tuple[str, Node]]:
    """The node with one mistake made in it: in itself, or in one of the nodes below."""
    for kind, changed in mistakes(node):
        yield kind, cast("Node", changed)
    if isinstance(node, tuple):
        items = cast("tuple[object, ...]", node)
        for index, item in enumerate(items):
            for kind, changed in everywhere(item, mistakes):
                yield kind, cast("Node", (*items[:index], changed, *items[index + 1 :]))
    elif isinstance(node, n.Node) and not isinstance(node, n.Path):
        for field in fields(node):
            if field.name != "span":
                for kind, changed in everywhere(getattr(node, field.name), mistakes):
                    yield kind, cast("Node", replace(node, **{field.name: changed}))
