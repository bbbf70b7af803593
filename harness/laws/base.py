"""What a law is, and the mapping under test with what laws ask of it again and again."""

import copy
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol, TypeAlias, cast

from ...compiler import ir
from ...compiler.destination import Destination
from ...compiler.lower import lower
from ...compiler.prelude import Rejected, Run
from ...compiler.reference import Reference
from ...compiler.resolved import ResolvedAction
from ..fill import Event, Slot, Way, find, slots_of
from ..json_kinds import Json, is_list, is_object
from .reading import reads_all

Results: TypeAlias = "list[tuple[str, Json]]"
NOON = "2024-01-01T00:00:00.000Z"
LATER = "2031-08-09T10:11:12.131Z"


@dataclass(frozen=True, slots=True)
class Broken:
    """A law that an event breaks.

    Shape:  action: its key, "" where none is to blame; row: the field's name; message: what is wrong, in words;
            payload: what was made; expected: what should have been, in words
    """

    action: str
    row: str | None
    message: str
    payload: Json = None
    expected: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """A request that payloads become."""

    path: str
    items: tuple[Json, ...]
    text: str


class Wire(Protocol):
    """The way from results to requests, given by whoever knows it; the harness does not."""

    def requests(self, destination: Destination, events: Sequence[Event]) -> list[Request]:
        """The requests that events become."""
        ...

    def fault(self, request: Request) -> str | None:
        """What the receiver would refuse a request for."""
        ...


@dataclass(frozen=True, slots=True)
class Made:
    """One result with the action that it comes from; `items`: how many results that action has."""

    action: ResolvedAction
    build: ir.Build
    result: Json
    items: int

    @property
    def payload(self) -> Json:
        """The payload, None for a rejection."""
        return None if isinstance(self.result, Rejected) else self.result


@dataclass(frozen=True, slots=True)
class Law:
    """A rule that holds for every mapping.

    Shape:  name: its switch and its page, `docs/laws/NAME.md`; says: the rule in one line; check: what breaks it on an
            event; over: what breaks it on many events together; clean: only under the language's own semantics;
            wired: only where requests are made
    """

    name: str
    says: str
    check: "Callable[[Trial], Iterator[Broken]] | None" = None
    over: "Callable[[Mapped, Sequence[Event]], Iterator[Broken]] | None" = None
    clean: bool = False
    wired: bool = False

    def applies(self, subject: "Mapped") -> bool:
        """True if the law speaks of this mapping."""
        return (subject.is_clean or not self.clean) and (subject.wire is not None or not self.wired)


class Mapped:
    """A mapping under test, with what laws ask of its program."""

    def __init__(self, destination: Destination, wire: Wire | None = None) -> None:
        self.destination = replace(destination, run=Run(lambda: NOON, destination.settings))
        self.wire = wire
        self.is_clean = destination.resolved.semantics != "segment"
        self.program = lower(destination.resolved)
        self.builds = {build.key: build for build in self.program.builds}
        self.actions = {action.key: action for action in destination.resolved.actions}
        self._slots: dict[tuple[str, str], tuple[Slot, ...]] = {}

    @cached_property
    def whole_reads(self) -> frozenset[Way]:
        """Places of the event that are read as wholes, somewhere."""
        nodes = [*ir.below(self.program)]
        reads = (node.steps for node in nodes if isinstance(node, ir.Read) and node.var == ir.EVENT)
        return frozenset(tuple(getattr(step, "name", getattr(step, "index", 0)) for step in steps) for steps in reads)

    @cached_property
    def reads_anything(self) -> bool:
        """True if something may read any member of the event, whatever it is called."""
        return any(reads_all(self.program, build) for build in self.builds.values())

    @cached_property
    def lists(self) -> tuple[Way, ...]:
        """Places of the event whose items `each` and `for each` go over."""
        over = [node.items for node in ir.below(self.program) if isinstance(node, ir.MapEach | ir.Build)]
        reads = [node for node in over if isinstance(node, ir.Read) and node.var == ir.EVENT and node.steps]
        ways = [tuple(getattr(step, "name", getattr(step, "index", 0)) for step in read.steps) for read in reads]
        return tuple(dict.fromkeys(ways))

    @cached_property
    def selects(self) -> bool:
        """True if some path has several matches, or a directive is run as it is."""
        return any(isinstance(node, ir.Select | ir.Raw) for node in ir.below(self.program))

    def at(self, clock: str, *, strict: bool = False) -> Destination:
        """The mapping at another time, or strict, with counts of its own."""
        return replace(self.destination, run=Run(lambda: clock, self.destination.settings, strict))

    def route(self, event: Event) -> Results:
        """What the mapping makes of an event."""
        return self.destination.route(event)

    @cached_property
    def reference(self) -> Reference:
        """The plain evaluator of the mapping, its clock at NOON."""
        return Reference(self.destination.resolved, Run(lambda: NOON, self.destination.settings))

    def ways(self, key: str, row: ir.Field) -> tuple[Way, ...]:
        """Where in the event a row reads; where in an item, after what its `for each` goes over."""
        return tuple(slot.way for slot in self.slots(key, row) if slot.var == ir.EVENT)

    def slots(self, key: str, row: ir.Field) -> tuple[Slot, ...]:
        """The places that a row reads."""
        if (key, row.row) not in self._slots:
            self._slots[key, row.row] = slots_of(self.program, row, self.builds[key].var)
        return self._slots[key, row.row]

    def made(self, event: Event, results: Results) -> list[Made]:
        """Results with their actions."""
        found: list[Made] = []
        rest = list(results)
        for key, action in self.destination.actions.items():
            if not action.matches(event):
                continue
            count = self._items(key, event) if action.per_item else 1
            found += [Made(self.actions[key], self.builds[key], result, count) for _, result in rest[:count]]
            rest = rest[count:]
        return found

    def _items(self, key: str, event: Event) -> int:
        """How many results a `for each` has."""
        try:
            items = self.reference.value(self.actions[key].for_each, event, event)  # type: ignore[arg-type]
        except Rejected:  # by a shape that the items go through
            return 1
        return len(items) if is_list(items) else int(is_object(items))


class Trial:
    """One event, run once, for all laws to look at."""

    def __init__(self, mapped: Mapped, event: Event) -> None:
        self.mapped = mapped
        self.event = event
        self.before = text_of(event)
        self.error: Exception | None = None
        self.results: Results = []
        mapped.destination.run.drops = {}
        try:
            self.results = mapped.route(event)
        except Exception as error:  # `total` is the law that reports it
            self.error = error
        self.drops = dict(mapped.destination.drops)
        self.after = text_of(event)

    @cached_property
    def made(self) -> list[Made]:
        """The results with their actions."""
        return self.mapped.made(self.event, self.results)

    @property
    def payloads(self) -> Iterator[Made]:
        """The payloads alone."""
        return (made for made in self.made if isinstance(made.result, dict))

    def copy(self) -> Event:
        """A copy of the event, to be changed."""
        return copy.deepcopy(self.event)

    def again(self, event: Event) -> list[Made] | None:
        """What a changed event gives; None where that breaks `total`."""
        try:
            return self.mapped.made(event, self.mapped.route(event))
        except Exception:
            return None


def text_of(value: Json) -> str:
    """A value as text: the order of keys, kinds of numbers and rejections included."""
    return json.dumps(value, ensure_ascii=False, default=repr)


def same(one: Json, other: Json) -> bool:
    """Equal but for the order of keys; 1 is not 1.0, and a rejection equals one of the same code and row."""
    return sorted_text(one) == sorted_text(other)


def sorted_text(value: Json) -> str:
    """A value as text, keys sorted."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=_named)


def _named(value: object) -> object:
    if isinstance(value, Rejected):
        return {"rejected": value.code, "row": value.row}
    return repr(value)


def at(payload: Json, names: Sequence[str]) -> Json:
    """The value of a field, None where there is none."""
    for name in names:
        if not isinstance(payload, dict):
            return None
        payload = cast("dict[str, Json]", payload).get(name)
    return payload


def without(event: Event, ways: Sequence[Way]) -> Event:
    """A copy of an event with nothing at some places."""
    changed = copy.deepcopy(event)
    for way in ways:
        holder: Json = find(changed, way[:-1])
        if is_object(holder) and way:
            holder.pop(str(way[-1]), None)
        elif is_list(holder) and way and isinstance(way[-1], int) and way[-1] < len(holder):
            holder[way[-1]] = None
    return changed


def shown(value: Json) -> str:
    """A value in a message: JSON, cut short."""
    text = text_of(value)
    return text if len(text) <= 80 else text[:79] + "…"
