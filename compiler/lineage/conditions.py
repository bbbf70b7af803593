"""Conditions that hold always, or never, by the kinds of what they look at."""

from collections.abc import Callable

from ...dsl import nodes as n
from .. import ir, prelude
from .held import Held
from .origins import ANYTHING, CONTAINER, GONE, NONE, TEXT, Kind
from .texts import kind_of

Look = Callable[[ir.Value], Held]


def verdict(test: ir.Test, look: Look) -> bool | None:
    """True or False for what always or never holds; None where the event decides."""
    match test:
        case ir.Always(value):
            return value
        case ir.Negate(inner):
            sure = verdict(inner, look)
            return None if sure is None else not sure
        case ir.AllOf(tests):
            return _all_of([verdict(each, look) for each in tests])
        case ir.AnyOf(tests):
            return _negated(_all_of([_negated(verdict(each, look)) for each in tests]))
        case ir.Equal(left, right) if repr(left) == repr(right):  # which tells 1 from true
            return True
        case ir.Order(left, "<" | ">", right) if left == right:
            return False
        case ir.Equal(ir.Read() as left, ir.Read() as right) if _is_within(left, right) or _is_within(right, left):
            whole = left if len(left.steps) < len(right.steps) else right
            return None if look(whole).kinds & GONE else False  # nothing is a part of itself
        case ir.Equal(left, right):
            return _equal(look(left), look(right))
        case ir.OneOf(value, choices):
            held = look(value)
            each = [_equal(held, Held(made=kind_of(choice), known=(choice,))) for choice in choices]
            return _negated(_all_of([_negated(one) for one in each]))
        case ir.Order(left, op, right):
            return _order(look(left), op, look(right))
        case ir.Contains(value, part) | ir.Matches(value, part):
            return None if all(look(each).kinds & TEXT for each in (value, part)) else False
        case ir.Exists(value):
            return _exists(look(value), test.skip_empty)


def needed(condition: n.FilterExpr) -> Kind:
    """What an item has to be for the condition of a filter to hold."""
    found = NONE
    match condition:
        case n.FilterAnd(terms):
            found = ANYTHING
            for term in terms:
                found &= needed(term)
        case n.FilterOr(terms):
            for term in terms:
                found |= needed(term)
        case n.FilterCompare(n.Path() as path, op, n.FilterLiteral(value)) if op != "!=":
            found = needed(path) if path.segments or path.root != "@" else ANYTHING if op != "==" else kind_of(value)
        case n.FilterCompare(n.FilterLiteral() as literal, op, n.Path() as path):
            found = needed(n.FilterCompare(path, op, literal))
        case n.Path("@", (segment, *_)):
            for selector in segment.selectors:
                named = isinstance(selector, n.NameSelector) and not segment.descend
                found |= Kind.OBJECT if named else CONTAINER
        case _:
            found = ANYTHING
    return found


def _is_within(part: ir.Read, whole: ir.Read) -> bool:
    """Whether one place is below another."""
    return part.var == whole.var and part.steps != whole.steps and part.steps[: len(whole.steps)] == whole.steps


def _all_of(each: list[bool | None]) -> bool | None:
    if False in each:
        return False
    return None if None in each else True


def _negated(sure: bool | None) -> bool | None:
    return None if sure is None else not sure


def _equal(left: Held, right: Held) -> bool | None:
    if not (left.kinds | right.kinds) & ~GONE:
        return True
    if len(left.known) == len(right.known) == 1 and prelude.equal(left.known[0], right.known[0]):
        return None if (left.kinds | right.kinds) & GONE else True
    for one, other in ((left, right), (right, left)):
        if other.known and not any(map(one.could_be, other.known)):
            return None if left.kinds & GONE and right.kinds & GONE else False
    return None if _told_apart(left.kinds) & _told_apart(right.kinds) else False


def _told_apart(kinds: Kind) -> Kind:
    """Nothing equals null."""
    return kinds | GONE if kinds & GONE else kinds


def _order(left: Held, op: str, right: Held) -> bool | None:
    if not any(left.kinds & each and right.kinds & each for each in (Kind.NUMBER, TEXT)):
        return False
    if not len(left.known) == len(right.known) == 1:
        return None
    first, second = left.known[0], right.known[0]
    if not prelude.comparable(first, second):
        return False
    met = bool({"<": first < second, "<=": first <= second, ">": first > second, ">=": first >= second}[op])  # type: ignore[operator]
    return None if met and (left.kinds | right.kinds) & GONE else met


def _exists(held: Held, skip_empty: bool) -> bool | None:
    if held.kinds & ANYTHING & ~GONE == NONE or (skip_empty and held.known == ("",)):
        return False
    if held.kinds & GONE or (skip_empty and held.kinds & TEXT and held.could_be("")):
        return None
    return True
