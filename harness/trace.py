"""Following an expression on one event: the arms it takes, and the places of the event that it reads."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import cast

from ..compiler.prelude import NOTHING, Rejected
from ..compiler.reference import Reference
from ..dsl import nodes as n
from ..dsl.format_expr import format_expr
from ..dsl.nodes import Json
from ..dsl.walk import walk
from .fill import Event, Way

REJECTED = object()  # what an expression gives that rejects the event: a shape that lacks what it requires


@dataclass(frozen=True, slots=True)
class Reading:
    """A place of the event that was read, and what stands there. `there` is False for nothing."""

    way: Way
    value: Json
    there: bool


@dataclass(frozen=True, slots=True)
class Scope:
    """What `$` is: a value, and where in the event it stands (None: it was made on the way)."""

    value: Json
    way: Way | None
    readings: tuple[Reading, ...] = ()


@dataclass(slots=True)
class Trace:
    value: object
    arms: list[str] = field(default_factory=list[str])
    sources: list[Reading] = field(default_factory=list[Reading])
    tested: list[Reading] = field(default_factory=list[Reading])

    def beside(self, other: "Trace") -> None:
        """What was looked at on the way to another arm."""
        self.tested += (*other.sources, *other.tested)


@dataclass(slots=True)
class Tracer:
    """Follows an expression the way that the plain evaluator takes, which gives every value.

    An expression that rejects the event is REJECTED, and is still followed: the places that it read say why.
    """

    reference: Reference
    event: Event

    def of(self, expr: n.Expr, scope: Scope) -> Trace:
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
                trace = Trace(self._value(expr, scope))
                for part in _direct(expr):
                    if isinstance(part, n.Path):
                        trace.sources += self._readings(part, scope)
                    else:
                        inner = self.of(part, scope)
                        trace.sources += inner.sources
                        trace.tested += inner.tested
                return trace

    def _value(self, expr: n.Expr, scope: Scope) -> object:
        try:
            return self.reference.value(expr, scope.value, self.event)
        except Rejected:
            return REJECTED

    def _first(self, arms: tuple[n.Expr, ...], scope: Scope, taken: Callable[[object], bool], *, last: bool) -> Trace:
        result = Trace(NOTHING)
        for index, arm in enumerate(arms):
            trace = self.of(arm, scope)
            if taken(trace.value) or (last and index == len(arms) - 1):
                trace.arms.insert(0, format_expr(arm))
                trace.tested = result.tested + trace.tested
                return trace
            result.beside(trace)
        return result

    def _if(self, expr: n.If, scope: Scope) -> Trace:
        holds = self.reference.holds(expr.condition, scope.value, self.event, self.event)
        arm = expr.then if holds else expr.otherwise
        trace = Trace(NOTHING) if arm is None else self.of(arm, scope)
        if arm is not None:
            trace.arms.insert(0, format_expr(arm))
        for node in walk(expr.condition):
            if isinstance(node, n.Path) and node.root != "@":
                trace.tested += self._readings(node, scope)
        return trace

    def _pipe(self, value: n.Expr, body: n.Expr, scope: Scope) -> Trace:
        first = self.of(value, scope)
        if first.value is NOTHING or first.value is REJECTED:
            return first
        way = way_of(value, scope, self.event)
        inner = Scope(cast("Json", first.value), way, tuple(first.sources) if way is None else ())
        trace = self.of(body, inner)
        trace.tested += (*first.tested, *first.sources)  # of nothing it gives nothing
        return trace

    def _each(self, items: n.Expr, body: n.Expr, scope: Scope) -> Trace:
        first = self.of(items, scope)
        way = way_of(items, scope, self.event)
        trace = Trace(self._value(n.Each(items, body), scope))
        for item in item_scopes(first.value, way):
            readings = tuple(first.sources) if way is None else ()
            inner = self.of(body, Scope(item.value, item.way, readings))
            trace.sources += inner.sources
            trace.tested += inner.tested
        trace.tested += (*first.tested, *first.sources)
        return trace

    def _shape(self, expr: n.Ref, shape: n.Shape, scope: Scope) -> Trace:
        trace = Trace(self._value(expr, scope))
        for row in shape.rows:
            if row.source is not None:
                inner = self.of(row.source, scope)
                trace.sources += inner.sources
                trace.tested += inner.tested
        return trace

    def _readings(self, path: n.Path, scope: Scope) -> list[Reading]:
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


def way_of(expr: n.Expr, scope: Scope, event: Event) -> Way | None:
    """Where in the event the value of an expression stands, if it is a plain path that found something."""
    if not isinstance(expr, n.Path) or not expr.singular or (expr.root == "$" and scope.way is None):
        return None
    if any(isinstance(step, n.IndexSelector) and step.index < 0 for step in expr.steps):
        return None
    way, found = _follow(expr, scope.value if expr.root == "$" else event)
    return None if found is NOTHING else (*((scope.way or ()) if expr.root == "$" else ()), *way)


def item_scopes(items: object, way: Way | None) -> Iterator[Scope]:
    """The items that `each` goes over; an object is a list of one."""
    if isinstance(items, list):
        for index, item in enumerate(cast("list[Json]", items)):
            yield Scope(item, None if way is None else (*way, index))
    elif isinstance(items, dict):
        yield Scope(cast("Json", items), way)
