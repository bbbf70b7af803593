"""The decision procedure against every event of a small world, in both semantics."""

import os
import random
from typing import Any

import pytest
from atpath.compiler.triggers.clean import clean_trigger
from atpath.compiler.triggers.decide import Found, Impossible, Trigger, decide
from atpath.compiler.triggers.formula import is_decidable
from atpath.compiler.triggers.fql import segment_trigger
from atpath.dsl.build import parse_condition
from atpath.dsl.source import Excerpt

from . import brute

Place = tuple[Any, ...]
ROUNDS = int(os.environ.get("ATPATH_TRIGGER_ROUNDS", "6"))
WORLDS: dict[str, list[tuple[str, Place]]] = {
    "flat": [("type", ("type",)), ("event", ("event",)), ("userId", ("userId",))],
    "nested": [("properties.a", ("properties", "a")), ("properties.b", ("properties", "b")), ("type", ("type",))],
    "shared": [("context.traits", ("context", "traits")), ("context.traits.x", ("context", "traits", "x"))],
    "deep": [("traits.a.b", ("traits", "a", "b")), ("traits.a.c", ("traits", "a", "c")), ("name", ("name",))],
}
LISTS = [("$.a.0", ("a", 0)), ("$.a[0]", ("a", 0)), ("$.a[1].b", ("a", 1, "b")), ("$.a.b", ("a", "b")), ("$.a", ("a",))]
LEAVES = [None, True, False, 0, 1, 2, 3, "", "a", "b", "ab", "ba", "aab", "bab", "q", [], {}]


def clean(text: str) -> Trigger:
    condition = parse_condition(Excerpt(text, ((0, 0),)))
    trigger = clean_trigger(condition)
    return Trigger(trigger.formula, lambda event: _agreed(trigger.matches(event), brute.holds(condition, event)))


def _agreed(compiled: bool, plain: bool) -> bool:
    assert compiled == plain
    return plain


def segment(text: str) -> Trigger:
    return segment_trigger(text)


def atom(rng: random.Random, name: str, *, fql: bool) -> str:
    """One random test of one place, as text."""
    constant = rng.choice(['"a"', '"b"', '"ab"'] if rng.random() < 0.7 else ["1", "2", "true", "null", '""'])
    kinds = [f"{name} {rng.choice(['=', '!='])} {constant}"] * 4
    kinds += [f"{name} {rng.choice(['<', '<=', '>', '>='])} {rng.choice(['1', '2'])}"]
    kinds += [f'{rng.choice(["", "!"])}contains({name}, "a")', f'match({name}, "a*")', f'!match({name}, "*b")']
    if not fql:
        kinds += [
            f'{name} in ("a", 1)',
            f"exists({name})",
            f"present({name})",
            f'{name} < "b"',
            f"not ({constant} = {name})",
        ]
    return rng.choice(kinds)


def formula(rng: random.Random, names: list[str], atoms: int, *, fql: bool, depth: int = 0) -> str:
    """A random condition of so many atoms; FQL nests one level of parentheses, the language any."""
    if atoms == 1:
        return atom(rng, rng.choice(names), fql=fql)
    left = rng.randint(1, atoms - 1)
    word = rng.choice(["and", "or"])
    parts = [formula(rng, names, count, fql=fql, depth=depth + 1) for count in (left, atoms - left)]
    if not fql:
        parts = [f"{rng.choice(['', 'not '])}({part})" if rng.random() < 0.6 else part for part in parts]
    elif depth == 0 and rng.random() < 0.5:
        parts[1] = f"({parts[1]})"
    return f" {word} ".join(parts)


def expect_agreement(
    triggers: list[Trigger], places: list[tuple[Any, ...]], near: dict[str, Any] | None = None
) -> None:
    """Every outcome that some event of the small world gives is found at its price; every other is impossible."""
    decidable = all(is_decidable(trigger.formula) for trigger in triggers)
    best: dict[tuple[bool, ...], int] = {}
    for event in brute.every_event(places, LEAVES):
        outcome = tuple(trigger.matches(event) for trigger in triggers)
        best[outcome] = min(best.get(outcome, 99), brute.distance(near or {}, event))
    for outcome, answer in decide(triggers, near).items():
        if isinstance(answer, Found):
            assert brute.distance(near or {}, answer.event) == answer.cost
            assert (
                answer.cost <= best.get(outcome, answer.cost) or not decidable
            )  # less, where the small world lacks a text
            assert answer.smallest == decidable
        elif isinstance(answer, Impossible):
            assert outcome not in best
        else:
            assert not decidable


@pytest.mark.parametrize("world", WORLDS)
def test_random_conditions_of_the_language_agree_with_brute_force(world: str) -> None:
    rng = random.Random(world)
    names, places = zip(*WORLDS[world], strict=True)
    for _ in range(ROUNDS):
        texts = [formula(rng, list(names), rng.randint(1, 12), fql=False) for _ in range(2)]
        expect_agreement([clean(text) for text in texts], list(places))


@pytest.mark.parametrize("world", WORLDS)
def test_random_triggers_of_segment_agree_with_brute_force(world: str) -> None:
    rng = random.Random(world)
    names, places = zip(*WORLDS[world], strict=True)
    for _ in range(ROUNDS):
        texts = [formula(rng, list(names), rng.randint(1, 12), fql=True) for _ in range(2)]
        expect_agreement([segment(texts[0]), rng.choice([segment, clean])(texts[1])], list(places))


def test_lists_and_dotted_indexes_agree_with_brute_force() -> None:
    rng = random.Random("lists")
    for _ in range(ROUNDS):
        chosen = rng.sample(LISTS, 2)
        texts = [formula(rng, [name for name, _ in chosen], rng.randint(1, 6), fql=False) for _ in range(2)]
        expect_agreement([clean(text) for text in texts], [place for _, place in chosen])


def test_the_nearest_change_of_an_event_agrees_with_brute_force() -> None:
    rng = random.Random("near")
    for _ in range(ROUNDS):
        names, places = zip(*WORLDS[rng.choice(list(WORLDS))], strict=True)
        events = list(brute.every_event(list(places), LEAVES))
        texts = [formula(rng, list(names), rng.randint(1, 8), fql=False)]
        expect_agreement([clean(text) for text in texts], list(places), rng.choice(events))


def test_places_compared_with_each_other_agree_with_brute_force() -> None:
    rng = random.Random("places")
    names, places = zip(*WORLDS["flat"], strict=True)
    for _ in range(ROUNDS * 2):
        texts = [formula(rng, list(names), rng.randint(1, 4), fql=False) for _ in range(2)]
        pair = rng.sample(names, 2)
        texts[0] = f"{pair[0]} {rng.choice(['=', '!='])} {pair[1]} {rng.choice(['and', 'or'])} ({texts[0]})"
        triggers = [clean(text) for text in texts]
        best: dict[tuple[bool, ...], int] = {}
        for event in brute.every_event(list(places), LEAVES):
            outcome = tuple(trigger.matches(event) for trigger in triggers)
            best[outcome] = min(best.get(outcome, 99), brute.distance({}, event))
        for outcome, answer in decide(triggers).items():
            if isinstance(answer, Found):
                assert answer.cost <= best.get(outcome, answer.cost) or not answer.smallest
            else:
                assert outcome not in best or not isinstance(answer, Impossible)
