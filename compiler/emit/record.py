"""Records as statements: each field read, fitted to its type, and put into the payload."""

from ...dsl.nodes import LiteralType, NamedType
from ...dsl.source import Span
from .. import ir, prelude
from .body import Body
from .certain import fits_as_it_is, never_nothing
from .fits import CALLS, TEXTS, describe, guard
from .types import Types
from .writer import in_words


class RecordEmitter:
    """Writes the fields of one record into a function's body."""

    def __init__(self, body: Body, types: Types) -> None:
        self.body = body
        self.types = types
        self.objects: dict[tuple[str, ...], str] = {}

    def emit(self, record: ir.Record) -> None:
        """All fields, then what can only be known at the end: empty objects, conditional requirements."""
        names = {field.names for field in record.fields}
        for field in record.fields:
            self.body.writer.line("", field.span)
            self._field(field, any(n[: len(field.names)] == field.names and n != field.names for n in names))
        self._close(record)

    # --- where a field goes

    def _object(self, names: tuple[str, ...], span: Span) -> str:
        """The variable that holds the object in which a member lies; made where it is not there yet."""
        if not names:
            return self.body.payload
        if names not in self.objects:
            above = self._object(names[:-1], span)
            name = self.body.names.fresh(names[-1])
            self.body.writer.line(f"{name} = {above}[{names[-1]!r}] = {{}}", span)
            self.objects[names] = name
        return self.objects[names]

    # --- one field

    def _field(self, field: ir.Field, has_members: bool) -> None:
        writer, span = self.body.writer, field.span
        modifiers = (" required" if field.required is True else "") + (" nullable" if field.nullable else "")
        if not field.names:
            self._spread(field)
            return
        if field.value is None and not has_members:
            if field.required is True:
                writer.line(f"raise missing({field.row!r})", span)
            return
        comment = f"# {field.row}: {describe(field.type)}{modifiers}"
        writer.line(in_words(comment), span)
        target = self._object(field.names[:-1], span)
        if has_members:
            self._with_members(field, target)
            return
        assert field.value is not None
        self._put(field, field.value, target, field.names[-1])

    def _put(self, field: ir.Field, value: ir.Value, target: str, key: str) -> None:
        body, span = self.body, field.span
        body.hoist(value)
        is_any = isinstance(field.type, NamedType) and field.type.name == "any"
        if is_any or field.nullable:
            self._put_nullable(field, value, target, key, is_any)
            return
        if isinstance(value, ir.Const) and self._constant_fits(field, value):
            body.writer.line(f"{target}[{key!r}] = {value.value!r}", span)
            return
        if fits_as_it_is(value, field.type):
            self._put_certain(field, value, target, key)
            return
        held = body.variable(body.value(value, False, key), key, span)
        test = guard(field.type, held)
        fits = f"{target}[{key!r}] = {held}"
        if test is not None:
            with body.writer.block(f"if {test}:", span):
                body.writer.line(fits, span)
        word = "if" if test is None else "elif"
        if field.required is True:
            with body.writer.block(f"{word} {held} is None:", span):
                body.writer.line(f"raise missing({field.row!r})", span)
            with body.writer.block("else:", span):
                self._settle(field, target, key, held)
        else:
            with body.writer.block(f"{word} {held} is not None:", span):
                self._settle(field, target, key, held)

    def _put_certain(self, field: ir.Field, value: ir.Value, target: str, key: str) -> None:
        """A value that is of the type wherever it is there."""
        writer, span = self.body.writer, field.span
        text = self.body.value(value, False, key)
        if never_nothing(value):
            writer.line(f"{target}[{key!r}] = {text}", span)
            return
        held = self.body.variable(text, key, span)
        if field.required is True:
            with writer.block(f"if {held} is None:", span):
                writer.line(f"raise missing({field.row!r})", span)
            writer.line(f"{target}[{key!r}] = {held}", span)
            return
        with writer.block(f"if {held} is not None:", span):
            writer.line(f"{target}[{key!r}] = {held}", span)

    def _put_nullable(self, field: ir.Field, value: ir.Value, target: str, key: str, is_any: bool) -> None:
        body, span = self.body, field.span
        held = body.variable(body.value(value, True, key), key, span)
        writer = body.writer
        if field.required is True:
            nothing = f"{held} is NOTHING" if field.nullable else f"{held} is NOTHING or {held} is None"
            with writer.block(f"if {nothing}:", span):
                writer.line(f"raise missing({field.row!r})", span)
        store = f"{target}[{key!r}] = {held}"
        if is_any:
            if field.required is True or never_nothing(value):
                writer.line(store, span)
            else:
                with writer.block(f"if {held} is not NOTHING:", span):
                    writer.line(store, span)
            return
        test = guard(field.type, held)
        with writer.block("if " + (f"{test} or " if test else "") + f"{held} is None:", span):
            writer.line(store, span)
        with writer.block(f"elif {held} is not NOTHING:", span):
            self._settle(field, target, key, held)

    def _constant_fits(self, field: ir.Field, constant: ir.Const) -> bool:
        """Whether a constant is for certain of the field's type: it needs no test when events come."""
        kind, value = field.type, constant.value
        if isinstance(kind, LiteralType):
            return any(value is known or (isinstance(value, str) and value == known) for known in kind.values)
        if not isinstance(kind, NamedType) or kind.name not in CALLS or (kind.low, kind.high) != (None, None):
            return False
        return value is not None and getattr(prelude, CALLS[kind.name])(value) is value

    def _settle(self, field: ir.Field, target: str, key: str, held: str) -> None:
        """The slow way: make the value fit, or note or reject it."""
        kind = field.type
        if isinstance(kind, NamedType) and kind.name in TEXTS:
            fitted = f"as_string({held})"
            fitted = f"long_enough({fitted}, {kind.low!r})" if kind.low is not None else fitted
            fitted = f"run.shorten({fitted}, {kind.high!r}, {field.row!r})" if kind.high is not None else fitted
        else:
            fitted = self.types.call(kind, held)
        required = ", True" if field.required is True else ""
        row, name = field.row, describe(kind)
        self.body.writer.line(
            f"run.settle({target}, {key!r}, {held}, {fitted}, {name!r}, {row!r}{required})", field.span
        )

    def _with_members(self, field: ir.Field, target: str) -> None:
        """An object whose members have rows of their own: its source is copied, the members go over it."""
        body, span = self.body, field.span
        late = field.names in self.objects  # members whose rows came before win all the same
        name = self._object(field.names, span)
        if field.value is not None:
            body.hoist(field.value)
            held = body.variable(body.value(field.value, False, field.names[-1]), field.names[-1], span)
            with body.writer.block(f"if type({held}) is dict:", span):
                body.writer.line(f"{name}.update({f'{{**{held}, **{name}}}' if late else held})", span)
            with body.writer.block(f"elif {held} is not None:", span):
                required = ", True" if field.required is True else ""
                body.writer.line(f"run.misfit({held}, 'object', {field.row!r}{required or ', False'})", span)

    def _spread(self, field: ir.Field) -> None:
        body, span = self.body, field.span
        if field.value is None:
            return
        body.writer.line("# every member of an object; rows with a name win", span)
        body.hoist(field.value)
        held = body.variable(body.value(field.value, False, "members"), "members", span)
        key = body.names.fresh("key")
        block, payload = body.writer.block, body.payload
        skip = f"if {key} not in {payload}:"
        with block(f"if type({held}) is dict:", span), block(f"for {key} in {held}:", span), block(skip, span):
            body.writer.line(f"{payload}[{key}] = {held}[{key}]", span)
        with body.writer.block(f"elif {held} is not None:", span):
            body.writer.line(f"run.misfit({held}, 'object', {field.row!r}, {field.required is True})", span)

    # --- the end

    def _close(self, record: ir.Record) -> None:
        writer = self.body.writer
        for names in sorted(self.objects, key=len, reverse=True):
            name = self.objects[names]
            above = self._object(names[:-1], record.span)
            field = next((f for f in record.fields if f.names == names), None)
            with writer.block(f"if not {name}:", record.span):
                if field is not None and field.required is True:
                    writer.line(f"raise missing({field.row!r})", field.span)
                else:
                    writer.line(f"del {above}[{names[-1]!r}]", record.span)
        for field in record.fields:
            if field.names and not isinstance(field.required, bool):  # nothing asks for what is spread
                self._required_if(field, field.required)

    def _required_if(self, field: ir.Field, test: ir.Test) -> None:
        body = self.body
        body.writer.line(f"# {in_words(field.row)} is required under a condition", field.span)
        body.hoist(test)
        held: list[str] = [body.payload]
        for part in field.names[:-1]:
            name = body.names.fresh(part)
            body.writer.line(f"{name} = {held[-1]}.get({part!r}, EMPTY)", field.span)
            held.append(name)
        condition = body.test(test)
        grouped = f"({condition})" if " or " in condition else condition
        with body.writer.block(f"if {held[-1]}.get({field.names[-1]!r}) is None and {grouped}:", field.span):
            body.writer.line(f"raise missing({field.row!r})", field.span)
