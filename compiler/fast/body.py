"""Values and tests of the fast way as statements and expressions over decoded structs.

In this code nothing is UNSET (NO_… in place of an object), and null is None, or NULL where a value is copied.
"""

from dataclasses import dataclass, field, replace
from typing import Protocol

from ...dsl.nodes import NameSelector
from ...dsl.source import Span
from .. import ir
from ..emit.writer import Names, Writer
from .conditions import condition
from .fits import MADE, TEXTS, Held, missing
from .needs import RAW, TEXT, Need, NoPlan

Place = tuple[int, tuple[str, ...]]  # a variable, and the members on the way from it


class Module(Protocol):
    """What a function needs of the module around it."""

    def struct(self, need: Need) -> str:
        """The name of the struct that holds what is read of an object."""
        ...

    def attribute(self, need: Need, name: str) -> str:
        """The attribute of that struct for a member."""
        ...

    def written(self, members: tuple[tuple[str, bool], ...], hint: str) -> str:
        """The name of a struct that is written as an object: (member, whether null is written) in their order."""
        ...

    def shape(self, name: str) -> tuple[int, ir.Record]:
        """A shape: the variable it reads, and its record."""
        ...

    def record(self, body: "Body", record: ir.Record, hint: str) -> str:
        """An expression that makes the struct of a record, after the statements that check its fields."""
        ...

    def function(self, value: ir.Value, var: int, need: Need, hint: str) -> str:
        """The name of a function (item, event, run) that builds an object of an item."""
        ...


@dataclass(slots=True)
class Body:
    """Writes into one function. `roots` names the Python variable of a program variable, or where it points to."""

    module: Module
    writer: Writer
    roots: dict[int, tuple[str, Need]]
    places: dict[int, Place]
    names: Names
    opened: dict[Place, str] = field(default_factory=dict[Place, str])
    tested: dict[Place, str] = field(default_factory=dict[Place, str])

    def inner(self) -> "Body":
        """The same in a nested block: what it opens first is not open outside."""
        return replace(self, opened=dict(self.opened), tested=dict(self.tested), places=dict(self.places))

    # --- reading

    def place(self, var: int, steps: tuple[ir.Step, ...]) -> Place:
        """Where a read of a variable leads."""
        root, above = self.places.get(var, (var, ()))
        return root, above + tuple(step.name for step in steps if isinstance(step, NameSelector))

    def need(self, place: Place) -> Need:
        """What is read at a place."""
        need = self.roots[place[0]][1]
        for name in place[1]:
            need = need.members[name]
        return need

    def open(self, place: Place, span: Span) -> str:
        """A variable that holds the struct of an object; the struct of nothing where there is none."""
        root, names = place
        if not names:
            return self.roots[root][0]
        if place not in self.opened:
            need = self.need(place)
            member = self.member(place, span)
            struct = self.module.struct(need)
            name = self.names.fresh(names[-1])
            nothing = f"NO_{struct.upper()}"
            if need.kind == RAW:
                held = self.variable(member, f"{names[-1]}_text", span)
                member = f"{nothing} if {held} is UNSET else decode_{struct.lower()}({held})"
            self.writer.line(f"{name} = {member}", span)
            with self.writer.block(f"if {name} is None:", span):
                self.writer.line(f"{name} = {nothing}", span)
            self.opened[place] = name
        return self.opened[place]

    def member(self, place: Place, span: Span) -> str:
        """An expression for a member as it was decoded."""
        root, names = place
        above = (root, names[:-1])
        return f"{self.open(above, span)}.{self.module.attribute(self.need(above), names[-1])}"

    def hoist(self, node: ir.Ir) -> None:
        """Open the objects that a value goes through, here and once."""
        for read in ir.below(node):
            if isinstance(read, ir.Read) and read.steps and (read.var in self.roots or read.var in self.places):
                root, names = self.place(read.var, read.steps)
                self.open((root, names[:-1]), read.span)

    def variable(self, text: str, hint: str, span: Span) -> str:
        """A variable that holds an expression's value."""
        if text.isidentifier():
            return text
        name = self.names.fresh(hint)
        self.writer.line(f"{name} = {text}", span)
        return name

    def own(self, text: str, hint: str, span: Span) -> str:
        """A variable that may be changed: what a test has read is read again by others."""
        if text in self.tested.values():
            name = self.names.fresh(hint)
            self.writer.line(f"{name} = {text}", span)
            return name
        return self.variable(text, hint, span)

    # --- values

    def value(self, value: ir.Value, hint: str) -> Held:
        """An expression for a value, after the statements that it needs."""
        span = value.span
        match value:
            case ir.Const(constant):
                return Held(repr(constant), MADE, constant is not None)
            case ir.Read():
                place = self.place(value.var, value.steps)
                kind = self.need(place).kind if place[1] else None
                if kind is None:
                    raise NoPlan("a whole object")
                text = self.tested.get(place) or self.member(place, span)
                return Held(text, frozenset({kind}), object=place in self.opened)
            case ir.FirstOf():
                return self._first_of(value, hint)
            case ir.Choose():
                return self._choose(value, hint)
            case ir.Concat():
                return Held(self._concat(value), frozenset({TEXT}), True)
            case ir.MakeObject():
                return self._object(value, hint)
            case ir.Now():
                return Held("run.now()", MADE, True)
            case ir.SettingValue():
                return Held(f"run.settings.get({value.name!r}, UNSET)", MADE)
            case ir.ShapeCall():
                var, record = self.module.shape(value.shape)
                self.places[var] = self.place(value.var, ())
                return Held(self.module.record(self, record, value.shape), frozenset({"object"}), True)
            case ir.Bind(ir.Read() as read):
                return self._bind(value, read, hint)
            case ir.MapEach(ir.Read() as read):
                return self._map_each(value, read, hint)
            case _:
                raise NoPlan(type(value).__name__)

    def _first_of(self, value: ir.FirstOf, hint: str) -> Held:
        self.hoist(value)
        kinds, held = frozenset[str](), ""
        for at, arm in enumerate(value.arms):
            if at == 0:
                first = self.value(arm, hint)
                held = self.names.fresh(hint)
                self.writer.line(f"{held} = {first.text}", arm.span)
                kinds |= first.kinds
                continue
            with self.writer.block(f"if {missing(held, kinds, value.skip_empty)}:", arm.span):
                other = self.inner().value(arm, hint)
                self.writer.line(f"{held} = {other.text}", arm.span)
            kinds |= other.kinds
        if value.skip_empty:
            with self.writer.block(f"if {missing(held, kinds, True)}:", value.span):
                self.writer.line(f"{held} = UNSET", value.span)
        return Held(held, kinds)

    def _choose(self, value: ir.Choose, hint: str) -> Held:
        self.hoist(value)
        held = self.names.fresh(hint)
        with self.writer.block(f"if {self.test(value.test)}:", value.span):
            one = self.inner().value(value.then, hint)
            self.writer.line(f"{held} = {one.text}", value.then.span)
        with self.writer.block("else:", value.span):
            other = self.inner().value(value.otherwise, hint) if value.otherwise is not None else Held("UNSET", MADE)
            self.writer.line(f"{held} = {other.text}", value.span)
        return Held(held, one.kinds | other.kinds, one.always and other.always)

    def _concat(self, value: ir.Concat) -> str:
        text = ""
        for part in value.parts:
            if isinstance(part, str):
                text += part.replace("{", "{{").replace("}", "}}")
                continue
            held = self.value(part, "part")
            if held.kinds != TEXTS:
                raise NoPlan("a placeholder of more than text")
            text += f"{{{held.text} or EMPTY}}"  # Python 3.11 takes no quotes of the same kind in there
        return f"f{text!r}"

    def _object(self, value: ir.MakeObject, hint: str) -> Held:
        struct = self.module.written(tuple((key, True) for key, _ in value.members), hint)
        members = [self.value(member, key).text for key, member in value.members]
        return Held(f"{struct}({', '.join(members)})", frozenset({"object"}), True)

    def _bind(self, value: ir.Bind, read: ir.Read, hint: str) -> Held:
        place = self.place(read.var, read.steps)
        if not place[1]:
            self.places[value.var] = place
            return self.value(value.body, hint)
        member = self.variable(self.member(place, value.span), f"{hint}_object", value.span)
        held = self.names.fresh(hint)
        self.writer.line(f"{held} = UNSET", value.span)
        need = self.need(place)
        nothing = "UNSET" if need.kind else f"NO_{self.module.struct(need).upper()}"
        with self.writer.block(f"if {member} is not {nothing}:", value.span):
            inner = self.inner()
            inner.places[value.var] = place
            body = inner.value(value.body, hint)
            self.writer.line(f"{held} = {body.text}", value.span)
        return Held(held, body.kinds)

    def _map_each(self, value: ir.MapEach, read: ir.Read, hint: str) -> Held:
        if not isinstance(value.body, ir.ShapeCall | ir.MakeObject):
            raise NoPlan("items that may come to nothing")
        place = self.place(read.var, read.steps)
        need = self.need(place)
        if need.kind is not None:
            raise NoPlan("a list that is copied and gone through")
        items = self.variable(self.member(place, value.span), hint, value.span)
        held = self.names.fresh(hint)
        self.writer.line(f"{held} = UNSET", value.span)
        with self.writer.block(f"if {items} is not UNSET and {items} is not None:", value.span):
            item = self.names.fresh("item")
            lines = Writer()
            inner = Body(self.module, lines, {value.var: (item, need)}, {}, self.names)
            try:
                text = inner.value(value.body, hint).text
            except KeyError:  # it reads the event as well
                lines.line("", value.span)
                text = ""
            if lines.lines:
                function = self.module.function(value.body, value.var, need, hint)
                text = f"{function}({item}, {self.roots[ir.EVENT][0]}, run)"
            self.writer.line(f"{held} = [{text} for {item} in {items}]", value.span)
        return Held(held, frozenset({"list"}))

    # --- tests

    def test(self, test: ir.Test) -> str:
        """A Python condition for a test, after the statements that it needs."""
        return condition(test, self._operand)

    def _operand(self, read: ir.Read) -> tuple[str, frozenset[str]]:
        place = self.place(read.var, read.steps)
        held = self.value(read, "operand")
        if place not in self.tested:
            self.tested[place] = self.variable(held.text, place[1][-1], read.span)
        return self.tested[place], held.kinds
