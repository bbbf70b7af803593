"""Docs pages as other hands write them: read right, or said to be unread."""

import pytest
from atpath.dsl import nodes as n
from atpath.dsl.format import format_condition, format_expr, format_field, format_type
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


def action_of(
    head: str, trigger: str, between: str = "#### Data Mapping\n", rows: str = "| a | any | A | $.a |\n"
) -> str:
    """What a page makes of one action: its title, trigger and fields, and the codes of what it tells."""
    text = f"# D\n\n## Data Modeling\n\n{head}\nSend it.\n\n{trigger}\n\n{between}{HEADER}{rows}"
    parsed = page(text)
    actions = parsed.mapping.all_of(n.Action)
    told = [f"{a.title}: {format_condition(a.when) if a.when else '-'}: {len(a.rows)}" for a in actions]
    return "; ".join([*told, *(d.code for d in parsed.diagnostics)])


@pytest.mark.parametrize(
    "trigger",
    [
        '#### Matched events\ntype = "page"',
        '**Trigger**\n\n`type = "page"`',
        '##### Default Trigger:\n> type = "page"',
        '### Match events\n- type = "page"',
        '**Default Trigger:** type = "page"',
        '- **Matched events**: `type = "page"`',
        'Trigger conditions: type = "page"',
        'Matched events: (type = "page")',
        '#### Trigger\n---\ntype = "page"\n---',
    ],
)
def test_triggers(trigger: str):
    assert action_of("#### A", trigger) == 'A: type = "page": 1'


def test_a_list_of_triggers_is_told():
    assert action_of("#### A", '#### Trigger\n- type = "page"\n- type = "track"') == "A: never: 1; E008"


def test_a_part_of_the_page_about_triggers_is_no_actions():
    rows = "| a | any | A | $.a |\n\n## Triggers\n\nNone of them meet.\n"
    assert action_of("#### A", "", rows=rows) == "A: -: 1"


def test_prose_about_triggers_is_prose():
    assert action_of("#### A", "Trigger: whenever a page is seen.", "") == "A: -: 1"


@pytest.mark.parametrize("between", ["#### Fields\n", "### Event Properties\n", "#### Optional fields:\n", ""])
def test_headings_between_a_trigger_and_its_fields(between: str):
    assert action_of("#### A", '#### Trigger\ntype = "page"', between) == 'A: type = "page": 1'


def test_a_bold_line_may_be_the_heading_of_an_action():
    assert action_of("**Track It**", '#### Trigger\ntype = "page"') == 'Track It: type = "page": 1'


def test_a_second_trigger_is_another_actions():
    second = f'#### Matched events\ntype = "track"\n\n#### Data Mapping\n{HEADER}| b | any | B | $.b |\n'
    more = f"| a | any | A | $.a |\n\n{second}"
    got = action_of("#### A", '#### Matched events\ntype = "page"', rows=more)
    assert got == 'A: type = "page": 1; D: type = "track": 1'


def test_rows_of_a_table_without_outer_bars_go_on_after_an_empty_line():
    bare = "Destination Field | Type | Description | Source Field\n---|---|---|---\n"
    text = f"# D\n\n#### A\n\n#### Data Mapping\n{bare}a | any | A | $.a\n\nb | any | B | $.b\n\nc | $.c\n"
    parsed = page(text)
    (action,) = parsed.mapping.all_of(n.Action)
    assert [row.field.text for row in action.rows] == ["a", "b"]
    assert [d.code for d in parsed.diagnostics] == ["E015"]


@pytest.mark.parametrize("name", ["Source Field", "Source Field(s)", "**Path**", "Event Path", "`Source`"])
def test_columns_of_sources(name: str):
    text = f"# D\n\n#### A\n\n{HEADER.replace('Source Field', name)}| a | any | A | $.a |\n"
    (action,) = page(text).mapping.all_of(n.Action)
    assert [row.source is not None for row in action.rows] == [True]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Field | Key | Source | Path", "a | no | $.a | no"),
        ("Destination Key | Destination Field | From | Source", "no | a | no | $.a"),
        ("Name | Key | Default | Event Path", "no | a | no | $.a"),
        ("Name | Type | Default", "a | any | $.a"),
    ],
)
def test_a_column_that_may_be_of_sources_gives_way_to_one_that_is(header: str, row: str):
    dashes = "|".join("---" for _ in header.split("|"))
    text = f"# D\n\n#### A\n\n#### Data Mapping\n| {header} |\n|{dashes}|\n| {row} |\n"
    parsed = page(text)
    (action,) = parsed.mapping.all_of(n.Action)
    assert [(row.field.text, row.source and format_expr(row.source)) for row in action.rows] == [("a", "$.a")]
    assert {d.code for d in parsed.diagnostics} <= {"I404"}


@pytest.mark.parametrize(
    "columns", ["Destination Field | Type | Words |", "Name | Type | Words |", "Type | Source Field | x |"]
)
def test_a_table_that_looks_like_one_of_fields_is_told(columns: str):
    text = f"# D\n\n#### A\nSend it.\n\n| {columns}\n|---|---|---|\n| a | b | c |\n"
    assert [d.message for d in page(text).diagnostics] == ["this table is not read"]


@pytest.mark.parametrize(
    ("cell", "field", "kind"),
    [
        ("a*", "a", "any required"), ("a\\*", "a", "any required"), ("`a` *", "a", "any required"),
        ("a (required)", "a", "any required"), ("**a** (Required)", "a", "any required"),
        ("a _required_", "a", "any required"), ("a<br/>required", "a", "any required"), ("a (optional)", "a", "any"),
        ("[a](#x)", "a", "any"), ("<b>a</b>", "a", "any"), ('<a name="x"></a>a.b', "a.b", "any"),
        ("**a**", "a", "any"), ("*", "*", "any"), ("`a*`", None, ""), ("a required", '"a required"', "any"),
        ("is_required", "is_required", "any"), ("*a*", '"*a*"', "any"), ("&lt;b&gt;", '"<b>"', "any"),
        ("_required_", "_required_", "any"),
    ],
)  # fmt: skip
def test_fields(cell: str, field: str | None, kind: str):
    parsed, row = row_of(field=cell)
    assert (format_field(row.field), row.type and format_type(row.type)) == (field, kind) if row else field is None
    assert bool(parsed.diagnostics) == (row is None)


@pytest.mark.parametrize(
    ("line", "trigger"),
    [
        ("Trigger: Fires (when an order is paid)", None),
        ("Trigger: type (a text) says it", None),
        ('Trigger: contains(event, "x")', 'contains(event, "x")'),
    ],
)
def test_prose_behind_the_word_trigger_is_none(line: str, trigger: str | None):
    parsed = page(f"# D\n\n#### A\n{line}\n\n{HEADER}| a | any | A | $.a |\n")
    (action,) = parsed.mapping.all_of(n.Action)
    assert (action.when and format_condition(action.when)) == trigger
    assert not parsed.diagnostics


@pytest.mark.parametrize("title", ["#### Event Properties", "**Event Properties**", "**Order Paid**"])
def test_what_stands_above_a_second_trigger_is_the_title_of_its_action(title: str):
    one = f'Trigger: type = "page"\n\n{HEADER}| a | any | A | $.a |\n'
    actions = page(f"# D\n\n#### A\n\n{one}\n{title}\n\n{one}").mapping.all_of(n.Action)
    assert [(action.title, len(action.rows)) for action in actions] == [("A", 1), (title.strip("#* "), 1)]
