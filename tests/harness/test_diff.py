"""What changed, by events: rewriting is no change, an edit is one, and every event shows what it is said to show."""

import json
import os
import random
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from atpath.compiler import MappingError, load, load_text
from atpath.compiler.exchange import import_definition
from atpath.compiler.files import find_mapping, read_mapping
from atpath.dsl.format import format_mapping
from atpath.harness.diff import Diff, Status, diff
from atpath.harness.fill import fitting
from atpath.harness.gen import generate
from atpath.harness.search import MOST
from atpath.harness.strategies_plan import plan_of
from shared import shared
from strategies.rewrites import edited, rewritten

ROUNDS = int(os.environ.get("ATPATH_DIFF_ROUNDS", "6"))
NOW = "2024-01-01T00:00:00.000Z"
WIDE = Path(__file__).with_name("wide.map").read_text("utf-8")
HEAP = read_mapping(find_mapping("heap"))
HEAD = 'destination d\n\naction a\nwhen type = "track"\n| field | type | source |\n| --- | --- | --- |\n'


def mapping(*rows: str, when: str = 'type = "track"') -> Any:
    head = HEAD.replace('type = "track"', when)
    return load_text(head + "\n".join(f"| {row} |" for row in rows) + "\n", now=lambda: NOW)


def only(found: Diff) -> Any:
    (finding,) = found.changes
    return finding


def is_required(row: Any) -> bool:
    """True of a row that a user has to fill before its action takes any event, if it has no source."""
    return row.type is not None and row.type.required is not False


def expect_shown(old: Any, new: Any, found: Diff) -> None:
    """Every event of a change gives, on both sides, what the finding says, and that differs."""
    refused = {a.key for a in old.resolved.actions for row in a.rows if row.source is None and is_required(row)}
    for finding in found.changes:
        if finding.event is None or finding.what not in ("trigger", "field") or finding.action in refused:
            continue
        sides = [[out for _, out in side.route(finding.event)] for side in (old, new)]
        if isinstance(finding.old, dict):
            assert finding.old in sides[0]
        if isinstance(finding.new, dict):
            assert finding.new in sides[1]
        assert json.dumps(finding.old, sort_keys=True) != json.dumps(finding.new, sort_keys=True)


@pytest.mark.parametrize("text", [WIDE, HEAP], ids=["wide", "heap"])
def test_what_is_written_otherwise_is_no_change(text: str) -> None:
    rng = random.Random("rewrites")
    old = load_text(text, settings={"apiKey": "k"}, now=lambda: NOW)
    for _ in range(ROUNDS):
        other, rules = rewritten(text, rng)
        found = diff(old, load_text(other, settings={"apiKey": "k"}, now=lambda: NOW))
        assert all(f.status is Status.SAME for f in found.findings), (rules, found.findings)


SHAPES = """
shape One
| field | type | source |
| --- | --- | --- |
| a | any | $.a |
| b | any | $.b |

shape Two
| field | type | source |
| --- | --- | --- |
| b | any | $.b |
| a | any | $.a |
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("to_json({a: $.a, b: $.b})", "to_json({b: $.b, a: $.a})"),
        ("sha256(to_json({a: $.a, b: $.b}))", "sha256(to_json({b: $.b, a: $.a}))"),
        ("{a: $.a, b: $.b} -> $[*]", "{b: $.b, a: $.a} -> $[*]"),
        ('{x: {a: $.a, b: $.b}} -> "{{x}}"', '{x: {b: $.b, a: $.a}} -> "{{x}}"'),
        ("to_json($ -> One)", "to_json($ -> Two)"),
        (
            "if to_json({a: $.a, b: $.b}) = to_json({a: 1, b: $.b}) then 1",
            "if to_json({b: $.b, a: $.a}) = to_json({a: 1, b: $.b}) then 1",
        ),
    ],
)
def test_the_order_of_members_shows_where_an_object_becomes_text_or_a_list(old: str, new: str) -> None:
    before, after = (load_text(f"{HEAD}| x | any | {source} |\n{SHAPES}") for source in (old, new))
    assert only(diff(before, after)).breaking


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("{x: {a: $.a, b: $.b}}", "{x: {b: $.b, a: $.a}}"),
        ("merge($.o, {a: $.a, b: $.b})", "merge($.o, {b: $.b, a: $.a})"),
        ("$ -> One", "$ -> Two"),
        ("each $.list -> {a: $.a, b: $.b}", "each $.list -> {b: $.b, a: $.a}"),
    ],
)
def test_the_order_of_members_means_nothing_in_a_payload(old: str, new: str) -> None:
    before, after = (load_text(f"{HEAD}| x | any | {source} |\n{SHAPES}") for source in (old, new))
    assert all(f.status is Status.SAME for f in diff(before, after).findings)


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        ("email", "lower($.e)", "$.e"),
        ("email", "trim($.e)", "$.e"),
        ('"gold" or "free"', "trim($.e)", "$.e"),
        ("any", "drop_null($.n)", "$.n"),
        ("number", "round($.n, 2)", "round($.n, 3)"),
        ("string", 'replace($.n, "a", "X", global: false)', 'replace($.n, "a", "X")'),
        ("string", 'split($.n, "-") -> $[2]', 'split($.n, "-") -> $[3]'),
        ("array", "$.n[1:3]", "$.n[1:4]"),
        ("array", "$.n[?@.p > 10]", "$.n[?@.p > 11]"),
        ("array", '$.n[?@.p == "a"]', '$.n[?@.p == "b"]'),
        ("string", "lookup(lower($.n), T)", "lookup(trim($.n), T)"),
    ],
)
def test_small_edits_that_need_a_certain_value_are_seen(kind: str, old: str, new: str) -> None:
    table = '\ntable T\n| from | to |\n| --- | --- |\n| "it" | "Italy" |\n'
    before, after = (load_text(f"{HEAD}| x | {kind} | {source} |\n{table}") for source in (old, new))
    assert only(diff(before, after)).breaking


@pytest.mark.parametrize(
    ("old", "new", "proved"),
    [
        ("x | string | $.a", "x | string | $.a ?? $.b", True),
        ("x | string required | $.a", "x | string | $.a", True),
        ("x | string | if $.c = 1 then $.a", "x | string | if $.c = 1 then $.a else $.b", True),
        ("x | string required | if $.c = 1 then lower($.a)", 'x | string | if $.c = 1 then lower($.a) else "x"', True),
        ("x | number(0..5) required | $.n", "x | number(0..5) | $.n ?? 0", True),
        ("x | number(0..5) | $.n", "x | number(0..6) | $.n", False),
    ],
)
def test_no_other_value_comes_of_what_is_widened(old: str, new: str, proved: bool) -> None:
    found = only(diff(mapping(old), mapping(new)))
    assert (found.status, found.unproven) == (Status.WIDENED, not proved)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (("x | string required if exists(y) | $.a", "y | string | $.b"),
         ("x | string required if exists(y) | $.a", "y | string | $.b ?? $.c")),
        (("x | string required if exists(y) | $.a",),
         ("x | string required if exists(y) | $.a", "y | string | $.b")),
        (("* | object | $.a", "x | string | $.b"), ("* | object | $.a", "x | string | $.b ?? $.c")),
        (("* | object | $.a",), ("* | object | $.a", "x | string | $.b")),
        (("o | object | $.a",), ("o | object | $.a", "o.x | string | $.b")),
    ],
)  # fmt: skip
def test_more_in_a_row_can_be_less_elsewhere(old: tuple[str, ...], new: tuple[str, ...]) -> None:
    assert diff(mapping(*old), mapping(*new)).breaking


@pytest.mark.parametrize("source", ['merge($.a ?? "n")', 'merge("x")', 'first_present($.a, ($.b ?? "x"))'])
def test_what_may_be_nothing_is_not_there_for_sure(source: str) -> None:
    found = diff(mapping(f"x | any required | {source}"), mapping(f"x | any | {source}"))
    assert only(found).status is Status.WIDENED


def test_the_first_of_two_constants_that_one_value_meets_is_taken() -> None:
    found = only(diff(mapping("x | 1 or 1.0 | 1"), mapping("x | 1.0 or 1 | 1")))
    assert found.status is Status.CHANGED


HOLDING = """
shape A
| field | type |
| --- | --- |
| v | {} |
| b | B |

shape B
| field | type |
| --- | --- |
| a | A |
"""


def test_types_of_members_are_tried_and_types_may_hold_each_other() -> None:
    before, after = (load_text(f"{HEAD}| x | A[] | $.x |\n{HOLDING.format(kind)}") for kind in ("string", "number"))
    assert all(f.status is Status.SAME for f in diff(before, before).findings)
    assert only(diff(before, after)).status is Status.CHANGED


def test_values_that_are_tried_never_hold_themselves() -> None:
    before, after = (mapping(f"x | string(5){required} | merge($.t) -> $.n") for required in ("", " required"))
    assert only(diff(before, after)).breaking


def expect_edits_seen(text: str, rounds: int, seed: str) -> tuple[int, list[Any]]:
    """How many edits there were, and what was found of those that were neither seen nor proved equal."""
    rng = random.Random(seed)
    given = {row.name: fitting(row.type.value, 0) for row in load_text(text).resolved.settings if row.default is None}
    old = load_text(text, settings=given, now=lambda: NOW)
    missed: list[Any] = []
    count = 0
    while count < rounds:
        try:
            new = load_text(edited(text, rng), settings=given, now=lambda: NOW)
        except MappingError:
            continue
        found = diff(old, new)
        expect_shown(old, new, found)
        count += 1
        if found.changes:
            continue
        if any(f.status is not Status.SAME for f in found.findings):
            missed.append([f for f in found.findings if f.status is not Status.SAME])
        else:
            expect_same(old, new)
    return count, missed


def expect_same(old: Any, new: Any) -> None:
    """What is proved equal gives the same for events that are made up for either."""
    for side in (old, new):
        for event in islice(generate(plan_of(side), 0), 300):
            assert {repr(out) for out in old.route(event)} == {repr(out) for out in new.route(event)}, event


@pytest.mark.parametrize("name", ["wide", "segment", "heap", "braze", "ga4", "mixpanel"])
def test_an_edit_of_one_token_is_seen_or_proved_equal(name: str) -> None:
    own = Path(__file__).with_name(f"{name}.map")
    text = read_mapping(own if own.exists() else find_mapping(name))
    rounds = ROUNDS if name in ("wide", "heap") else max(ROUNDS // 6, 1)
    count, missed = expect_edits_seen(text, rounds, "edits")
    assert len(missed) <= 0.01 * count, missed


def test_edits_of_mappings_of_others_are_seen() -> None:
    for path in sorted(shared("design/samples").glob("*.map")):
        _, missed = expect_edits_seen(read_mapping(path), max(ROUNDS // 5, 1), path.name)
        assert not missed, path.name


def test_edits_of_imported_mappings_are_seen() -> None:
    lines = shared("conformance/facts.ndjson").read_bytes().splitlines()
    total = 0
    every: list[Any] = []
    for line in lines if ROUNDS > 100 else lines[1:3]:
        text = format_mapping(import_definition(json.loads(line)))
        if "\n| " in text:
            count, missed = expect_edits_seen(text, max(ROUNDS // 40, 1), "edits")
            total += count
            every += missed
    assert len(every) <= 0.01 * total, every


@pytest.mark.parametrize(
    ("old", "new", "status", "breaking"),
    [
        ("x | string | $.a", "x | string | $.b", Status.CHANGED, True),
        ("x | string | $.a ?? $.b", "x | string | $.b ?? $.a", Status.CHANGED, True),
        ("x | string | $.a", "x | string | $.a ?? $.b", Status.WIDENED, False),
        ("x | string | $.a ?? $.b", "x | string | $.a", Status.MISSING, True),
        ("x | string | $.a", "x | string required | $.a", Status.NARROWED, True),
        ("x | string required | $.a", "x | string | $.a", Status.WIDENED, False),
        ("x | string(10) | $.a", "x | string(9) | $.a", Status.CHANGED, True),
        ("x | number | $.a", "x | number(0..10) | $.a", Status.MISSING, True),
        ("x | string | $.a", "x | string nullable | $.a", Status.WIDENED, False),
        ('x | string | if $.a = "1" then $.b', 'x | string | if $.a = "2" then $.b', Status.CHANGED, True),
        ('x | "a" or "b" | $.a', 'x | "a" | $.a', Status.MISSING, True),
        ("x | string | sha256($.a)", "x | string | md5($.a)", Status.CHANGED, True),
        ("x | integer | count($.a)", "x | integer | count($.b)", Status.CHANGED, True),
        ("x | string(255) | ($.t ?? $.u) -> $.a", "x | string(256) | ($.t ?? $.u) -> $.a", Status.CHANGED, True),
        ('x | object | omit($.t ?? $.u, "a")', 'x | object | omit($.t ?? $.u, "b")', Status.CHANGED, True),
        (
            'x | string | split($.q, "k=") -> split($[1], "&") -> $[0]',
            'x | string | split($.q, "k=") -> split($[1], "&x") -> $[0]',
            Status.CHANGED,
            True,
        ),
        ("x | string required | $.a ?? 1", "x | string | $.a ?? 1", Status.WIDENED, False),
    ],
)
def test_a_changed_field_has_its_word(old: str, new: str, status: Status, breaking: bool) -> None:
    sides = mapping(old), mapping(new)
    found = diff(*sides)
    finding = only(found)
    assert (finding.status, finding.breaking) == (status, breaking)
    expect_shown(*sides, found)


@pytest.mark.parametrize(
    ("kind", "source"),
    [
        ("string", '"a{{b}}"'), ("string", '"a"'), ("integer", 'epoch($.at) ?? epoch(now(), unit: "ms")'),
        ("object[]", '[{name: "a", b: $.b}]'), ("object", 'merge($.a, {b: "{{c}}-"})'),
        ("string", 'if $.a = 1 then "x" else "y{{z}}"'), ("datetime", "now()"), ("string", "$.type"),
    ],
)  # fmt: skip
def test_a_field_that_is_always_there_need_not_be_required(kind: str, source: str) -> None:
    found = diff(mapping(f"x | {kind} required | {source}"), mapping(f"x | {kind} | {source}"))
    assert {finding.status for finding in found.findings} == {Status.SAME}


@pytest.mark.parametrize(
    ("old", "new", "status", "event"),
    [
        ('type = "a"', 'type = "a" or type = "b"', Status.WIDENED, {"type": "b"}),
        ('type = "a" or type = "b"', 'type = "b"', Status.NARROWED, {"type": "a"}),
        ('type = "a"', 'type = "b"', Status.CHANGED, {"type": "a"}),
        ('type = "a"', 'type = "a" and userId != null', Status.NARROWED, {"type": "a"}),
    ],
)
def test_a_changed_trigger_comes_with_its_smallest_event(old: str, new: str, status: Status, event: Any) -> None:
    row = "x | string | $.x"
    finding = only(diff(mapping(row, when=old), mapping(row, when=new)))
    assert (finding.what, finding.status, finding.event) == ("trigger", status, event)


def test_the_event_of_a_field_is_small_and_fills_what_else_is_required() -> None:
    rows = ("id | string required | $.messageId", "n | string | $.name")
    finding = only(diff(mapping(*rows), mapping(rows[0], "n | string | $.title")))
    assert finding.event.keys() <= {"type", "messageId", "name", "title"}
    assert finding.old["id"] == finding.new["id"]


PARTS = """
shape P
| field | type     | source       |
| ----- | -------- | ------------ |
| sku   | string{} | $.sku        |
| in    | object[] | each $.in -> Q |

shape Q
| field | type              | source |
| ----- | ----------------- | ------ |
| one   | string required   | $.one  |
| two   | string{}          | $.two  |
"""
HOLDERS = (
    "id | string required | $.messageId",
    "must | object required | $.q -> Q",
    "x | object[] | each $.items -> P",
)


@pytest.mark.parametrize("rows", [HOLDERS, (HOLDERS[0], HOLDERS[2]), HOLDERS[1:], HOLDERS[::-1]])
@pytest.mark.parametrize(("before", "after"), [((" required", ""), ("", "")), (("", " required"), ("", ""))])
@pytest.mark.parametrize("ends", [1, -1])
def test_the_event_of_a_shapes_row_fills_what_else_is_required(rows: Any, before: Any, after: Any, ends: int) -> None:
    text = HEAD + "".join(f"| {row} |\n" for row in rows)
    old, new = [load_text(text + PARTS.format(*marks)) for marks in (before, after)][::ends]
    finding = next(f for f in diff(old, new).changes if f.name == "x")
    assert finding.status is (Status.WIDENED if ends == 1 else Status.NARROWED)
    refused, taken = (finding.old, finding.new)[::ends]
    assert isinstance(refused, str)
    assert refused.startswith(f"rejected: E201: `{'P.sku' if before[0] else 'Q.two'}`")
    assert {row.split()[0] for row in rows} == taken.keys()


def test_fields_actions_and_settings_come_and_go() -> None:
    old, new = mapping("x | string | $.x"), mapping("y | string | $.y")
    assert {(f.name, f.status) for f in diff(old, new).changes} == {("x", Status.GONE), ("y", Status.NEW)}
    text = HEAD.replace("action a", "action b") + "| x | string | $.x |\n"
    assert {(f.name, f.status) for f in diff(old, load_text(text)).changes} == {("a", Status.GONE), ("b", Status.NEW)}
    settings = "settings\n| name | type | default |\n| --- | --- | --- |\n| k | string required | |\n"
    found = only(diff(old, load_text(HEAD.replace("action", f"{settings}\naction", 1) + "| x | string | $.x |\n")))
    assert (found.what, found.status, found.breaking) == ("setting", Status.NEW, True)


def test_what_is_not_decided_is_not_called_the_same() -> None:
    old = mapping('x | string | if contains(lower($.a), "zq") then "1" else "2"')
    new = mapping('x | string | if contains(upper($.a), "zq") then "1" else "2"')
    statuses = {f.name: f.status for f in diff(old, new).findings if f.what == "field"}
    assert statuses["x"] is not Status.SAME


def test_triggers_that_are_not_decided_are_searched() -> None:
    row = "x | string | $.x"
    finding = only(diff(mapping(row, when='lower(event) = "a"'), mapping(row, when='lower(event) = "b"')))
    assert (finding.what, finding.status) == ("trigger", Status.CHANGED)
    old, new = mapping(row, when='lower(event) = "a"'), mapping(row, when='lower(trim(lower(event))) = "a"')
    (trigger,) = [f for f in diff(old, new).findings if f.what == "trigger"]
    assert trigger.status is not Status.SAME
    assert trigger.status is not Status.NARROWED


def test_what_is_not_decided_is_searched_in_the_same_events_every_time() -> None:
    row = "x | string | $.x"
    sides = [mapping(row, when=f'{test}(event) = "zqzq" and count($.list) > 2') for test in ("lower", "trim")]
    first, second = diff(*sides), diff(*sides)
    assert first == second
    assert (first.changes[0].what, first.changes[0].status) == ("trigger", Status.CHANGED)
    sides[1] = mapping(row, when='lower(event) = "zqzq" and count($.list) >= 3')
    (trigger,) = [f for f in diff(*sides).findings if f.what == "trigger"]
    assert (trigger.status, trigger.tried) == (Status.UNPROVEN, 2 * MOST)


SHAPE = """
shape P
| field | type     | source                       |
| ----- | -------- | ---------------------------- |
| sku   | string   | $.sku ?? $.id                |
| count | integer  | {count}                      |
| subs  | object[] | each $.subs -> {{z: {sub}}}  |
"""


@pytest.mark.parametrize(
    ("count", "sub", "status"),
    [
        ("if exists($.n) then $.n else 1", "$.z", Status.SAME),
        ("if not (exists($.n)) then 1 else $.n", "if $.z = $.y then $.z else $.z", Status.SAME),
        ('if $.n = "a" and $.n = "b" then 9 else $.n ?? 1', "$.z", Status.SAME),
        ("if exists($.n) then $.n else 2", "$.z", Status.CHANGED),
        ("$.n ?? $$.n ?? 1", "$.z", Status.CHANGED),
        ("$.n ?? 1", "if exists($.z) then $.z", Status.CHANGED),
        ("$.n ?? 1", 'if $.z = "a" then $$.z else $.z', Status.CHANGED),
    ],
)
def test_shapes_inside_each_are_compared_item_by_item(count: str, sub: str, status: Status) -> None:
    row = HEAD + "| x | object[] | each $.items -> P |\n"
    old = load_text(row + SHAPE.format(count="$.n ?? 1", sub="$.z"), now=lambda: NOW)
    new = load_text(row + SHAPE.format(count=count, sub=sub), now=lambda: NOW)
    (field,) = [f for f in diff(old, new).findings if f.what == "field"]
    assert field.status is status


def test_fields_of_actions_that_never_fire_together_are_not_compared() -> None:
    found = diff(mapping("x | string | $.x", when='type = "a"'), mapping("x | string | $.y", when='type = "b"'))
    assert [f.what for f in found.changes] == ["trigger"]


def test_the_shipped_mapping_is_itself() -> None:
    assert not diff(load("heap"), load("heap")).changes
