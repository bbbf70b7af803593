"""Every pair of the triggers of a public catalogue, decided in both semantics; and what check asks of one trigger."""

import json
import os
import random
from collections.abc import Iterator
from itertools import combinations_with_replacement
from typing import Any

import pytest
from atpath.compiler.triggers import (
    Answer,
    Found,
    Impossible,
    Trigger,
    Undecided,
    can_fail,
    can_hold,
    clean_trigger,
    decide,
    fql_difference,
    relate,
    segment_trigger,
)
from atpath.dsl.build import parse_condition
from atpath.dsl.problems import CellProblem
from atpath.dsl.source import Excerpt
from shared import shared

EVERY_PAIR = bool(os.environ.get("ATPATH_EVERY_PAIR"))


def real_triggers() -> list[str]:
    found: set[str] = set()
    for line in shared("conformance/triggers.ndjson").read_text("utf-8").splitlines():
        record = json.loads(line)
        if record["source"] == "real":
            found.add(record["fql"])
    for line in shared("conformance/facts.ndjson").read_text("utf-8").splitlines():
        record = json.loads(line)
        found |= {p["subscribe"] for p in record["presets"] if p.get("subscribe")}
        found |= {a["defaultSubscription"] for a in record["actions"] if a.get("defaultSubscription")}
    return sorted(found)


def clean(text: str) -> Trigger:
    return clean_trigger(parse_condition(Excerpt(text, ((0, 0),))))


def readable(texts: list[str]) -> Iterator[Trigger]:
    for text in texts:
        try:
            yield clean(text)
        except CellProblem:
            continue


@pytest.mark.parametrize("semantics", ["segment", "clean"])
def test_every_pair_of_real_triggers_is_decided(semantics: str) -> None:
    texts = real_triggers()
    triggers = [segment_trigger(text) for text in texts] if semantics == "segment" else list(readable(texts))
    assert len(triggers) > 100
    pairs = list(combinations_with_replacement(triggers, 2))
    for first, second in pairs if EVERY_PAIR else random.Random(semantics).sample(pairs, 2500):
        relation = relate(first, second)
        answers = (relation.both, relation.only_first, relation.only_second, relation.neither)
        assert not any(isinstance(answer, Undecided) for answer in answers)
        assert any(isinstance(answer, Found) for answer in answers)
        assert first is not second or relation.equal


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ('type = "track"', None),
        ('type = "a" and event = "b" or name = "c"', {"event": "b"}),
        ('type = "a" or event = "b" and name = "c"', {"type": "a"}),
        ("event != null", {}),
        ("properties.x = 5", None),
        ("properties.x != 5", {}),
        ("properties.x = null", None),
        ("properties.x != true", {"properties": {"x": "true"}}),
        ('type = "t" and (contains(event, "A") or contains(event, "B"))', {"event": "A"}),
        ('contains(event, "ab") and !contains(event, "a")', None),
        ('!contains(event, "a")', {}),
        ('match(event, "Order*")', None),
        ('type in ("a", "b")', {"type": "a"}),
        ("type = ", None),
    ],
)
def test_where_segment_reads_a_trigger_otherwise(text: str, event: Any) -> None:
    assert fql_difference(text) == event


@pytest.mark.parametrize(
    ("text", "holds", "fails"),
    [
        ('type = "a"', {"type": "a"}, {}),
        ('type = "a" and type = "b"', None, {}),
        ('type = "a" or type != "a"', {}, None),
        ("exists($.a.b.c)", {"a": {"b": {"c": "x"}}}, {}),
        ("$.n > 1 and $.n < 2", {"n": 1.5}, {}),
        ("$.n > 1 and $.n < 1", None, {}),
        ("exists(context) and exists($.context.traits.x)", {"context": {"traits": {"x": "x"}}}, {}),
        ('context = "x" and exists($.context.traits)', None, {}),
        ("exists($.a[2])", {"a": [None, None, "x"]}, {}),
        ("exists($.a[0]) and exists($.a.b)", None, {}),
        ('contains(event, "b") and match(event, "a*") and event < "ab" and event != "aab"', {"event": "aaab"}, {}),
        ('$.t > "a" and $.t < "b"', {"t": "aa"}, {}),
        ("never", None, {}),
    ],
)
def test_the_smallest_event_of_a_condition(text: str, holds: Any, fails: Any) -> None:
    trigger = clean(text)
    for answer, wanted in ((can_hold(trigger), holds), (can_fail(trigger), fails)):
        if wanted is None:
            assert isinstance(answer, Impossible)
        else:
            assert isinstance(answer, Found)
            assert answer.cost == _leaves(wanted)
            assert answer.smallest


def _leaves(event: Any) -> int:
    if isinstance(event, dict | list) and event:
        return sum(_leaves(item) for item in (event.values() if isinstance(event, dict) else event))
    return 0 if event == {} else 1


def test_relations_have_their_names() -> None:
    narrow, wide, other = clean('type = "a" and event = "b"'), clean('type = "a"'), clean('type = "c"')
    relation = relate(narrow, wide)
    assert (relation.implies, relation.implied, relation.equal, relation.disjoint) == (True, False, False, False)
    assert relate(wide, narrow).implied
    assert relate(wide, other).disjoint
    assert relate(wide, clean('not (type != "a")')).equal


def test_what_cannot_be_decided_says_so() -> None:
    asked = clean('lower(event) = "a" and upper(event) = "B"')
    assert isinstance(can_hold(asked), Undecided)
    answers: dict[Any, Answer] = dict(decide((asked,)))
    assert isinstance(answers[False,], Found)
    assert not answers[False,].smallest


def test_a_search_is_asked_where_nothing_is_decided_and_nowhere_else() -> None:
    asked: list[Any] = []

    def search(holds: Any, near: Any) -> tuple[Any, int]:
        asked.append(near)
        return next((event for event in ({"event": "a"}, {"event": "B", "x": 1}) if holds(event)), None), 2

    assert relate(clean('type = "a"'), clean('type = "b"'), search).disjoint
    assert not asked
    assert can_hold(clean('upper(event) = "B" and exists($.x)'), {"x": 1}, search) == Found(
        {"event": "B", "x": 1}, 1, smallest=False
    )
    assert can_hold(clean('upper(event) = "b"'), {}, search).tried == 2  # type: ignore[union-attr]


def test_what_cannot_be_decided_is_still_equal_to_itself() -> None:
    text = 'lower(event) = "a" and type = "b"'
    assert relate(clean(text), clean('not (type != "b" or lower(event) != "a")')).equal
    assert relate(clean(text), clean('lower(event) = "a"')).implies


def test_a_trigger_that_segment_refuses_never_holds() -> None:
    assert isinstance(can_hold(segment_trigger('type = "a')), Impossible)


def test_a_trigger_of_many_tests_is_decided() -> None:
    texts = [f'properties.p{i} = "v{i}"' for i in range(40)]
    trigger = clean(" and ".join(texts))
    answer = can_hold(trigger)
    assert isinstance(answer, Found)
    assert answer.cost == 40
    assert relate(trigger, clean(" or ".join(reversed(texts)))).implies


def test_the_nearest_change_keeps_the_rest_of_the_event() -> None:
    event = {"type": "page", "context": {"traits": {"plan": "free", "city": "Utrecht"}}}
    answer = can_hold(clean('type = "track" and context.traits.plan in ("pro", "team")'), event)
    assert isinstance(answer, Found)
    assert answer.cost == 2
    assert answer.event["context"]["traits"]["city"] == "Utrecht"  # type: ignore[index, call-overload]
