"""Which parts of a text are never among its first, or last, characters."""

from dataclasses import replace

from ...dsl import nodes as n
from .. import ir


def shown(value: ir.Value, kind: n.ValueType) -> ir.Value:
    """A value without the parts of a text that its type cuts off."""
    match value:
        case ir.FirstOf(arms):
            return replace(value, arms=tuple(shown(arm, kind) for arm in arms))
        case ir.Choose(_, then, otherwise):
            other = None if otherwise is None else shown(otherwise, kind)
            return replace(value, then=shown(then, kind), otherwise=other)
        case _:
            pass
    match kind:
        case n.NamedType("string" | "secret", _, int() as high):
            return cut(value, high)
        case n.ListType(item) if isinstance(value, ir.MakeList):
            return replace(value, items=tuple(shown(each, item) for each in value.items))
        case n.ListType(item):
            return shown(value, item)
        case _:
            return value


def cut(value: ir.Value, length: int, *, last: bool = False) -> ir.Value:
    """A text without the parts that are never among its first, or last, characters."""
    match value:
        case _ if length <= 0:
            return value
        case ir.FirstOf(arms):  # a text of which something is cut off stays more than ""
            return replace(value, arms=tuple(cut(arm, length, last=last) for arm in arms))
        case ir.Choose(_, then, otherwise):
            other = None if otherwise is None else cut(otherwise, length, last=last)
            return replace(value, then=cut(then, length, last=last), otherwise=other)
        case ir.Concat(parts):
            return replace(value, parts=_kept(parts, length, last=last))
        case ir.Apply("trim", (ir.Concat() as text,)):
            return replace(value, arguments=(cut(text, length + _blanks(text, last=last), last=last),))
        case ir.Apply("upper" | "to_json", (text,)):  # which make no text shorter
            return replace(value, arguments=(cut(text, length, last=last),))
        case ir.Apply("replace", _, options) if last and dict(options).get("global") is False:
            return value  # what is cut off may have the one that is replaced
        case ir.Apply("replace", (text, ir.Const(str() as old), ir.Const(str() as new))) if len(old) == 1 and new:
            return replace(value, arguments=(cut(text, length, last=last), *value.arguments[1:]))
        case _:
            return value


def _kept(parts: tuple[str | ir.Value, ...], length: int, *, last: bool) -> tuple[str | ir.Value, ...]:
    left: list[str | ir.Value] = []
    for part in reversed(parts) if last else parts:
        if length <= 0:
            break
        if isinstance(part, str):
            part = part[-length:] if last else part[:length]
            length -= len(part)
        left.append(part)
    return tuple(reversed(left) if last else left)


def _blanks(text: ir.Concat, *, last: bool) -> int:
    """How many characters of the literals may be trimmed at this end."""
    literal = "".join(part for part in text.parts if isinstance(part, str))
    return len(literal) - len(literal.rstrip() if last else literal.lstrip())
