"""The inside of a generated function: values and tests of the program as statements and expressions.

Nothing is `None` where the reader of a value does not tell it from null, and `NOTHING` (with `keep`) where it does.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import pairwise
from keyword import iskeyword
from typing import Protocol

from ...dsl.nodes import IndexSelector, NameSelector, Path
from ...dsl.source import Span
from .. import ir
from ..functions import FUNCTIONS
from .certain import never_nothing
from .conditions import condition, tuple_of
from .writer import Names, Writer

MAX_BLOCKS = 10  # nested deeper, a body becomes a function of its own: Python allows 20

Key = tuple[str, tuple[ir.Step, ...]]  # of a Python variable: two that are bound to the same share what is read


class Module(Protocol):
    """What a function needs of the module around it."""

    def query(self, path: Path, span: Span) -> str:
        """The name of the function that selects a path's matches."""
        ...

    def shape(self, name: str) -> str:
        """The name of the function that builds a shape."""
        ...

    def table(self, name: str) -> str:
        """The name of a lookup table."""
        ...

    def raw(self, text: str) -> str:
        """The name of the function that runs a raw directive."""
        ...

    def outline(self, value: ir.Value, var: int, hint: str) -> str:
        """The name of a function (item, event, run) that gives a value."""
        ...

    def fill(self, body: "Body", record: ir.Record) -> None:
        """Write the fields of a record into the body's payload."""
        ...


@dataclass(slots=True)
class Body:
    """Writes into one function. `env` names the Python variable of each program variable."""

    module: Module
    writer: Writer
    env: dict[int, str]
    names: Names
    payload: str = "payload"
    containers: dict[Key, str] = field(default_factory=dict[Key, str])
    reads: dict[Key, str] = field(default_factory=dict[Key, str])
    results: dict[str, str] = field(default_factory=dict[str, str])  # of functions, by the text of the call
    blocks: int = 0

    def inner(self) -> "Body":
        """The same in a nested block: what it reads first is not known outside."""
        return replace(
            self,
            env=dict(self.env),
            containers=dict(self.containers),
            reads=dict(self.reads),
            results=dict(self.results),
            blocks=self.blocks + 1,
        )

    # --- reading

    def hoist(self, node: ir.Ir) -> None:
        """Read the objects that a value will go through, here and once."""
        for read in ir.below(node):
            if isinstance(read, ir.Read) and read.var in self.env and read.var != ir.PAYLOAD:
                for size in range(1, len(read.steps)):
                    if isinstance(read.steps[size], NameSelector):
                        self.container(read.var, read.steps[:size], read.span)

    def container(self, var: int, steps: tuple[ir.Step, ...], span: Span) -> str:
        """A variable that holds the object at these steps, or EMPTY."""
        if not steps and var in (ir.EVENT, ir.PAYLOAD):
            return self._scope(var)
        key = (self._scope(var), steps)
        if key not in self.containers:
            text = self.read(var, steps, False, span) if steps else self.env[var]
            name = self.names.fresh(_hint(steps) if steps else f"{self.env[var]}_object")
            self.writer.line(f"{name} = {text}", span)
            with self.writer.block(f"if type({name}) is not dict:", span):
                self.writer.line(f"{name} = EMPTY", span)
            self.containers[key] = name
        return self.containers[key]

    def read(self, var: int, steps: tuple[ir.Step, ...], keep: bool, span: Span) -> str:
        """An expression for the value at these steps."""
        if not steps:
            return self._scope(var)
        last = steps[-1]
        match last:
            case NameSelector():
                return f"{self.container(var, steps[:-1], span)}.get({last.name!r}{', NOTHING' if keep else ''})"
            case IndexSelector():
                above = self.variable(self.read(var, steps[:-1], False, span), _hint(steps[:-1]) or "items", span)
                call = f"{'dotted_at' if last.dotted else 'item_at'}({above}, {last.index})"
                return call if keep else self.without_nothing(call, "item", span)

    def variable(self, text: str, hint: str, span: Span) -> str:
        """A variable that holds an expression's value."""
        if text.isidentifier() and not iskeyword(text):
            return text
        name = self.names.fresh(hint)
        self.writer.line(f"{name} = {text}", span)
        return name

    def without_nothing(self, text: str, hint: str, span: Span, into: str | None = None) -> str:
        """The same with None for NOTHING."""
        name = into or self.names.fresh(hint)
        self.writer.line(f"{name} = {text}", span)
        with self.writer.block(f"if {name} is NOTHING:", span):
            self.writer.line(f"{name} = None", span)
        return name

    def with_nothing(self, text: str, hint: str, span: Span, into: str | None = None) -> str:
        """The same with NOTHING for None."""
        name = into or self.names.fresh(hint)
        self.writer.line(f"{name} = {text}", span)
        with self.writer.block(f"if {name} is None:", span):
            self.writer.line(f"{name} = NOTHING", span)
        return name

    # --- values

    def value(self, value: ir.Value, keep: bool, hint: str = "value", into: str | None = None) -> str:
        """An expression for a value, after the statements that it needs.

        Shape:  `into` is the variable that the value goes to: where statements build it, they build it there
        """
        span = value.span
        match value:
            case ir.Const():
                return repr(value.value)
            case ir.Read():
                return self.read(value.var, value.steps, keep, span)
            case ir.Select():
                return f"{self.module.query(value.path, span)}({self._scope(value.var)}, {self._event()})"
            case ir.Concat():
                return self._concat(value)
            case ir.MakeObject():
                return self._object(value, hint, into)
            case ir.MakeList():
                return self._list(value, hint, into)
            case ir.FirstOf():
                return self._first_of(value, keep, hint, into)
            case ir.Choose():
                return self._choose(value, keep, hint, into)
            case ir.MapEach():
                return self._map_each(value, keep, hint, into)
            case ir.Bind():
                return self._bind(value, keep, hint, into)
            case ir.Apply():
                return self._apply(value, keep, hint, into)
            case ir.Lookup():
                return self._lookup(value, keep, hint)
            case ir.Now():
                return "run.now()"
            case ir.SettingValue():
                return f"run.settings.get({value.name!r}{', NOTHING' if keep else ''})"
            case ir.Raw():
                call = f"{self.module.raw(value.text)}({self._scope(value.var)})"
                return call if keep else self.without_nothing(call, hint, span)
            case ir.ShapeCall(shape, _, ir.Record() as record):
                return self._record(value, record, shape, into)
            case ir.ShapeCall():
                return f"{self.module.shape(value.shape)}({self._scope(value.var)}, {self._event()}, run)"

    def _event(self) -> str:
        return self.env[ir.EVENT]

    def _scope(self, var: int) -> str:
        return self.env[var] if var != ir.PAYLOAD else self.payload

    def _concat(self, value: ir.Concat) -> str:
        return " + ".join(repr(p) if isinstance(p, str) else self._shown(p) for p in value.parts) or "''"

    def _shown(self, read: ir.Read) -> str:
        """A placeholder: what is a text already, as most are, is not taken for a call."""
        held = self._operand(read)
        return f"({held} if type({held}) is str else placeholder({held}))"

    def _record(self, value: ir.ShapeCall, record: ir.Record, hint: str, into: str | None) -> str:
        """A shape in place: an object of its own, which the rows of the shape fill."""
        if self.blocks >= MAX_BLOCKS:
            return self._outlined(value, True, hint)
        name = into or self.names.fresh(hint)
        self.writer.line(f"{name} = {{}}", value.span)
        self.module.fill(replace(self, payload=name), record)
        return name

    def _object(self, value: ir.MakeObject, hint: str, into: str | None) -> str:
        name = into or self.names.fresh(hint)
        self.writer.line(f"{name} = {{}}", value.span)
        for key, member in value.members:
            self._put(self.value(member, True, key), lambda text, key=key: f"{name}[{key!r}] = {text}", member, key)
        return name

    def _list(self, value: ir.MakeList, hint: str, into: str | None) -> str:
        name = into or self.names.fresh(hint)
        self.writer.line(f"{name} = []", value.span)
        for item in value.items:
            self._put(self.value(item, True, "item"), lambda text: f"{name}.append({text})", item, "item")
        return name

    def _put(self, text: str, statement: Callable[[str], str], value: ir.Value, hint: str) -> None:
        if never_nothing(value):
            self.writer.line(statement(text), value.span)
            return
        held = self.variable(text, hint, value.span)
        with self.writer.block(f"if {held} is not NOTHING:", value.span):
            self.writer.line(statement(held), value.span)

    def _first_of(self, value: ir.FirstOf, keep: bool, hint: str, into: str | None) -> str:
        name = into or self.names.fresh(hint)
        span = value.span
        again = f"if {name} is None or {name} == '':" if value.skip_empty else f"if {name} is None:"
        self.hoist(value)
        for at, arm in enumerate(value.arms):
            last = at == len(value.arms) - 1 and keep and not value.skip_empty
            if at == 0:
                self.assign(name, arm, last)
                continue
            with self.writer.block(again, arm.span):
                self.inner().assign(name, arm, last)
        if value.skip_empty:
            with self.writer.block(f"if {name} == '':", span):
                self.writer.line(f"{name} = None", span)
            if keep:
                with self.writer.block(f"if {name} is None:", span):
                    self.writer.line(f"{name} = NOTHING", span)
        return name

    def _choose(self, value: ir.Choose, keep: bool, hint: str, into: str | None) -> str:
        if self.blocks >= MAX_BLOCKS:
            return self._outlined(value, keep, hint)
        test = self.test(value.test)
        name = into or self.names.fresh(hint)
        word, branch = "if", value
        while True:
            with self.writer.block(f"{word} {test}:", branch.span):
                self.inner().assign(name, branch.then, keep)
            otherwise = branch.otherwise
            if not isinstance(otherwise, ir.Choose) or (further := self._plain_test(otherwise.test)) is None:
                break
            word, test, branch = "elif", further, otherwise
        with self.writer.block("else:", branch.span):
            if otherwise is None:
                self.writer.line(f"{name} = {'NOTHING' if keep else 'None'}", branch.span)
            else:
                self.inner().assign(name, otherwise, keep)
        return name

    def _plain_test(self, test: ir.Test) -> str | None:
        """A condition that needs no statements before it, or None."""
        written = len(self.writer.lines)
        text = self.inner().test(test)
        if len(self.writer.lines) == written:
            return text
        del self.writer.lines[written:], self.writer.spans[written:]
        return None

    def assign(self, name: str, value: ir.Value, keep: bool) -> None:
        """Put a value into a variable."""
        text = self.value(value, keep, name, name)
        if text != name:
            self.writer.line(f"{name} = {text}", value.span)

    def _outlined(self, value: ir.Value, keep: bool, hint: str) -> str:
        """A value that is nested too deep for one function."""
        var = next((v for v in reversed(self.env) if v != ir.EVENT), ir.EVENT)
        call = f"{self.module.outline(value, var, hint)}({self.env[var]}, {self._event()}, run)"
        return call if keep else self.without_nothing(call, hint, value.span)

    def _map_each(self, value: ir.MapEach, keep: bool, hint: str, into: str | None) -> str:
        span = value.span
        if self.blocks >= MAX_BLOCKS:
            return self._outlined(value, keep, hint)
        items = self.names.fresh(f"{hint}_items")
        self.writer.line(f"{items} = items_of({self.value(value.items, False, 'source')})", span)
        name = into or self.names.fresh(hint)
        self.writer.line(f"{name} = {'NOTHING' if keep else 'None'}", span)
        with self.writer.block(f"if {items} is not None:", span):
            self.writer.line(f"{name} = []", span)
            inner = self.inner()
            inner.blocks += 1
            inner.env[value.var] = self.names.fresh("item")
            with self.writer.block(f"for {inner.env[value.var]} in {items}:", span):
                inner._put(
                    inner.value(value.body, True, "mapped"), lambda text: f"{name}.append({text})", value.body, "mapped"
                )
        return name

    def _bind(self, value: ir.Bind, keep: bool, hint: str, into: str | None) -> str:
        span = value.span
        if self.blocks >= MAX_BLOCKS:
            return self._outlined(value, keep, hint)
        if _is_plain(value.value) and ir.is_strict(value.body, value.var):
            return self._read_through(value, keep, hint, into)
        bound = self.names.fresh("bound")
        self.writer.line(f"{bound} = {self.value(value.value, True, 'bound')}", span)
        name = into or self.names.fresh(hint)
        self.writer.line(f"{name} = {'NOTHING' if keep else 'None'}", span)
        with self.writer.block(f"if {bound} is not NOTHING:", span):
            inner = self.inner()
            inner.env[value.var] = bound
            inner.assign(name, value.body, keep)
        return name

    def _read_through(self, value: ir.Bind, keep: bool, hint: str, into: str | None) -> str:
        """A body that only reads of what is bound: of nothing it reads nothing, so nobody has to ask."""
        call = self.value(value.value, False, "bound")
        if call not in self.results:
            self.results[call] = self.variable(call, "bound", value.span)
        self.env[value.var] = self.results[call]
        return self.value(value.body, keep, hint, into)

    def _apply(self, value: ir.Apply, keep: bool, hint: str, into: str | None) -> str:
        call = f"fn_{value.name}({', '.join(self._arguments(value))})"
        call = self.results.get(call, call)
        if FUNCTIONS[value.name].may_be_null:
            return call if keep else self.without_nothing(call, hint, value.span, into)
        return self.with_nothing(call, hint, value.span, into) if keep else call

    def _arguments(self, value: ir.Apply) -> list[str]:
        values = [self.value(argument, False, "part") for argument in value.arguments[:1]]
        for before, argument in pairwise(value.arguments):
            if not isinstance(before, ir.Const | ir.Read):  # what may reject does so in the order of the arguments
                values[-1] = self.variable(values[-1], "part", value.span)
            values.append(self.value(argument, False, "part"))
        options = dict(value.options)
        match value.name:
            case "merge":
                return [tuple_of(values), *(["left=True"] if options["direction"] == "left" else [])]
            case "omit" | "pick":
                return [values[0], tuple_of(values[1:])]
            case "add" | "subtract" | "multiply" | "divide":
                return [tuple_of(values)]
            case _:
                names = {"global": "every"}
                defaults = {o.name: o.default for o in FUNCTIONS[value.name].options}
                changed = [(k, v) for k, v in value.options if v is not defaults[k]]
                return values + [f"{names.get(k, k)}={v!r}" for k, v in changed]

    def _lookup(self, value: ir.Lookup, keep: bool, hint: str) -> str:
        key = self.value(value.value, False, "key")
        rest = f", {self.value(value.otherwise, True)}" if value.otherwise is not None else ""
        call = f"fn_lookup({key}, {self.module.table(value.table)}{rest})"
        return call if keep else self.without_nothing(call, hint, value.span)

    # --- tests

    def test(self, test: ir.Test) -> str:
        """A Python condition for a test, after the statements that it needs."""
        return condition(test, self._operand)

    def _operand(self, value: ir.Value) -> str:
        text = self.value(value, False, "operand")
        if text.isidentifier() and not iskeyword(text):
            return text
        key: Key | None = (self._scope(value.var), value.steps) if isinstance(value, ir.Read) else None
        known = self.reads.get(key) if key is not None else None
        if known is None:
            known = self.variable(text, _hint(value.steps) if isinstance(value, ir.Read) else "operand", value.span)
            if key is not None:
                self.reads[key] = known
        return known


def _is_plain(value: ir.Value) -> bool:
    """Whether a value is what a function gives that never gives null: None is nothing, then."""
    return isinstance(value, ir.Apply) and not FUNCTIONS[value.name].may_be_null


def _hint(steps: tuple[ir.Step, ...]) -> str:
    last = steps[-1] if steps else None
    return last.name if isinstance(last, NameSelector) else "items" if last is not None else "value"
