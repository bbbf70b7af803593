"""Mappings written otherwise: rules that keep the meaning, and edits of one token that mostly don't."""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from typing import Any

from atpath.dsl import nodes as n
from atpath.dsl.format import format_mapping
from atpath.dsl.parser import parse
from atpath.dsl.source import Source

Rule = Callable[[n.Mapping, random.Random], n.Mapping]


def rewritten(text: str, rng: random.Random) -> tuple[str, tuple[str, ...]]:
    """The mapping after some rules, and which they were."""
    mapping = parse(Source("m", text)).mapping
    rules = rng.sample(RULES, rng.randint(1, 3))
    for rule in rules:
        mapping = rule(mapping, rng)
    return format_mapping(mapping), tuple(rule.__name__ for rule in rules)


# --- rules over whole mappings


def rows_in_another_order(mapping: n.Mapping, rng: random.Random) -> n.Mapping:
    def shuffled(section: Any) -> Any:
        return replace(section, rows=tuple(rng.sample(section.rows, len(section.rows))))

    return _sections(mapping, (n.Action, n.Preset, n.Rows, n.Shape), shuffled)


def other_descriptions(mapping: n.Mapping, rng: random.Random) -> n.Mapping:
    def described(section: Any) -> Any:
        return replace(section, rows=tuple(replace(row, description="Said otherwise.") for row in section.rows))

    return _sections(mapping, (n.Action, n.Shape), described)


def tests_in_another_order(mapping: n.Mapping, rng: random.Random) -> n.Mapping:
    return replace(mapping, sections=tuple(rng.sample(mapping.sections, len(mapping.sections))))


def renamed_lets(mapping: n.Mapping, rng: random.Random) -> n.Mapping:
    return _renamed(mapping, n.Let, "called_")


def renamed_shapes(mapping: n.Mapping, rng: random.Random) -> n.Mapping:
    return _renamed(mapping, n.Shape, "Other")


def renamed_tables(mapping: n.Mapping, rng: random.Random) -> n.Mapping:
    return _renamed(mapping, n.LookupTable, "Table")


def lets_put_in(mapping: n.Mapping, rng: random.Random) -> n.Mapping:
    lets = {let.name: let.value for let in mapping.all_of(n.Let)}

    def inlined(node: Any) -> Any:
        return lets[node.name] if isinstance(node, n.Ref) and node.name in lets else node

    kept = tuple(s for s in mapping.sections if not isinstance(s, n.Let))
    return replace(mapping, sections=tuple(_sources(s, inlined, in_conditions=False) for s in kept))


def a_source_named(mapping: n.Mapping, rng: random.Random) -> n.Mapping:
    actions = [a for a in mapping.all_of(n.Action) if any(row.source is not None for row in a.rows)]
    action = rng.choice(actions)
    row = rng.choice([row for row in action.rows if row.source is not None])
    let = n.Let(f"picked_{rng.randrange(1000)}", row.source)
    changed = replace(row, source=n.Ref(let.name))
    new = replace(action, rows=tuple(changed if r is row else r for r in action.rows))
    return replace(mapping, sections=(*(new if s is action else s for s in mapping.sections), let))


def rows_shared(mapping: n.Mapping, rng: random.Random) -> n.Mapping:
    action = rng.choice([a for a in mapping.all_of(n.Action) if len(a.rows) > 2])
    name = f"Shared{rng.randrange(1000)}"
    new = replace(action, rows=action.rows[2:], use=(*action.use, n.Named(name)))
    rows = n.Rows(name, action.rows[:2])
    return replace(mapping, sections=(*(new if s is action else s for s in mapping.sections), rows))


# --- rules inside expressions and conditions


def fallback_as_if(mapping: n.Mapping, rng: random.Random) -> n.Mapping:
    def rule(node: Any) -> Any:
        if isinstance(node, n.Coalesce) and isinstance(node.arms[0], n.Path):
            rest = node.arms[1] if len(node.arms) == 2 else n.Coalesce(node.arms[1:])
            return n.If(n.Test("exists", (node.arms[0],)), node.arms[0], rest)
        return node

    return _everywhere(mapping, rule)


def first_present_as_if(mapping: n.Mapping, rng: random.Random) -> n.Mapping:
    def rule(node: Any) -> Any:
        if isinstance(node, n.Call) and node.name == "first_present" and isinstance(node.arguments[0], n.Path):
            first, *rest = node.arguments
            return n.If(n.Test("present", (first,)), first, n.Call("first_present", tuple(rest)) if rest else None)
        return node

    return _everywhere(mapping, rule)


def arm_repeated(mapping: n.Mapping, rng: random.Random) -> n.Mapping:
    def rule(node: Any) -> Any:
        if isinstance(node, n.Coalesce) and rng.random() < 0.7:
            return n.Coalesce((node.arms[0], *node.arms))
        return node

    return _everywhere(mapping, rule)


def branches_turned(mapping: n.Mapping, rng: random.Random) -> n.Mapping:
    def rule(node: Any) -> Any:
        if isinstance(node, n.If) and node.otherwise is not None:
            return n.If(n.Not(node.condition), node.otherwise, node.then)
        return node

    return _everywhere(mapping, rule)


def terms_shuffled(mapping: n.Mapping, rng: random.Random) -> n.Mapping:
    def rule(node: Any) -> Any:
        if isinstance(node, n.And | n.Or):
            return replace(node, terms=tuple(rng.sample(node.terms, len(node.terms))))
        return node

    return _everywhere(mapping, rule)


def de_morgan(mapping: n.Mapping, rng: random.Random) -> n.Mapping:
    def rule(node: Any) -> Any:
        if isinstance(node, n.And | n.Or):
            other = n.Or if isinstance(node, n.And) else n.And
            return n.Not(other(tuple(n.Not(term) for term in node.terms)))
        return node

    return _everywhere(mapping, rule)


def choices_as_or(mapping: n.Mapping, rng: random.Random) -> n.Mapping:
    def rule(node: Any) -> Any:
        if isinstance(node, n.In) and len(node.choices) > 1:
            return n.Or(tuple(n.Compare(choice, "=", node.value) for choice in node.choices))
        return node

    return _everywhere(mapping, rule)


def equality_as_choice(mapping: n.Mapping, rng: random.Random) -> n.Mapping:
    def rule(node: Any) -> Any:
        if isinstance(node, n.Compare) and node.op in ("=", "!=") and isinstance(node.right, n.Literal):
            choice = n.In(node.left, (node.right,))
            return choice if node.op == "=" else n.Not(choice)
        return node

    return _everywhere(mapping, rule)


def condition_with_what_follows(mapping: n.Mapping, rng: random.Random) -> n.Mapping:
    """`a` is `a and (a or b)`."""

    def rule(node: Any) -> Any:
        if isinstance(node, n.Compare) and rng.random() < 0.5:
            other = n.Test("exists", (n.Path("$", (n.Segment((n.NameSelector("groupId"),)),)),))
            return n.And((node, n.Or((node, other))))
        return node

    return _everywhere(mapping, rule)


RULES: tuple[Rule, ...] = (
    rows_in_another_order, other_descriptions, tests_in_another_order, renamed_lets, renamed_shapes, renamed_tables,
    lets_put_in, a_source_named, rows_shared, fallback_as_if, first_present_as_if, arm_repeated, branches_turned,
    terms_shuffled, de_morgan, choices_as_or, equality_as_choice, condition_with_what_follows,
)  # fmt: skip


# --- one token changed

_TOKEN = re.compile(
    r'"[^"|\n]*"|(?<=\.)[A-Za-z_]\w*|\b(?:and|or|required|string|number|integer|object|datetime)\b|!?=|\b\d+\b'
)


def edited(text: str, rng: random.Random) -> str:
    """The mapping with one token of a trigger or a table changed."""
    places = [
        (match, start)
        for start, line in _lines(text)
        if line.startswith(("|", "when")) and not line.startswith(("| field", "| ---", "| name", "| from"))
        for match in _TOKEN.finditer(line)
    ]
    match, start = rng.choice(places)
    token = match[0]
    swaps = {"and": "or", "or": "and", "required": "", "=": "!=", "!=": "=", "string": "number", "number": "string",
             "integer": "string", "object": "string", "datetime": "date"}  # fmt: skip
    if token in swaps:
        new = swaps[token]
    elif token.startswith('"'):
        new = f'{token[:-1]}x"'
    else:
        new = str(int(token) + 1) if token.isdigit() else f"{token}x"
    return text[: start + match.start()] + new + text[start + match.end() :]


def _lines(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for line in text.splitlines(keepends=True):
        yield start, line
        start += len(line)


# --- walking


def _sections(mapping: n.Mapping, kinds: tuple[type, ...], rule: Callable[[Any], Any]) -> n.Mapping:
    return replace(mapping, sections=tuple(rule(s) if isinstance(s, kinds) else s for s in mapping.sections))


def _everywhere(mapping: n.Mapping, rule: Callable[[Any], Any]) -> n.Mapping:
    wanted = (n.Action, n.Preset, n.Rows, n.Shape, n.Let)
    return _sections(mapping, wanted, lambda section: _sources(section, rule, in_conditions=True))


def _sources(node: Any, rule: Callable[[Any], Any], *, in_conditions: bool) -> Any:
    """The node with the rule applied in it from below; field types stay as they are."""
    if isinstance(node, tuple):
        return tuple(_sources(item, rule, in_conditions=in_conditions) for item in node)
    if not isinstance(node, n.Node) or isinstance(node, n.FieldType | n.Example | n.Law | n.Named):
        return node
    changed = {
        field.name: _sources(getattr(node, field.name), rule, in_conditions=in_conditions)
        for field in fields(node)
        if field.name != "span"
    }
    return rule(replace(node, **changed))


def _renamed(mapping: n.Mapping, kind: type[Any], prefix: str) -> n.Mapping:
    names = {section.name for section in mapping.all_of(kind)}

    def renamed(node: Any) -> Any:
        if isinstance(node, n.Ref | n.NamedType | kind) and node.name in names:
            return replace(node, name=f"{prefix}{node.name}")
        return node

    return replace(mapping, sections=tuple(_sources(s, renamed, in_conditions=True) for s in mapping.sections))
