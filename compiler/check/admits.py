"""Which kinds of events a trigger lets through, as far as their type and name decide it."""

from collections.abc import Iterable

from ...dsl import nodes as n
from ..schema import MOST_LENGTH


def admitted(when: n.Condition | None, kinds: Iterable[str]) -> frozenset[str]:
    """The kinds of events (see `schema.kind_of`) that a trigger may let through."""
    return frozenset(kind for kind in kinds if when is None or _holds(when, kind) is not False)


def _holds(condition: n.Condition, kind: str) -> bool | None:
    """True, False, or None where the kind alone does not decide."""
    match condition:
        case n.And(terms):
            return _all(_holds(term, kind) for term in terms)
        case n.Or(terms):
            none = _all(_not(_holds(term, kind)) for term in terms)
            return _not(none)
        case n.Not(term):
            return _not(_holds(term, kind))
        case n.Compare(n.Path() as path, "=" | "!=" as op, n.Literal(value)):
            equal = _equal(path, value, kind)
            return equal if op == "=" else _not(equal)
        case n.In(n.Path() as path, choices):
            none = _all(_not(_equal(path, choice.value, kind)) for choice in choices)
            return _not(none)
        case n.Constant(value):
            return value
        case _:
            return None


def _equal(path: n.Path, value: n.Scalar, kind: str) -> bool | None:
    if not path.singular or len(path.steps) != 1 or not isinstance(path.steps[0], n.NameSelector):
        return None
    type_name, _, event = kind.partition(" ")
    match path.steps[0].name:
        case "type":
            return value == type_name
        case "event" if type_name == "track" and event:
            return isinstance(value, str) and value[:MOST_LENGTH] == event
        case "event" if type_name in ("page", "screen", "identify", "group", "alias"):
            return False
        case _:
            return None


def _not(answer: bool | None) -> bool | None:
    return None if answer is None else not answer


def _all(answers: Iterable[bool | None]) -> bool | None:
    result: bool | None = True
    for answer in answers:
        if answer is False:
            return False
        if answer is None:
            result = None
    return result
