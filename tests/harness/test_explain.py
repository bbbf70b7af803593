"""Explanations name the places that an output hangs on, and no others; a proposed change fires the trigger."""

import json
import os
import random
from pathlib import Path
from typing import Any

import pytest
from atpath.compiler import load, load_text
from atpath.compiler.exchange import import_definition
from atpath.compiler.files import find_mapping, read_mapping
from atpath.compiler.segment import MappingError as SegmentError
from atpath.compiler.triggers import Found, Undecided, segment_routes
from atpath.dsl.format import format_mapping
from atpath.harness.explain import ActionStory, Explainer, FieldStory
from atpath.harness.fill import bases, put
from atpath.harness.search import MOST
from atpath.harness.whole import whole_of
from shared import shared

ROUNDS = int(os.environ.get("ATPATH_EXPLAIN_ROUNDS", "40"))
NOW = "2024-01-01T00:00:00.000Z"
WIDE = Path(__file__).with_name("wide.map").read_text("utf-8")
SEGMENT = Path(__file__).with_name("segment.map").read_text("utf-8")
TEXTS = {"wide": WIDE, "heap": read_mapping(find_mapping("heap")), "segment": SEGMENT}
VALUES: list[Any] = [
    "other", 7, 1.5, "8", True, "true", "2031-05-06T07:08:09.000Z", "2031-05-06", "b@example.com", "https://b.example/",
    ["p", "q"], [{"sku": "n"}], {"k": "n"}, "phone", "gold", "USD", None, "",
]  # fmt: skip


def ungated(name: str) -> Any:
    """A mapping without anything required: an output hangs on its own row alone."""
    return load_text(TEXTS[name].replace(" required |", " |"), settings={"apiKey": "k"}, now=lambda: NOW)


def random_event(places: list[tuple[Any, ...]], pool: list[Any], rng: random.Random) -> dict[str, Any]:
    event: dict[str, Any] = {"junk": {"a": "j1", "b": ["j2"]}}
    for way in rng.sample(places, rng.randint(0, len(places))):
        put(event, way, json.loads(json.dumps(rng.choice(pool))))
    return event


def places_of(destination: Any) -> tuple[list[tuple[Any, ...]], list[Any]]:
    """The places that a mapping reads, and values that fit there."""
    whole = whole_of(destination)
    slots = [s for key, b in whole.builds.items() for f in b.record.fields for s in whole.part(key, f.row).slots]
    pool = [v for slot in slots for base, _ in [next(bases([slot]))] for v in [_deepest(base)] if v is not None]
    ways = [slot.way for slot in slots if slot.var == 0]
    return list(dict.fromkeys(ways)), [*pool, *VALUES, "track", "page", "identify", "Order Completed", "Product Added"]


def _deepest(value: Any) -> Any:
    while isinstance(value, dict) and len(value) == 1:
        value = next(iter(value.values()))
    return value


def output(destination: Any, key: str, story: FieldStory, event: dict[str, Any]) -> Any:
    payload: Any = before_validation(destination, key, event) or destination.actions[key](event)
    for part in story.name.split(".") if story.row != "*" else (story.name,):
        payload = payload.get(part, "nothing at all") if isinstance(payload, dict) else "nothing at all"
    return json.dumps(payload)


def before_validation(destination: Any, key: str, event: dict[str, Any]) -> Any:
    """What Segment makes before it validates: one field that is refused takes all others with it."""
    if destination.resolved.semantics != "segment":
        return None
    try:
        return segment_routes(destination.resolved)[key].transform(event) or {"": "nothing"}
    except SegmentError:
        return {"": "thrown"}


def overlap(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


def everything_else_changed(event: dict[str, Any], named: list[tuple[Any, ...]], rng: random.Random) -> dict[str, Any]:
    """The event with every leaf outside the named places changed or taken out, and strange ones put in."""

    def changed(value: Any, way: tuple[Any, ...]) -> Any:
        inside = any(way[: len(name)] == name for name in named)
        if way and (inside or (not isinstance(value, dict | list) and any(overlap(way, name) for name in named))):
            return value
        if isinstance(value, dict):
            kept = {k: changed(v, (*way, k)) for k, v in value.items()}
            return {k: v for k, v in kept.items() if v is not _GONE}
        if isinstance(value, list):
            return [None if (v := changed(item, (*way, i))) is _GONE else v for i, item in enumerate(value)]
        return rng.choice([_GONE, "changed", 99])

    return {**changed(event, ()), "added": {"x": 1}}


_GONE = object()


def tell(stories: tuple[ActionStory, ...]) -> list[tuple[str, FieldStory]]:
    return [(s.key, field) for s in stories for payload in s.payloads for field in payload.fields]


@pytest.mark.parametrize("name", TEXTS)
def test_an_output_hangs_on_the_places_named_and_on_no_others(name: str) -> None:
    expect_named_places(ungated(name), random.Random(name), ROUNDS)


def test_imported_mappings_hang_on_the_places_named() -> None:
    lines = shared("conformance/facts.ndjson").read_bytes().splitlines()
    rng = random.Random("imported")
    for line in lines if ROUNDS > 1000 else rng.sample(lines, 3):
        text = format_mapping(import_definition(json.loads(line))).replace(" required |", " |")
        expect_named_places(load_text(text), rng, max(ROUNDS // 20, 5))


def expect_named_places(destination: Any, rng: random.Random, rounds: int) -> None:
    explainer = Explainer(destination)
    each = {a.key for a in destination.resolved.actions if a.for_each is not None}
    places, pool = places_of(destination)
    for _ in range(rounds):
        event = random_event(places, pool, rng)
        for key, story in tell(explainer.explain(event)):
            if key in each or story.outcome == "rejected":
                continue
            named = [r.way for r in (*story.sources, *story.tested)]
            before = output(destination, key, story, event)
            others = everything_else_changed(event, named, rng)
            assert output(destination, key, story, others) == before, (event, others, story)
            if story.sources and all(reading.way for reading in story.sources):  # else it may be any part of the event
                assert any(o != before for o in outputs_of_changes(destination, key, story, event)), (event, story)


def outputs_of_changes(destination: Any, key: str, story: FieldStory, event: dict[str, Any]) -> Any:
    for reading in story.sources:
        for value in VALUES:
            changed = json.loads(json.dumps(event))
            put(changed, reading.way, value) if reading.way else changed.clear()
            yield output(destination, key, story, changed)


@pytest.mark.parametrize("name", TEXTS)
def test_the_proposed_change_fires_the_action(name: str) -> None:
    rng = random.Random(name)
    destination = load_text(TEXTS[name], settings={"apiKey": "k"}, now=lambda: NOW)
    explainer = Explainer(destination)
    places, pool = places_of(destination)
    for _ in range(ROUNDS):
        for story in explainer.explain(random_event(places, pool, rng)):
            if not story.fired:
                assert isinstance(story.nearest, Found)
                assert story.nearest.cost > 0
                assert destination.actions[story.key].matches(story.nearest.event)


@pytest.fixture(scope="module")
def wide() -> Explainer:
    return Explainer(load_text(WIDE, settings={"apiKey": "k"}, now=lambda: NOW))


def fields(explainer: Explainer, key: str, event: dict[str, Any]) -> dict[str, FieldStory]:
    story = next(s for s in explainer.explain(event) if s.key == key)
    return {field.name: field for field in story.payloads[0].fields}


ORDER = {
    "type": "track", "event": "Order Completed", "messageId": "m", "userId": 12,
    "properties": {
        "order_id": "o", "revenue": "9.5", "currency": "EUR", "products": [{"product_id": "p"}], "gift": "maybe",
    },
}  # fmt: skip


def test_arms_sources_and_coercions(wide: Explainer) -> None:
    told = fields(wide, "order", ORDER)
    assert told["total"].arms == ("$.properties.revenue",)
    assert [r.way for r in told["total"].sources] == [("properties", "revenue")]
    assert [r.way for r in told["total"].tested] == [("properties", "total")]
    assert (told["total"].found, told["total"].value, told["total"].outcome) == ("9.5", 9.5, "coerced")
    assert (told["visitor"].arms, told["visitor"].value) == (("$.userId",), "12")
    assert (told["gift"].found, told["gift"].outcome) == ("maybe", "left out")
    assert told["kind"].arms == ('"new"',)
    assert not told["kind"].sources
    assert ("properties", "products", 0, "product_id") in [r.way for r in told["products"].sources]
    assert {r.way for r in told["label"].sources} == {("properties", "order_id"), ("properties", "currency")}


def test_a_rejected_event_names_the_row(wide: Explainer) -> None:
    event = {**ORDER, "messageId": None}
    told = next(s for s in wide.explain(event) if s.key == "order").payloads[0]
    assert told.rejected.startswith("E201")
    assert [f.row for f in told.fields if f.outcome == "rejected"] == ["id"]


def test_an_action_that_does_not_fire_tells_its_tests(wide: Explainer) -> None:
    story = next(s for s in wide.explain({**ORDER, "type": "page"}) if s.key == "order")
    assert [(a.text, a.holds, a.fails) for a in story.atoms] == [
        ('type = "track"', False, True),
        ('event in ("Order Completed", "Order Updated")', True, False),
        ("properties.test != true", True, False),
    ]
    assert isinstance(story.nearest, Found)
    assert story.nearest.event == ORDER
    assert story.nearest.cost == 1


def test_a_change_that_is_not_decided_is_searched_near_the_event() -> None:
    head = "| field | type | source |\n| --- | --- | --- |\n| x | string | $.x |\n"
    text = f'destination d\n\naction a\nwhen lower(event) = "order" and count($.list) > 2\n{head}'
    event = {"event": "Paid", "list": [1, 2], "kept": {"a": 1}}
    (story,) = Explainer(load_text(text)).explain(event)
    assert isinstance(story.nearest, Found)
    assert not story.nearest.smallest
    assert story.nearest.event["kept"] == {"a": 1}
    (never,) = Explainer(load_text(text.replace('"order"', '"Order"'))).explain(event)
    assert isinstance(never.nearest, Undecided)
    assert never.nearest.tried == MOST


def test_a_rejected_event_builds_no_other_field(wide: Explainer) -> None:
    told = fields(wide, "order", {**ORDER, "messageId": None})
    assert (told["total"].found, told["total"].outcome) == ("9.5", "not built")


def test_every_item_has_a_story(wide: Explainer) -> None:
    event = {"type": "track", "event": "Product Added", "properties": {"order_id": "o", "products": [{"sku": "a"}, {}]}}
    story = next(s for s in wide.explain(event) if s.key == "line")
    first, second = story.payloads
    assert [r.way for f in first.fields if f.row == "sku" for r in f.sources] == [("properties", "products", 0, "sku")]
    assert second.rejected.startswith("E201")


def test_explaining_leaves_no_trace_in_the_mapping() -> None:
    destination = load("heap")
    Explainer(destination).explain({"type": "page", "messageId": "m", "properties": 5})
    assert not destination.drops


SHAPED = """\
destination d

let strict = each $.properties.products -> P

action a
when type = "track"
{each}| field | type  | source |
| ----- | ----- | ------ |
| other | any   | $.event |
| items | any   | {source} |

shape P
| field | type            | source |
| ----- | --------------- | ------ |
| sku   | string required | $.sku  |
"""


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("each $.properties.products -> P", ("properties", "products", 0, "sku")),
        ("$.properties -> P", ("properties", "sku")),
        ("strict", ("properties", "products", 0, "sku")),
        ("($.properties -> P) ?? $.event", ("properties", "sku")),
        ("{list: [$.properties -> P]}", ("properties", "sku")),
        ("count($.properties -> P)", ("properties", "sku")),
        ("($.properties -> P) -> $.sku", ("properties", "sku")),
    ],
)
def test_a_shape_that_rejects_the_event_is_followed(source: str, place: tuple[str | int, ...]) -> None:
    event = {"type": "track", "event": "x", "properties": {"products": [{}]}}
    (story,) = Explainer(load_text(SHAPED.format(each="", source=source))).explain(event)
    (payload,) = story.payloads
    assert payload.rejected == "E201: `P.sku` is required, and there is no value for it"
    other, items = payload.fields
    assert (other.found, other.outcome) == ("x", "not built")
    assert (items.found, items.outcome) == (None, "rejected")
    assert place in [reading.way for reading in items.sources]


def test_items_that_a_shape_rejects_are_one_rejection() -> None:
    event = {"type": "track", "event": "x", "properties": {"products": [{"sku": "a"}, {}]}}
    destination = load_text(SHAPED.format(each="for each strict\n", source="$.sku"))
    (story,) = Explainer(destination).explain(event)
    assert [payload.rejected for payload in story.payloads] == [str(out) for _, out in destination.route(event)]
    assert "`P.sku` is required" in story.payloads[0].rejected
    assert len(story.payloads) == 1


def test_what_would_have_been_left_out_is_told_apart_from_null() -> None:
    rows = "| id | string required | $.id |\n| a | string | $.a |\n| n | string nullable | $.n |\n"
    rows += "| any | any | $.n |\n| s | string | $.n |\n| too | string required | $.too |\n"
    rows += "| o | object required | $.o |\n| o.p | string | $.p |\n"
    text = f"destination d\n\naction a\n| field | type | source |\n| --- | --- | --- |\n{rows}"
    (story,) = Explainer(load_text(text)).explain({"n": None, "p": "p"})
    assert {field.name: field.outcome for field in story.payloads[0].fields} == {
        "id": "rejected", "a": "would be left out", "n": "not built", "any": "not built", "s": "would be left out",
        "too": "rejected", "o": "would be left out", "o.p": "not built",
    }  # fmt: skip


def test_under_segment_nothing_is_not_null_either() -> None:
    text = (
        'semantics segment\ndestination d\n\naction a\nwhen type = "track"\n| field | type | source |\n'
        "| --- | --- | --- |\n| id | string required | $.id |\n| a | string | $.a |\n| b | string | $.type |\n"
    )
    (story,) = Explainer(load_text(text)).explain({"type": "track"})
    assert story.payloads[0].rejected
    outcomes = {field.name: field.outcome for field in story.payloads[0].fields}
    assert outcomes == {"id": "rejected", "a": "would be left out", "b": "not built"}
