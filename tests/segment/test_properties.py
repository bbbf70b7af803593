"""What holds of every mapping and every event, however odd."""

import copy
import json
from typing import Any

from atpath.compiler.segment import (
    FqlCrash,
    MappingError,
    compile_directives,
    compile_fql,
    matches,
    transform,
)
from atpath.compiler.segment.values import number_text
from hypothesis import given, settings
from hypothesis import strategies as st

KEYS = st.sampled_from(["a", "b", "0", "1", "10", "length", "x y", "", "é"])
TEXTS = st.sampled_from(["", "a", "Aa", "1", "{{a}}", "{{{b}}}", '{"a":[1]}', "ſß", "a👍", "$&", "null"]) | st.text(
    max_size=4
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS


def _nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3)


VALUES = st.recursive(SCALARS, _nested, max_leaves=8)
EVENTS = st.dictionaries(KEYS, VALUES, max_size=4)
PATHS = st.builds(
    lambda root, keys, tail: root + ".".join(keys) + tail,
    st.sampled_from(["$.", "", "$"]),
    st.lists(KEYS, max_size=3),
    st.sampled_from(["", "[0]", "['a']", "[a]", ".."]),
)


def _directives(node: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    def one(name: str, options: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return options.map(lambda value: {name: value})

    def fields(**members: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        # Any may be left out, or be what it should not.
        return st.fixed_dictionaries({}, optional={key.rstrip("_"): member for key, member in members.items()})

    shorts = st.sampled_from(["a", "A", "$&", "👍", ""])
    flags = st.booleans() | st.none()
    return st.one_of(
        _nested(node),
        one("@path", PATHS | node),
        one("@template", TEXTS | node),
        one("@if", fields(exists=node, then=node, else_=node)),
        one("@if", fields(blank=node, then=node, else_=node)),
        one("@case", fields(operator=st.sampled_from(["lower", "upper", "x", 1]), value=node)),
        one("@replace", fields(pattern=shorts, replacement=shorts, value=node, ignorecase=flags, pattern2=shorts)),
        one("@arrayPath", st.lists(PATHS | node, max_size=2)),
        one("@arrayPath", st.tuples(PATHS, node).map(list)),
        one("@flatten", fields(separator=st.sampled_from([".", "", 1]), value=node, omitArrays=flags)),
        one("@json", fields(mode=st.sampled_from(["encode", "decode", "X"]), value=node)),
        one("@merge", fields(direction=st.sampled_from(["left", "right", "LEFT"]), objects=st.lists(node, max_size=3))),
        one("@transform", fields(apply=node, mapping=node)),
        one("@excludeWhenNull", node),
        one("@literal", node),
        one("@nope", node),
    )


NODES = st.recursive(SCALARS, _directives, max_leaves=12)
MAPPINGS = st.dictionaries(KEYS | st.just("__segment_internal_directive"), NODES, max_size=3) | NODES


def outcome(run: Any) -> str:
    """What comes of it, as text: anything but a MappingError is let through."""
    try:
        return json.dumps(run(), sort_keys=True)
    except MappingError as error:
        return f"{error.kind}: {error}"


@settings(max_examples=300, deadline=None)
@given(MAPPINGS, EVENTS)
def test_a_compiled_mapping_equals_the_plain_one(mapping: Any, event: dict[str, Any]) -> None:
    before = copy.deepcopy((mapping, event))
    plain = outcome(lambda: transform(mapping, event))
    assert outcome(lambda: compile_directives(mapping)(event)) == plain
    assert (mapping, event) == before


@settings(max_examples=100, deadline=None)
@given(VALUES, VALUES)
def test_any_json_for_a_mapping_or_an_event_is_an_answer_or_a_mapping_error(mapping: Any, event: Any) -> None:
    outcome(lambda: transform(mapping, event))
    outcome(lambda: compile_directives(mapping)(event))


@given(st.integers(1, 40), st.integers(0, 3))
def test_a_deep_mapping_is_compiled_too(depth: int, flavour: int) -> None:
    node: Any = {"@path": "$.a"}
    for level in range(depth):
        node = [{"@if": {"exists": {"@path": "$.b"}, "then": node}}, {"n": node}, [node], {"@literal": node}][
            (level + flavour) % 4
        ]
    event = {"a": 1, "b": 2}
    assert outcome(lambda: compile_directives({"out": node})(event)) == outcome(lambda: transform({"out": node}, event))


WORDS = st.sampled_from(
    ["type", "event", "properties.a", "traits.b", "userId", " = ", " != ", ' "x"', " 5", " and ", " or ", "(", ")",
     "contains(", "match(", ", ", "!", "null", "true", '"', "\\", ".", "é", "'y'", " "]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(WORDS, max_size=10).map("".join) | st.text(max_size=12), EVENTS)
def test_any_text_for_a_trigger_is_an_answer(trigger: str, event: dict[str, Any]) -> None:
    def verdict(run: Any) -> Any:
        try:
            return run()
        except FqlCrash:
            return "crash"

    plain = verdict(lambda: matches(trigger, event))
    assert plain in (True, False, "crash")
    assert verdict(lambda: compile_fql(trigger)(event)) == plain


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_written_reads_back(number: float) -> None:
    assert float(number_text(number)) == number
