"""The stories of a mapping that Segment runs: its directives followed, its triggers' tests one by one."""

import json
from collections.abc import Collection, Iterator

from ..compiler.prelude import NOTHING
from ..compiler.segment import Condition, FqlCrash, FqlError, Group, MappingError, Route, holds, parse_fql
from ..compiler.segment.directives import is_directive, unwrap_root
from ..compiler.segment.fql_match import MEMBERS, value_text
from ..dsl import nodes as n
from ..dsl.nodes import Json
from .fill import Event
from .stories import AtomStory, FieldStory, field_story
from .trace import Scope, Trace
from .trace_segment import trace_segment

_COMPARED = {"number_equals": "=", "number_not_equals": "!=", "is_true": "=", "is_false": "="}
_TEXT_TESTS = {"contains": 'contains({}, "{}")', "starts_with": 'match({}, "{}*")', "ends_with": 'match({}, "*{}")'}


def segment_atoms(route: Route, event: Event) -> Iterator[AtomStory]:
    """The tests of a trigger, as Segment reads it."""
    try:
        tree = parse_fql(route.trigger or "")
    except FqlError:
        return
    yield from _atoms(tree, event)


def _atoms(node: Condition | Group | None, event: Event) -> Iterator[AtomStory]:
    match node:
        case Group(_, children):
            for child in children:
                yield from _atoms(child, event)
        case Condition():
            try:
                held = holds(node, event)
            except FqlCrash:
                held = False
            yield AtomStory(_test_text(node), held, not held)
        case None:
            yield AtomStory("()", False, True)


def _test_text(node: Condition) -> str:
    subject = MEMBERS[node.subject] + (f".{node.name}" if node.name is not None else "")
    negated, word = node.operator.startswith("not_"), node.operator.removeprefix("not_")
    if word == "exists":
        return f"{subject} {'=' if negated else '!='} null"
    if word in _TEXT_TESTS:
        return f"{'!' if negated else ''}{_TEXT_TESTS[word].format(subject, value_text(node.value))}"
    if word in ("is_true", "is_false"):
        return f"{subject} = {'true' if word == 'is_true' else 'false'}"
    value = value_text(node.value)
    return f"{subject} {_COMPARED.get(word, word)} {json.dumps(value) if word in ('=', '!=') else value}"


def segment_stories(route: Route, event: Event, payload: Json, required: Collection[str]) -> Iterator[FieldStory]:
    """How each field of a payload came by its value; `payload` None where the event was rejected."""
    rooted: Json = unwrap_root(dict(route.mapping))
    if isinstance(rooted, dict) and not is_directive(rooted):
        for name, node in rooted.items():
            yield _story(name, node, event, payload, name in required)
    else:  # one directive makes all of it
        trace = _traced(rooted, event)
        yield field_story(n.SPREAD, n.SPREAD, trace or Trace(None), payload, "not built" if payload is None else "kept")


def _story(name: str, node: Json, event: Event, payload: Json, required: bool) -> FieldStory:
    trace = _traced(node, event)
    if trace is None:
        return field_story(name, name, Trace(None), None, "rejected")
    if not isinstance(payload, dict):
        missing = "rejected" if required else "would be left out"
        return field_story(name, name, trace, None, missing if trace.value is NOTHING else "not built")
    return field_story(name, name, trace, payload.get(name), "kept" if name in payload else "left out")


def _traced(node: Json, event: Event) -> Trace | None:
    try:
        return trace_segment(node, Scope(event, ()))
    except MappingError:
        return None
