"""A mapping taken apart for comparing: one action, or one row, as a mapping of its own that can be run."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import Protocol, cast

from ..compiler import ir
from ..compiler.loader import Destination, compile_resolved
from ..compiler.lower import lower
from ..compiler.prelude import Rejected, Run
from ..compiler.reference import Reference
from ..compiler.resolved import Resolved, ResolvedAction
from ..compiler.segment import Route
from ..compiler.segment.directives import ROOT_DIRECTIVE
from ..compiler.triggers import Trigger, formulas_of, segment_routes, triggers_of
from ..dsl import nodes as n
from ..dsl.nodes import Json
from .fill import Event, Slot, Way, slots_of
from .normal import Normalizer
from .search import MOST, Source, asking
from .strategies_targets import first_read, with_first_read


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
    Shape:  most: events that hypothesis makes up for an action or row of it, where nothing is decided
    """

    def __init__(
        self, resolved: Resolved, settings: dict[str, Json], triggers: dict[str, Trigger], most: int = MOST
    ) -> None:
        self.resolved = resolved
        self.settings = settings
        self.triggers = triggers
        self.most = most
        self.program = _with_formats(lower(resolved), resolved)
        normalizer = Normalizer(self.program, dict(settings))
        self.builds = {build.key: normalizer.build(build) for build in self.program.builds}
        self._compiled: dict[str, Destination] = {}
        self._parts: dict[tuple[str, str], Part] = {}
        self._sources: dict[str, Source] = {}

    @cached_property
    def plain_program(self) -> ir.Program:
        """The program in which what is bound, gone over or cut down is the first arm of its fallbacks."""
        return ir.rewritten(self.program, _plain)

    @cached_property
    def routes(self) -> dict[str, Route]:
        """What Segment runs; {} under the language's own semantics."""
        return segment_routes(self.resolved) if self.resolved.semantics == "segment" else {}

    def plain(self, actions: tuple[ResolvedAction, ...]) -> Router:
        """The mapping with these actions, at a clock that stands."""
        return router(with_actions(self.resolved, actions), self.settings)

    def alone(self, key: str) -> Resolved:
        """The mapping with one action."""
        return with_actions(self.resolved, (self.action(key),))

    def compiled(self, key: str) -> Destination:
        """One action alone, compiled, at a clock that stands."""
        if key not in self._compiled:
            self._compiled[key] = compile_resolved(self.alone(key), settings=self.settings, now=fixed_clock)
        return self._compiled[key]

    def source(self, key: str) -> Source:
        """Events for questions about the trigger of an action."""
        if key not in self._sources:
            asked = asking(self.alone(key))
            make = partial(compile_resolved, asked, settings=self.settings, now=fixed_clock)
            self._sources[key] = Source(make, self.most)
        return self._sources[key]

    def action(self, key: str) -> ResolvedAction:
        """One action."""
        return next(action for action in self.resolved.actions if action.key == key)

    def part(self, key: str, row: str) -> "Part":
        """One row of one action."""
        if (key, row) not in self._parts:
            self._parts[key, row] = Part(self, key, row)
        return self._parts[key, row]


def _plain(part: ir.Ir) -> ir.Ir:
    match part:
        case ir.Apply("omit" | "pick", (value, *names)):
            return replace(part, arguments=(first_read(value), *names))
        case _:
            return with_first_read(part)


def _with_formats(program: ir.Program, resolved: Resolved) -> ir.Program:
    """The program in which the texts of shapes are of the types that Segment's validation wants by their format."""
    if resolved.semantics != "segment":
        return program
    types: list[ir.ShapeType] = []
    for kind in program.types:
        extras: list[dict[str, Json]] = [json.loads(row.extra or "{}") for row in resolved.shapes[kind.name].rows]
        named = [_FORMATS.get(str(extra.get("format"))) for extra in extras]
        members = [
            replace(member, type=n.NamedType(name)) if name and member.type == n.NamedType("string") else member
            for member, name in zip(kind.fields, named, strict=True)
        ]
        types.append(replace(kind, fields=tuple(members)))
    return replace(program, types=tuple(types))


_FORMATS = {"date-time": "datetime", "date": "date", "email": "email", "uri": "uri"}


def whole_of(destination: Destination) -> Whole:
    """A compiled mapping, to be compared."""
    settings = cast("dict[str, Json]", destination.settings)
    return Whole(destination.resolved, settings, triggers_of(destination))


def source_of(destination: Destination) -> Source:
    """Events for questions about all triggers of a mapping."""
    make = partial(compile_resolved, asking(destination.resolved), settings=destination.settings, now=fixed_clock)
    return Source(make)


def uncompiled(resolved: Resolved, settings: dict[str, Json], most: int = MOST) -> Whole:
    """A mapping that is not compiled, to be compared: its triggers are run plainly."""
    if resolved.semantics == "segment":
        destination = compile_resolved(resolved, settings=settings, now=fixed_clock)
        return Whole(resolved, settings, triggers_of(destination), most)
    reference = Reference(resolved, Run(fixed_clock, settings))
    actions = {action.key: action for action in resolved.actions}

    def matcher(key: str) -> Callable[[Event], bool]:
        return lambda event: reference.fires(actions[key], event)

    triggers = {key: Trigger(formula, matcher(key)) for key, formula in formulas_of(resolved).items()}
    return Whole(resolved, settings, triggers, most)


class Part:
    """One row of one action (or preset), with the action's trigger and items."""

    def __init__(self, whole: Whole, key: str, row: str) -> None:
        self.whole = whole
        self.build = whole.builds[key]
        self.field = next(field for field in self.build.record.fields if field.row == row)
        self.action = whole.action(key)

    @cached_property
    def slots(self) -> tuple[Slot, ...]:
        """The places that the row reads, also through a value that it gives a name to or takes members out of."""
        found: dict[Slot, None] = {}
        for program in (self.whole.program, self.whole.plain_program):
            build = next(build for build in program.builds if build.key == self.build.key)
            field = next(field for field in build.record.fields if field.row == self.field.row)
            found |= dict.fromkeys(slots_of(program, field, build.var))
        return tuple(found)

    @property
    def directive(self) -> tuple[Json, ...]:
        """What Segment runs for the row, one directive; () where there is none of its own."""
        route = self.whole.routes.get(self.build.key)
        if route is None or not self.field.names or ROOT_DIRECTIVE in route.mapping:
            return ()
        found: Json = dict(route.mapping)
        for name in self.field.names:
            if not isinstance(found, dict) or name not in found:
                return ()
            found = found[name]
        return (found,)

    @cached_property
    def _alone(self) -> Router:
        return router(self._resolved, self.whole.settings)

    @cached_property
    def source(self) -> Source:
        """Events for questions about the row."""
        make = partial(compile_resolved, self._resolved, settings=self.whole.settings, now=fixed_clock)
        return Source(make, self.whole.most)

    @cached_property
    def _resolved(self) -> Resolved:
        """The row as a mapping of its own, with the rows beside it that its rules look at."""
        if self.whole.resolved.semantics == "segment":
            return self._unhindered()
        looked_at: set[tuple[str, ...]] = set()
        if not isinstance(self.field.required, bool):
            reads = [node for node in ir.below(self.field.required) if isinstance(node, ir.Read) and node.steps]
            looked_at |= {(s.name,) for s in (read.steps[0] for read in reads) if isinstance(s, n.NameSelector)}
        rows = self.action.rows
        mine = tuple(row for row in rows if row.field.text == self.field.row)
        beside = tuple(row for row in rows if row not in mine and row.field.parts[:1] in looked_at)
        return with_actions(self.whole.resolved, (replace(self.action, rows=(*mine, *beside)),))

    def _unhindered(self) -> Resolved:
        """The whole action, as Segment runs it, with nothing required but this row."""
        resolved = self.whole.resolved
        relaxed = tuple(replace(a, rows=tuple(map(self._optional, a.rows))) for a in resolved.actions)
        mine = next(action for action in relaxed if action.key == self.action.key)
        return with_actions(replace(resolved, actions=relaxed), (mine,))

    def _optional(self, row: n.Row) -> n.Row:
        if row.type is None or row.field.text == self.field.row:
            return row
        return replace(row, type=replace(row.type, required=False))

    def run(self, event: Event) -> list[Json]:
        """What the row gives for an event: an object an item, or the text "rejected"; [] where nothing fires."""
        outs = [out for _, out in self._alone.route(event)]
        if self.whole.resolved.semantics == "segment":  # where the other rows are there, too
            outs = [out for out in outs if not isinstance(out, Rejected) or is_named(self.field.row, str(out))]
        return ["rejected" if isinstance(out, Rejected) else self._mine(cast("Json", out)) for out in outs]

    def _mine(self, payload: Json) -> Json:
        """What the row put into a payload; all of it, where the row stands alone."""
        if self.whole.resolved.semantics != "segment" or not self.field.names:
            return payload
        found = payload
        for name in self.field.names:
            if not isinstance(found, dict) or name not in found:
                return {}
            found = found[name]
        return {self.field.row: found}


def is_named(row: str, text: str) -> bool:
    """Whether the words of Segment's validation are about a row, or about what is in it."""
    above, _, name = row.replace(".", "/").rpartition("/")
    missing = f"'{name}'" in text and (not above or f"/{above} " in text)
    return row == n.SPREAD or missing or re.search(f"/{re.escape(row.replace('.', '/'))}[/ ]", text) is not None


def fixed_clock() -> str:
    """The time that comparisons stand at."""
    return "2024-01-01T00:00:00.000Z"


def items_way(build: ir.Build) -> Way:
    """Where the items of a `for each` stand; () where that is not plain."""
    if not isinstance(build.items, ir.Read):
        return ()
    return tuple(s.name if isinstance(s, n.NameSelector) else max(s.index, 0) for s in build.items.steps)


def text_of(value: Json) -> str:
    """JSON text by which values are compared: 1 is not 1.0 and not true; the order of keys means nothing."""
    return json.dumps(value, sort_keys=True)
