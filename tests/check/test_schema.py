"""Source schemas: the same whatever the order, and what a mapping's paths are held against."""

import json
from pathlib import Path

import pytest
from atpath.compiler.check import run_checks
from atpath.compiler.check.admits import admitted
from atpath.compiler.loader import check_text
from atpath.compiler.outcome import check_source
from atpath.compiler.schema import MOST_NAMES, MOST_VALUES, Schema, infer, merge
from atpath.compiler.schema_file import BadSchema, from_text, segment_schema, to_text
from atpath.dsl.build import parse_condition
from atpath.dsl.source import Excerpt, Source
from command import atpath
from hypothesis import given, settings
from hypothesis import strategies as st

NAMES = st.sampled_from(["a", "b", "type", "event"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.floats(0, 1) | st.sampled_from(["track", "page", "x" * 70]),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(NAMES, below, max_size=3),
    max_leaves=8,
)
EVENTS = st.lists(st.dictionaries(NAMES, VALUES, max_size=4), max_size=5)


@given(EVENTS, EVENTS)
@settings(deadline=None)
def test_the_schema_of_all_is_the_merge_of_its_parts(one: list[dict[str, object]], other: list[dict[str, object]]):
    assert merge(infer(one), infer(other)) == infer([*one, *other])
    assert merge(infer(one), infer(other)) == merge(infer(other), infer(one))


@given(EVENTS, EVENTS, EVENTS)
@settings(deadline=None)
def test_merging_is_associative(a: list[dict[str, object]], b: list[dict[str, object]], c: list[dict[str, object]]):
    one, two, three = infer(a), infer(b), infer(c)
    assert merge(merge(one, two), three) == merge(one, merge(two, three))


@given(EVENTS)
@settings(deadline=None)
def test_a_schema_survives_its_file(events: list[dict[str, object]]):
    schema = infer(events)
    assert from_text(to_text(schema)) == schema
    assert to_text(from_text(to_text(schema))) == to_text(schema)


@pytest.mark.parametrize("limit", [MOST_VALUES, MOST_NAMES])
def test_limits_hold_in_any_order(limit: int):
    events = [{"v": f"value {i}", "o": {f"name{i}": 1}, "type": "track", "event": f"e{i}"} for i in range(limit + 3)]
    half = len(events) // 2
    first, second = infer(events[:half]), infer(events[half:])
    whole = infer(events)
    assert merge(first, second) == merge(second, first) == whole
    assert whole.root.members["v"].values is None
    assert (whole.root.events is None) == (limit == MOST_NAMES)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"format": "atpath-schema/1", "members": 1}', "[" * 100_000])
def test_what_is_no_schema_is_refused(text: str):
    with pytest.raises(BadSchema):
        from_text(text)


def found(rows: str, schema: Schema, when: str = "") -> list[tuple[str, str]]:
    text = f'destination d "D"\n\naction a "A"\n{when}\n| field | type | source |\n| --- | --- | --- |\n{rows}\n'
    checked = check_text(text, "a.map")
    assert not checked.diagnostics
    return [(str(d.code), d.message) for d in run_checks(checked.resolved, schema)]


ORDER = {"type": "track", "event": "Order", "properties": {"products": [{"price": 1, "sku": "a"}], "total": 3}}
PAGE = {"type": "page", "name": "Home", "properties": {"url": "https://example.com"}}
SHOP = infer([ORDER] * 60 + [PAGE] * 140)


@pytest.mark.parametrize(
    ("source", "codes"),
    [
        ("$.properties.total", []),
        ("$.properties.totl", ["E120"]),
        ("$.properties.products.price", ["E121"]),
        ("$.properties.products[0].price", []),
        ("$.properties.products[*].pric", ["E120"]),
        ("$.properties.products.0.price", []),
        ("$..price", []),
        ("$..prices", ["E120"]),
        ("$.properties.products[?@.price > 1].sku", []),
        ("$.properties.products[?@.prise > 1].sku", ["E120"]),
        ("each $.properties.products -> {p: $.price, q: $$.properties.total}", []),
        ("each $.properties.products -> {p: $.total}", ["E120"]),
        ("$.properties -> $.total", []),
        ("$.properties -> $.properties", ["E120"]),
        ('"{{properties.total}} of {{propertis.total}}"', ["E120"]),
        ("if exists($.proprties) then 1", ["E120"]),
        ("from_json($.name) -> $.whatever", []),
        ("merge($.properties, {b: 1}) -> $.whatever", []),
        ("first($.properties.products) -> $.price", []),
        ("first($.properties.products) -> $.prize", ["E120"]),
        ("$.name.first", ["E120"]),
    ],
)
def test_paths_are_followed_through_expressions(source: str, codes: list[str]):
    assert [code for code, _ in found(f"| f | any | {source} |", SHOP)] == codes


def test_for_each_changes_what_a_path_is_read_from():
    rows = "| p | any | $.price |\n| t | any | $$.properties.total |\n| x | any | $.total |"
    assert [m for _, m in found(rows, SHOP, "for each $.properties.products")] == ["no event has `$.total`"]


def test_shapes_are_read_where_they_are_used():
    text = """destination d "D"

action a "A"
| field | type     | source                             |
| ----- | -------- | ---------------------------------- |
| lines | object[] | each $.properties.products -> Line |

shape Line
| field | type   | source  |
| ----- | ------ | ------- |
| sku   | string | $.skuu  |
"""
    codes = [(str(d.code), d.hint) for d in check_source(Source("a.map", text), schema=to_text(SHOP))]
    assert codes == [("E120", "did you mean `$.sku`?")]


def test_rates_are_of_the_events_that_fire_the_action():
    some = infer([ORDER] * 199 + [PAGE] * 5000 + [{**ORDER, "properties": {"coupon": "x"}}])
    row = "| c | any | $.properties.coupon |"
    assert found(row, some, 'when type = "track"') == [
        ("W303", "`$.properties.coupon` is rarely there: in 1 of 200 events of this trigger (0.5 %)")
    ]
    assert found("| t | any | $.properties.total |", some, 'when type = "track"') == []
    required = "| u | string required | $.properties.url |"
    assert found(required, some, 'when type = "page"') == []
    assert [code for code, _ in found(required, some)] == ["I402"]


@pytest.mark.parametrize(
    ("when", "kinds"),
    [
        ('type = "track"', {"track A", "track B"}),
        ('type = "track" and event = "A"', {"track A"}),
        ('event in ("A", "C")', {"track A"}),
        ('type != "track"', {"page"}),
        ('not (type = "page" or event = "A")', {"track B"}),
        ('type = "page" or userId = "1"', {"page", "track A", "track B"}),
        ("never", set[str]()),
        ("$.properties.x = 1", {"page", "track A", "track B"}),
    ],
)
def test_which_kinds_of_events_a_trigger_admits(when: str, kinds: set[str]):
    condition = parse_condition(Excerpt(when, ((0, 0),)))
    assert admitted(condition, ("page", "track A", "track B")) == kinds


def test_common_fields_are_there_and_open():
    rows = (
        "| a | any | $.context.campaign.name |\n| b | any | $.properties.whatever.you.like |\n| c | any | $.traits.x |"
    )
    assert found(rows, segment_schema()) == []


# --- the verb


def test_infer_writes_what_check_reads(tmp_path: Path):
    lines = [json.dumps(event) for event in (ORDER, PAGE)] + ["no event", "[1]"]
    (tmp_path / "events.ndjson").write_text("\n".join(lines) + "\n")
    done = atpath("infer", "events.ndjson", "-o", "schema.json", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.startswith("2 events, 2 kinds, 10 paths; 2 lines hold no event, the first is line 3: ")
    assert from_text((tmp_path / "schema.json").read_text()) == infer([ORDER, PAGE])
    merged = atpath("infer", "events.ndjson", "--merge", "schema.json", cwd=tmp_path)
    assert from_text(merged.stdout) == infer([ORDER, PAGE] * 2)
    mapping = 'destination d "D"\n\naction a "A"\n| field | source |\n| --- | --- |\n| t | $.properties.totl |\n'
    (tmp_path / "a.map").write_text(mapping)
    checked = atpath("check", "a.map", "--events", "schema.json", cwd=tmp_path)
    assert checked.returncode == 1
    assert "did you mean `total`, as in `$.properties.total`?" in checked.stdout
    wrong = atpath("check", "a.map", "--events", "events.ndjson", cwd=tmp_path)
    assert wrong.returncode == 1
    assert "error: events.ndjson is no source schema" in wrong.stderr
    assert "`atpath infer EVENTS -o schema.json` writes one" in wrong.stderr
