"""Flows read off a mapping against flows seen: a token in every leaf of the event, found again in the payload."""

import json
import os
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from random import Random
from typing import Any

import pytest
from atpath.compiler import Destination, MappingError, Rejected, load, load_text
from atpath.compiler.exchange import import_definition
from atpath.compiler.lineage import Flow, Origin, Rule, Way, carries, leaks
from atpath.dsl.format import format_mapping
from atpath.harness import plan_of
from atpath.harness.gen import generate, sweep
from atpath.harness.lineage import lineage
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from shared import shared
from strategies.flows import NAMES, Shower, covered, found, planted
from strategies.programs import mappings

EXAMPLES = int(os.environ.get("ATPATH_LINEAGE_EXAMPLES", "60"))
MANY = EXAMPLES > 60
NOW = "2024-01-01T00:00:00.000Z"
WIDE = Path(__file__).with_name("wide.map").read_text("utf-8")
SHIPPED = ("heap", "braze", "ga4", "mixpanel")
GENERATED = settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=not MANY, database=None
)


def grown(rng: Random, depth: int = 0) -> Any:
    kind = rng.randrange(6) if depth < 3 else 0
    if kind <= 2:
        return None  # becomes a token
    if kind == 3:
        return [grown(rng, depth + 1) for _ in range(rng.randint(1, 3))]
    return {name: grown(rng, depth + 1) for name in rng.sample(NAMES, rng.randint(1, 4))}


def untriggered(text: str) -> Destination | None:
    """A generated mapping that takes every event."""
    try:
        return load_text(re.sub(r"(?m)^when .*\n", "", text), now=lambda: NOW)
    except MappingError:
        return None


def results(destination: Destination, key: str, event: Any) -> list[Any]:
    """The payloads of an action, whatever its trigger says."""
    action = destination.actions[key]
    try:
        if not action.per_item:
            return [action(event)]
    except Rejected:
        return []
    return [result for name, result in destination.route(event) if name == action.name and isinstance(result, dict)]


def missed(
    destination: Destination, flows: list[Flow], event: Any, rng: Random | None = None
) -> Iterator[tuple[str, Way, Way]]:
    """What reaches a field of a payload without a flow that says so: the action, the field, the leaf."""
    tokens: dict[str, Way] = {}
    event = planted(event, tokens, rng)
    for key in destination.actions:
        own = [flow for flow in flows if flow.action == key and flow.field]
        for payload in results(destination, key, event):
            for token, field in found(payload, tokens):
                if not covered(own, field, tokens[token]):
                    yield key, field, tokens[token]


@GENERATED
@given(mappings(), st.integers(0, 10**6))
def test_no_flow_is_missed(text: str, seed: int) -> None:
    rng = Random(seed)
    destination = untriggered(text)
    if destination is not None:
        flows = list(lineage(destination))
        for forms in (None, rng, rng):
            event = {name: grown(rng) for name in rng.sample(NAMES, len(NAMES) - 2 * (forms is rng))}
            assert not list(missed(destination, flows, event, forms)), (text, event)


def test_few_flows_of_generated_mappings_are_too_many(capsys: pytest.CaptureFixture[str]) -> None:
    """Copies, which are what a planted token shows, at 5 %; all kinds at 15 %: trying meets no digest that is a number
    by chance, and no two places that have to be alike for an arm to be taken. A row's text and a place weigh one, in
    however many mappings they are: the share that isn't seen.
    """
    claims: dict[tuple[str, str, str], list[bool]] = {}  # whether it is seen, for each mapping

    @settings(GENERATED, phases=[Phase.generate])
    @given(mappings())
    def every(text: str) -> None:
        destination = untriggered(text)
        if destination is not None and (claimed := list(lineage(destination))):
            plan = plan_of(destination)
            left = Shower(destination, claimed, "flows", chain(sweep(plan, 1), generate(plan, 1))).show(1500)
            source = destination.resolved.source.text
            for flow in claimed:
                key = (line_at(source, flow.span.start), flow.origin.path, flow.origin.how)
                claims.setdefault(key, []).append(flow not in left)

    every()
    shares = {key: 1 - sum(seen) / len(seen) for key, seen in claims.items()}
    copies = [share for (_, _, how), share in shares.items() if how == "copy"]
    if MANY:
        with capsys.disabled():
            print(f"\ngenerated mappings: {len(shares):,} rows and places, {len(copies):,} of them copies;")
            print(f"no event shows {sum(shares.values()):.1f}, {sum(copies):.1f} of them copies")
    unseen = [key for key, share in shares.items() if share]
    assert sum(copies) <= 0.05 * len(copies), unseen
    assert sum(shares.values()) <= 0.15 * len(shares), unseen


def line_at(text: str, offset: int) -> str:
    """The row, or other line, that an offset is in."""
    return text[text.rfind("\n", 0, offset) + 1 : text.find("\n", offset)]


def told(capsys: pytest.CaptureFixture[str], of: str, flows: list[Flow], unseen: list[Flow]) -> None:
    if MANY:
        with capsys.disabled():
            print(f"\n{of}: {counted(flows)}; no event shows {counted(unseen)}")


def counted(flows: list[Flow]) -> str:
    return ", ".join(
        f"{how} {sum(flow.origin.how == how for flow in flows):,}" for how in ("copy", "derived", "decides")
    )


def shown(name: str, text: str) -> tuple[list[Flow], list[Flow]]:
    """The flows of a mapping and those that no event shows; none is missed."""
    destination = load_text(text, name, settings={"apiKey": "k", "appId": "1"}, now=lambda: NOW)
    flows, plan = list(lineage(destination)), plan_of(destination)
    shower = Shower(destination, flows, name, chain(sweep(plan, 1), generate(plan, 1)))
    unseen = list(shower.show(300))
    for _ in range(20):
        event = shower.event()
        assert not list(missed(destination, flows, event)), (name, event)
    return flows, unseen


def test_few_flows_of_what_ships_are_too_many(capsys: pytest.CaptureFixture[str]) -> None:
    texts = {name: load(name).resolved.source.text for name in SHIPPED} | {"wide": WIDE}
    every = [shown(name, text) for name, text in texts.items()]
    flows, unseen = [f for one, _ in every for f in one], [f for _, one in every for f in one]
    told(capsys, "what ships", flows, unseen)
    assert len(unseen) <= 0.05 * len(flows), [(f.action, f.field, f.origin.path) for f in unseen]


def test_few_flows_of_imported_definitions_are_too_many(capsys: pytest.CaptureFixture[str]) -> None:
    lines = shared("conformance/facts.ndjson").read_text("utf-8").splitlines()
    definitions = [json.loads(line) for line in lines[:: 1 if MANY else 16]]
    every = [shown(each["slug"], format_mapping(import_definition(each))) for each in definitions]
    flows, unseen = [f for one, _ in every for f in one], [f for _, one in every for f in one]
    told(capsys, f"{len(definitions)} definitions", flows, unseen)
    assert len(unseen) <= 0.05 * len(flows), [(f.action, f.field, f.origin.path) for f in unseen]


def flows_of(source: str, kind: str = "any") -> set[tuple[str, str, str]]:
    text = f"destination d\naction a\n| field | type | source |\n| --- | --- | --- |\n| f | {kind} | {source} |\n"
    return {(flow.field, flow.origin.path, flow.origin.how) for flow in lineage(load_text(text))}


def flows_of_rows(rows: dict[str, tuple[str, str]]) -> set[tuple[str, str]]:
    """The fields and places of a mapping of these rows: the type and the source of each."""
    closed = "shape Closed closed\n| field | type |\n| --- | --- |\n| a | string |\n"
    table = "".join(f"| {name} | {kind} | {source} |\n" for name, (kind, source) in rows.items())
    text = f"destination d\n{closed}action a\n| field | type | source |\n| --- | --- | --- |\n{table}"
    return {(flow.field, flow.origin.path) for flow in lineage(load_text(text))}


@pytest.mark.parametrize(
    ("source", "flows"),
    [
        ("$.a ?? $.b", {("f", "$.a", "copy"), ("f", "$.b", "copy")}),
        ('if $.a = "1" then $.b else $.c', {("f", "$.a", "decides"), ("f", "$.b", "copy"), ("f", "$.c", "copy")}),
        ("{x: $.a, y: {z: $.b}}", {("f.x", "$.a", "copy"), ("f.y.z", "$.b", "copy")}),
        ('omit($.traits, "email")', {("f", "$.traits", "copy")}),
        (
            'pick($.traits, "email", "name")',
            {("f.email", "$.traits.email", "copy"), ("f.name", "$.traits.name", "copy")},
        ),
        ("sha256(lower($.a))", {("f", "$.a", "derived")}),
        ("each $.items -> {n: $.name}", {("f[].n", "$.items[*].name", "copy"), ("f[].n", "$.items.name", "copy")}),
        ("{x: $.a, y: $.b} -> $.y", {("f", "$.b", "copy")}),
        ('"{{a.b}} and {{c}}"', {("f", "$.a.b", "copy"), ("f", "$.c", "copy")}),
        ("$.a[*].b", {("f[]", "$.a[*].b", "copy")}),
        ("$..b", {("f[]", "$..b", "copy")}),
        ("12", set()),
        # that something is there, and how many, shows as well
        ('each $.items -> "one"', {("f", "$.items", "decides")}),
        ("$.a -> $$.b", {("f", "$.a", "decides"), ("f", "$.b", "copy")}),
        ("$ -> 1", set()),
        # what an arm hangs on decides, also where nothing of it is taken; what never comes about swallows no arm
        ('(if $.a = 1 then $.b) ?? "y"', {("f", "$.a", "decides"), ("f", "$.b", "copy")}),
        ('(if $.a = 1 then "x") ?? "y"', {("f", "$.a", "decides")}),
        ('(number("n") -> $) ?? $.a', {("f", "$.a", "copy")}),
        ("{k: $.b} -> ($[0] ?? $$.a)", {("f", "$.a", "copy")}),
        # how long a part is counts, and what stands before it
        ('slice("xyz{{a}}", -1, 3)', {("f", "$.a", "copy")}),
        ('slice(replace("{{a}}x-y", "-", "+", global: false), -3, -1)', {("f", "$.a", "copy")}),
    ],
)
def test_flows_of_an_expression(source: str, flows: set[tuple[str, str, str]]) -> None:
    assert flows_of(source) == flows


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("$.a[*]", "string"),  # a list is no text
        ("{x: $.a}", "string[]"),
        ("count($.a)", "boolean"),
        ('"{{a}} and more"', "number"),
        ('"{{a}} and more"', '"more" or "less"'),
        ("merge(lower($.a), upper($.b))", "any"),
        ('if 1 = 2 then $.a else "none"', "any"),
        ('"always" ?? $.a', "any"),
        ("each (12) -> $.a", "any"),
        ("each (lower($.a)) -> $.b", "any"),
        ("slice($.a, -1, 2)", "uri"),  # of one character
        ('slice("{{a}} and {{b}}", 1, -2)', "datetime"),  # "an" is in it
        ('trim(lower("{{a}} AND {{b}}"))', "number"),
        ('if match($.a, "x*") then "{{a}}"', "number"),
        ('join([$.a, "no"], ",")', "1 or true"),
        ('join([[$.a], lower(12)], ",")', "date"),
        ("if $ = $.type then $.a", "any"),  # nothing is a part of itself
        ('first_present("{{a}} and {{b}}", $.c)', "object"),
        ('slice("{{a}} and {{b}}", -2, 1)', "string(2..4)"),
        ('slice("{{a}} and {{b}}", 0, 3)', '"a" or "12"'),
        ('from_json("{{a}} and {{b}}")', "email"),
        ("count({x: $.a, y: $.b})", '"12" or 12'),
        ("slice($.a, -3, 1)", "string(2..4)"),  # of one character
        ("divide($.a, 0)", "any"),
    ],
)
def test_what_no_value_can_reach(source: str, kind: str) -> None:
    assert flows_of(source, kind) == set()


@pytest.mark.parametrize(
    ("rows", "field", "path"),
    [
        # what is always there asks for another row, which takes no object
        ({"f0": ("Closed", "$.a"), "f1": ("string", '"x"'), "f2": ("string required if exists(f1)", "$.a")},
         "f0.a", "$.a.a"),
        ({"f0": ("any", "$.a"), "f1": ("object[]", "[$.b]"), "f2": ("string required if exists(f1)", "lower(12)")},
         "f0", "$.a"),
        ({"f0": ("any", "$.a"), "f1": ("date", "now()"), "f2": ("string required if exists(f1)", "lower(12)")},
         "f0", "$.a"),
        # the place that is asked for in a list, of which null may stand there, or nothing for a text that is not empty
        ({"f0": ("string", "$.a"), "f1": ("number required nullable", "$.a[0]")}, "f0", "$.a"),
        ({"f0": ("integer required", "$.a ?? $.b"), "f1": ("integer required", 'trim("{{a}}{{[0]}}")')}, "f0", "$.b"),
        # what a value needs that is asked for: an object, a list or a text, no arm before it, what its text is
        ({"f0": ("boolean required", "$.a.b -> true"), "f1": ("number", "$.a")}, "f1", "$.a"),
        ({"f0": ("string required", "slice($.a, -1, 0)"), "f1": ("integer", 'join($.a, ",")')}, "f1", "$.a"),
        ({"f0": ("uri required", "first_present($.a, $.b)"), "f1": ("integer", 'join($.a, ",")')}, "f1", "$.a"),
        ({"f0": ("boolean required", '"{{a}}"'), "f1": ("number", "$.a")}, "f1", "$.a"),
        ({"f0": ("uri required", "$.a"), "f1": ("date", "lower($.a)")}, "f1", "$.a"),
        ({"f0": ("number required", '"{{a}} and more" ?? $.b'), "f1": ("any", "$.a")}, "f1", "$.a"),
        ({"f0": ('"a" or "12" required', 'if exists($.b) then "{{c}} and" else "a"'), "f1": ("string", "$.b")},
         "f1", "$.b"),
        ({"f0": ("any required", 'if match($.a, "a*") then 1'), "f1": ("boolean", "$.a")}, "f1", "$.a"),
        ({"f0": ("string(2)[]", '$.c ?? ["{{a}} and {{b}}", null]'), "f1": ("any", "$.c")}, "f0[]", "$.b"),
        ({"f0": ('("a" or "b")[]', '["{{a}} and {{b}}", "true"]')}, "f0[]", "$.a"),
        ({"f0": ('"a" or "b"', '"{{a}}"'), "f1": ("object required", "$.a")}, "f0", "$.a"),
        ({"f0": ("integer required", 'replace(now(), "a", "X")'), "f1": ("any", "$.a")}, "f1", "$.a"),
        ({"f0": ("integer required if exists(f1)", "$.a"), "f1": ("integer", "$.a"),
          "f2": ("object required if exists(f1)", "$.a")}, "f0", "$.a"),
        # a row that is there asks for another, which takes no such value
        ({"f0": ("email required if exists(f1)", "$.a"), "f1": ("datetime", "$.a")}, "f1", "$.a"),
        ({"f0": ("string", "$.a"), "f1": ("uri required nullable", "$.a"),
          "f2": ("boolean required if exists(f0)", "$.a")}, "f1", "$.a"),
        # beyond the first characters
        ({"f0": ("string(3)", 'first_present($.b, to_json("{{a}} and {{b}}"))'), "f1": ("object required", "$.b")},
         "f0", "$.b"),
        ({"f0": ("string(3)", 'replace("{{a}} and {{b}}", "a", "X")')}, "f0", "$.b"),
        ({"f0": ("string(2)[]", '["{{a}} and {{b}}", null]')}, "f0[]", "$.b"),
    ],
)  # fmt: skip
def test_what_other_rows_and_types_keep_out(rows: dict[str, tuple[str, str]], field: str, path: str) -> None:
    assert (field, path) not in flows_of_rows(rows)


@pytest.mark.parametrize(
    ("rows", "field", "path"),
    [
        # a null is what a required row takes that is nullable
        ({"f0": ("string required nullable", "null"), "f1": ("object", "$.b")}, "f1", "$.b"),
        ({"f0": ("number required nullable", 'if $.a = 1 then "x" else null'), "f1": ("object", "$.b")}, "f1", "$.b"),
        # nothing to spread rejects nothing
        ({"*": ("object required", "lower($.a)"), "f1": ("object", "lower(12) ?? $.b")}, "f1", "$.b"),
        # a list without items is a list
        ({"f0": ("array required", "each [lower(12), lower(12)] -> $.a"), "f1": ("any", "$.b")}, "f1", "$.b"),
        # what stands below a flat object is no object
        ({"f1": ("string", 'flatten($.a, ".") -> $["b.c"]')}, "f1", "$.a"),
        # what is left out is left out right below, not further down
        ({"f1": ("any", 'omit($.a, "x") -> $..x')}, "f1[]", "$.a[*]..x"),
        # nothing equals null
        ({"f1": ("any", "if lower(12) = null then $.b")}, "f1", "$.b"),
        # a condition is asked of what stands in the payload
        ({"f0": ("number", "lower($.a)"), "f1": ("any required if not (f0 > 5)", "lower(12)"), "f2": ("any", "$.b")},
         "f2", "$.b"),
        ({"o.p": ("string", "$.a"), "f1": ("any required if exists(o)", "lower(12)"), "f2": ("any", "$.b")},
         "f2", "$.b"),
        # one of two constants may not fit
        ({"f0": ('"a" or "12"', 'if $.c = 1 then "a" else "x"'), "f1": ("any required if exists(f0)", "lower(12)"),
          "f2": ("any", "$.b")}, "f2", "$.b"),
        # an object may be another one, without the member
        ({"f0": ("any", "(if $.c = 1 then {x: 1} else {y: 1}) -> $.x"),
          "f1": ("any required if exists(f0)", "lower(12)"), "f2": ("any", "$.b")}, "f2", "$.b"),
        # a slice may be as long, and a part may be cut off whole
        ({"f1": ("uri", "slice($.b, -3, 3)")}, "f1", "$.b"),
        ({"f1": ("uri", 'slice("{{b}} and", 0, -4)')}, "f1", "$.b"),
        # one text may be both, in other letters too
        ({"f0": ("email required", "$.a"), "f1": ("uri", "lower($.a)")}, "f1", "$.a"),
        # nothing is an object, where null is taken as well
        ({"f0": ("any required nullable", "first_present($.a, $.b)"), "f1": ("object", "$.a")}, "f1", "$.a"),
        # what is counted stays in what is made of the count
        ({"f1": ("number", "add(count({x: $.a}), 1)")}, "f1", "$.a"),
        ({"f1": ("Closed[]", "$.a ?? $.b")}, "f1[].a", "$.b.a"),
        # what a filter looks at outside the list
        ({"f1": ("any", "$.a[?@.x == $.b]")}, "f1[]", "$.b"),
    ],
)  # fmt: skip
def test_what_does_reach_a_field(rows: dict[str, tuple[str, str]], field: str, path: str) -> None:
    assert (field, path) in flows_of_rows(rows)


@pytest.mark.parametrize("kind", ["string", "string required", "string required nullable"])
def test_what_a_condition_looks_at_decides_whatever_the_row_asks_for(kind: str) -> None:
    assert flows_of('if $.plan = "vip" then "gold" else "basic"', kind) == {("f", "$.plan", "decides")}


@pytest.mark.parametrize(
    ("kind", "source", "flows"),
    [
        ("boolean", "number($.a) ?? true", {("f", "$.a", "decides")}),
        ("email", "number($.a) ?? $.b", {("f", "$.a", "decides"), ("f", "$.b", "copy")}),
        ("object", 'split($.a, ",") ?? {q: 1}', {("f", "$.a", "decides")}),
        ("integer", 'date($.a, "MM")', {("f", "$.a", "derived")}),
        ("integer", 'date($.a, "DD")', {("f", "$.a", "derived")}),
        ("email nullable", "if $.a = 1 then null", {("f", "$.a", "decides")}),
    ],
)
def test_flows_of_a_type(kind: str, source: str, flows: set[tuple[str, str, str]]) -> None:
    assert flows_of(source, kind) == flows


def test_one_and_true_are_told_apart() -> None:
    rows = {"f0": ("number required", "$.a ?? 1"), "f1": ("any", '($.a ?? true) -> (if $ = true then "p" else "q")')}
    assert ("f1", "$.a") in flows_of_rows(rows)


def test_an_empty_list_shows_that_there_was_one() -> None:
    assert flows_of('split($.a, ":")', "object[]") == {("f", "$.a", "decides")}
    assert flows_of("slice($.a, 2, 1)") == {("f", "$.a", "decides")}


def broken(text: str, rule: Rule) -> set[tuple[str, str, str]]:
    return {(leak.flow.action, leak.field, leak.path) for leak in leaks(lineage(load_text(text)), [rule])}


def test_a_rule_says_where_a_class_may_go() -> None:
    email = (("traits", "email"), ("context", "traits", "email"), ("properties", "email"))
    assert not broken(WIDE, Rule("email", email, ("email",)))
    assert ("person", "email", "$.traits.email") in broken(WIDE, Rule("email", email, ("order.email", "Screens.*")))
    hashed = broken(WIDE, Rule("email", email, ("email",), derived=True))
    assert {field for _, field, _ in hashed} == {"hashed"}


def test_an_object_that_is_copied_carries_what_is_in_it() -> None:
    heap = load("heap").resolved.source.text
    place = (("context", "traits", "email"),)
    assert broken(heap, Rule("email", place, ())) == {("trackEvent", "traits.email", "$.context.traits.email")}
    for only in ("traits", "traits.email", "trackEvent.traits.email", "trackEvent.*", "heap track"):
        assert not broken(heap, Rule("email", place, (only,)))
    assert broken(heap, Rule("email", place, ("traits.mail",)))
    assert {flow.request for flow in lineage(load("heap"))} == {"heap track", "heap users"}


def test_what_is_spread_keeps_its_names() -> None:
    text = "destination d\naction a\n| field | type | source |\n| --- | --- | --- |\n| * | object | {} |\n"
    rule = Rule("email", (("traits", "email"),), ("email",))
    assert not broken(text.format("$.traits"), rule)
    assert broken(text.format("{mail: $.traits}"), rule) == {("a", "mail.email", "$.traits.email")}
    assert not broken(text.format('omit($.traits, "email")'), Rule("email", (("traits", "email"),), ()))


@pytest.mark.parametrize(
    ("origin", "place", "carried"),
    [
        (Origin(("a",)), ("a", "b"), True),
        (Origin(("a", "b")), ("a",), True),
        (Origin(("a",), without=frozenset({"b"})), ("a", "b", "c"), False),
        (Origin(("a", "*", "b")), ("a", 0, "b"), True),
        (Origin(("a", "*", "b")), ("a", 0, "c"), False),
        (Origin(("a", "**")), ("a", "x", "y"), True),
        (Origin(("a", -1)), ("a", 3), True),
        (Origin(("a",)), ("b",), False),
    ],
)
def test_what_comes_along_with_an_origin(origin: Origin, place: Way, carried: bool) -> None:
    assert carries(origin, place) == carried


def test_flows_are_json() -> None:
    assert json.dumps([flow.origin.path for flow in lineage(load("heap"))])
