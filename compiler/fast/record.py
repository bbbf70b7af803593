"""Records of the fast way: the statements that check each field, and the struct that is written as the object."""

from dataclasses import dataclass

from ...dsl.nodes import ListType, NamedType
from ...dsl.source import Span
from .. import ir
from .body import Body, Place
from .fits import COPIED, TEXTS, VALUE, Held, constant, misfit, missing, takes_empty
from .needs import NoPlan

_ARGUMENTS = 30  # that a call takes from the stack (CPython's STACK_USE_GUIDELINE)


@dataclass(frozen=True, slots=True)
class RecordEmitter:
    """Writes what a record takes into a function's body."""

    body: Body

    def emit(self, record: ir.Record, hint: str) -> str:
        """An expression that makes the struct of a record, after the statements that check its fields."""
        whole = self._read_as_written(record)
        return self._members(record, (), hint) if whole is None else self.body.open(whole, record.fields[0].span)

    def _read_as_written(self, record: ir.Record) -> Place | None:
        """An object of which just this record's fields are read, under the same names: what was read is written."""
        names: list[str] = []
        places: set[Place] = set()
        for item in record.fields:
            if not isinstance(item.value, ir.Read) or item.required is not False or len(item.names) != 1:
                return None
            root, steps = self.body.place(item.value.var, item.value.steps)
            held = self.body.value(item.value, "") if steps[-1:] == item.names else None
            if held is None or not (item.nullable or item.type == NamedType("any")):
                return None
            if held.object or misfit(item.type, held) is not None:
                return None
            places.add((root, steps[:-1]))
            names.append(steps[-1])
        if len(places) != 1:
            return None
        need = self.body.need(*places)
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
        struct = self.body.module.written(tuple(names), hint)
        return _made(struct, texts)

    def _nested(self, record: ir.Record, above: tuple[str, ...], span: Span) -> str:
        own = next((f for f in record.fields if f.names == above), None)
        if own is not None and own.required is True:
            raise NoPlan("a required object")
        text = self._members(record, above, above[-1])
        held = self.body.variable(text, above[-1], span)
        struct = text.partition("(")[0]
        with self.body.writer.block(f"if {held} == {struct}():", span):
            self.body.writer.line(f"{held} = UNSET", span)
        return held

    def _field(self, item: ir.Field, value: ir.Value, leaves_null: bool) -> str:
        span, key = item.span, item.names[-1]
        self.body.hoist(value)
        if isinstance(value, ir.Const):
            return constant(item.type, value.value)
        held = self.body.value(value, key)
        kind = item.type
        name = kind.name if isinstance(kind, NamedType) else ""
        if held.kinds & {"object", "list"}:
            fits = held.kinds <= ({"object"} if name == "object" else {"list"} if name != "any" else held.kinds)
            objects = isinstance(kind, ListType) and kind.item == NamedType("object")
            if not fits or (name not in ("object", "any", "array") and not objects):
                raise NoPlan("a made value of another type")
            if not held.always and item.required is True:
                text = self.body.variable(held.text, key, span)
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
            text = self.body.variable(held.text, key, span)
            self._odd(missing(text, held.kinds) if not nullable else f"{text} is UNSET", span)
            return text
        if copied and test is not None:
            return self._copied(self.body.own(held.text, key, span), test, required, nullable, span)
        text = self.body.variable(held.text, key, span)
        if required and not held.always:
            self._odd(f"{text} is UNSET" if nullable else missing(text, held.kinds), span)
        if test is not None:
            sure = held.always or (required and not nullable)
            self._fits(text, held, test.replace(VALUE, text), takes_empty(item.type), sure, span)
        if not required and not nullable and not held.always and not leaves_null:
            text = self.body.own(text, key, span)
            with self.body.writer.block(f"if {text} is None:", span):
                self.body.writer.line(f"{text} = UNSET", span)
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
            with self.body.writer.block(f"if {text}:", span):
                self._odd(wrong, span)
            with self.body.writer.block(f"elif {text} == '':", span):
                self.body.writer.line("raise ODD", span)

    def _copied(self, text: str, test: str, required: bool, nullable: bool, span: Span) -> str:
        wrong = test.replace(VALUE, text)
        if required:
            self._odd(f"not {text} or {wrong}" + (f" and {text} != NULL" if nullable else ""), span)
            return text
        with self.body.writer.block(f"if {text} and {wrong}:", span):
            self._odd(f"{text} != NULL", span)
            if not nullable:
                self.body.writer.line(f"{text} = UNSET", span)
        return text

    def _odd(self, condition: str, span: Span) -> None:
        with self.body.writer.block(f"if {condition}:", span):
            self.body.writer.line("raise ODD", span)


def _made(struct: str, texts: list[str]) -> str:
    """A struct made of its members; Python passes more arguments than these through a list, and tuples are faster."""
    groups = [", ".join(texts[at : at + _ARGUMENTS]) for at in range(0, len(texts), _ARGUMENTS)]
    if len(groups) <= 1:
        return f"{struct}({''.join(groups)})"
    return f"{struct}(*({' + '.join(f'({group},)' for group in groups)}))"


def _leaves_null(item: ir.Field) -> bool:
    """Whether the struct that is written leaves null out: a single value that may be missing, but not null."""
    return not item.nullable and not (isinstance(item.type, NamedType) and item.type.name == "any")
