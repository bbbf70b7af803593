"""Docs pages: read as they stand, written so that the same mapping comes back."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from atpath.dsl import nodes as n
from atpath.dsl.format import format_condition, format_mapping, ordered
from atpath.dsl.markdown import code_span, escaped, heading, plain, unescaped
from atpath.dsl.page import format_page
from atpath.dsl.page_names import camel_case
from atpath.dsl.page_reader import parse_page
from atpath.dsl.parser import Parsed, parse
from atpath.dsl.source import Excerpt, Source
from hypothesis import given
from hypothesis import strategies as st
from shared import shared
from strategies import trees

CASES = Path(__file__).parents[1] / "cases"
SHIPPED = sorted((Path(__file__).parents[2] / "mappings").glob("*.map"))
PAGES = ("heap", "heap-2023-10", "june", "mixpanel")
Golden = Callable[[str, str], None]


def mapping_of(text: str) -> n.Mapping:
    return parse(Source("x.map", text)).mapping


def page(text: str) -> Parsed:
    return parse_page(Source("x.md", text))


def told(parsed: Parsed) -> str:
    return "".join(f"{d.source.line_of(d.span.start)}: {d.code} {d.message}\n" for d in parsed.diagnostics)


@pytest.mark.parametrize("name", ["plain", "odd", "strange"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_page_becomes_a_mapping(name: str, ends: str, golden: Golden):
    text = (CASES / "page" / f"{name}.md").read_text("utf-8").replace("\n", ends)
    parsed = page(text)
    golden(f"page/{name}.want.map", format_mapping(parsed.mapping))
    golden(f"page/{name}.want.diag", told(parsed))


@pytest.mark.parametrize("name", ["format/everything.want", "page/plain.want", "page/odd.want"])
def test_a_mapping_becomes_a_page_and_comes_back(name: str, golden: Golden):
    text = (CASES / f"{name}.map").read_text("utf-8")
    written = format_page(mapping_of(text))
    golden(f"page/{Path(name).stem.removesuffix('.want')}.want.md", written)
    again = page(written)
    assert not again.diagnostics
    assert format_mapping(again.mapping) == text


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_what_ships_goes_to_a_page_and_back_byte_by_byte(path: Path):
    text = path.read_text("utf-8")
    assert format_mapping(page(format_page(mapping_of(text))).mapping) == text


@given(trees.mappings())
def test_every_mapping_goes_to_a_page_and_back(mapping: n.Mapping):
    written = format_page(mapping)
    parsed = page(written)
    assert not parsed.diagnostics
    assert repr(ordered(parsed.mapping)) == repr(ordered(mapping))  # True == 1 == 1.0
    assert format_page(parsed.mapping) == written


FRAGMENTS = (CASES / "page" / "odd.md").read_text("utf-8").splitlines(keepends=True)
SCRAPS = [*'|`#"\\\n', "```", "```atpath\n", "~~~", "<!--", "-->", "---", "&lt;", "<br/>", "</details>", "$.a"]


@given(st.lists(st.sampled_from(FRAGMENTS) | st.sampled_from(SCRAPS) | st.text(max_size=3), max_size=40))
def test_any_text_is_read(pieces: list[str]):
    text = "".join(pieces)
    parsed = page(text)
    assert all(0 <= d.span.start <= d.span.end <= len(text) for d in parsed.diagnostics)
    if parsed.mapping.destination is not None:
        written = format_mapping(parsed.mapping)
        assert mapping_of(written) == ordered(parsed.mapping)


# --- real pages, counted by other means than the reader's


@pytest.mark.parametrize("name", PAGES)
def test_real_pages_lose_nothing(name: str):
    text = shared(f"corpus/pages/{name}.md").read_text("utf-8")
    parsed = page(text)
    assert not parsed.diagnostics
    actions = parsed.mapping.all_of(n.Action)
    lines = text.split("\n")
    tables = [
        [[cell.strip() for cell in row.strip().strip("|").split("|")] for row in block.strip().split("\n")[2:]]
        for block in re.findall(r"(?m)(?:^\|.*\n?)+", text)
    ]
    rows = [row for action in actions for row in action.rows]
    cells = [row for table in tables[1:] for row in table]
    assert [row.field.text for row in rows] == [row[0] for row in cells]
    assert [row.description for row in rows] == [row[2] for row in cells]
    for row, cell in zip(rows, cells, strict=True):
        kind = row.type and row.type.value
        assert kind == n.NamedType(cell[1]) or (kind == n.ListType(n.NamedType("object")) and cell[1] == "object")
        assert (row.source is None) == (cell[3] == "")
    (settings,) = parsed.mapping.all_of(n.Settings)
    assert [row.name for row in settings.rows] == [row[0] for row in tables[0]]
    triggers = [lines[at + 1] for at, line in enumerate(lines) if line == "#### Matched events"]
    assert [format_condition(action.when) for action in actions if action.when] == triggers
    assert [action.title for action in actions] == [
        lines[at][5:] for at in range(len(lines)) if lines[at].startswith("#### ") and lines[at + 2] == ""
        and not lines[at].endswith(("events", "Mapping"))
    ]  # fmt: skip


def test_names_of_a_real_page():
    parsed = page(shared("corpus/pages/mixpanel.md").read_text("utf-8"))
    assert parsed.mapping.destination and parsed.mapping.destination.name == "mixpanel"
    assert [action.name for action in parsed.mapping.all_of(n.Action)] == [
        "trackEvent", "trackPurchase", "trackEvent2", "trackEvent3", "identifyUser", "groupIdentifyUser",
    ]  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_page_to_mapping_to_page_keeps_what_the_page_says(name: str):
    first = page(shared(f"corpus/pages/{name}.md").read_text("utf-8"))
    written = format_page(first.mapping)
    assert page(written).mapping == first.mapping
    assert "```" not in written  # nothing of such a page needs the language's blocks
    assert format_page(page(written).mapping) == written


# --- pieces


@pytest.mark.parametrize(
    ("title", "name"),
    [("Identify User", "identifyUser"), ("GA4", "ga4"), ("HubSpot", "hubSpot"), ("Événement clé", "evenementCle"),
     ("User's Page", "usersPage"), ("3D View", "_3DView"), ("日本", "action"), ("send-API_event", "sendApiEvent")],
)  # fmt: skip
def test_names_of_titles(title: str, name: str):
    assert camel_case(title, "action") == name


@given(st.text())
def test_what_is_escaped_comes_back(text: str):
    assert unescaped(escaped(text)) == text


@given(trees.texts.map(str.strip).filter(bool))
def test_code_is_code_whatever_is_in_it(text: str):
    text = " ".join(text.split()) or "x"
    piece = plain(Excerpt(code_span(text), ((0, 0),)))
    assert (piece.text.text, piece.code) == (text, True)


@pytest.mark.parametrize(
    ("written", "text"),
    [("`$.a`", "$.a"), ("**$.a**", "$.a"), ("$.a &lt; 3&nbsp;", "$.a < 3"), ("a\\_b", "a_b"),
     ("<pre>{<br/>}</pre>", "{\n}"),
     ("<code>x</code>", "x"), ("`` a`b ``", "a`b"), ("a<br>b", "a\nb")],
)  # fmt: skip
def test_markdown_is_taken_off(written: str, text: str):
    assert plain(Excerpt(written, ((0, 0),))).text.text == text


def test_places_survive_what_is_taken_off():
    source = "| `x` | if $.a &lt; 3 then $.b c = |"
    piece = plain(Excerpt(source[8:-2], ((0, 8),))).text
    at = piece.text.index("=")
    assert source[piece.offset(at)] == "="


@pytest.mark.parametrize(
    ("written", "text"),
    [(" Track Event ##", "Track Event"), (" **Track** Event", "**Track** Event"), (" `Track`", "Track"),
     (" [Heap](https://x.test) {#heap}", "Heap"), (" C#", "C#"), (" A &amp; B", "A & B")],
)  # fmt: skip
def test_headings(written: str, text: str):
    assert heading(written) == text


def test_a_list_of_objects_is_an_object_on_a_page():
    text = 'destination x "X"\n\naction a "A"\n| field | type | source |\n| p | object[] | each $.p -> $.q |\n'
    text += "| q | object | [1] |\n| r | object[] | $.r |\n"
    mapping = mapping_of(text)
    written = format_page(mapping)
    assert "| p | object |  | each $.p -> $.q |" in written
    assert "| q | `object` |  | [1] |" in written
    assert page(written).mapping == mapping


def test_a_field_in_two_tables_of_an_action_is_told():
    table = "| Destination Field | Type | Source Field |\n|---|---|---|\n"
    parsed = page(f"# D\n\n## A\n\n{table}| a | string | `$.a` |\n\nAnd:\n\n{table}| b | string | |\n| a | any | |\n")
    (action,) = parsed.mapping.all_of(n.Action)
    assert [row.field.text for row in action.rows] == ["a", "b"]
    assert [d.message for d in parsed.diagnostics] == ["the field `a` is there twice"]
    assert action.comments + action.trailing == ("# not read: | a | any | |",)


@pytest.mark.parametrize(
    ("text", "message"),
    [("", "this page has no title"), ("# X\n\0", "this file is no text: it holds a zero byte"),
     ("# X\n```\nfoo\n| a |", "this code block never ends"),
     ("# X\n```atpath\nshap Y\n```", "no line begins with `shap`")],
)  # fmt: skip
def test_what_cannot_be_a_page_is_told(text: str, message: str):
    assert message in [d.message for d in page(text).diagnostics]
