"""One row against another: equal, with a proof; or events, run through both, on which they differ."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal, Protocol, TypeAlias, cast

from ..compiler import ir
from ..compiler.loader import Destination, compile_resolved
from ..compiler.lower import lower
from ..compiler.prelude import Rejected, Run
from ..compiler.reference import Reference
from ..compiler.resolved import Resolved, ResolvedAction
from ..compiler.triggers import Trigger, formulas_of, triggers_of
from ..compiler.triggers.formula import All, Formula, Not
from ..compiler.triggers.search import solve
from ..compiler.triggers.texts import TooLarge
from ..dsl import nodes as n
from ..dsl.nodes import Json
from .cases import NOTHING, TooMany, Values, differing_cases
from .fill import Event, Slot, Way, bases, find, fitting, put, slots_of
from .normal import Normalizer, canonical

Change: TypeAlias = Literal["value", "gone", "appears", "rejects", "accepts"]
MOST_BASES = 240  # events that a case is tried with
MOST_TRIED = 1500  # events that one comparison runs


class Router(Protocol):
    """What maps events."""

    def route(self, event: Event) -> Sequence[tuple[str, object]]: ...


def router(resolved: Resolved, settings: dict[str, Json]) -> Router:
    """The plain evaluator, which needs no compiling; under `semantics segment`, Segment's own rules."""
    if resolved.semantics == "segment":
        return compile_resolved(resolved, settings=settings, now=fixed_clock)
    return Reference(resolved, Run(fixed_clock, settings))


def with_actions(resolved: Resolved, actions: tuple[ResolvedAction, ...]) -> Resolved:
    """The mapping with these actions alone, as they are now.

    Segment's definition is written from the sections of the file: there they change too, and a preset keeps its action
    beside it, which no event fires.
    """
    if resolved.semantics != "segment":
        return replace(resolved, actions=actions)
    own = {action.name: action for action in actions if action.preset is None}
    beside = tuple(
        replace(base, when=n.Constant(False))
        for base in resolved.actions
        if base.preset is None and base.name not in own and any(action.name == base.name for action in actions)
    )
    whens = {action.name: action.when for action in (*beside, *own.values())}
    sections = tuple(
        replace(section, when=whens[section.name])
        if isinstance(section, n.Action) and section.name in whens
        else section
        for section in resolved.mapping.sections
    )
    mapping = replace(resolved.mapping, sections=sections)
    return replace(resolved, actions=(*beside, *actions), mapping=mapping)


class Whole:
    """A mapping, ready to be compared row by row.

    Events are looked for with the plain evaluator, which needs no compiling; `result` runs the compiled code.
    """

    def __init__(self, resolved: Resolved, settings: dict[str, Json], triggers: dict[str, Trigger]) -> None:
        self.resolved = resolved
        self.settings = settings
        self.triggers = triggers
        self.program = lower(resolved)
        normalizer = Normalizer(self.program, dict(settings))
        self.builds = {build.key: normalizer.build(build) for build in self.program.builds}
        self._compiled: dict[str, Destination] = {}
        self._parts: dict[tuple[str, str], Part] = {}

    def plain(self, actions: tuple[ResolvedAction, ...]) -> Router:
        """The mapping with these actions, at a clock that stands."""
        return router(with_actions(self.resolved, actions), self.settings)

    def compiled(self, key: str) -> Destination:
        """One action alone, compiled, at a clock that stands."""
        if key not in self._compiled:
            resolved = with_actions(self.resolved, (self.action(key),))
            self._compiled[key] = compile_resolved(resolved, settings=self.settings, now=fixed_clock)
        return self._compiled[key]

    def action(self, key: str) -> ResolvedAction:
        """One action."""
        return next(action for action in self.resolved.actions if action.key == key)

    def part(self, key: str, row: str) -> "Part":
        """One row of one action."""
        if (key, row) not in self._parts:
            self._parts[key, row] = Part(self, key, row)
        return self._parts[key, row]


def whole_of(destination: Destination) -> Whole:
    """A compiled mapping, to be compared."""
    settings = cast("dict[str, Json]", destination.settings)
    return Whole(destination.resolved, settings, triggers_of(destination))


def uncompiled(resolved: Resolved, settings: dict[str, Json]) -> Whole:
    """A mapping that is not compiled, to be compared: its triggers are run plainly."""
    if resolved.semantics == "segment":
        return whole_of(compile_resolved(resolved, settings=settings, now=fixed_clock))
    reference = Reference(resolved, Run(fixed_clock, settings))
    actions = {action.key: action for action in resolved.actions}

    def matcher(key: str) -> Callable[[Event], bool]:
        return lambda event: reference.fires(actions[key], event)

    triggers = {key: Trigger(formula, matcher(key)) for key, formula in formulas_of(resolved).items()}
    return Whole(resolved, settings, triggers)


class Part:
    """One row of one action (or preset), with the action's trigger and items."""

    def __init__(self, whole: Whole, key: str, row: str) -> None:
        self.whole = whole
        self.build = whole.builds[key]
        self.field = next(field for field in self.build.record.fields if field.row == row)
        self.action = whole.action(key)

    @cached_property
    def slots(self) -> tuple[Slot, ...]:
        """The places that the row reads."""
        build = next(build for build in self.whole.program.builds if build.key == self.build.key)
        field = next(field for field in build.record.fields if field.row == self.field.row)
        return slots_of(self.whole.program, field, build.var)

    @cached_property
    def _alone(self) -> Router:
        """The row as a mapping of its own, with the rows beside it that its rules look at."""
        if self.whole.resolved.semantics == "segment":
            return self.whole.plain((self.action,))
        looked_at: set[tuple[str, ...]] = set()
        if not isinstance(self.field.required, bool):
            reads = [node for node in ir.below(self.field.required) if isinstance(node, ir.Read) and node.steps]
            looked_at |= {(s.name,) for s in (read.steps[0] for read in reads) if isinstance(s, n.NameSelector)}
        rows = self.action.rows
        mine = tuple(row for row in rows if row.field.text == self.field.row)
        beside = tuple(row for row in rows if row not in mine and row.field.parts[:1] in looked_at)
        return self.whole.plain((replace(self.action, rows=(*mine, *beside)),))

    def put_required(self, event: Event) -> None:
        """Put into the event what the action's other rows require: a row that is not run alone needs it."""
        for other in self.build.record.fields:
            if other.required is True and other.row != self.field.row:
                for slot in self.whole.part(self.build.key, other.row).slots[:1]:
                    if find(event, slot.way) is None:
                        put(event, slot.way, fitting(slot.type, 0))

    def run_constant(self) -> Json:
        """What the row gives for every event, if it looks at none."""
        resolved = replace(self.whole.resolved, actions=(replace(self.action, when=None, for_each=None),))
        (out,) = router(resolved, self.whole.settings).route({})
        return "rejected" if isinstance(out[1], Rejected) else cast("Json", out[1])

    def run(self, event: Event) -> list[Json]:
        """What the row gives for an event: an object an item, or the text "rejected"; [] where nothing fires."""
        outs = [out for _, out in self._alone.route(event)]
        return ["rejected" if isinstance(out, Rejected) else self._mine(cast("Json", out)) for out in outs]

    def _mine(self, payload: Json) -> Json:
        """What the row put into a payload; all of it, where the row stands alone."""
        if self.whole.resolved.semantics != "segment" or not isinstance(payload, dict) or not self.field.names:
            return payload
        name = self.field.names[0]
        return {name: payload[name]} if name in payload else {}


def fixed_clock() -> str:
    """The time that comparisons stand at."""
    return "2024-01-01T00:00:00.000Z"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a comparison found.

    Shape:  proven: the rows are equal, by cases; else `events` has one for each way in which they differ, and with none
            of them, `tried` events were run without a difference
    """

    proven: bool
    events: dict[Change, Event]
    tried: int


def compare(old: Part, new: Part, shows: Callable[[Event], bool] | None = None) -> Verdict:
    """Whether two rows give the same for every event on which both actions fire.

    Shape:  shows: one event for which this is true is enough, and others don't count
    """
    if _alike(old, new):
        return Verdict(True, {}, 0)
    if "segment" in (old.whole.resolved.semantics, new.whole.resolved.semantics):
        return _searched(old, new, shows, None)  # proofs by cases go by the language's own rules
    cases = _open_cases(old, new)
    if cases == []:
        return Verdict(True, {}, 0)
    if cases is None and _same_constant(old, new):
        return Verdict(True, {}, 1)
    return _searched(old, new, shows, cases)


def _alike(old: Part, new: Part) -> bool:
    """True if the rows say the same in the same way, under the same rules."""
    if old.whole.resolved.semantics != new.whole.resolved.semantics:
        return False
    if old.whole.resolved.semantics == "segment":  # where even the order of members can be seen
        return repr((old.field, old.build.items)) == repr((new.field, new.build.items))
    return canonical(old.field) == canonical(new.field) and canonical(old.build.items) == canonical(new.build.items)


def _same_constant(old: Part, new: Part) -> bool:
    """True if both rows give the same for every event because neither looks at one."""
    constant = _is_constant(old) and _is_constant(new) and old.build.items == new.build.items
    return constant and text_of(old.run_constant()) == text_of(new.run_constant())


def _is_constant(part: Part) -> bool:
    """True if nothing of an event reaches the row: it gives the same for every one."""
    if not isinstance(part.field.required, bool):
        return False
    varying = (ir.Read, ir.Select, ir.Raw, ir.ShapeCall, ir.Now)
    return part.field.value is None or not any(isinstance(node, varying) for node in ir.below(part.field.value))


def _searched(
    old: Part, new: Part, shows: Callable[[Event], bool] | None, cases: list[list[Formula]] | None
) -> Verdict:
    search = _Search(old, new, shows)
    search.over([])
    for case in cases or []:
        if search.done:
            break
        search.over(case)
    if cases is not None and not search.events and search.excluded == len(cases) and not search.apart:
        return Verdict(True, {}, 0)
    events: dict[Change, Event] = {kind: _shrunk(old, new, kind, event, shows) for kind, event in search.events.items()}
    return Verdict(False, events, search.tried)


def _open_cases(old: Part, new: Part) -> list[list[Formula]] | None:
    """The cases in which the two values are made differently; None: by rules alone they may differ in every case."""
    if canonical(replace(old.field, value=None)) != canonical(replace(new.field, value=None)):
        return None
    if canonical(old.build.items) != canonical(new.build.items):
        return None
    loose = not old.field.nullable and not (isinstance(old.field.type, n.NamedType) and old.field.type.name == "any")
    values = Values(old.field.value or NOTHING, new.field.value or NOTHING, old.build.var, loose)
    try:
        found = list(differing_cases(values))
    except TooMany:
        return None
    return [[atom if holds else Not(atom) for atom, holds in known.items()] for known in found]


@dataclass(slots=True)
class _Search:
    old: Part
    new: Part
    shows: Callable[[Event], bool] | None
    events: dict[Change, Event] = field(default_factory=dict[Change, Event])
    tried: int = 0
    excluded: int = 0
    apart: bool = False

    @property
    def done(self) -> bool:
        return self.tried >= MOST_TRIED or (bool(self.events) and self.shows is not None)

    def over(self, case: list[Formula]) -> None:
        """Run events in which the case holds and both actions fire."""
        slots = dict.fromkeys((*self.old.slots, *self.new.slots))
        constants = _constants(self.old, self.new)
        possible = False
        for count, (event, item) in enumerate(bases(slots, constants)):
            if count >= MOST_BASES or self.done:
                break
            found = placed((self.old, self.new), event, item, case)
            if found is None:
                break
            possible = True
            self.look(found)
        if not possible:
            self.excluded += bool(case)
            self.apart = self.apart or not case

    def look(self, event: Event) -> None:
        """Run one event through both."""
        self.tried += 1
        for part in (self.old, self.new):
            if part.whole.resolved.semantics == "segment":
                part.put_required(event)
        kind = difference(self.old, self.new, event)
        if kind is not None and kind not in self.events and (self.shows is None or self.shows(event)):
            self.events[kind] = event


def placed(parts: tuple[Part, ...], event: Event, item: Event, case: list[Formula]) -> Event | None:
    """The event near these in which the case holds and all the actions fire; None: there is none."""
    triggers = [part.whole.triggers[part.build.key].formula for part in parts]
    if all(part.build.items is None for part in parts):
        return nearest([*triggers, *case], event)
    fired, held = nearest(triggers, event), nearest(case, item)
    if fired is None or held is None:
        return None
    for part in parts:
        way = items_way(part.build)
        if way:
            put(fired, way, [held])
    return fired


def items_way(build: ir.Build) -> Way:
    """Where the items of a `for each` stand; () where that is not plain."""
    if not isinstance(build.items, ir.Read):
        return ()
    return tuple(s.name if isinstance(s, n.NameSelector) else max(s.index, 0) for s in build.items.steps)


def nearest(formulas: list[Formula], near: Event) -> Event | None:
    """The event nearest to another in which all the formulas hold (opaque ones are assumed to); None: there is none."""
    try:
        found, _ = solve([All(tuple(formulas))], near)
    except TooLarge:
        return near
    return found[True,][0] if (True,) in found else None


def difference(old: Part, new: Part, event: Event) -> Change | None:
    """In which way the rows differ on an event that fires both actions; None: they don't, or one doesn't fire."""
    before, after = old.run(event), new.run(event)
    if not before or not after or text_of(before) == text_of(after):
        return None
    if len(before) != len(after):
        return "value"
    for one, other in zip(before, after, strict=True):
        if text_of(one) != text_of(other):
            return _change(one, other)
    return None


def _change(one: Json, other: Json) -> Change:
    if other == "rejected":
        return "rejects"
    if one == "rejected":
        return "accepts"
    return "gone" if other == {} else "appears" if one == {} else "value"


def text_of(value: Json) -> str:
    """JSON text by which values are compared: 1 is not 1.0 and not true; the order of keys means nothing."""
    return json.dumps(value, sort_keys=True)


def _constants(old: Part, new: Part) -> list[Json]:
    """Texts and numbers that the rows compare with or look up."""
    found: dict[str, Json] = {}
    for part in (old, new):
        for node in ir.below(part.field):
            values: tuple[n.Scalar, ...] = ()
            match node:
                case ir.Const(value):
                    values = (value,)
                case ir.OneOf(_, choices):
                    values = choices
                case ir.Lookup():
                    values = tuple(key for _, rows in part.whole.program.tables for key, _ in rows)
                case _:
                    pass
            found |= {text_of(value): value for value in values}
    return list(found.values())


def _shrunk(old: Part, new: Part, kind: Change, event: Event, shows: Callable[[Event], bool] | None) -> Event:
    def still(smaller: Event) -> bool:
        return difference(old, new, smaller) == kind and (shows is None or shows(smaller))

    return shrink(event, still)


def shrink(event: Event, holds: Callable[[Event], bool]) -> Event:
    """The event with every leaf taken out that it can do without: none of those left can be taken out alone."""
    changed = True
    while changed:
        changed = False
        for way in list(_ways(event)):
            smaller = _without(event, way)
            if holds(smaller):
                event, changed = smaller, True
                break
    return event


def _ways(value: Json, way: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every place in a value, containers before what is in them."""
    pairs: list[tuple[str | int, Json]] = []
    if isinstance(value, dict):
        pairs = list(value.items())
    elif isinstance(value, list):
        pairs = list(enumerate(value))
    for key, below in pairs:
        yield (*way, key)
        yield from _ways(below, (*way, key))


def _without(event: Event, way: tuple[str | int, ...]) -> Event:
    """A copy without what stands at a place."""
    copy: Event = json.loads(json.dumps(event))
    holder: Json = copy
    for key in way[:-1]:
        holder = holder[key]  # type: ignore[index, call-overload]
    if isinstance(holder, dict | list):
        del holder[way[-1]]  # type: ignore[arg-type]
    return copy
