"""The change that would fire an action, against every smaller change of the event: wide events, long triggers."""

import json
import os
import random
from collections.abc import Iterator
from itertools import combinations
from typing import Any

from atpath.compiler import load_text
from atpath.compiler.triggers import Found, Impossible
from atpath.harness.explain import Explainer
from atpath.harness.fill import put
from atpath.harness.shrink import without

from . import brute
from .test_decide import LEAVES, formula

ROUNDS = int(os.environ.get("ATPATH_EXPLAIN_ROUNDS", "40")) // 4
PLACES: dict[str, tuple[Any, ...]] = {
    "type": ("type",), "event": ("event",), "userId": ("userId",), "properties.a": ("properties", "a"),
    "properties.b.c": ("properties", "b", "c"), "context": ("context",), "context.traits.x": ("context", "traits", "x"),
    "$.list[0]": ("list", 0), "$.list[1].k": ("list", 1, "k"), "$.list": ("list",),
}  # fmt: skip
VALUES = [*LEAVES, 1.5, -1, "aab ba", ["a"], {"k": "a"}, [None, {"k": 1}]]
MOST = min(max(ROUNDS * 100, 1000), 60_000)  # changes of one size that are looked at for one action


def random_event(rng: random.Random, names: list[str]) -> dict[str, Any]:
    event: dict[str, Any] = {"kept": {"deep": ["x", 1]}}
    for name in rng.sample(names, rng.randint(0, len(names))):
        put(event, PLACES[name], json.loads(json.dumps(rng.choice(VALUES))))
    return event


def edits_of(names: list[str]) -> list[tuple[tuple[Any, ...], Any]]:
    """Every place that is read, or lies on the way there, with every value, and with none."""
    ways = {PLACES[name][:end] for name in names for end in range(1, len(PLACES[name]) + 1)}
    return [(way, value) for way in sorted(ways, key=repr) for value in (*VALUES, brute.NOTHING)]


def edited(event: dict[str, Any], edits: Any) -> dict[str, Any] | None:
    for way, value in edits:
        if value is not brute.NOTHING:
            event = json.loads(json.dumps(event))
            put(event, way, value)
        else:
            try:
                event = without(event, way)
            except (KeyError, IndexError, TypeError):
                return None
    return event


def smaller_changes(event: dict[str, Any], names: list[str], cost: int, rng: random.Random) -> Iterator[Any]:
    """Events that differ in fewer leaves: all with one edit and two, as many as there is time for with more."""
    edits = edits_of(names)
    for count in range(1, min(cost, 4)):
        chosen: Any = combinations(edits, count)
        if len(edits) ** count > MOST:
            chosen = [rng.sample(edits, count) for _ in range(MOST)]
        for changed in (edited(event, some) for some in chosen):
            if changed is not None and brute.distance(event, changed) < cost:
                yield changed


def test_no_smaller_change_fires_the_action() -> None:
    rng = random.Random("nearest")
    for _ in range(ROUNDS):
        names = rng.sample(list(PLACES), rng.randint(1, 5))
        texts = [formula(rng, names, rng.randint(1, 8), fql=False) for _ in range(2)]
        rows = "| field | type | source |\n| --- | --- | --- |\n| x | string | $.x |\n"
        actions = (f"action a{number}\nwhen {text}\n{rows}" for number, text in enumerate(texts))
        destination = load_text("destination d\n\n" + "\n".join(actions))
        event = random_event(rng, names)
        for story in Explainer(destination).explain(event):
            if story.fired:
                continue
            matches = destination.actions[story.key].matches
            cost = 4
            if isinstance(story.nearest, Found):
                cost = story.nearest.cost
                assert matches(story.nearest.event)
                assert story.nearest.smallest
                assert brute.distance(event, story.nearest.event) == cost
                assert story.nearest.event["kept"] == event["kept"]
            else:
                assert isinstance(story.nearest, Impossible)
            for smaller in smaller_changes(event, names, cost, rng):
                assert not matches(smaller), (texts, event, story.nearest, smaller)


def test_a_change_that_is_too_large_would_be_found_out() -> None:
    event = {"type": "b", "properties": {"a": "a", "b": {"c": 1}}}
    smaller = list(smaller_changes(event, ["type", "properties.a"], 2, random.Random(0)))
    assert {**event, "type": "a"} in smaller
    assert {"properties": event["properties"]} in smaller
    assert all(brute.distance(event, one) < 2 for one in smaller)
