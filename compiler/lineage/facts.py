"""What has to stand at places of the event for a condition to hold, or for a value to be there."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol, TypeAlias

from ...dsl.nodes import Scalar
from .. import ir, prelude
from ..ir import Value
from .calls import SIMPLE, called, taken_by
from .held import Held
from .origins import ANYTHING, CONTAINER, GONE, NONE, TEXT, VALUE, Kind
from .texts import around, as_text, kind_of

Facts: TypeAlias = Mapping[Value, Kind]  # what kinds of value an expression gives
Rows: TypeAlias = tuple[tuple[Scalar, Scalar], ...]
Fit: TypeAlias = Callable[[Held], Held]


class Look(Protocol):
    """What the parts of a program may hold, and the rows of its tables."""

    def __call__(self, value: ir.Value) -> Held: ...

    def rows(self, table: str) -> Rows: ...


def _as_it_is(held: Held) -> Held:
    return held


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


def facts_of(value: ir.Value, kinds: Kind, look: Look, fit: Fit = _as_it_is) -> Facts | None:
    """What has to be for a value to be one of these kinds; None where it can't be.

    Shape:  fit: what is taken of the value
    """
    kinds |= _BOTH if kinds & _BOTH else NONE
    if isinstance(value, ir.Const):
        return {} if kind_of(value.value) & fit(look(value)).kinds & kinds else None
    if not fit(look(value)).kinds & kinds:
        return None
    own: dict[Value, Kind] = {} if _is_like_another(value) else {value: kinds}
    return both((own, _facts_in(value, kinds, look, fit)))


def _facts_in(value: ir.Value, kinds: Kind, look: Look, fit: Fit) -> Facts | None:
    """The same of the parts of a value."""
    match value:
        case ir.Choose(test, then, otherwise):
            left = NO_FACTS if kinds & Kind.NOTHING else None
            left = left if otherwise is None else facts_of(otherwise, kinds, look, fit)
            one = both((facts_where(test, True, look), facts_of(then, kinds, look, fit)))
            return either((one, both((facts_where(test, False, look), left))))
        case ir.FirstOf(arms, skip_empty):
            return either(_facts_of_arms(arms, skip_empty, kinds, look, fit))
        case ir.Apply("drop_null", (argument, *_)):
            return facts_of(argument, kinds | GONE if kinds & GONE else kinds, look)
        case ir.Lookup(inner, table, otherwise) if not kinds & Kind.NOTHING:
            met = _kinds_of_keys(look.rows(table), kinds, fit)
            other = otherwise is not None and bool(fit(look(otherwise)).kinds & kinds)
            return facts_of(inner, _THERE if other else met, look)
        case ir.Bind(inner) if not kinds & Kind.NOTHING:
            return facts_of(inner, VALUE, look)
        case _ if kinds & (Kind.NOTHING if _is_never_null(value) else GONE):
            return {}
        case ir.Read(var, steps):
            return {ir.Read(var, steps[:at]): _holder(step) for at, step in enumerate(steps)}
        case ir.Apply("lower" | "upper" | "trim" | "replace", (ir.Concat(parts), *rest)) if (
            not kinds & Kind.PLAIN and ir.Const("") not in rest
        ):
            return _facts_of_parts(parts, _THERE, look)  # nothing comes of "" but ""
        case ir.Apply("merge", arguments):
            return either(facts_of(each, Kind.OBJECT, look) for each in arguments)
        case ir.Apply(name, arguments):
            taken, count = taken_by(name)
            taken = _coming_to(taken, kinds, value, look) if count == 1 else taken
            return both(facts_of(each, taken, look) for each in arguments[:count])
        case ir.Concat(parts) if not kinds & Kind.PLAIN:
            return _facts_of_parts(parts, _kinds_where(_THERE, lambda kind: as_text(kind) & kinds), look)
        case ir.MapEach(items):
            return facts_of(items, CONTAINER, look)
        case _:
            return {}


def _facts_of_arms(
    arms: tuple[ir.Value, ...], skip_empty: bool, kinds: Kind, look: Look, fit: Fit
) -> Iterator[Facts | None]:
    """For each arm that it may be: those before it are passed over."""
    gone = GONE | kind_of("") if skip_empty else GONE
    passed: Facts | None = NO_FACTS
    for at, arm in enumerate(arms, start=1):
        own = kinds if at == len(arms) and not skip_empty else kinds & ~GONE
        yield both((passed, facts_of(arm, own, look, fit)))
        passed = both((passed, facts_of(arm, gone, look)))
        if passed is None:
            return
    if skip_empty and kinds & Kind.NOTHING:
        yield passed


def _facts_of_parts(parts: tuple[str | ir.Value, ...], kinds: Kind, look: Look) -> Facts | None:
    """What has to be for a text of these parts to be more than "", where one part alone can fill it."""
    filled = [part for part in parts if isinstance(part, str) or look(part).kinds & _THERE]
    if not filled:
        return None
    first = filled[0]
    return {} if isinstance(first, str) or len(filled) > 1 else facts_of(first, kinds, look)


def _coming_to(taken: Kind, kinds: Kind, call: ir.Apply, look: Look) -> Kind:
    """What of a function's first argument comes to one of these kinds."""
    others = [look(each) for each in call.arguments[1:]]
    return _kinds_where(taken, lambda kind: called(call, [Held(made=kind, free=ANYTHING), *others]).kinds & kinds)


def _kinds_of_keys(rows: Rows, kinds: Kind, fit: Fit) -> Kind:
    """What meets a row of a table that gives one of these kinds."""
    found = NONE
    for key, given in rows:
        held = Held(made=kind_of(given), known=(given,))
        found |= kind_of(key) if key is not None and (held if given is None else fit(held)).kinds & kinds else NONE
    return found


def _kinds_where(kinds: Kind, test: Callable[[Kind], Kind]) -> Kind:
    found = NONE
    for kind in kinds:
        found |= kind if test(kind) else NONE
    return found


def _is_like_another(value: ir.Value) -> bool:
    """Whether another value may be equal to this one: to Python, 1 and true are."""
    return any(isinstance(node, ir.Const) and isinstance(node.value, int | float) for node in ir.below(value))


def _is_never_null(value: ir.Value) -> bool:
    """Whether a value is null only where a null stands: such functions give nothing instead."""
    return isinstance(value, ir.Read) or (isinstance(value, ir.Apply) and value.name in SIMPLE)


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
            kinds = around([literal]) if isinstance(test, ir.Contains) else _matching(literal)
            return both((facts_of(value, kinds, look), facts_of(part, TEXT, look)))
        case ir.Exists(value, skip_empty):
            gone = GONE | kind_of("") if skip_empty else GONE
            return facts_of(value, _THERE if holds else gone, look)
        case _:
            return {}


def _matching(pattern: str) -> Kind:
    """What a text can be that matches a pattern with `*`; "" stands for one that nobody knows."""
    flags = any(prelude.matches(flag, pattern) for flag in ("true", "false"))
    return around(pattern.split("*")) & (TEXT if flags or not pattern else ~Kind.FLAG)


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
