"""What becomes of one event, and why: the arm taken for every field, and what would fire an action that did not."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import cast

from ..compiler.loader import Clock, Destination
from ..compiler.prelude import NOTHING, Rejected, Run
from ..compiler.reference import Reference
from ..compiler.resolved import ResolvedAction
from ..compiler.triggers import Answer, Trigger, can_hold, triggers_of
from ..dsl import nodes as n
from ..dsl.format_expr import format_condition
from ..dsl.nodes import Json
from .fill import Event, Way
from .search import Pool
from .trace import Reading, Scope, Trace, Tracer, item_scopes, way_of
from .whole import source_of


@dataclass(frozen=True, slots=True)
class FieldStory:
    """How a field came by its value.

    Shape:  row: the row's name; name: the field's in the payload (for a spread, the member that it brought)
            arms: the expressions that were taken, outermost first; sources: what the value is made of; tested: what was
            looked at to choose the arms; found: the value before its type; value: the one in the payload
            outcome: "kept", "coerced", "left out"; "rejected" for the row to blame, "not built" for the others then
    """

    row: str
    name: str
    arms: tuple[str, ...]
    sources: tuple[Reading, ...]
    tested: tuple[Reading, ...]
    found: Json
    value: Json
    outcome: str


@dataclass(frozen=True, slots=True)
class AtomStory:
    """One test of a trigger: its text, whether it holds, and whether the trigger would need it to."""

    text: str
    holds: bool
    fails: bool


@dataclass(frozen=True, slots=True)
class PayloadStory:
    """One payload, or one rejection (`rejected` says why), field by field."""

    payload: Json
    rejected: str
    fields: tuple[FieldStory, ...]


@dataclass(frozen=True, slots=True)
class ActionStory:
    """What an action (or preset) made of an event: its payloads, or why it did not fire.

    Shape:  nearest: the event nearest to this one for which it would have fired; None where it did
    """

    key: str
    fired: bool
    atoms: tuple[AtomStory, ...]
    payloads: tuple[PayloadStory, ...]
    nearest: Answer | None


class Explainer:
    """Explains events of one mapping. Nothing of it runs when events are mapped.

    Under `semantics segment` there are payloads and nearest events, and no stories of fields and tests: those would
    be told by the language's own rules.
    """

    def __init__(self, destination: Destination) -> None:
        self.destination = destination
        self.reference = Reference(destination.resolved, _run_of(destination))
        self.segment = destination.resolved.semantics == "segment"
        self.triggers: dict[str, Trigger] = triggers_of(destination)
        self.pool = Pool((source_of(destination),))

    def explain(self, event: Event) -> tuple[ActionStory, ...]:
        """The stories of all actions, in the mapping's order."""
        return tuple(self._action(action, event) for action in self.destination.resolved.actions)

    def _action(self, action: ResolvedAction, event: Event) -> ActionStory:
        fired = self.destination.actions[action.key].matches(event)
        asked = action.when is not None and not self.segment
        atoms = tuple(self._atoms(action.when, event, True)) if asked and action.when is not None else ()
        if not fired:
            return ActionStory(
                action.key, False, atoms, (), can_hold(self.triggers[action.key], event, self.pool.search)
            )
        payloads = tuple(self._payload(action, item, event) for item in self._items(action, event))
        return ActionStory(action.key, True, atoms, payloads, None)

    def _items(self, action: ResolvedAction, event: Event) -> list["Scope"]:
        whole = Scope(event, ())
        if action.for_each is None:
            return [whole]
        items = self.reference.value(action.for_each, event, event)
        way = way_of(action.for_each, whole, event)
        return list(item_scopes(items, way))

    def _atoms(self, condition: n.Condition, event: Event, wanted: bool) -> Iterator[AtomStory]:
        match condition:
            case n.And(terms) | n.Or(terms):
                for term in terms:
                    yield from self._atoms(term, event, wanted)
            case n.Not(term):
                yield from self._atoms(term, event, not wanted)
            case _:
                holds = self.reference.holds(condition, event, event, event)
                yield AtomStory(format_condition(condition), holds, holds != wanted)

    def _payload(self, action: ResolvedAction, scope: "Scope", event: Event) -> PayloadStory:
        build = self.destination.actions[action.key].build
        run = _run_of(self.destination)
        arguments = (event, run) if action.for_each is None else (scope.value, event, run)
        try:
            payload: Json = build(*arguments)
            rejected, blamed = "", None
        except Rejected as error:
            payload, rejected, blamed = None, str(error), getattr(error, "row", None)
        named = {row.field.parts[0] for row in action.rows}
        stories: list[FieldStory] = []
        for row in action.rows:
            if row.source is None or self.segment:
                continue
            trace = Tracer(self.reference, event).of(row.source, scope)
            stories += _stories(row, trace, payload, named, blamed == row.field.text)
        return PayloadStory(payload, rejected, tuple(stories))


def _run_of(destination: Destination) -> Run:
    """The mapping's clock and settings, without its counts."""
    clock = cast("Clock | None", getattr(destination.run, "clock", None))
    return Run(clock, destination.settings, destination.run.strict)


def _stories(row: n.Row, trace: "Trace", payload: Json, named: set[str], blamed: bool) -> Iterator[FieldStory]:
    found: Json = None if trace.value is NOTHING else cast("Json", trace.value)

    def story(name: str, value: Json, outcome: str) -> FieldStory:
        arms, sources, tested = tuple(trace.arms), _distinct(trace.sources), _distinct(trace.tested)
        return FieldStory(row.field.text, name, arms, sources, tested, found, value, outcome)

    if blamed:
        yield story(row.field.text, None, "rejected")
    elif payload is None:
        yield story(row.field.text, None, "not built")
    elif row.field.parts == (n.SPREAD,):
        for name in found if isinstance(found, dict) else ():
            if name not in named and isinstance(payload, dict) and name in payload:
                yield story(name, payload[name], "kept")
    else:
        here, there = _at(payload, row.field.parts)
        if not there:
            yield story(row.field.text, None, "left out")
        else:
            yield story(row.field.text, here, "kept" if _same(here, found) else "coerced")


def _same(left: Json, right: Json) -> bool:
    return type(left) is type(right) and left == right


def _at(payload: Json, parts: tuple[str, ...]) -> tuple[Json, bool]:
    for part in parts:
        if not isinstance(payload, dict) or part not in payload:
            return None, False
        payload = payload[part]
    return payload, True


def _distinct(readings: Iterable[Reading]) -> tuple[Reading, ...]:
    found: dict[Way, Reading] = {}
    for reading in readings:
        found.setdefault(reading.way, reading)
    return tuple(found.values())
