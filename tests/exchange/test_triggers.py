"""Segment's trigger texts and conditions: what one says, the other says to Segment's engine."""

from typing import Any

import pytest
from atpath.compiler.exchange import read_trigger, write_trigger
from atpath.compiler.segment import FqlCrash, matches
from atpath.dsl.build import parse_condition
from atpath.dsl.directives import CannotSay
from atpath.dsl.format import format_condition
from atpath.dsl.source import Excerpt
from hypothesis import given
from hypothesis import strategies as st


def parse(text: str):
    return parse_condition(Excerpt(text, ((0, 0),)))


@pytest.mark.parametrize(
    ("fql", "condition"),
    [
        ('type = "track"', 'type = "track"'),
        ("event", "never"),
        ("", "never"),
        ("type = track", 'type = "track"'),
        ("userId != null", "userId != null"),
        ("userId = 5", 'userId = "5"'),
        ("event = null", 'event = "null"'),
        ("properties.n != true", 'properties.n != "true"'),
        ("properties.n >= 1.50", "properties.n >= 1.5"),
        ('properties.n > "x"', "never"),
        ('match(event, "A*") or match(event, "A")', 'match(event, "A*") or match(event, "*")'),
        ('!match(event, "*A")', '!match(event, "*A")'),
        (r"context.a\ b.\0 = true", r"context\.a\ b.0 = true"),
        ('type = "a" or type = "b" and type = "c"', 'type = "a" and type = "b" and type = "c"'),
        ('type = "a" and (name = null or traits.x = 1)', 'type = "a" and (name = null or traits.x = 1)'),
        ('() or type = "a"', 'type = "a"'),
        (
            'properties.and.b = "x" or properties.b = 1',
            r"properties.and.b = \"x\" or properties.b = 1".replace("\\", ""),
        ),
    ],
)
def test_what_the_engine_reads(fql: str, condition: str):
    assert format_condition(read_trigger(fql)) == condition


@pytest.mark.parametrize(
    ("condition", "fql"),
    [
        ("always", 'type != ""'),
        ('type in ("track", "page")', 'type = "track" or type = "page"'),
        ('not (type in ("track", "page"))', 'type != "track" and type != "page"'),
        ("exists($.properties.a) and exists(userId)", "properties.a != null and userId != null"),
        ('not (type = "a" and !contains(event, "b"))', 'type != "a" or contains(event, "b")'),
        (
            'event = "a" and (contains(event, "b") or name = null)',
            'event = "a" and (name = null or contains(event, "b"))',
        ),
        (r"properties.items.0 = 1", r"properties.items.\0 = 1"),
        ('$.properties["two words"] = "x"', r'properties.two\ words = "x"'),
    ],
)
def test_what_is_written(condition: str, fql: str):
    assert write_trigger(parse(condition)) == fql


@pytest.mark.parametrize(
    "condition",
    [
        "never",
        "anonymousId != null",
        "present(event)",
        "not (properties.n < 5)",
        'properties.x = "say \\"so\\""',
        "properties.n = 1e300",
        "properties.a = properties.b",
        "userId = 5",
        'type = "a" and (event = "b" or (name = "c" and userId = "d"))',
        'type = "a" and (contains(event, "b") or contains(event, "c"))',
        '$.properties["a.b"] = 1',
        'lower(event) = "a"',
    ],
)
def test_what_segments_triggers_cannot_say(condition: str):
    with pytest.raises(CannotSay):
        write_trigger(parse(condition))


fields = st.sampled_from(["type", "event", "name", "userId", "properties.n", r"traits.a\ b", "context.x.y"])
values = st.sampled_from(['"track"', '"A b"', "5", "-1.5", "true", "false", "null", "track", "'A'"])
words = st.sampled_from(["contains", "!contains", "match", "!match"])
tests = st.one_of(
    st.builds(" ".join, st.tuples(fields, st.sampled_from(["=", "!=", "<", ">=", "=="]), values)),
    st.builds('{}({}, "{}")'.format, words, fields, st.sampled_from(["A", "A*", "*A", ""])),
)
glue = st.sampled_from([" and ", " or ", " AND ", ", "])


@st.composite
def triggers(draw: st.DrawFn) -> str:
    """Right and wrong ones, one level of parentheses deep."""
    parts: list[str] = []
    for _ in range(draw(st.integers(1, 3))):
        group = draw(st.lists(tests, min_size=1, max_size=3))
        text = draw(glue).join(group)
        parts += [f"({text})" if draw(st.booleans()) else text, draw(glue)]
    return "".join(parts[:-1])


leaves = st.sampled_from(["track", "A b", "A", 5, -1.5, True, False, None, "'A'", "="])
events = st.fixed_dictionaries(
    {},
    optional={
        "type": leaves, "event": leaves, "name": leaves, "userId": leaves,
        "properties": st.fixed_dictionaries({}, optional={"n": leaves}) | leaves,
        "traits": st.fixed_dictionaries({}, optional={"a b": leaves}),
        "context": st.builds(lambda x: {"x": x}, leaves | st.builds(lambda y: {"y": y}, leaves)),
    },
)  # fmt: skip


def holds(fql: str, event: dict[str, Any]) -> bool | None:
    """Whether the engine lets the event through; None where its own test throws."""
    try:
        return matches(fql, event)
    except FqlCrash:
        return None


@given(triggers(), st.lists(events, max_size=5))
def test_a_trigger_read_and_written_again_holds_of_the_same_events(fql: str, sample: list[dict[str, Any]]):
    condition = read_trigger(fql)
    try:
        written = write_trigger(condition)
    except CannotSay:
        assert format_condition(condition) == "never"  # all else that the engine reads, it can be told
        assert not any(holds(fql, event) for event in sample)
        return
    for event in sample:
        assert holds(fql, event) in (holds(written, event), None), (written, event)


@given(triggers())
def test_a_condition_reads_the_same_from_its_own_text(fql: str):
    condition = read_trigger(fql)
    assert parse(format_condition(condition)) == condition
