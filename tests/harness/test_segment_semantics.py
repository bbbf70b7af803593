"""Mappings that say `semantics segment`: compared, mutated and explained by Segment's own rules."""

import json
from pathlib import Path
from typing import Any

import pytest
from atpath.compiler import load_text
from atpath.compiler.segment import transform
from atpath.compiler.triggers import Found
from atpath.harness.diff import Comparison, Status, diff
from atpath.harness.explain import Explainer
from atpath.harness.matrix import matrix
from atpath.harness.mutate import mutate
from atpath.harness.normal_segment import directive_form
from atpath.harness.whole import uncompiled

FEW = 50  # events to search where nothing is decided: what is found there is not asked

BODY = """destination d

action a
when {when}
| field | type   | source                    |
| ----- | ------ | ------------------------- |
| id    | string required | $.messageId      |
| who   | string | {who} |
"""

DIRECTIVE = """semantics segment
destination d

action a
| field | type   | source |
| ----- | ------ | ------ |
| x     | {kind} | {cell} |
"""


def clean(when: str = 'type = "track"', who: str = "$.userId ?? $.anonymousId") -> Any:
    return load_text(BODY.format(when=when, who=who))


def segment(when: str = 'type = "track"', who: str = "$.userId ?? $.anonymousId") -> Any:
    return load_text("semantics segment\n" + BODY.format(when=when, who=who))


def test_a_mapping_is_itself() -> None:
    found = diff(segment(), segment())
    assert {finding.status for finding in found.findings} == {Status.SAME}


def test_the_event_on_which_the_two_semantics_part() -> None:
    old, new = clean(who="$.traits.a.b"), segment(who="$.traits.a.b")
    findings = diff(old, new).changes
    assert {finding.name for finding in findings} == {"id", "who"}
    for finding in findings:
        assert finding.old != finding.new


def test_an_edit_is_seen() -> None:
    (finding,) = diff(segment(), segment(who="$.anonymousId ?? $.userId")).changes
    assert (finding.name, finding.status) == ("who", Status.CHANGED)
    (finding,) = diff(segment(), segment('type = "page"')).changes
    assert (finding.what, finding.status) == ("trigger", Status.CHANGED)


P = {"@path": "$.properties.a"}
EVENTS: list[dict[str, Any]] = [
    {}, {"properties": "text"}, {"properties": None, "userId": "u"},
    {"properties": {"a": "x", "b": 2}}, {"properties": {"a": ["x", {"b": None}]}},
    {"properties": {"a": {"b": "", "a": 0}, "b": "xx"}, "userId": ""},
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "one", "other", "same"),
    [
        ("string", P, {"@path": "properties['a']"}, True),
        ("string", {"@template": "{{properties.a}}-"}, {"@template": "{{ properties['a'] }}-"}, True),
        ("string", {"@template": "text"}, "text", True),
        ("string", {"@literal": "text"}, "text", True),
        ("string", {"@if": {"exists": P, "then": P, "else": ""}}, {"@if": {"then": P, "exists": P}}, True),
        ("string", {"@if": {"exists": P, "then": P, "else": {"@literal": ""}}},
         {"@if": {"exists": P, "then": P}}, False),
        ("string", {"@if": {"exists": P, "then": P}}, {"@if": {"blank": P, "then": P}}, False),
        ("string", {"@replace": {"value": P, "pattern": "x"}},
         {"@replace": {"pattern": "x", "replacement": "", "value": P, "global": True, "ignorecase": False}}, True),
        ("string", {"@replace": {"value": P, "pattern": "x"}},
         {"@replace": {"value": P, "pattern": "x", "global": False}}, False),
        ("object[]", {"@arrayPath": [{"@path": "$.properties.a"}]}, {"@arrayPath": ["properties.a", {}]}, True),
        ("object", {"@flatten": {"value": {"@path": "$.properties"}, "separator": "."}},
         {"@flatten": {"separator": ".", "omitArrays": False, "value": {"@path": "properties"}}}, True),
        ("object", {"@flatten": {"value": {"@path": "$.properties"}, "separator": "."}},
         {"@flatten": {"value": {"@path": "$.properties"}, "separator": ".", "omitArrays": True}}, False),
        ("object", {"x": P, "y": 1}, {"y": 1, "x": P}, True),
        ("string", {"@json": {"mode": "encode", "value": {"x": P, "y": 1}}},
         {"@json": {"mode": "encode", "value": {"y": 1, "x": P}}}, False),
        ("object", {"@merge": {"direction": "right", "objects": [{"x": P}, {"x": 1}]}},
         {"@merge": {"direction": "right", "objects": [{"x": 1}, {"x": P}]}}, False),
    ],
)  # fmt: skip
def test_directives_are_the_same_but_for_their_spelling(kind: str, one: Any, other: Any, same: bool) -> None:
    old, new = (directive_form(node, kind == "string") for node in (one, other))
    assert (old == new) is same
    results = [[transform({"x": node}, event) for event in EVENTS] for node in (one, other)]
    texts = [json.dumps(result, sort_keys=kind != "string") for result in results]
    assert texts[0] == texts[1] or not same
    rows = [load_text(DIRECTIVE.format(kind=kind, cell=json.dumps(node))) for node in (one, other)]
    sides = [uncompiled(row.resolved, {}, FEW) for row in rows]
    (finding,) = [f for f in Comparison(*sides).findings() if f.what == "field"]
    assert (finding.status is Status.SAME) is same


def test_what_validation_is_told_beside_the_type_counts() -> None:
    table = "| field | type | source | extra |\n| --- | --- | --- | --- |\n| at | string | $.at | {extra} |\n"
    text = 'semantics segment\ndestination d\n\naction a\nwhen type = "track"\n' + table
    old, new = (load_text(text.replace("{extra}", extra)) for extra in ('{"format": "date-time"}', ""))
    (finding,) = diff(old, new).changes
    assert (finding.name, finding.status) == ("at", Status.WIDENED)


def rows(*texts: str) -> Any:
    table = "".join(f"| {text} |\n" for text in texts)
    shape = "\nshape Items closed\n| field | type | extra |\n| --- | --- | --- |\n"
    shape += '| at | string required | {"format": "date-time"} |\n| id | string | |\n'
    head = "semantics segment\ndestination d\n\naction a\n| field | type | source |\n| --- | --- | --- |\n"
    return load_text(head + table + shape)


@pytest.mark.parametrize(
    ("old", "new", "status"),
    [
        ("n | number |", "n | string |", Status.SAME),  # nothing comes there
        ("n | number required |", "n | string required |", Status.SAME),  # every event is rejected
        ('n | "EUR" or "USD" | "EUR"', 'n | "EUR" or "USDx" | "EUR"', Status.SAME),
        ('n | "EUR" or "USD" | "EUR"', 'n | "EURx" or "USD" | "EUR"', Status.NARROWED),
        ('n | "EUR" or "USD" | "EUR"', 'n | "EUR" or "USD" | "USD"', Status.CHANGED),
        # an item passes only with a time in `at`
        ("n | Items[] | each $.i -> {at: $.at, id: $.a}", "n | Items[] | each $.i -> {at: $.at}", Status.CHANGED),
    ],
)  # fmt: skip
def test_what_validation_can_tell_apart(old: str, new: str, status: Status) -> None:
    found = [f.status for f in diff(rows(old), rows(new)).findings if f.name == "n"]
    assert found == [status]


@pytest.mark.parametrize(
    ("edit", "status"),
    [
        (("$.kind", "$.sort"), Status.CHANGED),
        (('"A" or "B"', '"A" or "C"'), Status.CHANGED),
        (('"A" or "B"', '"A" or "B" required'), Status.NARROWED),
    ],
)
def test_a_change_of_a_member_is_none_of_those_beside_it(edit: tuple[str, str], status: Status) -> None:
    members = "v.make | string required | $.make", 'v.kind | "A" or "B" | $.kind', "v.year | integer | $.year"
    old, new = rows(*members), rows(*(member.replace(*edit) for member in members))
    assert [(f.name, f.status) for f in diff(old, new).changes] == [("v.kind", status)]


def test_what_members_make_of_a_row_is_its_own() -> None:
    old, new = (rows(f"v | {kind} |", "v.kind | string | $.kind") for kind in ("object", "string"))
    assert [(f.name, f.status) for f in diff(old, new).changes] == [("v", Status.NARROWED)]


def test_mutants_are_those_that_segment_can_say() -> None:
    report = mutate(segment('type = "track" and event = "Buy"'))
    assert report.survivors
    assert {mutant.where for mutant in report.equal} == {"id"}
    assert "when" in {survivor.mutant.where for survivor in report.survivors}


def test_a_preset_is_compared_by_itself() -> None:
    preset = '\npreset "Pages" of a\nwhen type = "page"\n| field | source |\n| --- | --- |\n| who | $.name |\n'
    old = load_text("semantics segment\n" + BODY.format(when="never", who="$.userId") + preset)
    new = load_text(
        "semantics segment\n" + BODY.format(when="never", who="$.userId") + preset.replace('"page"', '"screen"')
    )
    (finding,) = diff(old, new).changes
    assert (finding.action, finding.what, finding.status) == ("Pages", "trigger", Status.CHANGED)
    assert mutate(old).survivors


ORDER = {
    "type": "page", "event": "Order Paid", "messageId": 7, "anonymousId": "n",
    "traits": {"first": "Ada", "plan": "pro"},
    "properties": {"a": 1, "items": [{"sku": "s"}, {"id": "i", "price": 2}]},
}  # fmt: skip


def test_fields_tell_the_directives_that_made_them() -> None:
    mapping = load_text(Path(__file__).with_name("segment.map").read_text("utf-8"))
    (story,) = Explainer(mapping).explain(ORDER)
    assert [(a.text, a.holds) for a in story.atoms] == [
        ('type = "track"', False), ("properties.n > 2", False), ('contains(event, "Order")', True),
    ]  # fmt: skip
    told = {field.name: field for field in story.payloads[0].fields}
    ways = {name: [r.way for r in field.sources] for name, field in told.items()}
    assert (told["id"].found, told["id"].value, told["id"].outcome) == (7, "7", "coerced")
    assert told["who"].arms[-1] == "$.anonymousId"
    assert (ways["who"], [r.way for r in told["who"].tested]) == ([("anonymousId",)], [("userId",)])
    assert (told["label"].value, ways["label"]) == ("1/", [("properties", "a"), ("properties", "b")])
    assert (told["kind"].value, told["kind"].arms, ways["kind"]) == ("none", ('"none"',), [])
    assert ("properties", "items", 1, "id") in ways["items"]
    assert (told["length"].value, ways["length"]) == (2, [("properties", "items")])
    assert (told["liquid"].value, ways["liquid"]) == ("1", [("properties", "a")])
    assert (told["turned"].value, ways["turned"]) == ("pro", [("traits", "plan")])
    assert told["n"].outcome == "left out"


def test_a_rejected_payload_tells_what_was_found() -> None:
    mapping = load_text(Path(__file__).with_name("segment.map").read_text("utf-8"))
    (story,) = Explainer(mapping).explain({**ORDER, "messageId": ["no", "text"]})
    (payload,) = story.payloads
    assert payload.rejected.startswith("E202")
    assert {field.outcome for field in payload.fields} == {"not built", "would be left out"}
    assert payload.fields[0].found == ["no", "text"]


def test_triggers_and_nearest_events() -> None:
    (story,) = matrix(segment()).triggers
    assert story.event == {"type": "track"}
    (told,) = Explainer(segment()).explain({"type": "page", "messageId": "m"})
    assert isinstance(told.nearest, Found)
    assert told.nearest.event == {"type": "track", "messageId": "m"}
    (told,) = Explainer(segment()).explain({"type": "track", "messageId": "m", "userId": 5})
    assert told.payloads[0].payload == {"id": "m", "who": "5"}
