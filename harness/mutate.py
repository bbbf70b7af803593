"""How many mistakes a mapping's examples and laws would notice, and the examples that are missing."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count, islice
from typing import TypeAlias, cast

from ..compiler.loader import Destination, MappingError
from ..compiler.prelude import Rejected, Run
from ..compiler.reference import Reference
from ..compiler.resolved import Resolved
from ..dsl import nodes as n
from ..dsl.format import format_section
from ..dsl.json_text import one_line_json
from ..dsl.nodes import Json
from .compare import placed
from .diff import Comparison, Status, shown_results
from .examples import run_example
from .fill import Event, bases
from .mutants import REORDERED, Mutant, mutants_of
from .whole import Whole, fixed_clock, router, text_of, uncompiled, whole_of, with_actions

Notices: TypeAlias = Callable[[Mutant], bool]
Tick: TypeAlias = Callable[[int], None]
MOST_EVENTS = 60  # made up for each action, to hold laws against
FEW_EVENTS = 200  # made up for a mutant, beside those for the mapping itself, where nothing is decided


@dataclass(frozen=True, slots=True)
class Survivor:
    """A mutant that no test notices, and an event on which it differs from the mapping."""

    mutant: Mutant
    event: Event


@dataclass(frozen=True, slots=True)
class Report:
    """What came of all mutants.

    Shape:  equal: proved to mean the same as the mapping, and not counted
            undecided: no difference was found, and none is excluded; not counted either
            examples: texts of examples that pass on the mapping and together kill every survivor
            failing: titles of examples that fail on the mapping as it is; they notice nothing
    """

    killed: tuple[Mutant, ...]
    survivors: tuple[Survivor, ...]
    equal: tuple[Mutant, ...]
    undecided: tuple[Mutant, ...]
    examples: tuple[str, ...]
    failing: tuple[str, ...] = ()

    @property
    def score(self) -> float:
        """The share of killed mutants among those that differ from the mapping, 0 to 1; 1 if there are none."""
        counted = len(self.killed) + len(self.survivors)
        return len(self.killed) / counted if counted else 1.0


def mutate(destination: Destination, also: Notices | None = None, tick: Tick = lambda done: None) -> Report:
    """Make every mutant of a mapping and run the mapping's examples and laws against it.

    Shape:  also: asked about a mutant that they do not notice; tick: told how many mutants are done
    """
    return _Trial(destination, also).report(tick)


@dataclass(frozen=True, slots=True)
class _Test:
    """An event that examples or laws speak of, under its settings, and what each action gives for it."""

    event: Event
    settings: dict[str, Json]
    wanted: dict[str, str]


class _Trial:
    def __init__(self, destination: Destination, also: Notices | None) -> None:
        self.whole = whole_of(destination)
        self.also = also
        self.resolved = destination.resolved
        broken = [example for example in self.resolved.examples if run_example(destination, example).broken]
        self.failing = tuple(example.title for example in broken)
        self.examples = [self._test(example) for example in self.resolved.examples if example not in broken]
        self.lawful = self._lawful_events() if self.resolved.laws else {}

    def _test(self, example: n.Example) -> _Test:
        event: Event = json.loads(example.given)
        given: dict[str, Json] = json.loads(example.settings) if example.settings else {}
        settings = self.whole.settings | given
        return _Test(event, settings, outcomes(self.resolved, event, settings))

    # --- tests

    def _lawful_events(self) -> dict[str, list[Event]]:
        """For each action events of the examples, and made up, whose payloads obey its laws."""
        found: dict[str, list[Event]] = {}
        for key, build in self.whole.builds.items():
            events = [test.event for test in self.examples]
            for row in build.record.fields:
                part = self.whole.part(key, row.row)
                placed_events = (placed((part,), base, item, []) for base, item in islice(bases(part.slots), 3))
                events += [event for event in placed_events if event is not None]
            obeyed = only(self.resolved, key)
            found[key] = [event for event in events[:MOST_EVENTS] if not self._breaks(obeyed, event)]
        return found

    def _breaks(self, resolved: Resolved, event: Event) -> bool:
        """True if a payload breaks a law."""
        reference = Reference(resolved, Run(fixed_clock, self.whole.settings))
        for name, payload in router(resolved, self.whole.settings).route(event):
            for law in self.resolved.laws:
                concerned = isinstance(payload, dict) and (law.action is None or law.action.name == name)
                if concerned and not reference.holds(law.condition, payload, payload, payload):
                    return True
        return False

    def notices(self, mutant: Mutant) -> bool:
        """True if an example or a law fails on the mutant."""
        keys = [mutant.action] if mutant.action else list(self.whole.builds)
        mutated = only(mutant.resolved, *keys)
        for test in self.examples:
            now = outcomes(mutated, test.event, test.settings)
            if any(now[key] != test.wanted[key] for key in keys):
                return True
        events = ((key, event) for key in keys for event in self.lawful.get(key, ()))
        return any(self._breaks(only(mutated, key), event) for key, event in events)

    # --- mutants

    def report(self, tick: Tick) -> Report:
        killed: list[Mutant] = []
        equal: list[Mutant] = []
        undecided: list[Mutant] = []
        survivors: list[tuple[Survivor, Whole]] = []
        for number, mutant in enumerate(self._possible(), 1):
            tick(number)
            if self.notices(mutant):
                killed.append(mutant)
                continue
            mutated = self._mutated(mutant)
            verdict = self._difference(mutant, mutated)
            if verdict is not True and self.also is not None and self.also(mutant):
                killed.append(mutant)
            elif isinstance(verdict, bool):
                (equal if verdict else undecided).append(mutant)
            else:
                survivors.append((Survivor(mutant, verdict), mutated))
        examples = tuple(self._examples(survivors))
        left = tuple(survivor for survivor, _ in survivors)
        return Report(tuple(killed), left, tuple(equal), tuple(undecided), examples, self.failing)

    def _possible(self) -> Iterator[Mutant]:
        """The mutants; under `semantics segment`, those that Segment has a way to say."""
        for mutant in mutants_of(self.resolved):
            try:
                router(with_actions(mutant.resolved, mutant.resolved.actions), self.whole.settings)
            except MappingError:
                continue
            yield mutant

    def _mutated(self, mutant: Mutant) -> Whole:
        """The mutant, with the one action that it changes where that is known."""
        keys = [mutant.action] if mutant.action else list(self.whole.builds)
        resolved = only(mutant.resolved, *keys)
        return uncompiled(resolved, self.whole.settings, FEW_EVENTS)

    def _difference(self, mutant: Mutant, mutated: Whole) -> Event | bool:
        """An event on which the mutant gives something else; True: it is equal; False: that is not decided."""
        proven = True
        comparison = Comparison(self.whole, mutated, visible=True)
        for finding in (finding for key in mutated.builds for finding in comparison.action(key, key)):
            if finding.status is not Status.SAME:
                proven = False
                if finding.event is not None and self._tells(mutated, finding.event):
                    return finding.event
        if proven and mutant.kind == REORDERED:
            return next((event for event in self._refused(mutant, mutated) if self._tells(mutated, event)), True)
        return proven

    def _refused(self, mutant: Mutant, mutated: Whole) -> Iterator[Event]:
        """Events for which one of two required rows has nothing, the other what may not fit: the first code is told."""
        fields = mutated.builds[mutant.action].record.fields if mutant.action else ()
        at = next((at for at, field in enumerate(fields) if field.row == mutant.where), 0)
        swapped = fields[max(at - 1, 0) : at + 1]
        if len(swapped) == 2 and all(field.required is True for field in swapped):
            for part in (mutated.part(mutant.action, field.row) for field in swapped):
                events = (placed((part,), base, item, []) for base, item in bases(part.slots))
                yield from (event for event in events if event is not None)

    def _tells(self, mutated: Whole, event: Event, wanted: dict[str, str] | None = None) -> bool:
        """True if an example of this event would notice the mutant; `wanted`: what the mapping itself gives."""
        right = wanted or {key: shown_results(self.whole, key, event) for key in mutated.builds}
        return any(shown_results(mutated, key, event) != right[key] for key in mutated.builds)

    def _examples(self, survivors: list[tuple[Survivor, Whole]]) -> Iterator[str]:
        """One example after the other, until each survivor is killed by one."""
        titles = {example.title for example in self.resolved.examples}  # those that were pasted before are among them
        numbers = (number for number in count(1) if f"mutant {number}" not in titles)
        while survivors:
            event = survivors[0][0].event
            wanted = {key: shown_results(self.whole, key, event) for key in self.whole.builds}
            survivors = [(s, mutated) for s, mutated in survivors if not self._tells(mutated, event, wanted)]
            yield self._example(event, next(numbers))

    def _example(self, event: Event, number: int) -> str:
        results = [(name, out) for key in self.whole.builds for name, out in self.whole.compiled(key).route(event)]
        expects = tuple(_expect(name, out) for name, out in results) or (n.Expect(None),)
        given = one_line_json(json.dumps(event, ensure_ascii=False))
        return format_section(n.Example(f"mutant {number}", given, expects))


def only(resolved: Resolved, *keys: str) -> Resolved:
    """The mapping with some of its actions alone."""
    return with_actions(resolved, tuple(action for action in resolved.actions if action.key in keys))


def outcomes(resolved: Resolved, event: Event, settings: dict[str, Json]) -> dict[str, str]:
    """What each action gives for an event, as text."""
    return {action.key: _text(router(only(resolved, action.key), settings).route(event)) for action in resolved.actions}


def _text(results: Sequence[tuple[str, object]]) -> str:
    return text_of([[name, _shown(out)] for name, out in results])


def _shown(out: object) -> Json:
    return f"rejected {_code(out)}" if isinstance(out, Rejected) else cast("Json", out)


def _code(rejected: Rejected) -> str:
    return str(rejected).partition(":")[0]


def _expect(name: str, out: object) -> n.Expect:
    if isinstance(out, Rejected):
        return n.Expect(n.Named(name), rejected=_code(out))
    return n.Expect(n.Named(name), payload=one_line_json(json.dumps(out, ensure_ascii=False)))
