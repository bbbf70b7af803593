"""Segment's trigger texts and the language's conditions: each means what the other does in Segment's engine."""

import math
import re
from dataclasses import replace
from functools import lru_cache
from typing import Final

from ...dsl import nodes as n
from ...dsl.directives import CannotSay
from ..segment.fql import Condition, Group, parse_fql
from ..segment.fql_match import MEMBERS, satisfies, value_text
from ..segment.fql_tokens import FqlError
from ..segment.paths import split_trigger_path
from ..segment.values import UNDEFINED, number_text, to_number

NEVER: Final = n.Constant(False)
ALWAYS: Final = n.Constant(True)
_INDEX: Final = re.compile(r"(?:0|[1-9][0-9]{0,14})\Z")
_RESERVED: Final = ("and", "or", "null")
_OPPOSITE: Final = {"=": "!=", "!=": "="}


@lru_cache(maxsize=1024)
def read_trigger(fql: str) -> n.Condition:
    """The condition that Segment's engine makes of a trigger; `never` of one that it refuses.

    Shape:  'type = "a" and event = "b" or name = "c"' -> any of the three, for its last word decides
    """
    try:
        tree = parse_fql(fql)
    except FqlError:
        return NEVER
    return _group(tree)


def _group(node: Condition | Group | None) -> n.Condition:
    match node:
        case None:
            return NEVER  # the engine's test throws where it comes to this
        case Condition():
            return _condition(node)
        case Group(operator, children):
            return _joined(n.And if operator == "and" else n.Or, tuple(_group(child) for child in children))


def _joined(kind: type[n.And] | type[n.Or], terms: tuple[n.Condition, ...]) -> n.Condition:
    """The terms as one condition: flat, and without those that decide nothing."""
    neutral, absorbing = (ALWAYS, NEVER) if kind is n.And else (NEVER, ALWAYS)
    flat = [t for term in terms for t in (term.terms if isinstance(term, kind) else (term,)) if t != neutral]
    if absorbing in flat:
        return absorbing
    return neutral if not flat else flat[0] if len(flat) == 1 else kind(tuple(flat))


def _condition(node: Condition) -> n.Condition:
    keys: tuple[str, ...] = ()
    if node.name is not None:
        if not node.name:
            return n.Constant(satisfies(UNDEFINED, node.operator, node.value))
        found = split_trigger_path(node.name)
        if found is None:
            return NEVER  # the engine's test throws there
        keys = found
    return _compared(_path((MEMBERS[node.subject], *keys)), node)


def _path(keys: tuple[str, ...]) -> n.Path:
    return n.Path("", tuple(n.Segment((_step(key),)) for key in keys))


def _step(key: str) -> n.NameSelector | n.IndexSelector:
    return n.IndexSelector(int(key), dotted=True) if _INDEX.match(key) else n.NameSelector(key)


def _compared(path: n.Path, node: Condition) -> n.Condition:
    text = value_text(node.value)
    match node.operator:
        case "=" | "!=" as op:
            return n.Compare(path, op, n.Literal(text))
        case "exists" | "not_exists":
            return n.Compare(path, "!=" if node.operator == "exists" else "=", n.Literal(None))
        case "is_true" | "is_false":
            return n.Compare(path, "=", n.Literal(node.operator == "is_true"))
        case "number_equals" | "number_not_equals" | "<" | "<=" | ">" | ">=":
            return _numeric(path, node)
        case operator:
            test = _text_test(path, operator.removeprefix("not_"), text)
            return n.Not(test) if operator.startswith("not_") and test != NEVER else test


def _text_test(path: n.Path, operator: str, text: str) -> n.Condition:
    match operator:
        case "contains":
            return n.Test("contains", (path, n.Literal(text)))
        case "starts_with":
            return n.Test("match", (path, n.Literal(f"{text}*")))
        case "ends_with":
            return n.Test("match", (path, n.Literal(f"*{text}")))
        case _:
            return NEVER  # a word that is no operator


def _numeric(path: n.Path, node: Condition) -> n.Condition:
    number = to_number(node.value) if isinstance(node.value, str) else math.nan if node.value is None else node.value
    if not math.isfinite(number):
        return NEVER
    literal = n.Literal(int(number) if float(number).is_integer() else float(number))
    op = {"number_equals": "=", "number_not_equals": "!="}.get(node.operator, node.operator)
    return n.Compare(path, op, literal)


# --- conditions to texts


def write_trigger(condition: n.Condition) -> str:
    """The trigger text that means the condition in Segment's engine.

    Shape:  a text of one line, `and` and `or` in lower case, one space around operators
    Errors: CannotSay, also for what the engine would read otherwise than the language does
    """
    plain = _plain(condition)
    if plain == ALWAYS:
        return 'type != ""'
    if plain == NEVER:
        raise CannotSay("Segment has no trigger that never holds", condition.span)
    text = _level(plain, nested=False)
    if not _alike(_plain(read_trigger(text)), plain):
        raise CannotSay("Segment's engine would read this trigger otherwise", condition.span)
    return text


def same_trigger(one: n.Condition, other: n.Condition) -> bool:
    """True if the two say the same, spelling aside."""
    try:
        return _alike(_plain(one), _plain(other))
    except CannotSay:
        return one == other


def _alike(one: n.Condition, other: n.Condition) -> bool:
    """Equal, the order of terms aside; 1 is not true."""
    return _sorted_text(one) == _sorted_text(other)


def _sorted_text(node: n.Condition) -> str:
    if not isinstance(node, n.And | n.Or):
        return repr(node)
    return f"{type(node).__name__}({sorted(map(_sorted_text, node.terms))})"


def _plain(node: n.Condition, *, holds: bool = True) -> n.Condition:
    """The condition (or its opposite) out of and, or, comparisons and tests of bare paths alone."""
    match node:
        case n.And(terms) | n.Or(terms):
            both = isinstance(node, n.And) == holds
            return _joined(n.And if both else n.Or, tuple(_plain(term, holds=holds) for term in terms))
        case n.Not(term):
            return _plain(term, holds=not holds)
        case n.Constant(value):
            return n.Constant(value == holds)
        case n.In(value, choices):
            equals = tuple(n.Compare(value, "=", choice, span=node.span) for choice in choices)
            return _plain(n.Or(equals, span=node.span), holds=holds)
        case n.Test("exists", (value,)):
            return _plain(n.Compare(value, "!=", n.Literal(None), span=node.span), holds=holds)
        case n.Compare(left, op, n.Literal() as right):
            if not holds and op not in _OPPOSITE:
                raise CannotSay(f"Segment cannot say the opposite of `{op}`", node.span)
            return n.Compare(_bare(left), op if holds else _OPPOSITE[op], right, span=node.span)
        case n.Test("contains" | "match" as name, (value, n.Literal() as text)):
            test = n.Test(name, (_bare(value), text), span=node.span)
            return test if holds else n.Not(test, span=node.span)
        case _:
            raise CannotSay("Segment's triggers cannot ask this", node.span, "compare a field with a literal")


def _bare(value: n.Expr) -> n.Path:
    """The path that a trigger reads; each of its steps in its only form."""
    if isinstance(value, n.Path) and value.singular and value.segments:
        keys = (step.name if isinstance(step, n.NameSelector) else str(step.index) for step in value.steps)
        return replace(_path(tuple(keys)), span=value.span)
    raise CannotSay("Segment's triggers read names only", value.span, "such as `event` or `properties.plan`")


def _level(node: n.Condition, *, nested: bool) -> str:
    if not isinstance(node, n.And | n.Or):
        return _term(node)
    word = " and " if isinstance(node, n.And) else " or "
    terms = list(node.terms)
    if nested:
        terms.sort(key=lambda term: isinstance(term, n.Test | n.Not))  # a function's parenthesis ends the group
    parts = [_nested(term, nested) if isinstance(term, n.And | n.Or) else _term(term) for term in terms]
    return word.join(parts)


def _nested(node: n.And | n.Or, nested: bool) -> str:
    if nested:
        raise CannotSay("Segment's triggers have one level of parentheses", node.span)
    return f"({_level(node, nested=True)})"


def _term(node: n.Condition) -> str:
    match node:
        case n.Compare(n.Path() as path, op, n.Literal(value)):
            return f"{_path_text(path)} {op} {_value_text(value, node)}"
        case n.Test(name, (n.Path() as path, n.Literal(value))):
            return f"{name}({_path_text(path)}, {_value_text(value, node)})"
        case n.Not(n.Test() as test):
            return f"!{_term(test)}"
        case _:
            raise CannotSay("Segment's triggers cannot say this", node.span)


def _path_text(path: n.Path) -> str:
    keys = [step.name if isinstance(step, n.NameSelector) else str(step.index) for step in path.steps]
    if keys[0] not in MEMBERS.values():
        hint = "they read type, event, name, userId, properties.*, traits.* and context.*"
        raise CannotSay(f"Segment's triggers cannot read `{keys[0]}`", path.span, hint)
    return ".".join([keys[0], *map(_escaped, keys[1:])])


def _escaped(key: str) -> str:
    escaped = re.sub(r"([^A-Za-z0-9_-])", r"\\\1", key)
    plain_start = escaped[:1].isalpha() or escaped[:1] in ("_", "\\")
    return escaped if plain_start and key not in _RESERVED else f"\\{escaped}"


def _value_text(value: n.Scalar, node: n.Node) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return f'"{value}"'
        case _:
            text = number_text(value)
            if "e" in text:
                raise CannotSay(f"Segment's triggers have no number {text}", node.span)
            return text
