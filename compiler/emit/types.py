"""The functions that fit values to compound types, emitted once each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ...dsl.nodes import ListType, LiteralType, NamedType, ValueType
from .. import ir
from .fits import CALLS, describe
from .writer import Names, Writer, in_words


@dataclass(slots=True)
class Types:
    """Gives the call that fits a value; `writer` collects the functions that this takes."""

    names: Names
    shapes: dict[str, ir.ShapeType]
    writer: Writer = field(default_factory=Writer)
    made: dict[str, str] = field(default_factory=dict[str, str])

    def call(self, kind: ValueType, held: str) -> str:
        """An expression: the value made to fit, or None. A text's upper bound is left to the caller."""
        match kind:
            case NamedType(name, low, high) if name in CALLS and (low is None and (high is None or name == "string")):
                return f"{CALLS[name]}({held})"
            case NamedType("any"):
                return held
            case LiteralType(values):
                return f"as_one_of({held}, {_tuple(values)})"
            case ListType(item):
                return f"as_list_of({held}, {self.function(item)})"
            case _:
                return f"{self.function(kind)}({held})"

    def function(self, kind: ValueType) -> str:
        """The name of a function of one value that fits it to a type."""
        match kind:
            case NamedType(name, None, None) if name in CALLS:
                return CALLS[name]
            case NamedType(name) if name in self.shapes:
                return self._once(f"type {name}", f"as_{name}", lambda n: self._shape(n, self.shapes[name]))
            case _:
                return self._once(describe(kind), f"as_{_word(kind)}", lambda n: self._plain(n, kind))

    def _once(self, key: str, hint: str, write: Callable[[str], None]) -> str:
        if key not in self.made:
            name = self.names.fresh(hint)
            self.made[key] = name
            write(name)
        return self.made[key]

    def _plain(self, name: str, kind: ValueType) -> None:
        lines = Writer()
        span = kind.span
        lines.line("", span)
        lines.line("", span)
        with lines.block(f"def {name}(value):", span):
            lines.line(f'"""A value of the type {in_words(describe(kind))}, or None."""', span)
            match kind:
                case NamedType(base, low, high) if base != "any":
                    lines.line(f"value = {CALLS[base]}(value)", span)
                    size = "value" if base in ("number", "integer") else "len(value)"
                    text = base in ("string", "secret")
                    tests = [f"{size} < {low!r}"] if low is not None else []
                    tests += [f"{size} > {high!r}"] if high is not None and not text else []
                    if tests:
                        with lines.block(f"if value is not None and ({' or '.join(tests)}):", span):
                            lines.line("return None", span)
                    cut = f"[:{high!r}] if value is not None else None" if text and high is not None else ""
                    lines.line(f"return value{cut}", span)
                case NamedType():
                    lines.line("return value", span)
                case LiteralType() | ListType():
                    lines.line(f"return {self.call(kind, 'value')}", span)
        self._add(lines)

    def _shape(self, name: str, shape: ir.ShapeType) -> None:
        lines = Writer()
        span = shape.span
        lines.line("", span)
        lines.line("", span)
        with lines.block(f"def {name}(value):", span):
            lines.line(f'"""An object of the shape {in_words(shape.name)}, or None."""', span)
            with lines.block("if type(value) is not dict:", span):
                lines.line("return None", span)
            lines.line("fitted = {}" if shape.closed else "fitted = dict(value)", span)
            for item in shape.fields:
                self._member(lines, item)
            lines.line("return fitted", span)
        self._add(lines)

    def _member(self, lines: Writer, item: ir.Field) -> None:
        span, key = item.span, item.names[-1] if item.names else ""
        lines.line(f"member = value.get({key!r})", span)
        fit = self.call(item.type, "member")
        if isinstance(item.type, NamedType) and item.type.high is not None:
            fit = f"{self.function(item.type)}(member)"
        with lines.block("if member is not None:", span):
            lines.line(f"member = {fit}", span)
        with lines.block("if member is not None:", span):
            lines.line(f"fitted[{key!r}] = member", span)
        if item.required is True:
            with lines.block("else:", span):
                lines.line("return None", span)
        elif item.nullable:
            with lines.block(f"elif {key!r} in value and value[{key!r}] is None:", span):
                lines.line(f"fitted[{key!r}] = None", span)
        if item.required is not True:
            with lines.block("else:", span):
                lines.line(f"fitted.pop({key!r}, None)", span)

    def _add(self, lines: Writer) -> None:
        self.writer.lines += lines.lines
        self.writer.spans += lines.spans


def _tuple(values: Sequence[object]) -> str:
    return f"({', '.join(map(repr, values))}{',' if len(values) == 1 else ''})"


def _word(kind: ValueType) -> str:
    match kind:
        case NamedType(name):
            return name
        case LiteralType():
            return "one_of"
        case ListType(item):
            return f"list_of_{_word(item)}"
