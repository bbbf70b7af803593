"""One row against another: equal, with a proof; or events, run through both, on which they differ."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias, cast

from ..compiler import ir
from ..compiler.triggers import leaves_of
from ..compiler.triggers.clean import place_of
from ..compiler.triggers.formula import All, Any, Atom, Formula, Is, IsKind, Not
from ..compiler.triggers.search import solve
from ..compiler.triggers.texts import TooLarge
from ..dsl import nodes as n
from ..dsl.nodes import Json
from ..dsl.walk import walk
from .cases import TooMany, differing_cases, gives_nothing_else, values_of
from .fill import Event, bases, put
from .normal import Shaped, canonical
from .normal_segment import conditions_of, directive_form, rules_of
from .search import Pool
from .shrink import shrink
from .whole import Part, Whole, items_way, text_of

Change: TypeAlias = Literal["value", "gone", "appears", "rejects", "accepts"]
MOST_BASES = 320  # events that a case is tried with
FEW_TEXTS = 8
MOST_TRIED = 1500  # of these, one comparison runs no more


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a comparison found.

    Shape:  proven: the rows are equal, by cases; else `events` has one for each way in which they differ, and with none
            of them, `tried` events were run without a difference
            kept: it is proven that the new row gives what the old one gave, where that gave anything
    """

    proven: bool
    events: dict[Change, Event]
    tried: int
    kept: bool = False


def compare(old: Part, new: Part, shows: Callable[[Event], bool] | None = None, firing: Event | None = None) -> Verdict:
    """Whether two rows give the same for every event on which both actions fire.

    Shape:  shows: one event for which this is true is enough, and others don't count; firing: an event on which both
            actions fire, where that is known
    """
    if _alike(old, new) or (_same_validation(old, new) and _required_in_vain(old, new)):
        return Verdict(True, {}, 0)
    if "segment" in (old.whole.resolved.semantics, new.whole.resolved.semantics):
        if (_same_validation(old, new) and _same_directives(old, new)) or _same_constant(old, new):
            return Verdict(True, {}, 0)
        return _searched(_Search(old, new, shows, firing), None)  # proofs by cases go by the language's own rules
    cases = _open_cases(old, new)
    if cases == []:
        return Verdict(True, {}, 0)
    if cases is None and _same_constant(old, new):
        return Verdict(True, {}, 1)
    return _searched(_Search(old, new, shows, firing), cases)


def _alike(old: Part, new: Part) -> bool:
    """True if the rows say the same in the same way, under the same rules."""
    required = canonical(old.field.required) == canonical(new.field.required)
    if required and old.field.value is None and new.field.value is None and _stand_alone(old, new):
        return True  # nothing comes there, whatever its type
    if not _same_validation(old, new):
        return False
    if old.whole.resolved.semantics != new.whole.resolved.semantics:
        return False
    if old.whole.resolved.semantics == "segment":  # where even the order of members can be seen
        return repr((old.field, old.build.items)) == repr((new.field, new.build.items))
    return canonical(old.field) == canonical(new.field) and same_items(old.build, new.build)


def same_items(old: ir.Build, new: ir.Build) -> bool:
    """True if both are for each item of the same list, or neither is for items."""
    return canonical(old.items, loose=False) == canonical(new.items, loose=False)


def _same_validation(old: Part, new: Part) -> bool:
    """True if Segment, where it runs a row, is told the same of it beside its type."""
    before, after = (part.whole.routes.get(part.build.key) for part in (old, new))
    if before is None or after is None:
        return before is after
    if not old.field.names:
        return before.schema == after.schema
    names = old.field.names
    return rules_of(before.schema, names) == rules_of(after.schema, names)


def _stand_alone(old: Part, new: Part) -> bool:
    """True if what Segment, where it runs a row, is told of it matters only for what the row itself gives."""
    before, after = (part.whole.routes.get(part.build.key) for part in (old, new))
    if before is None or after is None:
        return before is after
    names = old.field.names
    others = [field.names for part in (old, new) for field in part.build.record.fields if field.names != names]
    if any(other[: len(names)] == names or not other for other in others):
        return False  # members, or what is spread, can come to it
    return conditions_of(before.schema, names) == conditions_of(after.schema, names)


def _required_in_vain(old: Part, new: Part) -> bool:
    """True if only one row is required, and the triggers ask for a text where it reads."""
    before, after = (replace(part.field, required=False) for part in (old, new))
    kind, semantics = old.field.type, old.whole.resolved.semantics
    if repr((before, old.build.items)) != repr((after, new.build.items)) or old.build.items is not None:
        return False
    if semantics != new.whole.resolved.semantics or kind != n.NamedType("string") or old.field.value is None:
        return False
    place = place_of(old.field.value, old.build.var)
    if place is None or len(place) != 1:
        return False
    missing = Any((Not(Atom(place, IsKind("text"))), Atom(place, Is("text", ""))))
    triggers = [part.whole.triggers[part.build.key].formula for part in (old, new)]
    return nearest([*triggers, missing], {}) is None


def _same_directives(old: Part, new: Part) -> bool:
    """True if Segment runs the same directives for both rows, but for their spelling."""
    rules = [repr((replace(part.field, value=None), part.build.items)) for part in (old, new)]
    if rules[0] != rules[1] or not (old.directive and new.directive):
        return False
    kind = old.field.type
    loose = isinstance(kind, n.ListType) or (isinstance(kind, n.NamedType) and kind.name in ("object", "array", "any"))
    before, after = ([directive_form(node, not loose) for node in part.directive] for part in (old, new))
    return before == after


def _same_constant(old: Part, new: Part) -> bool:
    """True if both rows give the same for every event because neither looks at one."""
    if not (_is_constant(old) and _is_constant(new) and old.build.items == new.build.items):
        return False
    if not _stand_alone(old, new):
        return False
    event = placed((old, new), {}, {}, [])
    return event is not None and text_of(cast("Json", old.run(event))) == text_of(cast("Json", new.run(event)))


def _is_constant(part: Part) -> bool:
    """True if nothing of an event reaches the row: it gives the same for every one."""
    if not isinstance(part.field.required, bool):
        return False
    varying = (ir.Read, ir.Select, ir.Raw, Shaped, ir.Now)
    return part.field.value is None or not any(isinstance(node, varying) for node in ir.below(part.field.value))


def _searched(search: "_Search", cases: list[list[Formula]] | None) -> Verdict:
    search.over([])
    for case in cases or []:
        if search.done:
            break
        search.over(case)
    if cases is not None and not search.events and search.excluded == len(cases) and not search.apart:
        return Verdict(True, {}, 0)
    kept = search.gives_more and _keeps_values(search.old, search.new)
    if not search.events or (search.gives_more and not kept):
        search.made_up()
    events: dict[Change, Event] = {kind: search.shrunk(kind, event) for kind, event in search.events.items()}
    return Verdict(False, events, search.tried, kept)


def _keeps_values(old: Part, new: Part) -> bool:
    """True if it is proven that the new row gives what the old one gave, where that gave anything."""
    if "segment" in (old.whole.resolved.semantics, new.whole.resolved.semantics):
        return False
    if old.field.nullable and not new.field.nullable:
        return False
    if new.field.required is not False and canonical(old.field.required) != canonical(new.field.required):
        return False
    before, after = (replace(part.field, value=None, required=False, nullable=False) for part in (old, new))
    if canonical(before) != canonical(after) or not same_items(old.build, new.build):
        return False
    try:
        return gives_nothing_else(values_of(old.field, new.field, old.build.var))
    except TooMany:
        return False


def _open_cases(old: Part, new: Part) -> list[list[Formula]] | None:
    """The cases in which the two values are made differently; None: by rules alone they may differ in every case."""
    if canonical(replace(old.field, value=None)) != canonical(replace(new.field, value=None)):
        return None
    if not same_items(old.build, new.build):
        return None
    values = values_of(old.field, new.field, old.build.var)
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
    firing: Event | None
    events: dict[Change, Event] = field(default_factory=dict[Change, Event])
    tried: int = 0
    excluded: int = 0
    apart: bool = False

    @property
    def gives_more(self) -> bool:
        """True if the new row was only seen to give something where the old one gave nothing."""
        return bool(self.events) and self.events.keys() <= {"appears", "accepts"}

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

    def made_up(self) -> None:
        """Run events that hypothesis makes up for the two rows: nothing is decided, and none of the others differed."""
        for event in Pool((self.old.source, self.new.source)).events():
            fired = placed((self.old, self.new), event, {}, []) if self.old.build.items is None else event
            if fired is not None:
                self.look(fired)
            if self.events and (self.shows is not None or not self.gives_more):
                break

    def look(self, event: Event) -> None:
        """Run one event through both."""
        self.tried += 1
        event = self._fired(event)
        kind = difference(self.old, self.new, event)
        if kind is not None and kind not in self.events and (self.shows is None or self.shows(event)):
            self.events[kind] = event

    def _fired(self, event: Event) -> Event:
        """The event; where that does not fire both, with what one that does has."""
        triggers = [part.whole.triggers[part.build.key] for part in (self.old, self.new)]
        if self.firing is None or all(trigger.matches(event) for trigger in triggers):
            return event
        event = json.loads(json.dumps(event))
        for way, value in leaves_of(self.firing).items():
            put(event, way, value)
        return event

    def shrunk(self, kind: Change, event: Event) -> Event:
        """The event without all that the difference can do without."""

        def still(smaller: Event) -> bool:
            return difference(self.old, self.new, smaller) == kind and (self.shows is None or self.shows(smaller))

        return shrink(event, still)


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


def _constants(old: Part, new: Part) -> list[Json]:
    """Texts and numbers that the rows compare with or look up."""
    found = [*_constants_in(old.whole, old.field), *_constants_in(new.whole, new.field)]
    texts = list(dict.fromkeys(value for value in found if isinstance(value, str)))
    if 1 < len(texts) <= FEW_TEXTS:  # a text that holds all of them, for what takes texts apart
        found.append("".join(f"v{number}{text}" for number, text in enumerate(texts)) + "w")
    return list({text_of(value): value for value in found}.values())


def _constants_in(whole: Whole, part: ir.Ir) -> Iterator[Json]:
    for node in ir.below(part):
        match node:
            case ir.Const(value):
                yield value
            case ir.OneOf(_, choices):
                yield from choices
            case ir.Select(_, path):
                yield from (each.value for each in walk(path) if isinstance(each, n.FilterLiteral))
            case ir.Lookup():
                yield from (key for _, rows in whole.program.tables for key, _ in rows)
            case _:
                pass
