"""Events made from mappings: none thrown away, every outcome and arm reached, near misses that are near."""

import json
import os
from collections.abc import Callable
from itertools import islice

import pytest
from atpath.compiler import load_text
from atpath.compiler.exchange import import_definition
from atpath.compiler.loader import Destination, load
from atpath.compiler.prelude import Rejected
from atpath.compiler.schema import infer
from atpath.compiler.triggers.formula import Opaque
from atpath.dsl.format import format_mapping
from atpath.harness import events_for, plan_of
from atpath.harness.compare import shrink
from atpath.harness.coverage import CoverageMeter
from atpath.harness.fill import Event
from atpath.harness.fill import find as find_value
from atpath.harness.gen import SHARES, generate, numbered, odd_events, sweep
from atpath.harness.run import leaves, with_settings
from atpath.harness.strategies_drawn import drawn_event, layout_of
from atpath.harness.strategies_misses import answer_of
from atpath.harness.strategies_targets import atoms_in, goals_of, trigger_formulas
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.internal.conjecture.data import Status
from hypothesis.strategies import SearchStrategy
from shared import SHARED
from strategies.programs import mappings as programs

REASONS = int(os.environ.get("ATPATH_REASON_EXAMPLES", "25"))
SHIPPED = ("heap", "braze", "ga4", "mixpanel")


def definitions(step: int) -> list[str]:
    """Mappings of real definitions, where they lie beside the checkout: every `step`-th."""
    path = SHARED / "conformance" / "facts.ndjson"
    lines = path.read_text("utf-8").splitlines()[::step] if path.exists() else []
    return [format_mapping(import_definition(json.loads(line))) for line in lines]


def mappings() -> list[Destination]:
    shipped = [with_settings(load(name)) for name in SHIPPED]
    return [*shipped, *(load_text(text) for text in definitions(12))]


@pytest.fixture(scope="module")
def destinations() -> list[Destination]:
    return mappings()


def rejected_draws(destination: Destination) -> int:
    """How many draws hypothesis throws away for what is in them (and not to have a smaller one first)."""
    strategy = events_for(destination)
    rejected = 0

    @settings(max_examples=40, database=None, deadline=None, phases=(Phase.generate,))
    @given(st.data())
    def draw(data: st.DataObject) -> None:
        nonlocal rejected
        try:
            data.draw(strategy)
        except BaseException:
            rejected += data.conjecture_data.status is Status.INVALID
            raise

    draw()
    return rejected


def test_no_draw_is_rejected(destinations: list[Destination]) -> None:
    assert [rejected_draws(destination) for destination in destinations] == [0] * len(destinations)


def test_a_filter_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    heap = load("heap")
    strategy = events_for(heap).filter(lambda event: "userId" in event)
    monkeypatch.setattr(f"{__name__}.events_for", lambda destination: strategy)
    assert rejected_draws(heap) > 0


def test_every_outcome_and_arm_is_reached_within_200_events(destinations: list[Destination]) -> None:
    wanted = reached = 0
    for destination in destinations:
        plan = plan_of(destination)
        meter = CoverageMeter(destination)
        outcomes: set[tuple[str, bool]] = set()
        for event in islice(generate(plan, 3, {"match": 1, "arm": 6, "miss": 1, "noise": 0.1}), 200):
            meter.add(event)
            outcomes |= {(key, action.matches(event)) for key, action in destination.actions.items()}
        targets = {target for recipe in plan.recipes for target in recipe.targets if target.kind != "miss"}
        for target in targets:
            wanted += 1
            if target.kind == "match":
                reached += {(target.action, True), (target.action, False)} <= outcomes
            else:
                reached += (target.action, target.part, target.which) in meter.tracer.seen
    assert reached >= 0.99 * wanted
    assert wanted > 100


def test_what_no_event_reaches_is_listed(destinations: list[Destination]) -> None:
    """Every arm of an action that fires has a recipe or a reason, and so has every action."""
    for destination in destinations:
        plan = plan_of(destination)
        reached = {target for recipe in plan.recipes for target in recipe.targets}
        reasons = {unreached.target: unreached.reason for unreached in plan.unreached}
        fires = {target.action for target in reached if target.kind == "match"}
        assert fires | {target.action for target in reasons if target.kind == "match"} == set(destination.actions)
        for goal in goals_of(destination):
            assert goal.target.action not in fires or goal.target in reached or goal.target in reasons
        assert not [reason for reason in reasons.values() if "not decided" in reason]


HEAD = "destination d\nsettings\n| name | type |\n| --- | --- |\n| loud | boolean |\n\naction a\n"
TRACK = 'when type = "track"\n'
ROWS = "| field | type | source |\n| --- | --- | --- |\n"


@pytest.mark.parametrize(
    ("text", "which", "reason"),
    [
        ("when never\n" + ROWS + "| f | any | $.a |\n", "true", "it has no trigger of its own; only presets run it"),
        (
            'when type = "x" and type = "y"\n' + ROWS + "| f | any | $.a |\n", "true",
            "no event can: the parts of its trigger contradict each other",
        ),
        (
            TRACK + ROWS + '| f | any | $.a ?? "x" ?? $.b |\n', "arm 3",
            "no event can: an arm before it is always taken, or what it needs contradicts itself",
        ),
        (
            TRACK + ROWS + '| f | any | if $.type = "page" then 1 else 2 |\n', "then",
            "no event can: what it needs contradicts the trigger",
        ),
        (
            TRACK + ROWS + '| f | any | each $.l -> (if $.x = 1 then (if $.x = 2 then 3)) |\n', "then",
            "no event can: what it needs of an item contradicts itself",
        ),
        (
            TRACK + ROWS + "| e | any required | |\n| f | any | $.a ?? $.b |\n", "arm 2",
            "no event can: `e` is required and has no source, so every event is rejected before",
        ),
        (
            TRACK + ROWS + "| f | any | if settings.loud = false then 1 |\n", "then",
            'only under other settings: {"loud": false}',
        ),
        (
            TRACK + ROWS + '| f | any | if sha256($.a) = "x" then 1 |\n', "then",
            "no event was found that takes it; whether one can is not decided",
        ),
    ],
)  # fmt: skip
def test_the_reasons_why_nothing_reaches_it(text: str, which: str, reason: str) -> None:
    plan = plan_of(with_settings(load_text(HEAD + text)))
    assert reason in {unreached.reason for unreached in plan.unreached if unreached.target.which == which}


ARMS_OF_LISTS = ["each $.l -> ($ ?? 1)", 'each $.l -> (if $ = "a" then 1 else 2)', "if $.l[-1] = 2 then 1 else 4"]


@pytest.mark.parametrize("source", ARMS_OF_LISTS)
def test_items_need_not_be_objects(source: str) -> None:
    plan = plan_of(load_text(f"destination d\naction a\n{TRACK}{ROWS}| f | any | {source} |\n"))
    assert not [unreached for unreached in plan.unreached if unreached.target.kind == "arm"]


@settings(max_examples=REASONS, database=None, deadline=None, suppress_health_check=list(HealthCheck))
@given(programs())
def test_no_event_can_means_that_none_does(text: str) -> None:
    destination = load_text(text)
    plan, meter = plan_of(destination), CoverageMeter(destination)
    for event in [*islice(generate(plan, 1), 60), *islice(odd_events(plan, 1), 60)]:
        meter.add(event)
    for unreached in plan.unreached:
        if unreached.target.kind == "arm" and unreached.reason.startswith("no event can"):
            target = unreached.target
            assert (target.action, target.part, target.which) not in meter.tracer.seen


def test_only_what_a_part_hangs_on_is_run_to_see_if_it_is_reached() -> None:
    for name in ("braze", "ga4"):
        destination = with_settings(load(name))
        meter = CoverageMeter(destination)
        for event in islice(generate(plan_of(destination), 2), 12):
            seen = meter.seen_by(event)
            for part in meter.parts:
                if part.kind == "arm":
                    assert meter.reaches(event, part) == ((part.action, part.span, part.which) in seen)


def test_a_near_miss_differs_from_a_match_in_one_atom(destinations: list[Destination]) -> None:
    pairs = 0
    for destination in destinations:
        formulas = trigger_formulas(destination)
        for miss in plan_of(destination).misses:
            matches = destination.actions[miss.target.action].matches
            assert matches(miss.match)
            assert not matches(miss.event)
            atoms = [a for a in atoms_in(formulas[miss.target.action]) if not isinstance(a, Opaque)]
            assert [a for a in atoms if answer_of(miss.event, a) != answer_of(miss.match, a)] == [miss.atom]
            pairs += 1
    assert pairs > 20


def test_what_is_not_reached_has_a_reason() -> None:
    rows = "| field | type | source |\n| --- | --- | --- |\n| f | any | $.a |\n"
    plan = plan_of(load_text(f'destination d\naction a\nwhen type = "x" and type = "y"\n{rows}'))
    assert [recipe.kind for recipe in plan.recipes] == ["noise"]
    assert plan.unreached
    assert all(unreached.target.action == "a" and unreached.reason for unreached in plan.unreached)


def test_kinds_and_actions_are_kept() -> None:
    heap = load("heap")

    @settings(max_examples=100, database=None, deadline=None)
    @given(events_for(heap, action="trackEvent", kinds=["match"]))
    def fires(event: dict[str, object]) -> None:
        assert heap.actions["trackEvent"].matches(event)

    fires()
    with pytest.raises(ValueError, match="expected one of trackEvent"):
        events_for(heap, action="trackevent")


def smallest(strategy: SearchStrategy[Event], fails: Callable[[Event], bool]) -> Event:
    """What hypothesis shows of a test that fails on such events."""
    return find(strategy, fails, settings=settings(derandomize=True, database=None, max_examples=2000))


def built(destination: Destination, key: str, *names: str) -> Callable[[Event], bool]:
    """True of events of which the action makes a payload with a value at these names."""

    def is_built(event: Event) -> bool:
        outs = [out for name, out in destination.route(event) if name == destination.actions[key].name]
        return any(not isinstance(out, Rejected) and find_value(out, names) is not None for out in outs)

    return is_built


@pytest.mark.parametrize(
    ("name", "key", "names"),
    [
        ("heap", "trackEvent", ("event",)),
        ("heap", "trackEvent", ("properties",)),
        ("heap", "identifyUser", ("traits",)),
        ("braze", "logEvent", ("time",)),
        ("braze", "logPurchase", ("price",)),
        ("ga4", "purchase", ("user_properties", "plan", "value")),
        ("ga4", "pageView", ("events",)),
    ],
)
def test_a_failing_test_shows_what_it_needs(name: str, key: str, names: tuple[str, ...]) -> None:
    destination = with_settings(load(name))
    fails = built(destination, key, *names)
    event = smallest(events_for(destination), fails)
    assert leaves(event) - leaves(shrink(event, fails)) <= 1


def test_events_shrink_to_small_ones() -> None:
    heap = load("heap")
    matches = heap.actions["identifyUser"].matches
    assert smallest(events_for(heap), matches) == {"type": "identify"}
    assert smallest(events_for(heap, kinds=["match"], action="identifyUser"), matches) == {"type": "identify"}


def test_small_events_stay_of_their_kind() -> None:
    """Pins of several arms lie in one recipe; each can go, and one stays."""
    braze = load("braze")
    gone = 0
    for recipe in plan_of(braze).recipes:
        if recipe.kind == "arm" and recipe.parts:
            layout = layout_of([recipe], strict=True)
            meter = CoverageMeter(braze)
            meter.add(drawn_event(layout, bytes(layout.size), None))  # type: ignore[arg-type]
            reached = [t for t in recipe.targets if (t.action, t.part, t.which) in meter.tracer.seen]
            assert recipe.targets[0] in reached
            gone += len(recipe.targets) - len(reached)
    assert gone > 5


def test_samples_and_schemas_shape_events() -> None:
    heap = load("heap")
    samples = [{"type": "track", "event": "Bell Rung", "messageId": "m", "userId": "u"}]
    plan = plan_of(heap, infer(samples), samples)
    events = list(islice(generate(plan, 1, {"sample": 1}), 50))
    assert sum(event.get("event") == "Bell Rung" for event in events) > 25
    fitting = list(islice(generate(plan_of(heap, infer(samples)).plain(), 1, {"match": 1}), 50))
    assert any(event.get("event") == "Bell Rung" for event in fitting)


def test_the_same_seed_gives_the_same_events() -> None:
    plan = plan_of(load("heap"))
    one, two, other = (list(islice(generate(plan, seed), 300)) for seed in (5, 5, 6))
    assert json.dumps(one) == json.dumps(two)
    assert one != other


def test_shares_are_kept() -> None:
    heap = load("heap")
    plan = plan_of(heap)
    fired = sum(bool(heap.route(event)) for event in islice(generate(plan, 1, {"match": 1}), 300))
    assert fired == 300
    assert set(SHARES) == {"match", "arm", "miss", "sample", "noise"}
    with pytest.raises(ValueError, match="sample"):
        next(generate(plan, 1, {"sample": 1}))


def test_ids_are_the_events_own() -> None:
    plan = plan_of(load("heap")).plain()
    ids = [e["messageId"] for e in islice(numbered(generate(plan, 1, {"match": 1}), 1), 300) if "messageId" in e]
    assert len(ids) == len(set(ids)) > 100


def test_events_are_json_and_not_shared() -> None:
    plan = plan_of(load("ga4"))
    events = [*sweep(plan, 1), *islice(odd_events(plan, 1), 300)]
    before = json.dumps(events, allow_nan=False)
    for event in events:
        event.clear()
    again = [*sweep(plan, 1), *islice(odd_events(plan, 1), 300)]
    assert json.dumps(again) == before
    before.encode()
