"""Whether an event satisfies a trigger: the tree walked, and the tree as a Python function."""

from collections.abc import Callable
from functools import lru_cache
from typing import Final, TypeAlias

from .fql import Condition, Group, parse_fql
from .fql_tokens import FqlError
from .paths import descend, split_trigger_path
from .values import UNDEFINED, Json, is_number, number_text, to_double, to_number, units

Matcher: TypeAlias = Callable[[dict[str, Json]], bool]

MEMBERS: Final = {
    "event-type": "type",
    "event": "event",
    "name": "name",
    "userId": "userId",
    "event-property": "properties",
    "event-trait": "traits",
    "event-context": "context",
}
_COMPARISONS: Final[dict[str, Callable[[float, float], bool]]] = {
    "number_equals": lambda left, right: left == right,
    "number_not_equals": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}
_TEXT_TESTS: Final[dict[str, Callable[[str, str], bool]]] = {
    "contains": lambda text, part: units(part) in units(text),
    "starts_with": lambda text, part: units(text).startswith(units(part)),
    "ends_with": lambda text, part: units(text).endswith(units(part)),
}
"""Of UTF-16 units: match() can leave half a pair as its text."""


class FqlCrash(Exception):
    """Segment's own test of the trigger throws on this event: its path has no key, or its parentheses are empty."""


def matches(fql: str, event: dict[str, Json]) -> bool:
    """Whether the event satisfies the trigger; a refused trigger never matches.

    Errors: FqlCrash where Segment's test throws
    """
    try:
        tree = parse_fql(fql)
    except FqlError:
        return False
    return holds(tree, event)


def holds(node: Condition | Group | None, event: dict[str, Json]) -> bool:
    """Whether the event satisfies a parsed trigger, or a part of one."""
    if node is None:
        raise FqlCrash("empty parentheses")
    if isinstance(node, Group):
        results = (holds(child, event) for child in node.children)
        return all(results) if node.operator == "and" else any(results)
    return satisfies(_actual(node, event), node.operator, node.value)


def _actual(node: Condition, event: dict[str, Json]) -> Json:
    member = event.get(MEMBERS[node.subject], UNDEFINED)
    if node.name is None:
        return member
    return descend(member, _keys(node.name)) if node.name else UNDEFINED


def _keys(name: str) -> tuple[str, ...]:
    keys = split_trigger_path(name)
    if keys is None:
        raise FqlCrash(f"the path {name!r} has no key")
    return keys


def satisfies(actual: Json, operator: str, expected: str | float | bool | None) -> bool:
    """One test of a value: strict about kinds, so that "5" is not 5 and a negated test of a non-text is false."""
    match operator:
        case "=":
            return isinstance(actual, str) and actual == value_text(expected)
        case "!=":
            return not (isinstance(actual, str) and actual == value_text(expected))
        case "exists" | "not_exists":
            return (actual is UNDEFINED or actual is None) == (operator == "not_exists")
        case "is_true" | "is_false":
            return actual is (operator == "is_true")
        case _:
            pass
    if operator in _COMPARISONS:
        return is_number(actual) and _COMPARISONS[operator](to_double(actual), _number(expected))
    text_test = _TEXT_TESTS.get(operator.removeprefix("not_"))
    if text_test is None or not isinstance(actual, str):
        return False
    return text_test(actual, value_text(expected)) != operator.startswith("not_")


def value_text(expected: str | float | bool | None) -> str:
    """The text that a condition's value is compared as: JavaScript's."""
    if isinstance(expected, str):
        return expected
    if isinstance(expected, bool):
        return "true" if expected else "false"
    return "undefined" if expected is None else number_text(expected)


def _number(expected: str | float | bool | None) -> float:
    # A comparison always has a value: None never comes here but as NaN.
    return to_number(expected) if isinstance(expected, str) else float("nan") if expected is None else float(expected)


@lru_cache(maxsize=1024)
def compile_fql(fql: str) -> Matcher:
    """The trigger as a function of the event: parsed once, equal to matches().

    Errors: none here; FqlCrash when the function is called, where Segment's test throws
    """
    try:
        tree = parse_fql(fql)
    except FqlError:
        return _never
    return compile_tree(tree)


def _never(event: dict[str, Json]) -> bool:
    return False


def compile_tree(node: Condition | Group | None) -> Matcher:
    """A parsed trigger as a function of the event."""
    if node is None:
        return lambda event: holds(None, event)
    if isinstance(node, Group):
        return _compile_group(node)
    member, operator, expected = MEMBERS[node.subject], node.operator, node.value
    if node.name is not None:
        return _compile_path(node)
    if operator == "=" and isinstance(expected, str):
        return lambda event: event.get(member) == expected
    return lambda event: satisfies(event.get(member, UNDEFINED), operator, expected)


def _compile_group(node: Group) -> Matcher:
    children = tuple(compile_tree(child) for child in node.children)
    if len(children) == 1:
        return children[0]
    if node.operator == "or":
        return lambda event: any(child(event) for child in children)
    return lambda event: all(child(event) for child in children)


def _compile_path(node: Condition) -> Matcher:
    name, member, operator, expected = node.name or "", MEMBERS[node.subject], node.operator, node.value
    keys = split_trigger_path(name)
    if keys is None:
        return (lambda event: holds(node, event)) if name else lambda event: satisfies(UNDEFINED, operator, expected)
    return lambda event: satisfies(descend(event.get(member, UNDEFINED), keys), operator, expected)
