"""What becomes of one event, and why: the arm taken for every field, and what would fire an action that did not."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias, cast

from ..compiler.loader import Clock, Destination
from ..compiler.prelude import NOTHING, Rejected, Run
from ..compiler.reference import Reference
from ..compiler.resolved import ResolvedAction
from ..compiler.triggers import Answer, Trigger, can_hold, triggers_of
from ..dsl import nodes as n
from ..dsl.format_expr import format_condition, format_expr
from ..dsl.nodes import Json
from ..dsl.walk import walk
from .fill import Event

Way: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """A place of the event that was read, and what stands there. `there` is False for nothing."""

    way: Way
    value: Json
    there: bool


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

    def explain(self, event: Event) -> tuple[ActionStory, ...]:
        """The stories of all actions, in the mapping's order."""
        return tuple(self._action(action, event) for action in self.destination.resolved.actions)

    def _action(self, action: ResolvedAction, event: Event) -> ActionStory:
        fired = self.destination.actions[action.key].matches(event)
        asked = action.when is not None and not self.segment
        atoms = tuple(self._atoms(action.when, event, True)) if asked and action.when is not None else ()
        if not fired:
            return ActionStory(action.key, False, atoms, (), can_hold(self.triggers[action.key], event))
        payloads = tuple(self._payload(action, item, event) for item in self._items(action, event))
        return ActionStory(action.key, True, atoms, payloads, None)

    def _items(self, action: ResolvedAction, event: Event) -> list["_Scope"]:
        whole = _Scope(event, ())
        if action.for_each is None:
            return [whole]
        items = self.reference.value(action.for_each, event, event)
        way = _way_of(action.for_each, whole, event)
        return list(_item_scopes(items, way))

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

    def _payload(self, action: ResolvedAction, scope: "_Scope", event: Event) -> PayloadStory:
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
            trace = _Tracer(self.reference, event).of(row.source, scope)
            stories += _stories(row, trace, payload, named, blamed == row.field.text)
        return PayloadStory(payload, rejected, tuple(stories))


def _run_of(destination: Destination) -> Run:
    """The mapping's clock and settings, without its counts."""
    clock = cast("Clock | None", getattr(destination.run, "clock", None))
    return Run(clock, destination.settings, destination.run.strict)


def _stories(row: n.Row, trace: "_Trace", payload: Json, named: set[str], blamed: bool) -> Iterator[FieldStory]:
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


# --- following an expression


@dataclass(frozen=True, slots=True)
class _Scope:
    """What `$` is: a value, and where in the event it stands (None: it was made on the way)."""

    value: Json
    way: Way | None
    readings: tuple[Reading, ...] = ()


@dataclass(slots=True)
class _Trace:
    value: object
    arms: list[str] = field(default_factory=list[str])
    sources: list[Reading] = field(default_factory=list[Reading])
    tested: list[Reading] = field(default_factory=list[Reading])

    def beside(self, other: "_Trace") -> None:
        """What was looked at on the way to another arm."""
        self.tested += (*other.sources, *other.tested)


@dataclass(slots=True)
class _Tracer:
    """Follows an expression the way that the plain evaluator takes, which gives every value."""

    reference: Reference
    event: Event

    def of(self, expr: n.Expr, scope: _Scope) -> _Trace:
        """The value of an expression with the places it came from."""
        match expr:
            case n.Coalesce(arms):
                return self._first(arms, scope, lambda value: value is not NOTHING and value is not None, last=True)
            case n.Call("first_present", arms):
                return self._first(arms, scope, lambda value: value not in (NOTHING, None, ""), last=False)
            case n.If():
                return self._if(expr, scope)
            case n.Pipe(value, body):
                return self._pipe(value, body, scope)
            case n.Each(items, body):
                return self._each(items, body, scope)
            case n.Ref(name) if name in self.reference.resolved.lets:
                return self.of(self.reference.resolved.lets[name].value, scope)
            case n.Ref(name):
                return self._shape(expr, self.reference.resolved.shapes[name], scope)
            case _:
                trace = _Trace(self._value(expr, scope))
                for part in _direct(expr):
                    if isinstance(part, n.Path):
                        trace.sources += self._readings(part, scope)
                    else:
                        inner = self.of(part, scope)
                        trace.sources += inner.sources
                        trace.tested += inner.tested
                return trace

    def _value(self, expr: n.Expr, scope: _Scope) -> object:
        return self.reference.value(expr, scope.value, self.event)

    def _first(self, arms: tuple[n.Expr, ...], scope: _Scope, taken: Callable[[object], bool], *, last: bool) -> _Trace:
        result = _Trace(NOTHING)
        for index, arm in enumerate(arms):
            trace = self.of(arm, scope)
            if taken(trace.value) or (last and index == len(arms) - 1):
                trace.arms.insert(0, format_expr(arm))
                trace.tested = result.tested + trace.tested
                return trace
            result.beside(trace)
        return result

    def _if(self, expr: n.If, scope: _Scope) -> _Trace:
        holds = self.reference.holds(expr.condition, scope.value, self.event, self.event)
        arm = expr.then if holds else expr.otherwise
        trace = _Trace(NOTHING) if arm is None else self.of(arm, scope)
        if arm is not None:
            trace.arms.insert(0, format_expr(arm))
        for node in walk(expr.condition):
            if isinstance(node, n.Path) and node.root != "@":
                trace.tested += self._readings(node, scope)
        return trace

    def _pipe(self, value: n.Expr, body: n.Expr, scope: _Scope) -> _Trace:
        first = self.of(value, scope)
        if first.value is NOTHING:
            return first
        way = _way_of(value, scope, self.event)
        inner = _Scope(cast("Json", first.value), way, tuple(first.sources) if way is None else ())
        trace = self.of(body, inner)
        trace.tested += (*first.tested, *first.sources)  # of nothing it gives nothing
        return trace

    def _each(self, items: n.Expr, body: n.Expr, scope: _Scope) -> _Trace:
        first = self.of(items, scope)
        way = _way_of(items, scope, self.event)
        trace = _Trace(self._value(n.Each(items, body), scope))
        for item in _item_scopes(first.value, way):
            readings = tuple(first.sources) if way is None else ()
            inner = self.of(body, _Scope(item.value, item.way, readings))
            trace.sources += inner.sources
            trace.tested += inner.tested
        trace.tested += (*first.tested, *first.sources)
        return trace

    def _shape(self, expr: n.Ref, shape: n.Shape, scope: _Scope) -> _Trace:
        trace = _Trace(self._value(expr, scope))
        for row in shape.rows:
            if row.source is not None:
                inner = self.of(row.source, scope)
                trace.sources += inner.sources
                trace.tested += inner.tested
        return trace

    def _readings(self, path: n.Path, scope: _Scope) -> list[Reading]:
        """The places that a path reads; where it finds nothing, those that it looked for."""
        if path.root == "$" and scope.way is None:
            return list(scope.readings)
        base = (scope.way or ()) if path.root == "$" else ()
        value = scope.value if path.root == "$" else self.event
        if not path.singular:
            # A list of matches hangs on everything that could match: on all below the part that is a plain way.
            path = n.Path(path.root, _plain_part(path))
        way, found = _follow(path, value)
        return [Reading((*base, *way), None if found is NOTHING else cast("Json", found), found is not NOTHING)]


def _direct(expr: n.Expr) -> Iterator[n.Expr]:
    """The expressions right inside one that takes no arm of its own; a path stands for itself."""
    match expr:
        case n.Path():
            yield expr
        case n.Template(parts):
            yield from (part for part in parts if isinstance(part, n.Path))
        case n.Object(members):
            yield from (member.value for member in members)
        case n.List(items):
            yield from items
        case n.Call("lookup", arguments, options):
            yield arguments[0]
            yield from (option.value for option in options)
        case n.Call(_, arguments):
            yield from arguments
        case n.Directive():
            yield n.Path("$", ())  # whatever it reads, it reads from here
        case _:
            pass


def _plain_part(path: n.Path) -> tuple[n.Segment, ...]:
    plain: list[n.Segment] = []
    for segment in path.segments:
        if not n.Path("$", (segment,)).singular:
            break
        plain.append(segment)
    return tuple(plain)


def _follow(path: n.Path, value: Json) -> tuple[Way, object]:
    """The way that a singular path takes through a value, and what it finds."""
    way: list[str | int] = []
    here: object = value
    for step in path.steps:
        key: str | int = step.name if isinstance(step, n.NameSelector) else step.index
        if isinstance(step, n.IndexSelector) and step.dotted and not isinstance(here, list):
            key = str(step.index)
        if isinstance(here, dict) and isinstance(key, str):
            here = cast("dict[str, object]", here).get(key, NOTHING)
        elif isinstance(here, list) and isinstance(key, int):
            items = cast("list[object]", here)
            if key < 0:
                return tuple(way), items  # which item it is hangs on the whole list
            here = items[key] if key < len(items) else NOTHING
        else:
            here = NOTHING
        way.append(key)
    return tuple(way), here


def _way_of(expr: n.Expr, scope: _Scope, event: Event) -> Way | None:
    """Where in the event the value of an expression stands, if it is a plain path that found something."""
    if not isinstance(expr, n.Path) or not expr.singular or (expr.root == "$" and scope.way is None):
        return None
    if any(isinstance(step, n.IndexSelector) and step.index < 0 for step in expr.steps):
        return None
    way, found = _follow(expr, scope.value if expr.root == "$" else event)
    return None if found is NOTHING else (*((scope.way or ()) if expr.root == "$" else ()), *way)


def _item_scopes(items: object, way: Way | None) -> Iterator[_Scope]:
    """The items that `each` goes over; an object is a list of one."""
    if isinstance(items, list):
        for index, item in enumerate(cast("list[Json]", items)):
            yield _Scope(item, None if way is None else (*way, index))
    elif isinstance(items, dict):
        yield _Scope(cast("Json", items), way)
