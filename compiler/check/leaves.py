"""What an expression comes to: its last arms, and whether it can come to nothing."""

from collections.abc import Iterator
from dataclasses import replace

from ...dsl import nodes as n
from ..resolved import Resolved


def leaves(expr: n.Expr) -> Iterator[n.Expr]:
    """The expressions of which one is the value: arms of `??`, `if` and first_present, and what an arrow leads to."""
    match expr:
        case n.Coalesce(arms):
            for arm in arms:
                yield from leaves(arm)
        case n.If():
            yield from leaves(expr.then)
            if expr.otherwise is not None:
                yield from leaves(expr.otherwise)
        case n.Call(name="first_present"):
            for argument in expr.arguments:
                yield from leaves(argument)
        case _:
            yield expr


def always_gives(resolved: Resolved, expr: n.Expr) -> bool:
    """True if the expression never comes to nothing or null, whatever the event."""
    match expr:
        case n.Literal(value):
            return value is not None
        case n.Object() | n.List() | n.Template():
            return True
        case n.Coalesce(arms):
            return any(always_gives(resolved, arm) for arm in arms)
        case n.If():
            other = expr.otherwise
            return other is not None and always_gives(resolved, expr.then) and always_gives(resolved, other)
        case n.Path(_, ()):
            return True
        case n.Pipe(value, body):
            shape = isinstance(body, n.Ref) and body.name in resolved.shapes
            return always_gives(resolved, value) and (shape or always_gives(resolved, body))
        case n.Call("merge", arguments):
            return any(always_gives(resolved, argument) for argument in arguments)
        case n.Call(name):
            return name == "now"
        case n.Ref(name):
            let = resolved.lets.get(name)
            if let is None or _names(let.value):
                return False
            others = {other: node for other, node in resolved.lets.items() if other != name}  # it may need itself
            return always_gives(replace(resolved, lets=others), let.value)
        case n.Setting(name):
            return any(row.name == name and (row.default or row.type.required is True) for row in resolved.settings)
        case _:
            return False


def _names(expr: n.Expr) -> bool:
    """True for a let that is made of lets: looked into no further."""
    return isinstance(expr, n.Ref)


def section_rows(resolved: Resolved) -> Iterator[tuple[n.Section, tuple[n.Row, ...]]]:
    """The rows of the file's own sections, each once, as they are written."""
    for section in resolved.mapping.sections:
        if isinstance(section, n.Action | n.Preset | n.Rows | n.Shape):
            yield section, section.rows
