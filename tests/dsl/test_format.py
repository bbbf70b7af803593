"""Formatting mapping files: whole files, and what goes over lines."""

from collections.abc import Callable
from pathlib import Path

import pytest
from atpath.dsl.format import format_mapping, format_section, ordered
from atpath.dsl.json_text import layout_json, one_line_json
from atpath.dsl.parser import parse
from atpath.dsl.source import Source
from rich.cells import cell_len
from shared import shared

CASES = Path(__file__).parents[1] / "cases" / "format"
SHIPPED = sorted((Path(__file__).parents[2] / "mappings").glob("*.map"))
LONG = " or ".join(f'event = "A Rather Long Name {i}"' for i in range(6))


def parsed(text: str):
    result = parse(Source("x.map", text))
    assert not result.diagnostics
    return result.mapping


@pytest.mark.parametrize("name", ["everything"])
def test_a_file_that_nobody_has_formatted(name: str, golden: Callable[[str, str], None]):
    mapping = parsed((CASES / f"{name}.map").read_text("utf-8"))
    text = format_mapping(mapping)
    golden(f"format/{name}.want.map", text)
    assert parsed(text) == ordered(mapping)
    assert format_mapping(parsed(text)) == text


def test_no_comment_is_lost():
    text = (CASES / "everything.map").read_text("utf-8")
    comments = sorted(line.strip() for line in text.splitlines() if line.startswith("#"))
    assert sorted(line for line in format_mapping(parsed(text)).splitlines() if line.startswith("#")) == comments


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_what_ships_is_formatted(path: Path):
    assert format_mapping(parsed(path.read_text("utf-8"))) == path.read_text("utf-8")


@pytest.mark.parametrize("name", ["amplitude", "ga4", "klaviyo", "rokt", "taguchi", "tiktok"])
def test_samples(name: str):
    mapping = parsed(shared(f"design/samples/{name}.map").read_text("utf-8"))
    text = format_mapping(mapping)
    assert parsed(text) == ordered(mapping)
    assert format_mapping(parsed(text)) == text


def test_the_bars_of_a_table_stand_under_each_other():
    text = 'destination x\n\nrows R\n| field | source | description |\n| a | "日本" | é |\n| bcd | 1 | 🎉 \\| |\n'
    table = format_mapping(parsed(text)).splitlines()[3:]
    assert len({cell_len(line) for line in table}) == 1


@pytest.mark.parametrize(
    ("text", "want"),
    [
        (f'law "x"\n{LONG}', 'law "x"\nevent = "A Rather Long Name 0"\n  or event = "A Rather Long Name 1"'),
        (f'action a\nwhen ({LONG}) and type = "track"', 'action a\nwhen (event = "A'),
        (f'action a\nwhen ({LONG}) and type = "track"', '\n  and type = "track"'),
    ],
)
def test_a_long_condition_goes_over_lines(text: str, want: str):
    section = parsed(f"destination x\n{text}\n").sections[0]
    written = format_section(section)
    assert want in written
    assert parsed(f"destination x\n{written}\n").sections[0] == section


def test_json_keeps_its_numbers_escapes_and_repeated_keys():
    text = '{"a":1.0,"a":1e5,\n "\\u0041" : [ -0 , {} ]}'
    assert one_line_json(text) == '{"a": 1.0, "a": 1e5, "\\u0041": [-0, {}]}'
    assert layout_json(text, 24) == '{\n  "a": 1.0,\n  "a": 1e5,\n  "\\u0041": [-0, {}]\n}'
    assert one_line_json(layout_json(text)) == one_line_json(text)


@pytest.mark.parametrize(
    "source",
    [
        "$.a", "$$.a.b", "$", "$[0]", "$.items.0.price", '$["a b"]', "$..a", "$..*", "$[*]", "$.a[1:2]", "$.a[::-1]",
        "$.a[?@.b == 1 && !(@.c || @.d)]", "$.é", '"text"', '"{{a.b}}, {{c}}"', '"{{{{"', '"{{{a}}"', "1.5", "-0.0",
        "true", "null", "{a: 1, \"b c\": [$.x, 2]}", "$.a ?? $.b ?? 0", "($.a -> $.b) ?? 1", "each $.a ?? [] -> $.b",
        "if $.a = 1 then if b = 2 then 3 else 4", "if a.b = 1 then (if b = 2 then 3) else 4",
        "if exists(x.y) then each $.p -> $.q",
        'split($.a, "=") -> $[1]', 'epoch($.t, unit: "ms")', "settings.region", "total", '{"@path": "$.a"}',
    ],
)  # fmt: skip
def test_what_is_canonical_stays_as_it_is(source: str):
    assert f"let x = {source}" in format_mapping(parsed(f"destination d\n\nlet x = {source}\n")).splitlines()


@pytest.mark.parametrize(
    ("written", "want"),
    [
        ("$.integrations.Actions Amplitude.session_id", '$.integrations["Actions Amplitude"].session_id'),
        ("$['a']", "$.a"), ("$.a.*", "$.a[*]"), ("$.a-b", '$["a-b"]'), ("(($.a))", "$.a"),
        ("($.a ?? $.b) ?? 1", "$.a ?? $.b ?? 1"),
        ('(<br/> "@path": "$.a"<br/>)', '{"@path": "$.a"}'), ('{"a": 1}', "{a: 1}"), ("1e2", "100.0"),
        ("if (a = 1) then (if b = 2 then 3 else 4) else 5", "if a = 1 then if b = 2 then 3 else 4 else 5"),
    ],
)  # fmt: skip
def test_what_has_several_spellings_gets_one(written: str, want: str):
    assert f"let x = {want}" in format_mapping(parsed(f"destination d\n\nlet x = {written}\n")).splitlines()
