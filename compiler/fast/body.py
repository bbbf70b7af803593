"""Values and tests of the fast way as statements and expressions over decoded structs.

In this code nothing is UNSET (NO_… in place of an object), and null is None, or NULL where a value is copied.
"""

from dataclasses import dataclass, field, replace
from typing import Protocol

from ...dsl.nodes import ListType, NamedType, NameSelector, Scalar
from ...dsl.source import Span
from .. import ir
from ..emit.body import equals_constant
from ..emit.writer import Names, Writer
from .fits import COPIED, MADE, TEXTS, VALUE, Held, constant, misfit, missing, takes_empty
from .needs import RAW, TEXT, Need, NoPlan

_ARGUMENTS = 30  # that a call takes from the stack (CPython's STACK_USE_GUIDELINE)
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

    def _place(self, var: int, steps: tuple[ir.Step, ...]) -> Place:
        root, above = self.places.get(var, (var, ()))
        return root, above + tuple(step.name for step in steps if isinstance(step, NameSelector))

    def _need(self, place: Place) -> Need:
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
            need = self._need(place)
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
        return f"{self.open(above, span)}.{self.module.attribute(self._need(above), names[-1])}"

    def hoist(self, node: ir.Ir) -> None:
        """Open the objects that a value goes through, here and once."""
        for read in ir.below(node):
            if isinstance(read, ir.Read) and read.steps and (read.var in self.roots or read.var in self.places):
                root, names = self._place(read.var, read.steps)
                self.open((root, names[:-1]), read.span)

    def variable(self, text: str, hint: str, span: Span) -> str:
        """A variable that holds an expression's value."""
        if text.isidentifier():
            return text
        name = self.names.fresh(hint)
        self.writer.line(f"{name} = {text}", span)
        return name

    def _own(self, text: str, hint: str, span: Span) -> str:
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
                place = self._place(value.var, value.steps)
                kind = self._need(place).kind if place[1] else None
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
                self.places[var] = self._place(value.var, ())
                return Held(self.record(record, value.shape), frozenset({"object"}), True)
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
        parts: list[str] = []
        for part in value.parts:
            if isinstance(part, str):
                parts.append(repr(part))
                continue
            held = self.value(part, "part")
            if held.kinds != TEXTS:
                raise NoPlan("a placeholder of more than text")
            parts.append(f"({held.text} or '')")
        return " + ".join(parts) or "''"

    def _object(self, value: ir.MakeObject, hint: str) -> Held:
        struct = self.module.written(tuple((key, True) for key, _ in value.members), hint)
        members = [self.value(member, key).text for key, member in value.members]
        return Held(f"{struct}({', '.join(members)})", frozenset({"object"}), True)

    def _bind(self, value: ir.Bind, read: ir.Read, hint: str) -> Held:
        place = self._place(read.var, read.steps)
        if not place[1]:
            self.places[value.var] = place
            return self.value(value.body, hint)
        member = self.variable(self.member(place, value.span), f"{hint}_object", value.span)
        held = self.names.fresh(hint)
        self.writer.line(f"{held} = UNSET", value.span)
        need = self._need(place)
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
        place = self._place(read.var, read.steps)
        need = self._need(place)
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

    # --- records

    def record(self, record: ir.Record, hint: str) -> str:
        """An expression that makes the struct of a record, after the statements that check its fields."""
        whole = self._read_as_written(record)
        return self._members(record, (), hint) if whole is None else self.open(whole, record.fields[0].span)

    def _read_as_written(self, record: ir.Record) -> Place | None:
        """An object of which just this record's fields are read, under the same names: what was read is written."""
        names: list[str] = []
        places: set[Place] = set()
        for item in record.fields:
            if not isinstance(item.value, ir.Read) or item.required is not False or len(item.names) != 1:
                return None
            root, steps = self._place(item.value.var, item.value.steps)
            held = self.value(item.value, "") if steps[-1:] == item.names else None
            if held is None or not (item.nullable or item.type == NamedType("any")):
                return None
            if held.object or misfit(item.type, held) is not None:
                return None
            places.add((root, steps[:-1]))
            names.append(steps[-1])
        if len(places) != 1:
            return None
        need = self._need(*places)
        return places.pop() if list(need.members) == names and need.kind is None else None

    def _members(self, record: ir.Record, above: tuple[str, ...], hint: str) -> str:
        names: list[tuple[str, bool]] = []
        texts: list[str] = []
        for item in record.fields:
            if item.names[: len(above)] != above or len(item.names) <= len(above):
                continue
            name = item.names[len(above)]
            nested = len(item.names) > len(above) + 1
            if any(name == known for known, _ in names):
                continue
            if nested or any(f.names[: len(item.names)] == item.names and f is not item for f in record.fields):
                names.append((name, True))
                texts.append(self._nested(record, (*above, name), item.span))
            elif item.value is not None:
                leaves_null = not above and _leaves_null(item)
                names.append((name, not leaves_null))
                texts.append(self._field(item, item.value, leaves_null))
            elif item.required is True:
                raise NoPlan("a required field without a source")
        struct = self.module.written(tuple(names), hint)
        return _made(struct, texts)

    def _nested(self, record: ir.Record, above: tuple[str, ...], span: Span) -> str:
        own = next((f for f in record.fields if f.names == above), None)
        if own is not None and own.required is True:
            raise NoPlan("a required object")
        text = self._members(record, above, above[-1])
        held = self.variable(text, above[-1], span)
        struct = text.partition("(")[0]
        with self.writer.block(f"if {held} == {struct}():", span):
            self.writer.line(f"{held} = UNSET", span)
        return held

    def _field(self, item: ir.Field, value: ir.Value, leaves_null: bool) -> str:
        span, key = item.span, item.names[-1]
        self.hoist(value)
        if isinstance(value, ir.Const):
            return constant(item.type, value.value)
        held = self.value(value, key)
        kind = item.type
        name = kind.name if isinstance(kind, NamedType) else ""
        if held.kinds & {"object", "list"}:
            fits = held.kinds <= ({"object"} if name == "object" else {"list"} if name != "any" else held.kinds)
            objects = isinstance(kind, ListType) and kind.item == NamedType("object")
            if not fits or (name not in ("object", "any", "array") and not objects):
                raise NoPlan("a made value of another type")
            if not held.always and item.required is True:
                text = self.variable(held.text, key, span)
                self._odd(f"{text} is UNSET", span)
                return text
            return held.text
        return self._typed(item, held, name, leaves_null)

    def _typed(self, item: ir.Field, held: Held, name: str, leaves_null: bool) -> str:
        span, key, required, nullable = item.span, item.names[-1], item.required is True, item.nullable
        copied = held.kinds == COPIED
        test = None if held.object and nullable else misfit(item.type, held)
        if name == "any" and not required:
            return held.text
        if test is None and (held.always or (not required and (nullable or leaves_null))):
            return held.text
        if name == "any":
            text = self.variable(held.text, key, span)
            self._odd(missing(text, held.kinds) if not nullable else f"{text} is UNSET", span)
            return text
        if copied and test is not None:
            return self._copied(self._own(held.text, key, span), test, required, nullable, span)
        text = self.variable(held.text, key, span)
        if required and not held.always:
            self._odd(f"{text} is UNSET" if nullable else missing(text, held.kinds), span)
        if test is not None:
            sure = held.always or (required and not nullable)
            self._fits(text, held, test.replace(VALUE, text), takes_empty(item.type), sure, span)
        if not required and not nullable and not held.always and not leaves_null:
            text = self._own(text, key, span)
            with self.writer.block(f"if {text} is None:", span):
                self.writer.line(f"{text} = UNSET", span)
        return text

    def _fits(self, text: str, held: Held, wrong: str, takes_empty: bool, sure: bool, span: Span) -> None:
        """Leave what does not fit to the plain way. A text that is there is mostly not empty, which is one question."""
        grouped = f"({wrong})" if " or " in wrong else wrong
        if sure:
            self._odd(wrong, span)
        elif held.kinds != TEXTS:
            self._odd(f"{text} is not UNSET and {text} is not None and {grouped}", span)
        elif takes_empty:
            self._odd(f"{text} and {grouped}", span)
        else:
            with self.writer.block(f"if {text}:", span):
                self._odd(wrong, span)
            with self.writer.block(f"elif {text} == '':", span):
                self.writer.line("raise ODD", span)

    def _copied(self, text: str, test: str, required: bool, nullable: bool, span: Span) -> str:
        wrong = test.replace(VALUE, text)
        if required:
            self._odd(f"not {text} or {wrong}" + (f" and {text} != NULL" if nullable else ""), span)
            return text
        with self.writer.block(f"if {text} and {wrong}:", span):
            self._odd(f"{text} != NULL", span)
            if not nullable:
                self.writer.line(f"{text} = UNSET", span)
        return text

    def _odd(self, condition: str, span: Span) -> None:
        with self.writer.block(f"if {condition}:", span):
            self.writer.line("raise ODD", span)

    # --- tests

    def test(self, test: ir.Test) -> str:
        """A Python condition for a test, after the statements that it needs."""
        match test:
            case ir.AllOf(tests) | ir.AnyOf(tests):
                return _joined(" and " if isinstance(test, ir.AllOf) else " or ", [self.test(t) for t in tests])
            case ir.Negate(inner):
                return f"not ({self.test(inner)})"
            case ir.Equal(ir.Read() as read, ir.Const(value)) | ir.Equal(ir.Const(value), ir.Read() as read):
                return self._equal(read, value)
            case ir.OneOf(ir.Read() as read, choices):
                return _joined(" or ", [self._equal(read, choice) for choice in choices])
            case ir.Exists(ir.Read() as read):
                held, kinds = self._operand(read)
                return f"not ({missing(held, kinds, test.skip_empty)})"
            case ir.Always(value):
                return repr(value)
            case _:
                raise NoPlan(type(test).__name__)

    def _equal(self, read: ir.Read, value: Scalar) -> str:
        held, kinds = self._operand(read)
        return missing(held, kinds) if value is None else equals_constant(held, value)

    def _operand(self, read: ir.Read) -> tuple[str, frozenset[str]]:
        place = self._place(read.var, read.steps)
        held = self.value(read, "operand")
        if place not in self.tested:
            self.tested[place] = self.variable(held.text, place[1][-1], read.span)
        return self.tested[place], held.kinds


def _made(struct: str, texts: list[str]) -> str:
    """A struct made of its members; Python passes more arguments than these through a list, and tuples are faster."""
    groups = [", ".join(texts[at : at + _ARGUMENTS]) for at in range(0, len(texts), _ARGUMENTS)]
    if len(groups) <= 1:
        return f"{struct}({''.join(groups)})"
    return f"{struct}(*({' + '.join(f'({group},)' for group in groups)}))"


def _joined(word: str, tests: list[str]) -> str:
    """Conditions in one, each in brackets that is more than a comparison."""
    grouped = [f"({test})" if " and " in test or " or " in test else test for test in tests]
    return word.join(grouped) or repr(word == " and ")


def _leaves_null(item: ir.Field) -> bool:
    """Whether the struct that is written leaves null out: a single value that may be missing, but not null."""
    return not item.nullable and not (isinstance(item.type, NamedType) and item.type.name == "any")
