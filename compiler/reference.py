"""The plain evaluator: a resolved mapping run node by node, slow and meant to be obviously right.

It reads the syntax tree itself, not the program that is compiled from it, so that a mistake in lowering, optimising
or emitting shows as a difference. Only the functions of the language and the fitting of scalars are shared.
"""

import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeAlias

from ..dsl import nodes as n
from . import prelude, prelude_functions
from .functions import FUNCTIONS
from .paths.dialect import to_jsonpath_ng
from .paths.plain import select
from .prelude import NOTHING, Rejected, Run, equal
from .resolved import Resolved, ResolvedAction

Json: TypeAlias = Any
ANY = n.FieldType(n.NamedType("any"))


class Reference:
    """Evaluates a resolved mapping.

    Shape:  as a Destination: `route(event)`, `build(action, event)`; `run` counts what is left out
    """

    def __init__(self, resolved: Resolved, run: Run) -> None:
        self.resolved = resolved
        self.run = run

    # --- actions

    def route(self, event: Json) -> list[tuple[str, Json]]:
        """Each action whose trigger holds, with its payload or its rejection."""
        results: list[tuple[str, Json]] = []
        for action in self.resolved.actions:
            if self.fires(action, event):
                try:
                    values = self._values(action, event)
                except Rejected as rejected:  # by a shape that the items go through
                    results.append((action.name, rejected))
                    continue
                results += [(action.name, self._attempt(action, value, event)) for value in values]
        return results

    def _attempt(self, action: ResolvedAction, value: Json, event: Json) -> Json:
        try:
            return self.build(action, value, event)
        except Rejected as rejected:
            return rejected

    def fires(self, action: ResolvedAction, event: Json) -> bool:
        """Whether the trigger of an action holds."""
        return action.when is None or self.holds(action.when, event, event, event)

    def _values(self, action: ResolvedAction, event: Json) -> list[Json]:
        if action.for_each is None:
            return [event]
        return prelude.items_of(self.value(action.for_each, event, event)) or []

    def build(self, action: ResolvedAction, value: Json, event: Json) -> Json:
        """The payload of a value (the event, or an item of `for each`). Errors: Rejected."""
        return self._record(action.rows, value, event, "")

    # --- records

    def _record(self, rows: tuple[n.Row, ...], value: Json, event: Json, prefix: str) -> Json:
        payload: dict[str, Json] = {}
        holders = {row.field.parts[:end] for row in rows for end in range(1, len(row.field.parts))}
        for row in rows:
            kind = row.type or ANY
            label = prefix + row.field.text
            given = self.value(row.source, value, event) if row.source is not None else NOTHING
            if row.field.parts == (n.SPREAD,):
                self._spread(payload, row, given, label)
            elif row.field.parts in holders:
                here = self._open(payload, row.field.parts)
                if given is not NOTHING and given is not None:
                    if isinstance(given, dict):
                        here.update({**_as_dict(given), **here})  # rows of members win, whichever comes first
                    else:
                        self.run.misfit(given, "object", label, kind.required is True)
            else:
                fitted = self._field(kind, given, label)
                if row.source is None and kind.required is not True:
                    continue
                above = self._open(payload, row.field.parts[:-1])
                if fitted is not NOTHING:
                    above[row.field.parts[-1]] = fitted
        self._prune(payload, rows, prefix)
        self._require(payload, rows, value, event, prefix)
        return payload

    def _spread(self, payload: dict[str, Json], row: n.Row, given: Json, label: str) -> None:
        if isinstance(given, dict):
            for key, member in _as_dict(given).items():
                payload.setdefault(key, member)
        elif given is not NOTHING and given is not None:
            self.run.misfit(given, "object", label, row.type is not None and row.type.required is True)

    def _open(self, payload: dict[str, Json], names: tuple[str, ...]) -> dict[str, Json]:
        """The object at these names, which only this record fills."""
        here = payload
        for name in names:
            if not isinstance(here.get(name), _Own):
                here[name] = _Own()
            here = here[name]
        return here

    def _prune(self, payload: dict[str, Json], rows: tuple[n.Row, ...], prefix: str) -> None:
        """Objects without members are left out; a required one rejects."""
        required = {row.field.parts: row for row in rows if row.type is not None and row.type.required is True}

        def prune(here: dict[str, Json], names: tuple[str, ...]) -> None:
            for name, member in list(here.items()):
                if isinstance(member, _Own):
                    prune(member, (*names, name))
                    if member:
                        here[name] = dict(member)
                    elif (*names, name) in required:
                        raise prelude.missing(prefix + required[(*names, name)].field.text)
                    else:
                        del here[name]

        prune(payload, ())

    def _require(self, payload: Json, rows: tuple[n.Row, ...], value: Json, event: Json, prefix: str) -> None:
        for row in rows:
            condition = row.type.required if row.type is not None else False
            if isinstance(condition, bool) or row.field.parts == (n.SPREAD,):  # nothing asks for what is spread
                continue
            here = payload
            for name in row.field.parts:
                here = _as_dict(here).get(name) if isinstance(here, dict) else None
            if here is None and self.holds(condition, value, event, payload):
                raise prelude.missing(prefix + row.field.text)

    def _field(self, kind: n.FieldType, given: Json, label: str) -> Json:
        """A value as its field takes it, or nothing. Errors: Rejected."""
        any_type = isinstance(kind.value, n.NamedType) and kind.value.name == "any"
        if given is NOTHING or (given is None and not (kind.nullable or (any_type and kind.required is not True))):
            if kind.required is True:
                raise prelude.missing(label)
            return NOTHING
        if given is None:
            return None
        fitted = self.fit(kind.value, given, label)
        if fitted is not None:
            if isinstance(kind.value, n.ListType):
                self.run.note_items(given, fitted, _kind_text(kind.value), label)
            return fitted
        if given is not None:
            self.run.misfit(given, _kind_text(kind.value), label, kind.required is True)
        return NOTHING

    # --- types

    def fit(self, kind: n.ValueType, value: Json, label: str = "") -> Json:
        """A value made to fit a type, or None; `label` counts what is cut."""
        match kind:
            case n.LiteralType(values):
                return prelude.as_one_of(value, values)
            case n.ListType(item):
                return prelude.as_list_of(value, lambda v: self.fit(item, v))
            case n.NamedType("any"):
                return value
            case n.NamedType(name) if name in self.resolved.shapes:
                return self._fit_shape(self.resolved.shapes[name], value)
            case n.NamedType(name, low, high):
                fitted = _SCALARS[name](value)
                if fitted is None:
                    return None
                size = fitted if name in ("number", "integer") else len(fitted) if low or high else 0
                if high is not None and size > high and name in ("string", "secret"):
                    if label:
                        self.run.note(label, f"longer than {high}")
                    fitted = fitted[:high]
                elif high is not None and size > high:
                    return None
                return None if low is not None and size < low else fitted

    def _fit_shape(self, shape: n.Shape, value: Json) -> Json:
        if not isinstance(value, dict):
            return None
        given = _as_dict(value)
        fitted: dict[str, Json] = {} if shape.closed else dict(given)
        for row in shape.rows:
            kind, name = row.type or ANY, row.field.parts[-1]
            member = given.get(name)
            member = self.fit(kind.value, member) if member is not None else None
            if member is not None:
                fitted[name] = member
            elif kind.required is True:
                return None
            elif kind.nullable and name in given and given[name] is None:
                fitted[name] = None
            else:
                fitted.pop(name, None)
        return fitted

    # --- values

    def value(self, expr: n.Expr, value: Json, event: Json, bare: Json = None) -> Json:
        """The value of an expression, or NOTHING; `value` is what `$` is, `bare` what bare names are of (the event)."""
        bare = event if bare is None else bare
        match expr:
            case n.Path():
                return self._path(expr, value, event, bare)
            case n.Literal(constant):
                return constant
            case n.Template(parts):
                shown = [
                    p if isinstance(p, str) else prelude.placeholder(self.value(p, value, event, bare)) for p in parts
                ]
                return "".join(shown)
            case n.Object(members):
                found = {m.key: self.value(m.value, value, event, bare) for m in members}
                return {key: member for key, member in found.items() if member is not NOTHING}
            case n.List(items):
                return [v for v in (self.value(item, value, event, bare) for item in items) if v is not NOTHING]
            case n.Coalesce(arms):
                found = NOTHING
                for arm in arms:
                    found = self.value(arm, value, event, bare)
                    if found is not NOTHING and found is not None:
                        return found
                return found
            case n.If():
                if self.holds(expr.condition, value, event, event):
                    return self.value(expr.then, value, event, bare)
                return self.value(expr.otherwise, value, event, bare) if expr.otherwise is not None else NOTHING
            case n.Each(items, body):
                source = prelude.items_of(self.value(items, value, event, bare))
                if source is None:
                    return NOTHING
                each = [self.value(body, item, event, bare) for item in source]
                return [item for item in each if item is not NOTHING]
            case n.Pipe(first, body):
                bound = self.value(first, value, event, bare)
                return NOTHING if bound is NOTHING else self.value(body, bound, event, bare)
            case n.Call("liquid", (n.Literal(str() as template), *_)):
                from .loader import raw_directive

                return raw_directive(json.dumps({"@liquid": template}))(value)
            case n.Call():
                return self._call(expr, lambda argument: self.value(argument, value, event, bare))
            case n.Ref(name):
                let = self.resolved.lets.get(name)
                if let is not None:
                    return self.value(let.value, value, event, bare)
                return self._record(self.resolved.shapes[name].rows, value, event, f"{name}.")
            case n.Setting(name):
                return self.run.settings.get(name, NOTHING)
            case n.Directive(text):
                return self._directive(text, value, event)

    def _path(self, path: n.Path, value: Json, event: Json, bare: Json) -> Json:
        """A singular path gives a value or nothing, any other the list of its matches."""
        if path.root == "":
            path, value = n.Path("$", path.segments), bare
        found = _matches(path, value, event)
        if not path.singular:
            return found
        return found[0] if found else NOTHING

    def _directive(self, text: str, value: Json, event: Json) -> Json:
        from ..dsl.directives import to_expr
        from .loader import raw_directive

        expr = to_expr(json.loads(text))
        return raw_directive(text)(value) if isinstance(expr, n.Directive) else self.value(expr, value, event)

    def _call(self, call: n.Call, evaluate: Callable[[n.Expr], Json]) -> Json:
        name = call.name
        if name == "now":
            return self.run.now()
        if name == "first_present":
            values = (evaluate(argument) for argument in call.arguments)
            return next((v for v in values if v is not NOTHING and v is not None and v != ""), NOTHING)
        if name == "lookup":
            return self._lookup(call, evaluate)
        values = [_or_none(evaluate(argument)) for argument in call.arguments]
        given = {o.name: o.value.value for o in call.options if isinstance(o.value, n.Literal)}
        options = {o.name: given.get(o.name, o.default) for o in FUNCTIONS[name].options}
        result = _apply(name, values, options)
        return NOTHING if result is None and not FUNCTIONS[name].may_be_null else result

    def _lookup(self, call: n.Call, evaluate: Callable[[n.Expr], Json]) -> Json:
        table = call.arguments[1]
        rows = self.resolved.tables[table.name].rows if isinstance(table, n.Ref) else ()
        value = _or_none(evaluate(call.arguments[0]))
        if value is None:
            return NOTHING
        for row in rows:
            if any(equal(value, key.value) for key in row.keys):
                return row.value.value
        return next((evaluate(o.value) for o in call.options if o.name == "else"), NOTHING)

    # --- conditions

    def holds(self, condition: n.Condition, value: Json, event: Json, bare: Json) -> bool:
        """Whether a condition holds; `bare` is what bare names are members of."""

        def evaluate(expr: n.Expr) -> Json:
            return _or_none(self.value(expr, value, event, bare))

        match condition:
            case n.And(terms):
                return all(self.holds(term, value, event, bare) for term in terms)
            case n.Or(terms):
                return any(self.holds(term, value, event, bare) for term in terms)
            case n.Not(term):
                return not self.holds(term, value, event, bare)
            case n.Compare(left, op, right):
                return _compare(evaluate(left), op, evaluate(right))
            case n.In(expr, choices):
                found = evaluate(expr)
                return any(equal(found, choice.value) for choice in choices)
            case n.Test(name, arguments):
                return _test(name, [evaluate(argument) for argument in arguments])
            case n.Constant(known):
                return known


class _Own(dict[str, Json]):
    """An object that a record fills itself, apart from one that came with the event."""


_SCALARS: dict[str, Callable[[Json], Json]] = {
    "string": prelude.as_string,
    "secret": prelude.as_string,
    "number": prelude.as_number,
    "integer": prelude.as_integer,
    "boolean": prelude.as_boolean,
    "datetime": prelude.as_datetime,
    "date": prelude.as_date,
    "email": prelude.as_email,
    "uri": prelude.as_uri,
    "object": prelude.as_object,
    "array": prelude.as_array,
}


def _kind_text(kind: n.ValueType) -> str:
    from .emit.fits import describe

    return describe(kind)


def _matches(path: n.Path, value: Json, event: Json) -> list[Json]:
    """By jsonpath-ng, which nobody here wrote, wherever its dialect agrees with RFC 9535."""
    is_container = isinstance(value, dict | list)
    text = to_jsonpath_ng(path) if is_container else None
    if text is None:
        return select(path, value, event)
    matches: list[Json] = _jsonpath(text).find(value)
    return [match.value for match in matches]


@lru_cache(maxsize=4096)
def _jsonpath(text: str) -> Json:
    from jsonpath_ng.ext.parser import parse

    return parse(text)


def _as_dict(value: Json) -> dict[str, Json]:
    return value


def _or_none(value: Json) -> Json:
    return None if value is NOTHING else value


def _compare(left: Json, op: str, right: Json) -> bool:
    if op in ("=", "!="):
        return equal(left, right) == (op == "=")
    if not prelude.comparable(left, right):
        return False
    return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[op]


def _test(name: str, values: list[Json]) -> bool:
    match name:
        case "contains":
            return prelude.has_text(values[0], values[1])
        case "match":
            return prelude.matches(values[0], values[1])
        case "exists":
            return values[0] is not None
        case _:
            return values[0] is not None and values[0] != ""


def _apply(name: str, values: list[Json], options: dict[str, Json]) -> Json:
    function = getattr(prelude_functions, f"fn_{name}")
    match name:
        case "merge":
            return function(values, left=options["direction"] == "left")
        case "omit" | "pick":
            return function(values[0], tuple(values[1:]))
        case "add" | "subtract" | "multiply" | "divide":
            return function(values)
        case "replace":
            return function(*values, ignorecase=options["ignorecase"], every=options["global"])
        case _:
            return function(*values, **options)
