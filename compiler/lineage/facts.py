"""What has to stand at places of the event for a condition to hold, or for a value to be there."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeAlias

from .. import ir
from ..ir import Value
from .calls import SIMPLE, taken_by
from .held import Held
from .origins import ANYTHING, CONTAINER, GONE, NONE, TEXT, VALUE, Kind
from .texts import around, kind_of

Facts: TypeAlias = Mapping[Value, Kind]  # what kinds of value an expression gives
Look: TypeAlias = Callable[[ir.Value], Held]

NO_FACTS: Facts = {}
_THERE = VALUE & ~Kind.NULL
_BOTH = Kind.MAIL | Kind.LINK  # the only types of text that one text may fit both of


def both(each: Iterable[Facts | None]) -> Facts | None:
    """All of these; None where they can't be together."""
    found: dict[Value, Kind] = {}
    for facts in each:
        if facts is None:
            return None
        for place, kinds in facts.items():
            found[place] = found.get(place, ANYTHING) & kinds
            if not found[place]:
                return None
    return found


def either(each: Iterable[Facts | None]) -> Facts | None:
    """One of these, nobody knows which; None where none can be."""
    left = [facts for facts in each if facts is not None]
    if not left:
        return None
    found: dict[Value, Kind] = {}
    for place, kinds in left[0].items():
        if all(place in facts for facts in left):
            for facts in left:
                kinds |= facts[place]
            found[place] = kinds
    return found


def facts_of(value: ir.Value, kinds: Kind, look: Look) -> Facts | None:
    """What has to be for a value to be one of these kinds; None where it can't be."""
    if isinstance(value, ir.Const):
        return {} if kind_of(value.value) & kinds else None
    own: dict[Value, Kind] = {value: kinds | (_BOTH if kinds & _BOTH else NONE)}
    return both((own, _facts_in(value, kinds, look)))


def _facts_in(value: ir.Value, kinds: Kind, look: Look) -> Facts | None:
    """The same of the parts of a value."""
    match value:
        case ir.Choose(test, then, otherwise):
            left = NO_FACTS if kinds & Kind.NOTHING else None
            left = left if otherwise is None else facts_of(otherwise, kinds, look)
            one = both((facts_where(test, True, look), facts_of(then, kinds, look)))
            return either((one, both((facts_where(test, False, look), left))))
        case _ if kinds & (Kind.NOTHING if _is_never_null(value) else GONE):
            return {}
        case ir.Read(var, steps):
            return {ir.Read(var, steps[:at]): _holder(step) for at, step in enumerate(steps)}
        case ir.FirstOf(arms, skip_empty):
            return either(facts_of(arm, kinds, look) for arm in _reached(arms, skip_empty, look))
        case ir.Apply("lower" | "upper" | "trim" | "replace", (ir.Concat() as text, *rest)) if (
            not kinds & Kind.PLAIN and ir.Const("") not in rest
        ):
            return _facts_in(text, kinds, look)  # nothing comes of "" but ""
        case ir.Apply("merge", arguments):
            return either(facts_of(each, Kind.OBJECT, look) for each in arguments)
        case ir.Apply("drop_null", (argument, *_)):
            return facts_of(argument, kinds, look)
        case ir.Apply(name, arguments):
            taken, count = taken_by(name)
            return both(facts_of(each, taken, look) for each in arguments[:count])
        case ir.Concat(parts) if not kinds & Kind.PLAIN and not any(isinstance(part, str) for part in parts):
            filled = [part for part in parts if not isinstance(part, str) and look(part).kinds & _THERE]
            return {} if len(filled) > 1 else facts_of(filled[0], _THERE, look) if filled else None  # "" is plain
        case ir.Lookup(inner) | ir.Bind(inner):
            return facts_of(inner, _THERE, look) if isinstance(value, ir.Lookup) else {}
        case ir.MapEach(items):
            return facts_of(items, CONTAINER, look)
        case _:
            return {}


def _is_never_null(value: ir.Value) -> bool:
    """Whether a value is null only where a null stands: such functions give nothing instead."""
    return isinstance(value, ir.Read) or (isinstance(value, ir.Apply) and value.name in SIMPLE)


def _reached(arms: tuple[ir.Value, ...], skip_empty: bool, look: Look) -> Iterator[ir.Value]:
    """The arms up to one that is always there."""
    for arm in arms:
        yield arm
        held = look(arm)
        if not held.kinds & GONE and not (skip_empty and held.could_be("")):
            return


def facts_where(test: ir.Test, holds: bool, look: Look) -> Facts | None:
    """What has to be for a condition to hold, or to fail; None where it can't."""
    match test:
        case ir.Always(value):
            return {} if value is holds else None
        case ir.Negate(inner):
            return facts_where(inner, not holds, look)
        case ir.AllOf(tests) | ir.AnyOf(tests):
            join = both if isinstance(test, ir.AllOf) is holds else either
            return join(facts_where(each, holds, look) for each in tests)
        case ir.Equal(left, right):
            return _where_equal(left, right, holds, look)
        case ir.OneOf(value, choices):
            kinds = NONE
            for choice in choices:
                kinds |= GONE if choice is None else kind_of(choice)
            return facts_of(value, kinds if holds else _THERE if None in choices else ANYTHING, look)
        case ir.Order(left, _, right) if holds:
            kinds = (Kind.NUMBER | TEXT) & _comparable(look(left)) & _comparable(look(right))
            return both((facts_of(left, kinds, look), facts_of(right, kinds, look))) if kinds else None
        case ir.Contains(value, part) | ir.Matches(value, part) if holds:
            literal = part.value if isinstance(part, ir.Const) and isinstance(part.value, str) else ""
            kinds = around([literal] if isinstance(test, ir.Contains) else literal.split("*"))
            return both((facts_of(value, kinds, look), facts_of(part, TEXT, look)))
        case ir.Exists(value, skip_empty):
            gone = GONE | kind_of("") if skip_empty else GONE
            return facts_of(value, _THERE if holds else gone, look)
        case _:
            return {}


def _where_equal(left: ir.Value, right: ir.Value, holds: bool, look: Look) -> Facts | None:
    if not holds:
        for one, other in ((left, right), (right, left)):
            if other == ir.Const(None):
                return facts_of(one, _THERE, look)
        return {}
    kinds = _like(look(left)) & _like(look(right))
    return both((facts_of(left, kinds, look), facts_of(right, kinds, look))) if kinds else None


def _like(held: Held) -> Kind:
    """What equals it; nothing equals null."""
    return held.kinds | GONE if held.kinds & GONE else held.kinds | (_BOTH if held.kinds & _BOTH else NONE)


def _comparable(held: Held) -> Kind:
    return (Kind.NUMBER if held.kinds & Kind.NUMBER else NONE) | (TEXT if held.kinds & TEXT else NONE)


def _holder(step: ir.Step) -> Kind:
    match step:
        case ir.NameSelector():
            return Kind.OBJECT
        case ir.IndexSelector(_, dotted):
            return CONTAINER if dotted else Kind.LIST
