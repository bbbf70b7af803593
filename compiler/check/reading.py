"""What a mapping reads: every path with the place that it starts from, and what an expression can give."""

from collections.abc import Callable
from dataclasses import dataclass, field

from ...dsl import nodes as n
from ..functions import FUNCTIONS
from ..resolved import Resolved, ResolvedAction
from ..schema import NOTHING, Place, Schema, merge_places, type_of
from .follow import UNKNOWN, Miss, follow, inside, is_unknown, items_of

_NAMED = {
    "string": "string", "datetime": "string", "date": "string", "email": "string", "uri": "string", "secret": "string",
    "number": "number", "integer": "integer", "boolean": "boolean", "object": "object", "array": "array",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Read:
    """A path, where it was read from, and what it leads to."""

    path: n.Path
    start: Place
    found: Place | Miss


@dataclass(slots=True)
class Reading:
    """Goes over expressions with the place that `$` stands for; `seen` is told of every path."""

    resolved: Resolved
    event: Place
    seen: Callable[[Read], None] = lambda _: None
    _inside: list[str] = field(default_factory=list[str])

    def action(self, action: ResolvedAction) -> None:
        """Goes over everything that an action reads."""
        if action.when is not None:
            self.condition(action.when, self.event)
        scope = self.scope(action)
        for row in action.rows:
            if row.source is not None:
                self.place(row.source, scope)

    def scope(self, action: ResolvedAction) -> Place:
        """What `$` stands for in an action's rows."""
        return self.event if action.for_each is None else items_of(self.place(action.for_each, self.event))

    def place(self, expr: n.Expr, scope: Place) -> Place:
        """What an expression can give."""
        match expr:
            case n.Path():
                return self._path(expr, scope)
            case n.Literal(value):
                return Place({type_of(value): 1}, frozenset((value,)) if isinstance(value, str) else None)
            case n.Template(parts):
                for part in parts:
                    if isinstance(part, n.Path):
                        self._path(part, scope)
                return _typed("string")
            case n.Object(members):
                return Place({"object": 1}, None, {m.key: self.place(m.value, scope) for m in members})
            case n.List(items):
                return Place({"array": 1}, None, items=merge_places(*(self.place(item, scope) for item in items)))
            case n.Coalesce(arms):
                return _any_of(*(self.place(arm, scope) for arm in arms))
            case n.If():
                self.condition(expr.condition, scope)
                arms = [expr.then] if expr.otherwise is None else [expr.then, expr.otherwise]
                return _any_of(*(self.place(arm, scope) for arm in arms))
            case n.Each(items, body):
                return Place({"array": 1}, None, items=self.place(body, items_of(self.place(items, scope))))
            case n.Pipe(value, body):
                return self.place(body, self.place(value, scope))
            case n.Call():
                return self._call(expr, scope)
            case n.Ref(name):
                return self._ref(name, scope)
            case n.Setting(name):
                row = next((row for row in self.resolved.settings if row.name == name), None)
                return type_place(row.type.value) if row is not None else UNKNOWN
            case n.Directive():
                return UNKNOWN

    def condition(self, condition: n.Condition, scope: Place) -> None:
        """Goes over the paths of a condition; bare names are the event's."""
        match condition:
            case n.And(terms) | n.Or(terms):
                for term in terms:
                    self.condition(term, scope)
            case n.Not(term):
                self.condition(term, scope)
            case n.Compare(left, _, right):
                self.place(left, scope)
                self.place(right, scope)
            case n.In(value, _):
                self.place(value, scope)
            case n.Test(_, arguments):
                for argument in arguments:
                    self.place(argument, scope)
            case n.Constant():
                pass

    def _path(self, path: n.Path, scope: Place) -> Place:
        start = scope if path.root == "$" else self.event
        found = follow(path, start)
        self.seen(Read(path, start, found))
        self._filters(path, start)
        return UNKNOWN if isinstance(found, Miss) else found

    def _filters(self, path: n.Path, start: Place) -> None:
        for index, segment in enumerate(path.segments):
            for selector in segment.selectors:
                if isinstance(selector, n.FilterSelector):
                    at = follow(n.Path(path.root, path.segments[:index]), start)
                    if not isinstance(at, Miss):
                        self._filter(selector.condition, inside(at))

    def _filter(self, condition: n.FilterExpr, item: Place) -> None:
        match condition:
            case n.FilterAnd(terms) | n.FilterOr(terms) | n.FilterCall(_, terms):
                for term in terms:
                    self._filter(term, item)
            case n.FilterNot(term):
                self._filter(term, item)
            case n.FilterCompare(left, _, right):
                self._filter(left, item)
                self._filter(right, item)
            case n.Path(root="@"):
                self.seen(Read(condition, item, follow(condition, item)))
            case _:
                pass

    def _call(self, call: n.Call, scope: Place) -> Place:
        given = [self.place(a, scope) for a in call.arguments[: 1 if call.name == "lookup" else None]]
        if call.name == "first_present":
            return _any_of(*given)
        if call.name == "first":
            return items_of(given[0]) if given else UNKNOWN
        function = FUNCTIONS.get(call.name)
        return _typed(function.gives) if function is not None else UNKNOWN

    def _ref(self, name: str, scope: Place) -> Place:
        if name in self._inside:
            return UNKNOWN
        self._inside.append(name)
        try:
            if name in self.resolved.lets:
                return self.place(self.resolved.lets[name].value, scope)
            shape = self.resolved.shapes.get(name)
            if shape is None:
                return UNKNOWN
            return Place(
                {"object": 1}, None, {r.field.text: self.place(r.source, scope) for r in shape.rows if r.source}
            )
        finally:
            self._inside.pop()


def read_all(resolved: Resolved, schema: Schema, seen: Callable[[ResolvedAction, Read], None]) -> None:
    """Tells `seen` of every path that an action reads."""
    for action in resolved.actions:
        Reading(resolved, schema.root, lambda read, action=action: seen(action, read)).action(action)


def type_place(kind: n.ValueType) -> Place:
    """What a value of a type can be."""
    match kind:
        case n.NamedType(name):
            return _typed(_NAMED.get(name, "any" if name == "any" else "object"))
        case n.LiteralType(values):
            return merge_places(*(Place({type_of(value): 1}, None) for value in values))
        case n.ListType(item):
            return Place({"array": 1}, None, items=type_place(item))


def _typed(name: str) -> Place:
    if name == "any":
        return UNKNOWN
    return Place({name: 1}, None, items=UNKNOWN if name == "array" else None, open=name == "object")


def _any_of(*places: Place) -> Place:
    return UNKNOWN if any(is_unknown(place) for place in places) else merge_places(*places) if places else NOTHING
