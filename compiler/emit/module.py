"""A program as a module: a function for each action and shape, and the route over all of them."""

import ast
from dataclasses import dataclass, field

from ...dsl.nodes import Path
from ...dsl.source import NOWHERE, Span
from .. import ir
from ..paths.emit import emit_query
from .body import Body
from .certain import are_apart
from .prelude_text import needed_prelude, prelude_names
from .record import RecordEmitter
from .types import Types
from .writer import Names, Writer, in_words


@dataclass(frozen=True, slots=True)
class Emitted:
    """Generated text.

    Shape:  `text` is what is loaded beside the prelude, a span for each of its lines; `module` is the whole of it as
        a file of its own; `functions` gives for each build (by key) the names of its trigger and its builder;
        `raws` the JSON of raw directives by the names that the text calls them by
    """

    text: str
    spans: tuple[Span, ...]
    module: str
    functions: dict[str, tuple[str, str]]
    raws: dict[str, str]


def emit(program: ir.Program) -> Emitted:
    """The Python text of a program: the same program gives the same bytes."""
    return _Module(program).emit()


@dataclass(slots=True)
class _Module:
    program: ir.Program
    names: Names = field(default_factory=lambda: Names(set(prelude_names())))
    main: Writer = field(default_factory=Writer)
    helpers: Writer = field(default_factory=Writer)
    queries: dict[str, str] = field(default_factory=dict[str, str])
    shapes: dict[str, str] = field(default_factory=dict[str, str])
    tables: dict[str, str] = field(default_factory=dict[str, str])
    raws: dict[str, str] = field(default_factory=dict[str, str])
    types: Types = field(init=False)

    def __post_init__(self) -> None:
        self.types = Types(self.names, {shape.name: shape for shape in self.program.types})

    # --- what bodies ask for

    def query(self, path: Path, span: Span) -> str:
        """The function that selects a path's matches, written once."""
        key = repr(path)  # not the path itself: to Python, a filter for 1 equals one for true
        if key not in self.queries:
            name = self.names.fresh("query")
            self.queries[key] = name
            _section(self.helpers, span)
            for line in emit_query(path, name):
                self.helpers.line(line, span)
        return self.queries[key]

    def shape(self, name: str) -> str:
        """The function that builds a shape."""
        return self.shapes[name]

    def table(self, name: str) -> str:
        """The constant that holds a lookup table."""
        return self.tables[name]

    def raw(self, text: str) -> str:
        """The function that runs a raw directive; whoever loads the text supplies it."""
        if text not in self.raws:
            self.raws[text] = self.names.fresh("raw_directive")
        return self.raws[text]

    def outline(self, value: ir.Value, var: int, hint: str) -> str:
        """A function of its own for a value that is nested too deep."""
        name = self.names.fresh(f"{hint}_part")
        writer = Writer()
        _section(writer, value.span)
        with writer.block(f"def {name}(value, event, run):", value.span):
            body = self._body(writer, {ir.EVENT: "event", var: "event" if var == ir.EVENT else "value"})
            writer.line(f"return {body.value(value, True)}", value.span)
        self.helpers.lines += writer.lines
        self.helpers.spans += writer.spans
        return name

    def fill(self, body: Body, record: ir.Record) -> None:
        """Write the fields of a record into the body's payload."""
        RecordEmitter(body, self.types).emit(record)

    # --- the module

    def emit(self) -> Emitted:
        """Functions for shapes and actions, then the route."""
        calls = [node for node in ir.below(self.program) if isinstance(node, ir.ShapeCall)]
        called = {call.shape for call in calls if call.placed is None}
        for name in (name for name, _, _ in self.program.shapes if name in called):
            self.shapes[name] = self.names.fresh(f"shape_{name}")
        for name, _ in self.program.tables:
            self.tables[name] = self.names.fresh(f"table_{name}").upper()
        for name, rows in self.program.tables:
            self._table(self.tables[name], rows)
        for name, var, record in self.program.shapes:
            if name in called:
                self._shape(self.shapes[name], name, var, record)
        functions = {build.key: self._build(build) for build in self.program.builds}
        self._route(functions)
        writers = (self.helpers, self.types.writer, self.main)
        lines = [line for writer in writers for line in writer.lines]
        spans = tuple(span for writer in writers for span in writer.spans)
        text = "\n".join(lines) + "\n"
        return Emitted(text, spans, self._standalone(text), functions, {n: t for t, n in self.raws.items()})

    def _body(self, writer: Writer, env: dict[int, str]) -> Body:
        return Body(self, writer, env, Names(self.names.taken | {"payload", "value", "event", "run"}))

    def _table(self, name: str, rows: tuple[tuple[object, object], ...]) -> None:
        self.helpers.line("", NOWHERE)
        self.helpers.line(f"{name} = (", NOWHERE)
        for key, value in rows:
            self.helpers.line(f"    ({key!r}, {value!r}),", NOWHERE)
        self.helpers.line(")", NOWHERE)

    def _shape(self, function: str, name: str, var: int, record: ir.Record) -> None:
        writer = self.main
        _section(writer, record.span)
        with writer.block(f"def {function}(value, event, run):", record.span):
            writer.line(f'"""The shape {in_words(name)} of a value."""', record.span)
            writer.line("payload = {}", record.span)
            body = self._body(writer, {ir.EVENT: "event", var: "value"})
            self.fill(body, record)
            writer.line("", record.span)
            writer.line("return payload", record.span)

    def _build(self, build: ir.Build) -> tuple[str, str]:
        function = self.names.fresh(build.key)
        fires = self.names.fresh(f"{function}_fires")
        writer, span = self.main, build.span
        _section(writer, span)
        with writer.block(f"def {fires}(event, run):", span):
            writer.line(f'"""Whether an event is one for {in_words(build.title)}."""', span)
            body = self._body(writer, {ir.EVENT: "event"})
            body.hoist(build.trigger)
            writer.line(f"return {body.test(build.trigger)}", build.trigger.span)
        _section(writer, span)
        item = "event" if build.items is None else "item"
        with writer.block(f"def {function}({'event, run' if build.items is None else 'item, event, run'}):", span):
            writer.line(f'"""{in_words(build.title)}."""', span)
            writer.line("payload = {}", span)
            env = {ir.EVENT: "event"} if build.items is None else {ir.EVENT: "event", build.var: "item"}
            body = self._body(writer, env)
            body.names.taken.add(item)
            self.fill(body, build.record)
            writer.line("", span)
            writer.line("return payload", span)
        return fires, function

    def _route(self, functions: dict[str, tuple[str, str]]) -> None:
        writer = self.main
        _section(writer, NOWHERE)
        with writer.block("def route(event, run):", NOWHERE):
            writer.line('"""Each action whose trigger holds, with its payload or its rejection."""', NOWHERE)
            writer.line("results = []", NOWHERE)
            body = self._body(writer, {ir.EVENT: "event"})
            body.names.taken |= {"results", "rejected"}
            chain: list[ir.Test] = []  # triggers of which at most one holds
            for build in self.program.builds:
                trigger = build.trigger
                if trigger == ir.Always(False):
                    continue
                if trigger == ir.Always(True):
                    self._attempt(writer, body, build, functions[build.key][1])
                    chain = []
                    continue
                body.hoist(trigger)
                apart = bool(chain) and all(are_apart(before, trigger) for before in chain)
                with writer.block(f"{'elif' if apart else 'if'} {body.test(trigger)}:", trigger.span):
                    self._attempt(writer, body.inner(), build, functions[build.key][1])
                chain = [*chain, trigger] if apart else [trigger]
            writer.line("return results", NOWHERE)

    def _attempt(self, writer: Writer, body: Body, build: ir.Build, function: str) -> None:
        """The payload, or the rejection in its place."""
        if build.items is not None:
            body.hoist(build.items)
            items = body.value(build.items, False, "items")
            writer.line(f"attempt_each(results, {build.name!r}, {function}, {items}, event, run)", build.span)
            return
        with writer.block("try:", build.span):
            writer.line(f"results.append(({build.name!r}, {function}(event, run)))", build.span)
        with writer.block("except Rejected as rejected:", build.span):
            writer.line(f"results.append(({build.name!r}, rejected))", build.span)

    # --- a file of its own

    def _standalone(self, text: str) -> str:
        names = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
        prelude = needed_prelude(names | {"Rejected", "Run"})
        title = in_words(self.program.title)
        head = f'"""Events to payloads of {title}: generated by atpath, needs nothing but Python."""\n\n'
        return head + prelude + "\n\n" + text.lstrip("\n")


def _section(writer: Writer, span: Span) -> None:
    writer.line("", span)
    writer.line("", span)
