"""Where the two semantics part: each event that a note names, run both ways."""

import json
import time

import pytest
from atpath.compiler import MappingError, Rejected, load_text
from atpath.compiler.check.parting import check_parting
from atpath.compiler.check.parting_events import event_with, paths_of
from atpath.compiler.exchange import import_definition
from atpath.compiler.loader import check_text
from atpath.compiler.schema_file import segment_schema
from atpath.dsl.format import format_mapping
from shared import shared

SAYS = "semantics segment\n"
HEAD = "destination nest\n\naction egg\n"
TABLE = "| field | type | source |\n| --- | --- | --- |\n"


def mapping(*rows: tuple[str, str, str], when: str = "") -> str:
    """A mapping of these rows, without the line that asks for Segment's semantics."""
    cells = "".join(f"| {field} | {kind} | {source} |\n" for field, kind, source in rows)
    return HEAD + (f"when {when}\n" if when else "") + TABLE + cells


def notes(text: str) -> list[str]:
    resolved = check_text(SAYS + text, "nest.map").resolved
    return [found.message for found in check_parting(resolved, segment_schema())]


def event_of(message: str) -> dict[str, object]:
    return json.JSONDecoder().raw_decode(message, message.index("{"))[0]


def outcome(text: str, event: dict[str, object]) -> list[tuple[str, object]]:
    results = load_text(text).route(event)
    return [(name, "rejected" if isinstance(result, Rejected) else result) for name, result in results]


@pytest.mark.parametrize(
    ("kind", "source", "event"),
    [
        ("string", "$.properties.size", {"properties": {"size": ""}}),
        ("string", "$.properties.size", {"properties": False}),
        ("string nullable", "$.context.page.url", {"context": None}),
        ("string", '"size {{properties.size}}"', {"properties": {"size": {"k": "v"}}}),
        ("number", "$.properties.size", {"properties": {"size": "text"}}),
        ("boolean", "$.properties.late", {"properties": {"late": "text"}}),
        ("object", "$.properties", {"properties": "text"}),
        ("object", "merge({a: 1}, {a: $.userId})", {}),
        ("string", "if present($.userId) then 1", {"userId": False}),
        ("string", "lower($.userId)", {"userId": 5}),
        ("string", 'replace($.userId, "a", "b")', {"userId": 5}),
        ("object[]", "each $.properties.eggs -> {size: $.size}", {"properties": {"eggs": "text"}}),
        ("object", 'flatten($.properties, ".")', {}),
        ("object", "{a: [$.userId]}", {}),
        ("number", '{"@path": "$.properties.eggs.length"}', {"properties": False}),
    ],
)
def test_an_event_is_named_on_which_a_field_parts(kind: str, source: str, event: dict[str, object]) -> None:
    text = mapping(("f", kind, source))
    found = notes(text)
    assert event in [event_of(message) for message in found], found
    for message in found:
        told = event_of(message)
        assert outcome(SAYS + text, told) != outcome(text, told), message


@pytest.mark.parametrize(
    ("kind", "source"),
    [
        ("string", '"large"'),
        ("object", "merge({a: 1}, {b: 2})"),
        ("object", "{a: 1}"),
        ("string", 'if exists($.userId) then "known" else "new"'),
    ],
)
def test_nothing_is_said_where_both_give_the_same(kind: str, source: str) -> None:
    assert notes(mapping(("f", kind, source))) == []


def test_only_a_mapping_that_says_so_is_asked() -> None:
    text = mapping(("f", "string", "$.properties.size"))
    assert list(check_parting(check_text(text, "nest.map").resolved, segment_schema())) == []
    assert notes(text) != []


def test_fields_of_one_event_and_of_one_type_share_a_note() -> None:
    rows = [(f"f{number}", "string", f"$.properties.p{number}") for number in range(6)]
    assert notes(mapping(*rows)) == [
        'on {"properties": false} Segment gives `f0` "false", and the language leaves it out; '
        "so do `f1`, `f2`, `f3`, `f4`, `f5`",
        'on {"properties": {"p0": ""}} Segment leaves `f0` out, and the language gives it as ""; '
        "so do `f1`, `f2`, `f3`, `f4`, `f5` of type `string`",
    ]


@pytest.mark.parametrize(
    ("when", "event"),
    [("properties.size != 5", {}), ("properties.size != null", {"properties": 0}), ('!contains(traits.a, "b")', {})],
)
def test_an_event_is_named_on_which_a_trigger_parts(when: str, event: dict[str, object]) -> None:
    text = mapping(("f", "string", '"large"'), when=when)
    (message,) = notes(text)
    assert event_of(message) == event
    assert bool(outcome(SAYS + text, event)) != bool(outcome(text, event))
    assert bool(outcome(text, event)) == ("the language fires it" in message)


@pytest.mark.parametrize("when", ['type = "track"', 'event = "Egg" or name = "Egg"', "never", 'properties.size != "a"'])
def test_triggers_that_mean_the_same_are_passed_over(when: str) -> None:
    assert notes(mapping(("f", "string", '"large"'), when=when)) == []


@pytest.mark.parametrize("source", ["$.nest.", "nothing($.a)", "Missing", "settings.none", "now()", "$.a[*]"])
def test_what_is_wrong_or_cannot_be_said_is_no_matter(source: str) -> None:
    notes(mapping(("f", "Unknown", source), ("g", "string", "$.userId")))


def test_paths_are_found_in_every_directive() -> None:
    directive = {
        "a": {"@template": "{{b.c}} {{ d }}"},
        "e": {"@arrayPath": ["$.list", {"f": {"@path": "$.g[0]"}}]},
        "h": [{"@if": {"exists": {"@path": "$.i.j"}, "then": 1}}],
        "k": {"@transform": {"apply": {"l": {"@path": "$.m"}}, "mapping": {"@path": "$.l"}}},
    }
    assert list(paths_of(directive)) == [("b", "c"), ("d",), ("list",), ("list", "0", "g", "0"), ("i", "j"), ("m",)]
    assert event_with({("list", "0", "g"): 1, ("list", "1"): 2, ("a",): 3}) == {"a": 3, "list": [{"g": 1}, 2]}


def test_figures_of_the_reference_definitions(capsys: pytest.CaptureFixture[str]) -> None:
    lines = shared("conformance/facts.ndjson").read_bytes().splitlines()
    definitions = [json.loads(line) for line in lines[::4]]
    said, most, took = 0, 0, 0.0
    for definition in definitions:
        resolved = check_text(format_mapping(import_definition(definition)), definition["slug"]).resolved
        started = time.perf_counter()
        found = list(check_parting(resolved, segment_schema()))
        took += time.perf_counter() - started
        said, most = said + len(found), max(most, len(found))
    with capsys.disabled():
        tried = f"{len(definitions)} of {len(lines)} definitions"
        print(f"\n{tried} imported: {said} notes on where semantics part, at most {most}; {took:.1f} s")
    assert len(definitions) <= said
    assert most <= 40  # or nobody reads them


@pytest.mark.parametrize(
    ("kind", "source"), [("any", "$.a"), ("", "$.a"), ("string", "now()"), ("string", "$.a[*]"), ("string(5)", "$.a")]
)
def test_what_segment_has_no_way_to_say_is_refused(kind: str, source: str) -> None:
    text = SAYS + mapping(("f", kind, source))
    resolved = check_text(text, "nest.map").resolved
    assert "E128" in {str(found.code) for found in check_parting(resolved, segment_schema())}
    with pytest.raises(MappingError, match="E128"):
        load_text(text)
