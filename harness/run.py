"""A mapping put to the test: its examples, its laws, and the laws that hold for every mapping."""

import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import chain, islice

from hypothesis import HealthCheck, Phase, given, seed
from hypothesis import settings as hypothesis_settings
from hypothesis.database import ExampleDatabase

from ..compiler.destination import Destination
from ..compiler.schema import Schema
from ..dsl import nodes as n
from .compare import shrink
from .coverage import Coverage, CoverageMeter
from .examples import own_laws, run_examples
from .fill import Event
from .gen import generate, odd_events, sweep
from .json_kinds import is_list, is_object
from .laws import LAWS, Broken, Law, Mapped, Trial, Wire
from .laws.base import NOON, Json
from .settings import variants, with_settings
from .strategies import events_of
from .strategies_plan import plan_of
from .strategies_recipes import Plan

PROFILES = {"quick": 60, "default": 400, "thorough": 6000}
MOST_FAILURES = 12
FEWEST = 200  # odd events, however few hypothesis makes up
_DATABASE_KEY = b"atpath events "
_SETTINGS = "$settings"  # in the database, beside the event
Tick = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that is wrong.

    Shape:  kind: "example", "own law" or "law"; name: the example's title or the law's name; broken: after shrinking,
            run again; node: the example or law in the file; settings: those under which it shows, where they are others
            than the mapping's
    """

    kind: str
    name: str
    event: Event
    broken: Broken
    node: n.Example | n.Law | None = None
    says: str = ""
    settings: dict[str, Json] = field(default_factory=dict[str, Json])


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a run.

    Shape:  events: how many were made up; seconds: wall time; coverage: of the whole run;
            by_examples: of examples alone
    """

    destination: Destination
    examples: int
    own_laws: int
    laws: tuple[Law, ...]
    events: int
    failures: tuple[Failure, ...]
    coverage: Coverage
    by_examples: Coverage
    plan: Plan
    seed: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Options:
    """How a mapping is tested.

    Shape:  events: how many hypothesis makes up; laws: which of LAWS; replay: events that come first; samples: events
            to start from; database: where failing events are kept; tick: told the stage, how far it is, and of how many
    """

    events: int = PROFILES["default"]
    seed: int = 0
    laws: tuple[Law, ...] = LAWS
    wire: Wire | None = None
    schema: Schema | None = None
    samples: tuple[Event, ...] = ()
    replay: tuple[Event, ...] = ()
    database: ExampleDatabase | None = None
    tick: Tick = field(default=lambda stage, done, total: None)


def test_mapping(destination: Destination, options: Options | None = None) -> Report:
    """Put a mapping to the test."""
    return _Run(destination, options or Options()).report()


test_mapping.__test__ = False  # type: ignore[attr-defined]  # pytest takes the name for a test's


class _Run:
    def __init__(self, destination: Destination, options: Options) -> None:
        self.destination = with_settings(destination)
        self.bare = destination
        self.options = options
        self.mapped = Mapped(self.destination, options.wire)
        self.settings: dict[str, Json] = {}
        self.own = own_laws(self.destination)
        self.laws = tuple(law for law in options.laws if law.applies(self.mapped))
        self.meter = CoverageMeter(self.destination)
        self.failures: list[Failure] = []
        self.known: set[tuple[str, str, str | None]] = set()
        self.count = 0
        self.total = 0

    def report(self) -> Report:
        start = time.perf_counter()
        self._examples()
        by_examples = self.meter.result()
        self.options.tick("planning", 0, 0)
        plan = plan_of(self.destination, self.options.schema, self.options.samples)
        self._remembered()
        singles = list(islice(odd_events(plan, self.options.seed), max(self.options.events, FEWEST)))
        swept = 2 * len(plan.recipes) * (1 + len(variants(self.destination)))
        self.total = len(self.options.replay) + len(singles) + swept + self.options.events
        for event in chain(self.options.replay, sweep(plan, self.options.seed), singles):
            self.look(event)
        self._drawn(plan)
        self._under_other_settings(plan)
        self._together(plan)
        resolved = self.destination.resolved
        return Report(
            self.destination, len(resolved.examples), len(resolved.laws), self.laws, self.count, tuple(self.failures),
            self.meter.result(), by_examples, plan, self.options.seed, time.perf_counter() - start,
        )  # fmt: skip

    def _examples(self) -> None:
        for number, outcome in enumerate(run_examples(self.bare), 1):
            self.options.tick("examples", number, len(self.destination.resolved.examples))
            given_settings: dict[str, Json] = json.loads(outcome.example.settings) if outcome.example.settings else {}
            self.meter.add(outcome.event, given_settings)
            for broken in outcome.broken[:1]:
                self.failures.append(Failure("example", outcome.example.title, outcome.event, broken, outcome.example))
            if not outcome.broken:
                self.look(outcome.event, made_up=False)

    def _drawn(self, plan: Plan) -> None:
        """Events that hypothesis makes up."""

        @seed(self.options.seed)
        @hypothesis_settings(
            max_examples=self.options.events, database=None, deadline=None, phases=(Phase.generate,),
            suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example),
        )  # fmt: skip
        @given(events_of(plan))
        def check(event: Event) -> None:
            self.look(event)

        check()

    def _under_other_settings(self, plan: Plan) -> None:
        """Each kind of event under each other choice of a setting."""
        mapped = self.mapped
        for settings in variants(self.destination):
            self._set(settings)
            for event in sweep(plan, self.options.seed):
                self.look(event)
        self.mapped, self.settings = mapped, {}

    def _set(self, settings: dict[str, Json]) -> None:
        changed = replace(self.destination, settings={**self.destination.settings, **settings})
        self.mapped, self.settings = Mapped(changed, self.options.wire), settings

    def _together(self, plan: Plan) -> None:
        """Laws over many events at once."""
        some = [event for event, _ in zip(generate(plan, self.options.seed), range(40), strict=False)]
        for law in self.laws:
            if law.over is not None:
                self.options.tick(law.name, 0, 0)
                for broken in list(law.over(self.mapped, some))[:1]:
                    self.failures.append(Failure("law", law.name, {}, broken, None, law.says))

    def look(self, event: Event, *, made_up: bool = True) -> None:
        """Hold every law against one event."""
        if made_up:
            self.count += 1
            self.options.tick("events", self.count, self.total)
            with suppress(Exception):  # a mapping that fails covers nothing: `total` is the law that reports it
                self.meter.add(event, self.settings)
        if len(self.failures) >= MOST_FAILURES:
            return
        trial = Trial(self.mapped, event)
        for law in (*self.own, *self.laws):
            for broken in broken_by(law, trial):
                if (law.name, broken.action, broken.row) not in self.known:
                    self.known.add((law.name, broken.action, broken.row))
                    self._found(law, broken, json.loads(trial.before))

    def _found(self, law: Law, broken: Broken, event: Event) -> None:
        smallest, again = smallest_event(self.mapped, law, event, broken)
        own = next((node for node in self.destination.resolved.laws if node.title == law.name), None)
        kind = "own law" if law in self.own else "law"
        node = own if kind == "own law" else None
        self.failures.append(Failure(kind, law.name, smallest, again, node, law.says, self.settings))
        if self.options.database is not None:
            kept: Json = {_SETTINGS: self.settings, "event": smallest} if self.settings else smallest
            self.options.database.save(self._key(), json.dumps(kept).encode())

    def _key(self) -> bytes:
        return _DATABASE_KEY + self.destination.name.encode()

    def _remembered(self) -> None:
        """Events that failed in earlier runs; those that hold again are forgotten."""
        database = self.options.database
        for text in sorted(database.fetch(self._key())) if database is not None else ():
            kept: dict[str, Json] = json.loads(text)
            mapped = self.mapped
            if _SETTINGS in kept:
                self._set(kept[_SETTINGS])
            before = len(self.failures)
            self.look(kept["event"] if _SETTINGS in kept else kept)
            self.mapped, self.settings = mapped, {}
            if len(self.failures) == before and database is not None:
                database.delete(self._key(), text)


def broken_by(law: Law, trial: Trial) -> Iterable[Broken]:
    """What an event breaks of a law. A law that itself fails on a mapping that fails leaves that to `total`."""
    if law.check is None or (trial.error is not None and law.name != "total"):
        return ()
    return list(law.check(trial))


def smallest_event(mapped: Mapped, law: Law, event: Event, broken: Broken) -> tuple[Event, Broken]:
    """The event without all that the failure can do without, and what it breaks when it is run once more."""
    last = broken

    def holds(smaller: Event) -> bool:
        nonlocal last
        for other in broken_by(law, Trial(mapped, json.loads(json.dumps(smaller)))):
            if (other.action, other.row) == (broken.action, broken.row):
                last = other
                return True
        return False

    if not holds(event):
        return event, broken  # it hung on what went before: shown as it was found
    found = shrink(event, holds)
    found = simplified(found, holds)
    holds(found)
    return found, last


def simplified(event: Event, holds: Callable[[Event], bool]) -> Event:
    """The event with shorter texts, and 1 for other numbers, where the failure stays."""
    for _ in range(4):
        changed = False
        for smaller in _simpler(event):
            if holds(smaller):
                event, changed = smaller, True
                break
        if not changed:
            return event
    return event


def _simpler(value: n.Json) -> Iterator[Json]:
    match value:
        case dict():
            for key, member in value.items():
                for simpler in _simpler(member):
                    yield {**value, key: simpler}
        case list():
            for index, item in enumerate(value):
                for simpler in _simpler(item):
                    yield [*value[:index], simpler, *value[index + 1 :]]
        case str() if len(value) > 1:
            yield from (text for text in ("x", value[: len(value) // 2]) if text != value)
        case bool() | None:
            pass
        case int() | float() if value not in (0, 1):
            yield 1
        case _:
            pass


def leaves(value: Json) -> int:
    """How many values an event holds."""
    if is_object(value):
        value = list(value.values())
    return sum(leaves(member) for member in value) if is_list(value) and value else 1


def chosen_laws(only: Sequence[str], without: Sequence[str]) -> tuple[Law, ...]:
    """The laws that are switched on. Errors: KeyError with the name of a law that there is not."""
    names = {law.name for law in LAWS}
    for name in (*only, *without):
        if name not in names:
            raise KeyError(name)
    return tuple(law for law in LAWS if (not only or law.name in only) and law.name not in without)


__all__ = ["NOON", "PROFILES", "Failure", "Options", "Report", "chosen_laws", "leaves", "test_mapping"]
