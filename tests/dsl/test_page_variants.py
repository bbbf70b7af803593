"""Docs pages as other hands write them: read right, or said to be unread."""

import pytest
from atpath.dsl import nodes as n
from atpath.dsl.format import format_expr, format_type
from atpath.dsl.page import format_page
from atpath.dsl.page_reader import parse_page
from atpath.dsl.parser import Parsed, parse
from atpath.dsl.source import Source

HEADER = "| Destination Field | Type | Description | Source Field |\n|---|---|---|---|\n"


def page(text: str) -> Parsed:
    return parse_page(Source("x.md", text))


def row_of(field: str = "a", kind: str = "any", source: str = "$.a") -> tuple[Parsed, n.Row | None]:
    """A page of one action with one row, and that row."""
    parsed = page(f"# D\n\n#### A\n\n#### Data Mapping\n{HEADER}| {field} | {kind} | text | {source} |\n")
    (action,) = parsed.mapping.all_of(n.Action)
    return parsed, action.rows[0] if action.rows else None


@pytest.mark.parametrize(
    ("cell", "source"),
    [
        ("", None),
        ("$.", "$"),
        ("`$.`", "$"),
        ("()", "{}"),
        ('("a": (), "b": ["c", ()])', '{a: {}, b: ["c", {}]}'),
        ('( <br/> "@template": "Viewed ((name))" <br/>)', '"Viewed {{name}}"'),
        ('("x": ("@template": "((a)) (of ((b)))"))', '{x: "{{a}} (of {{b}})"}'),
        ('("@template": "{{a}} ((b))")', '"{{a}} ((b))"'),
        ('{"@template": "((a))"}', '{"@template": "((a))"}'),
        ('("@liquid": "(% if a %)(( a ))(% endif %)")', 'liquid("{% if a %}{{{{ a }}{% endif %}")'),
        ('("@arrayPath": ["$.p", ("id": ("@template": "((x))"))])', 'each $.p -> {id: "{{x}}"}'),
    ],
)
def test_sources(cell: str, source: str | None):
    parsed, row = row_of(source=cell)
    assert (format_expr(row.source) if row and row.source else None) == source
    assert not parsed.diagnostics


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("text", "string"), ("password", "secret"), ("Bool", "boolean"), ("int required", "integer required"),
        ("float", "number"), ("double[]", "number[]"), ("timestamp", "datetime"), ("String[]", "string[]"),
        ("enum", "enum"),
    ],
)  # fmt: skip
def test_types(cell: str, kind: str):
    _, row = row_of(kind=cell)
    assert row and row.type and format_type(row.type) == kind


def test_a_shape_may_be_called_as_pages_call_a_type():
    text = 'destination d "D"\n\naction a "A"\n| field | type   | source |\n| b | text[] | $.b |\n\nshape text\n'
    mapping = parse(Source("x.map", text + "| field | type |\n| c | string |\n")).mapping
    assert page(format_page(mapping)).mapping == mapping
