"""A resolved mapping to a program: names bound, scopes numbered, sugar taken apart."""

import json
from dataclasses import dataclass, field

from ..dsl import nodes as n
from . import ir
from .functions import FUNCTIONS
from .resolved import Resolved, ResolvedAction


class CompilerBug(AssertionError):
    """Something that the checks should have kept from here: our error, not the user's."""


ANY = n.NamedType("any")


def lower(resolved: Resolved) -> ir.Program:
    """The program of a resolved mapping without errors."""
    low = _Lower(resolved)
    shapes = [s for s in resolved.shapes.values() if s.sources]
    types = [s for s in resolved.shapes.values() if not s.sources]
    return ir.Program(
        name=resolved.name,
        title=resolved.title,
        builds=tuple(low.build(action) for action in resolved.actions),
        shapes=tuple(low.shape(shape) for shape in shapes),
        types=tuple(low.shape_type(shape) for shape in types),
        tables=tuple((t.name, _table(t)) for t in resolved.tables.values()),
        span=resolved.mapping.span,
    )


def _table(table: n.LookupTable) -> tuple[tuple[n.Scalar, n.Scalar], ...]:
    return tuple((key.value, row.value.value) for row in table.rows for key in row.keys)


@dataclass(slots=True)
class _Lower:
    resolved: Resolved
    count: int = field(default=0)

    def _fresh(self) -> int:
        self.count += 1
        return self.count

    # --- sections

    def build(self, action: ResolvedAction) -> ir.Build:
        when = action.when
        trigger = self.test(when, ir.EVENT) if when is not None else ir.Always(True, span=action.span)
        items = self.value(action.for_each, ir.EVENT) if action.for_each is not None else None
        var = ir.EVENT if items is None else self._fresh()
        record = ir.Record(tuple(self.field(row, var, "") for row in action.rows), span=action.span)
        return ir.Build(action.key, action.name, action.title, trigger, items, var, record, span=action.span)

    def shape(self, shape: n.Shape) -> tuple[str, int, ir.Record]:
        var = self._fresh()
        fields = tuple(self.field(row, var, f"{shape.name}.") for row in shape.rows)
        return shape.name, var, ir.Record(fields, span=shape.span)

    def shape_type(self, shape: n.Shape) -> ir.ShapeType:
        fields = tuple(self.field(row, ir.EVENT, f"{shape.name}.") for row in shape.rows)
        return ir.ShapeType(shape.name, fields, shape.closed, span=shape.span)

    def field(self, row: n.Row, var: int, prefix: str) -> ir.Field:
        kind = row.type or n.FieldType(ANY)
        spread = row.field.parts == (n.SPREAD,)
        required = kind.required if isinstance(kind.required, bool) else self.test(kind.required, ir.PAYLOAD, var)
        return ir.Field(
            names=() if spread else row.field.parts,
            row=prefix + row.field.text,
            type=kind.value,
            required=required,
            nullable=kind.nullable,
            value=self.value(row.source, var) if row.source is not None else None,
            span=row.span,
        )

    # --- values; `var` is what `$` reads, `bare` what bare names (in conditions) do

    def value(self, expr: n.Expr, var: int, bare: int = ir.EVENT) -> ir.Value:
        span = expr.span
        match expr:
            case n.Path():
                return self.path(expr, var, bare)
            case n.Literal():
                return ir.Const(expr.value, span=span)
            case n.Template(parts):
                return ir.Concat(
                    tuple(p if isinstance(p, str) else self._placeholder(p, var) for p in parts), span=span
                )
            case n.Object(members):
                return ir.MakeObject(tuple((m.key, self.value(m.value, var, bare)) for m in members), span=span)
            case n.List(items):
                return ir.MakeList(tuple(self.value(item, var, bare) for item in items), span=span)
            case n.Coalesce(arms):
                return ir.FirstOf(tuple(self.value(arm, var, bare) for arm in arms), span=span)
            case n.If():
                otherwise = self.value(expr.otherwise, var, bare) if expr.otherwise is not None else None
                return ir.Choose(
                    self.test(expr.condition, ir.EVENT, var), self.value(expr.then, var, bare), otherwise, span=span
                )
            case n.Each(items, body):
                item = self._fresh()
                return ir.MapEach(self.value(items, var, bare), item, self.value(body, item, bare), span=span)
            case n.Pipe(value, body):
                bound = self._fresh()
                return ir.Bind(self.value(value, var, bare), bound, self.value(body, bound, bare), span=span)
            case n.Call():
                return self._call(expr, var, bare)
            case n.Ref(name):
                let = self.resolved.lets.get(name)
                return ir.ShapeCall(name, var, span=span) if let is None else self.value(let.value, var, bare)
            case n.Setting(name):
                return ir.SettingValue(name, span=span)
            case n.Directive():
                return self._directive(expr, var)

    def path(self, path: n.Path, var: int, bare: int) -> ir.Value:
        """A path as a read or a selection; a bare name reads from `bare`."""
        base = {"$": var, "$$": ir.EVENT, "": bare}.get(path.root)
        if base is None:
            raise CompilerBug(f"a path that begins with {path.root!r}")
        if path.singular:
            return ir.Read(base, path.steps, span=path.span)
        return ir.Select(base, path, span=path.span)

    def _placeholder(self, path: n.Path, var: int) -> ir.Read:
        read = self.path(path, var, ir.EVENT)
        if not isinstance(read, ir.Read):
            raise CompilerBug("a placeholder with several values")
        return read

    def _call(self, call: n.Call, var: int, bare: int) -> ir.Value:
        if call.name == "now":
            return ir.Now(span=call.span)
        if call.name == "first_present":
            return ir.FirstOf(tuple(self.value(a, var, bare) for a in call.arguments), True, span=call.span)
        if call.name == "liquid":
            text = call.arguments[0]
            template = text.value if isinstance(text, n.Literal) else ""
            return ir.Raw(var, json.dumps({"@liquid": template}, ensure_ascii=False), span=call.span)
        if call.name == "lookup":
            table = call.arguments[1]
            name = table.name if isinstance(table, n.Ref) else ""
            otherwise = next((self.value(o.value, var, bare) for o in call.options if o.name == "else"), None)
            return ir.Lookup(self.value(call.arguments[0], var, bare), name, otherwise, span=call.span)
        given = {o.name: o.value.value for o in call.options if isinstance(o.value, n.Literal)}
        options = tuple((o.name, given.get(o.name, o.default)) for o in FUNCTIONS[call.name].options)
        return ir.Apply(call.name, tuple(self.value(a, var, bare) for a in call.arguments), options, span=call.span)

    def _directive(self, directive: n.Directive, var: int) -> ir.Value:
        from ..dsl.directives import to_expr

        expr = to_expr(json.loads(directive.text))
        if isinstance(expr, n.Directive):
            return ir.Raw(var, directive.text, span=directive.span)
        return self.value(expr, var)

    # --- conditions; `bare` is what bare names read

    def test(self, condition: n.Condition, bare: int, var: int = ir.EVENT) -> ir.Test:
        span = condition.span
        match condition:
            case n.And(terms):
                return ir.AllOf(tuple(self.test(t, bare, var) for t in terms), span=span)
            case n.Or(terms):
                return ir.AnyOf(tuple(self.test(t, bare, var) for t in terms), span=span)
            case n.Not(term):
                return ir.Negate(self.test(term, bare, var), span=span)
            case n.Compare(left, op, right):
                first, second = self.value(left, var, bare), self.value(right, var, bare)
                if op == "=":
                    return ir.Equal(first, second, span=span)
                if op == "!=":
                    return ir.Negate(ir.Equal(first, second, span=span), span=span)
                return ir.Order(first, op, second, span=span)
            case n.In(value, choices):
                return ir.OneOf(self.value(value, var, bare), tuple(c.value for c in choices), span=span)
            case n.Test(name, arguments):
                values = [self.value(a, var, bare) for a in arguments]
                match name:
                    case "contains":
                        return ir.Contains(values[0], values[1], span=span)
                    case "match":
                        return ir.Matches(values[0], values[1], span=span)
                    case _:
                        return ir.Exists(values[0], name == "present", span=span)
            case n.Constant(value):
                return ir.Always(value, span=span)
