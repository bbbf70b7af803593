"""Segment's directives as expressions and back: each rule by its text, and the law over any JSON."""

import json
from typing import Any

import pytest
from atpath.compiler.segment.paths import split_path
from atpath.dsl.build import parse_expr
from atpath.dsl.directives import CannotSay, to_directive, to_expr
from atpath.dsl.exchange.paths import split_keys
from atpath.dsl.format import format_expr
from atpath.dsl.source import Excerpt
from hypothesis import given
from strategies.directives import mappings, texts


def parse(text: str):
    return parse_expr(Excerpt(text, ((0, 0),)))


def path(text: str) -> dict[str, Any]:
    return {"@path": text}


A, B = path("$.a"), path("$.b.c")

# the language's text and the JSON that it is, to the letter
SAID = [
    ("$.a", A),
    ("$", path("$.")),
    ("$.b.c", B),
    ('$.integrations["Some Tool (new)"].id', path("$.integrations.Some Tool (new).id")),
    ("$.items[0].price", path("$.items[0].price")),
    ("$.items.0.price", path("$.items.0.price")),
    ('$.items["0"]', path('$.items["0"]')),
    ('$["1a"]', path("$.1a")),
    ('$["city,"]', path("$.city,")),
    ("12", 12),
    ("12.0", 12.0),
    ("true", True),
    ("null", None),
    ('"text"', "text"),
    ('"{{{{a}}"', "{{a}}"),
    ('{x: $.a, "y z": [1, $.b.c]}', {"x": A, "y z": [1, B]}),
    ("{}", {}),
    ('"Hi {{a}}, {{b.c}}!"', {"@template": "Hi {{a}}, {{b.c}}!"}),
    ("$.a ?? $.b.c", {"@if": {"exists": A, "then": A, "else": B}}),
    (
        '$.a ?? $.b.c ?? "x"',
        {"@if": {"exists": A, "then": A, "else": {"@if": {"exists": B, "then": B, "else": "x"}}}},
    ),
    ("$.a ?? 0", {"@if": {"exists": A, "then": A, "else": {"@literal": 0}}}),
    ("if exists($.a) then 0", {"@if": {"exists": A, "then": 0}}),
    ("if exists($.a) then 1 else $.b.c", {"@if": {"exists": A, "then": 1, "else": B}}),
    ("if !exists($.a) then 1", {"@if": {"exists": A, "else": 1}}),
    ("if present($.a) then $.a else null", {"@if": {"blank": A, "then": A, "else": {"@literal": None}}}),
    (
        "if exists($.a ?? $.b.c) then $.a ?? $.b.c else 1",
        {
            "@if": {
                "exists": {"@if": {"exists": A, "then": A, "else": B}},
                "then": {"@if": {"exists": A, "then": A, "else": B}},
                "else": 1,
            }
        },
    ),
    ("each $.a -> {x: $.y}", {"@arrayPath": ["$.a", {"x": path("$.y")}]}),
    ("each $.a ?? $.b.c -> $.y", {"@arrayPath": [{"@if": {"exists": A, "then": A, "else": B}}, path("$.y")]}),
    ("each $.a -> {}", {"@arrayPath": ["$.a", {"@literal": {}}]}),
    ("{x: $.a} -> {y: $.x}", {"@transform": {"apply": {"x": A}, "mapping": {"y": path("$.x")}}}),
    ("lower($.a)", {"@case": {"operator": "lower", "value": A}}),
    ('upper("x")', {"@case": {"operator": "upper", "value": "x"}}),
    ('upper("")', {"@case": {"operator": "upper", "value": {"@literal": ""}}}),
    ('replace($.a, "x", "y")', {"@replace": {"pattern": "x", "value": A, "replacement": "y"}}),
    (
        'replace($.a, "x", "$", ignorecase: true, global: false)',
        {"@replace": {"pattern": "x", "value": A, "replacement": "$$", "ignorecase": True, "global": False}},
    ),
    ("merge($.a, {x: 1})", {"@merge": {"objects": [A, {"x": 1}], "direction": "right"}}),
    ('merge($.a, 1, direction: "left")', {"@merge": {"objects": [A, {"@literal": 1}], "direction": "left"}}),
    ('flatten($.a, "_")', {"@flatten": {"value": A, "separator": "_"}}),
    (
        'flatten($.a, ".", omit_arrays: true)',
        {"@flatten": {"value": A, "separator": ".", "omitArrays": True}},
    ),
    ("to_json($.a)", {"@json": {"mode": "encode", "value": A}}),
    ("from_json($.a)", {"@json": {"mode": "decode", "value": A}}),
    ("drop_null({x: $.a})", {"@excludeWhenNull": {"x": A}}),
    ('liquid("{{{{ a | upcase }}")', {"@liquid": "{{ a | upcase }}"}),
]

# JSON that no expression gives to the letter
KEPT = [
    path("a"),
    path("$.a..b"),
    path("$.a.['b']"),
    path("$"),
    path(""),
    {"@path": A},
    {"@path": "$.a", "_metadata": {"label": "x"}},
    {"@template": "no placeholder"},
    {"@template": "{{ a }}"},
    {"@template": "{{{a}}}"},
    {"@template": "{{.}}"},
    {"@literal": 1},
    {"@if": {"exists": A, "then": A, "else": 0}},
    {"@if": {"exists": 0, "then": A}},
    {"@if": {"exists": A, "blank": A, "then": 1}},
    {"@if": {"then": 1, "exists": A}},
    {"@arrayPath": ["$.a"]},
    {"@arrayPath": [A, {"x": 1}]},
    {"@arrayPath": ["$.a", {}]},
    {"@case": {"operator": "title", "value": A}},
    {"@case": {"value": A, "operator": "lower"}},
    {"@replace": {"pattern": "", "value": A, "replacement": "y"}},
    {"@replace": {"pattern": "x", "value": A, "replacement": "$&"}},
    {"@replace": {"pattern": "x", "value": A, "replacement": "y", "pattern2": "z", "replacement2": ""}},
    {"@merge": {"objects": [], "direction": "right"}},
    {"@flatten": {"value": A, "separator": ""}},
    {"@json": {"mode": "ENCODE", "value": A}},
    {"@unknown": 1},
    {"@path": "$.a", "@template": "x"},
    {"@path": "$.a", "plain": 1},
]


@pytest.mark.parametrize(("text", "directive"), SAID, ids=lambda v: v if isinstance(v, str) else "")
def test_an_expression_and_its_directive(text: str, directive: Any):
    expr = to_expr(directive)
    assert format_expr(expr) == text
    assert json.dumps(to_directive(parse(text))) == json.dumps(directive)


@pytest.mark.parametrize("directive", KEPT, ids=json.dumps)
def test_what_has_no_expression_stays_as_it_is(directive: Any):
    assert format_expr(to_expr(directive)) == json.dumps(directive)
    assert json.dumps(to_directive(to_expr(directive))) == json.dumps(directive)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("now()", "no directive for `now(…)`"),
        ("settings.region", "settings.region"),
        ("$.a[*]", "no such path"),
        ('$["a.b"]', "no such path"),
        ("each $.a -> $$.b", "an item's shape cannot read the event"),
        ('if type = "page" then 1', "`@if` cannot ask this"),
        ('"{{a}} and {{{{b}}"', "would read this template otherwise"),
        ("userId", "known to the mapping file only"),
        ('replace($.a, "longer than it takes", "")', "1 to 10 characters"),
        ('replace($.a, "x", "$$$$$$")', "0 to 10 characters"),
        ("merge($.a, {}, unknown: 1)", "no option `unknown`"),
    ],
)
def test_what_segment_cannot_say_is_said(text: str, message: str):
    with pytest.raises(CannotSay) as error:
        to_directive(parse(text))
    assert message in error.value.message


def test_names_are_written_out():
    names = {"id": parse("$.userId ?? $.anonymousId"), "Item": parse("{x: $.y}")}
    assert to_directive(parse("each $.list -> Item"), names) == {"@arrayPath": ["$.list", {"x": path("$.y")}]}
    assert to_directive(parse("lower(id)"), names) == to_directive(parse("lower($.userId ?? $.anonymousId)"))


def test_the_event_itself_is_what_a_path_reads_at_the_top():
    assert to_directive(parse("$$.a ?? $.b.c")) == to_directive(parse("$.a ?? $.b.c"))


def test_paths_in_another_spelling_are_read_where_that_is_noted():
    spelt: dict[str, str] = {}
    directive = {"@arrayPath": ["$.list", {"x": path("price"), "y": path("a..b['c']")}]}
    expr = to_expr(directive, spelt)
    assert format_expr(expr) == "each $.list -> {x: $.price, y: $.a.b.c}"
    assert spelt == {"$.price": "price", "$.a.b.c": "a..b['c']"}
    assert to_directive(expr, spelt=spelt) == directive


# --- the laws


@given(mappings)
def test_no_json_is_lost_in_the_tree(mapping: Any):
    assert json.dumps(to_directive(to_expr(mapping))) == json.dumps(mapping)


@given(mappings)
def test_no_json_is_lost_in_the_text(mapping: Any):
    text = format_expr(to_expr(mapping))
    assert json.dumps(to_directive(parse(text))) == json.dumps(mapping)


@given(texts)
def test_paths_are_split_as_the_engine_splits_them(text: str):
    assert tuple(split_keys(text)) == split_path(text)
