"""What becomes of one event, and why: the arm taken for every field, and what would fire an action that did not."""

from collections.abc import Iterator
from typing import cast

from ..compiler.loader import Clock, Destination
from ..compiler.prelude import NOTHING, Rejected, Run
from ..compiler.reference import ANY, Reference
from ..compiler.resolved import ResolvedAction
from ..compiler.triggers import Trigger, can_hold, segment_routes, triggers_of
from ..dsl import nodes as n
from ..dsl.format_expr import format_condition
from ..dsl.nodes import Json
from .explain_segment import segment_atoms, segment_stories
from .fill import Event
from .search import Pool
from .stories import ActionStory, AtomStory, FieldStory, PayloadStory, field_story
from .trace import REJECTED, Scope, Trace, Tracer, item_scopes, way_of
from .whole import source_of

__all__ = ["ActionStory", "AtomStory", "Explainer", "FieldStory", "PayloadStory"]


class Explainer:
    """Explains events of one mapping. Nothing of it runs when events are mapped.

    Under `semantics segment` stories follow the directives that Segment runs.
    """

    def __init__(self, destination: Destination) -> None:
        self.destination = destination
        self.reference = Reference(destination.resolved, _run_of(destination))
        self.routes = segment_routes(destination.resolved) if destination.resolved.semantics == "segment" else {}
        self.triggers: dict[str, Trigger] = triggers_of(destination)
        self.pool = Pool((source_of(destination),))

    def explain(self, event: Event) -> tuple[ActionStory, ...]:
        """The stories of all actions, in the mapping's order."""
        return tuple(self._action(action, event) for action in self.destination.resolved.actions)

    def _action(self, action: ResolvedAction, event: Event) -> ActionStory:
        fired = self.destination.actions[action.key].matches(event)
        if action.key in self.routes:
            atoms = tuple(segment_atoms(self.routes[action.key], event))
        else:
            atoms = tuple(self._atoms(action.when, event, True)) if action.when is not None else ()
        if not fired:
            return ActionStory(
                action.key, False, atoms, (), can_hold(self.triggers[action.key], event, self.pool.search)
            )
        try:
            items = self._items(action, event)
        except Rejected as error:  # by a shape that the items go through: there is none to build
            return ActionStory(action.key, True, atoms, (PayloadStory(None, str(error), ()),), None)
        payloads = tuple(self._payload(action, item, event) for item in items)
        return ActionStory(action.key, True, atoms, payloads, None)

    def _items(self, action: ResolvedAction, event: Event) -> list[Scope]:
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

    def _payload(self, action: ResolvedAction, scope: Scope, event: Event) -> PayloadStory:
        build = self.destination.actions[action.key].build
        run = _run_of(self.destination)
        arguments = (event, run) if action.for_each is None else (scope.value, event, run)
        try:
            payload: Json = build(*arguments)
            rejected, blamed = "", None
        except Rejected as error:
            payload, rejected, blamed = None, str(error), getattr(error, "row", None)
        if action.key in self.routes:
            required = {row.field.text for row in action.rows if row.type is not None and row.type.required is True}
            return PayloadStory(
                payload, rejected, tuple(segment_stories(self.routes[action.key], event, payload, required))
            )
        tracer = Tracer(self.reference, event)
        traced = [(row, tracer.of(row.source, scope)) for row in action.rows if row.source is not None]
        if rejected:
            return PayloadStory(payload, rejected, tuple(_unbuilt(action.rows, *each, blamed) for each in traced))
        named = {row.field.parts[0] for row in action.rows}
        stories = (story for row, trace in traced for story in _stories(row, trace, payload, named))
        return PayloadStory(payload, rejected, tuple(stories))


def _run_of(destination: Destination) -> Run:
    """The mapping's clock and settings, without its counts."""
    clock = cast("Clock | None", getattr(destination.run, "clock", None))
    return Run(clock, destination.settings, destination.run.strict)


def _unbuilt(rows: tuple[n.Row, ...], row: n.Row, trace: Trace, blamed: str | None) -> FieldStory:
    """The story of a row of an event that was rejected, for it or for another row."""
    text, parts, kind = row.field.text, row.field.parts, row.type or ANY
    is_any = isinstance(kind.value, n.NamedType) and kind.value.name == "any"
    takes_null = kind.nullable or (is_any and kind.required is not True)
    lacks = trace.value is NOTHING or (trace.value is None and not takes_null)
    holds_others = any(other is not row and other.field.parts[: len(parts)] == parts for other in rows)
    if blamed == text or trace.value is REJECTED or (lacks and kind.required is True and not holds_others):
        outcome = "rejected"
    else:
        outcome = "would be left out" if lacks else "not built"
    return field_story(text, text, trace, None, outcome)


def _stories(row: n.Row, trace: Trace, payload: Json, named: set[str]) -> Iterator[FieldStory]:
    text = row.field.text
    if row.field.parts == (n.SPREAD,):
        found = cast("Json", trace.value)
        for name in found if isinstance(found, dict) else ():
            if name not in named and isinstance(payload, dict) and name in payload:
                yield field_story(text, name, trace, payload[name], "kept")
    else:
        here, there = _at(payload, row.field.parts)
        yield field_story(text, text, trace, here, "kept" if there else "left out")


def _at(payload: Json, parts: tuple[str, ...]) -> tuple[Json, bool]:
    for part in parts:
        if not isinstance(payload, dict) or part not in payload:
            return None, False
        payload = payload[part]
    return payload, True
