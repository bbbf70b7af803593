"""What to generate for a mapping, as data: recipes whose pins reach their targets, with what may be changed."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from typing import TypeAlias

from ..compiler import ir
from ..compiler.destination import Destination
from ..compiler.lower import lower
from ..compiler.prelude import Rejected, Run
from ..compiler.reference import Reference
from ..compiler.schema import Schema
from ..compiler.triggers.clean import place_of
from ..compiler.triggers.formula import Formula, Opaque, atoms_of
from ..dsl import nodes as n
from ..dsl.nodes import Json
from .compare import shrink
from .coverage import CoverageMeter, Part, with_required
from .fill import Event, Slot, Way, bases, put, slots_of
from .settings import variants
from .strategies_misses import Miss, misses_of, nearest
from .strategies_pins import Pins, closed, frame_of, freedom, merged, pins_of, places_of
from .strategies_reasons import reason_of_goal, reason_of_match
from .strategies_recipes import Change, Plan, Recipe, Unreached
from .strategies_solve import (
    bounds_of,
    item_of,
    laid,
    place_in,
    solved_event,
    touch,
    way_of,
    with_leaves,
)
from .strategies_targets import Goal, Target, goals_of, trigger_formulas, with_first_reads
from .strategies_values import NOISE, Candidate, candidates
from .whole import fixed_clock

MOST_PINS = 60
MOST_TRIES = 24
FEW_CONSTANTS = 10
FEW_GOALS = 160  # with more of them, each is tried in fewer ways


@dataclass(frozen=True, slots=True)
class _Solved:
    kind: str
    action: str
    targets: tuple[Target, ...]
    pins: Pins
    start: Event | None = None
    parts: tuple[Pins, ...] = ()


def plan_of(destination: Destination, schema: Schema | None = None, samples: Sequence[Event] = ()) -> Plan:
    """The plan of a mapping; a source schema and sample events shape it where they are given."""
    return _Planner(destination, schema, samples).plan()


_Slots: TypeAlias = dict[Way, dict[n.ValueType, None]]


@dataclass(slots=True)
class _Planner:
    destination: Destination
    schema: Schema | None
    samples: Sequence[Event]
    slots: dict[str, _Slots] = field(default_factory=dict[str, _Slots])
    rows: dict[tuple[str, str], tuple[Way, ...]] = field(default_factory=dict[tuple[str, str], tuple[Way, ...]])
    constants: dict[Way, dict[str, Json]] = field(default_factory=dict[Way, dict[str, Json]])
    literals: dict[tuple[str, str], dict[str, Json]] = field(default_factory=dict[tuple[str, str], dict[str, Json]])
    values: dict[Way, tuple[Candidate, ...]] = field(default_factory=dict[Way, tuple[Candidate, ...]])
    unreached: list[Unreached] = field(default_factory=list[Unreached])
    triggers: dict[str, Formula] = field(default_factory=dict[str, Formula])
    least: dict[str, Event] = field(default_factory=dict[str, Event])
    needed: set[tuple[str, Way]] = field(default_factory=set[tuple[str, Way]])

    def plan(self) -> Plan:
        triggers = self.triggers = trigger_formulas(self.destination)
        self._read_slots(triggers)
        singles: list[_Solved] = []
        packed: list[_Solved] = []
        found: list[Miss] = []
        firing: dict[str, Pins] = {}
        for key, formula in triggers.items():
            mine = misses_of(key, formula, self.destination.actions[key].matches)
            found += mine.misses
            self.unreached += [Unreached(target, reason) for target, reason in mine.impossible]
            match = mine.match if mine.match is not None else self._searched(key, formula)
            target = Target("match", key, "", None, "true", f"{key} fires")
            if match is None:
                self.unreached.append(Unreached(target, reason_of_match(formula)))
                continue
            firing[key] = _checked_pins(self.destination, key, match, [formula], True)
            singles.append(_Solved("match", key, (target,), firing[key]))
            least = self._accepted(key)
            if least and least != frame_of(firing[key]):
                pins = _checked_pins(self.destination, key, least, [formula], True)
                singles.append(_Solved("match", key, (target,), pins, least))
            for miss in mine.misses:
                pins = _checked_pins(self.destination, key, miss.event, [formula], False)
                packed.append(_Solved("miss", key, (miss.target,), pins))
                pins = _checked_pins(self.destination, key, miss.match, [formula], True)
                if all(pins != one.pins for one in singles):
                    packed.append(_Solved("miss", key, (miss.target,), pins))
        arms = self._arms(triggers, firing)
        solved = [*singles, *_packed(packed), *self._verified(arms), _Solved("noise", "", (), ())]
        recipes = [self._recipe(one) for one in solved]
        recipes += [self._sample(event) for event in self.samples]
        return Plan(tuple(recipes), tuple(self.unreached), tuple(found))

    def _searched(self, key: str, formula: Formula) -> Event | None:
        """An event for which a trigger that is not decided holds, found by trying."""
        if nearest([formula], {}) is None:
            return None  # not even with the parts that are not decided: no base makes a difference
        slots = [Slot(ir.EVENT, way, next(iter(kinds), n.NamedType("any"))) for way, kinds in self.slots[key].items()]
        for base, _ in bases(slots):
            event = nearest([formula], base)
            if event is not None and self.destination.actions[key].matches(event):
                return event
        return None

    # --- what is read

    def _read_slots(self, triggers: dict[str, Formula]) -> None:
        whole = lower(self.destination.resolved)
        for program in (whole, with_first_reads(whole)):
            self._read_program(program, triggers)
        self._learn_from_laws()

    def _read_program(self, program: ir.Program, triggers: dict[str, Formula]) -> None:
        for build in program.builds:
            mine = self.slots.setdefault(build.key, {})
            items = place_of(build.items) if build.items is not None else None
            base = () if items is None else (*way_of(items), 0)
            for record in build.record.fields:
                ways: list[Way] = []
                for slot in slots_of(program, record, build.var):
                    way = slot.way if slot.var == ir.EVENT else (*base, *slot.way)
                    mine.setdefault(way, {})[slot.type] = None
                    if record.required is True:
                        self.needed.add((build.key, way))
                    ways.append(way)
                known = self.rows.get((build.key, record.row), ())
                self.rows[build.key, record.row] = tuple(dict.fromkeys((*known, *ways)))
                self._learn_constants(program, record, build.var, base)
                literals = [node.value for node in ir.below(record) if isinstance(node, ir.Const)]
                self.literals.setdefault((build.key, record.row), {}).update({repr(v): v for v in literals})
            for atom in atoms_of(triggers[build.key]):
                for place in places_of(atom):
                    mine.setdefault(way_of(place), {})
            for node in ir.below(build.trigger):
                if isinstance(node, ir.Read) and place_of(node) is not None:
                    mine.setdefault(way_of(place_of(node) or ()), {})
            for way in [w[:end] for w in mine for end in range(1, len(w))]:
                if way and not isinstance(way[-1], int):
                    mine.setdefault(way, {})

    def _learn_constants(self, program: ir.Program, record: ir.Field, var: int, base: Way) -> None:
        """Constants that a place is compared with or looked up by."""
        tables = dict(program.tables)
        for node in ir.below(record):
            pairs: list[tuple[ir.Value, Iterable[n.Scalar]]] = []
            match node:
                case (
                    ir.Equal(left, ir.Const(value))
                    | ir.Equal(ir.Const(value), left)
                    | ir.Order(left, _, ir.Const(value))
                ):
                    pairs = [(left, (value,))]
                case ir.OneOf(value, choices):
                    pairs = [(value, choices)]
                case ir.Lookup(value, table):
                    pairs = [(value, [key for key, _ in tables.get(table, ())])]
                case _:
                    pass
            for value, constants in pairs:
                for read in ir.below(value):
                    way = (
                        place_of(read, read.var) if isinstance(read, ir.Read) and read.var in (ir.EVENT, var) else None
                    )
                    if way is not None and isinstance(read, ir.Read):
                        whole = way_of(way) if read.var == ir.EVENT else (*base, *way_of(way))
                        self.constants.setdefault(whole, {}).update({repr(c): c for c in constants})

    def _learn_from_laws(self) -> None:
        """Numbers that the mapping's own laws hold fields against, and their neighbours, where those fields read."""
        for law in self.destination.resolved.laws:
            for name, value in bounds_of(law.condition):
                for (_, row), ways in self.rows.items():
                    if row == name and len(ways) <= 4:
                        for way in ways:
                            known = self.constants.setdefault(way, {})
                            known.update({repr(v): v for v in (value - 1, value, value + 1)})

    # --- arms

    def _arms(self, triggers: dict[str, Formula], firing: dict[str, Pins]) -> list[_Solved]:
        meter = CoverageMeter(self.destination)
        goals = [goal for goal in goals_of(self.destination) if goal.target.action in firing]
        tries = MOST_TRIES if len(goals) <= FEW_GOALS else 6
        found: list[_Solved] = []
        for goal in dict.fromkeys(goals):
            pins = self._solved(goal, triggers[goal.target.action], meter, tries)
            if isinstance(pins, str):
                self.unreached.append(Unreached(goal.target, pins))
            elif pins is not None:
                found.append(_Solved("arm", goal.target.action, (goal.target,), pins))
        return found

    def _verified(self, arms: list[_Solved]) -> list[_Solved]:
        """Arms packed into few recipes; what does not go together after all is packed again without it."""
        good: list[_Solved] = []
        meter = CoverageMeter(self.destination)
        while arms:
            again: list[_Solved] = []
            mine = {target: one for one in arms for target in one.targets}
            for packed in _packed(arms):
                seen = meter.seen_by(frame_of(packed.pins))
                hit = [t for t in packed.targets if (t.action, t.part, t.which) in seen]
                if not hit:
                    good += [mine[target] for target in packed.targets]
                    continue
                good += _packed([mine[target] for target in hit])
                again += [mine[target] for target in packed.targets if target not in hit]
            arms = again if len(again) < len(arms) else []
        return good

    def _solved(self, goal: Goal, trigger: Formula, meter: CoverageMeter, tries: int) -> Pins | str | None:
        """Pins of an event that takes an arm, or the reason why none does; None for what has no place in the text."""
        span = goal.target.part
        if span is None:
            return None
        part = Part("arm", goal.target.action, goal.target.row, span, goal.target.which)
        near: list[Event] = []
        for event, pins in islice(self._tried(goal, [trigger, *goal.event]), tries + 3):
            near.append(event)
            if meter.reaches(frame_of(pins), part):
                return pins
        for settings in variants(self.destination):
            if any(meter.reaches(event, part, settings) for event in near):
                return f"only under other settings: {json.dumps(settings)}"
        return reason_of_goal(goal, trigger, self.destination.resolved)

    def _tried(self, goal: Goal, formulas: list[Formula]) -> Iterator[tuple[Event, Pins]]:
        """Events that should take an arm, with pins that keep them so: what is solved, then what is tried."""
        key = goal.target.action
        least = self._accepted(key)
        plain = solved_event(goal, formulas, {}, {})
        if plain is None:
            return
        fitted = self._fitted(plain[1])
        for base in (fitted, laid(least, fitted), least):
            found = solved_event(goal, formulas, base, item_of(base, goal))
            if found is not None:
                yield found[0], found[1] if base is fitted else with_leaves(found[1], found[0])
        ways = self.rows[key, goal.target.row]
        slots = [Slot(ir.EVENT, way, next(iter(self.slots[key].get(way, ())), n.NamedType("any"))) for way in ways]
        constants = [c for way in ways for c in self.constants.get(way, {}).values()]
        literals = list(self.literals.get((key, goal.target.row), {}).values())
        if goal.items:
            yield from self._odd_items(goal, laid(least, fitted), literals)
        constant = islice(self._constant(ways, literals), FEW_CONSTANTS)
        for base in chain([self._named(ways)], constant, (base for base, _ in bases(slots, constants))):
            whole = laid(least, base)
            found = solved_event(goal, formulas, whole, item_of(whole, goal))
            if found is not None:
                yield found[0], closed(found[0])

    def _odd_items(self, goal: Goal, event: Event, literals: list[Json]) -> Iterator[tuple[Event, Pins]]:
        """An event whose list holds null, what the row speaks of, and other things that are no objects."""
        near = nearest([self.triggers[goal.target.action]], event)
        if near is not None and len(goal.items) == 1:
            put(near, way_of(goal.items[0].way), [None, *literals, "text", 1, True, {}, []])
            yield near, closed(near)

    def _constant(self, ways: Sequence[Way], literals: list[Json]) -> Iterator[Event]:
        """Events with a constant that a place is compared with or looked up by, alone or in a list."""
        for way in ways:
            known = list(islice(self.constants.get(way, {}).values(), 2))
            for value in known or [shape for literal in literals[:2] for shape in (literal, [literal])]:
                event = self._named(ways)
                put(event, way, value)
                yield event

    def _fitted(self, pins: Pins) -> Event:
        """An event with what fits at the places where the pins want something."""
        event: Event = {}
        for pin in pins:
            if pin.present and not isinstance(pin.value, dict | list):
                put(event, pin.way, self._values(pin.way, ())[0].value)
        return event

    def _named(self, ways: Iterable[Way]) -> Event:
        """An event with what usually stands at places of such names."""
        event: Event = {}
        for way in ways:
            put(event, way, json.loads(json.dumps(self._values(way, ())[0].value)))
        return event

    def _accepted(self, key: str) -> Event:
        """The least event found that an action builds a payload of; {} where none was found."""
        if key not in self.least:
            action = with_required(self.destination.resolved, key)
            reference = Reference(action, Run(fixed_clock, self.destination.settings))

            def holds(event: Event) -> bool:
                try:
                    results = reference.route(event)
                except Exception:  # the law `total` is what reports it
                    return False
                return bool(results) and not any(isinstance(result, Rejected) for _, result in results)

            self.least[key] = self._least(key, holds)
        return self.least[key]

    def _least(self, key: str, holds: Callable[[Event], bool]) -> Event:
        slots = self.slots[key]
        deepest = [way for way in slots if not any(w != way and w[: len(way)] == way for w in slots)]

        def made(ways: Sequence[Way], number: int) -> Event | None:
            event = nearest([self.triggers[key]], {}) or {}
            for way in ways:
                values = [c.value for c in self._values(way, slots[way]) if c.kind == "fit"]
                put(event, way, json.loads(json.dumps(values[number % len(values)])))
            near = nearest([self.triggers[key]], event)
            return near if near is not None and holds(near) else None

        for number in range(3):
            if made(deepest, number) is not None:
                fewest = _fewest(deepest, lambda ways, number=number: made(ways, number) is not None)
                return shrink(made(fewest, number) or {}, holds)
        return {}

    # --- recipes

    def _recipe(self, solved: _Solved) -> Recipe:
        keys = {target.action for target in solved.targets} or set(self.slots)
        slots: _Slots = {}
        for key in self.slots:
            if key in keys:
                for way, kinds in self.slots[key].items():
                    slots.setdefault(way, {}).update(kinds)
        frame = frame_of(solved.pins) if solved.start is None else solved.start
        full = frame_of(solved.pins)
        changes: list[Change] = []
        for way in sorted(slots, key=lambda w: (len(w), repr(w))):
            state = freedom(solved.pins, way)
            deeper = any(w != way and w[: len(way)] == way for w in slots)
            if state:
                change = self._change(way, slots[way], state == "free")
                needed = any((key, way) in self.needed for key in keys)
                changes.append(replace(change, needed=needed, deepest=not deeper))
            if state == "free" and not deeper:
                put(full, way, self._values(way, slots[way])[0].value)
        return self._made(solved, frame, full, changes, tuple(slots))

    def _made(self, solved: _Solved, frame: Event, full: Event, changes: list[Change], ways: Iterable[Way]) -> Recipe:
        taken = [*ways, *(pin.way for pin in solved.pins)]
        noise = tuple((way, values) for way, values in NOISE if not any(touch(way, other) for other in taken))
        return Recipe(
            solved.kind, solved.action, solved.targets, _json(frame), _json(full), solved.pins, tuple(changes), noise,
            solved.parts,
        )  # fmt: skip

    def _change(self, way: Way, kinds: Iterable[n.ValueType], whole: bool) -> Change:
        values = self._values(way, kinds)
        if not whole:
            values = tuple(c for c in values if isinstance(c.value, dict) and c.value) or (
                Candidate("fit", {"k": "v"}),
            )
        return Change(way, whole, values)

    def _values(self, way: Way, kinds: Iterable[n.ValueType]) -> tuple[Candidate, ...]:
        if way not in self.values:
            every = dict.fromkeys(kind for slots in self.slots.values() for kind in slots.get(way, ()))
            constants = self.constants.get(way, {}).values()
            self.values[way] = candidates(way, every or kinds, constants, place_in(self.schema, way))
        return self.values[way]

    def _sample(self, event: Event) -> Recipe:
        recipe = self._recipe(_Solved("sample", "", (), ()))
        text = _json(event)
        return replace(recipe, frame=text, full=text)


def _checked_pins(destination: Destination, key: str, event: Event, formulas: list[Formula], fires: bool) -> Pins:
    """Pins that keep an event's answer; all of the event where pins of single places would not."""
    pins = pins_of(event, formulas)
    opaque = any(isinstance(atom, Opaque) for formula in formulas for atom in atoms_of(formula))
    if not opaque and destination.actions[key].matches(frame_of(pins)) == fires:
        return pins
    return closed(event)


def _fewest(ways: list[Way], enough: Callable[[list[Way]], bool]) -> list[Way]:
    """Some of the places that are enough, found by leaving out many at a time, then fewer."""
    size = len(ways)
    while size:
        start = 0
        while start < len(ways):
            rest = [*ways[:start], *ways[start + size :]]
            if enough(rest):
                ways = rest
            else:
                start += size
        size //= 2
    return ways


def _packed(solved: list[_Solved]) -> list[_Solved]:
    """As few recipes as come easily: each takes in what can hold together with it."""
    bins: list[_Solved] = []
    for one in solved:
        for number, held in enumerate(bins):
            both = merged(held.pins, one.pins) if held.kind == one.kind else None
            if both is not None and len(both) <= MOST_PINS:
                parts = (*(held.parts or (held.pins,)), one.pins)
                bins[number] = replace(held, targets=(*held.targets, *one.targets), pins=both, parts=parts)
                break
        else:
            bins.append(one)
    return bins


def _json(event: Event) -> bytes:
    return json.dumps(event, ensure_ascii=False).encode()
