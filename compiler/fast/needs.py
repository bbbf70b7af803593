"""What of an event a program reads: the tree of members that the fast way decodes."""

from dataclasses import dataclass, field
from typing import Final

from ...dsl.nodes import ListType, LiteralType, NamedType, NameSelector, Scalar, ValueType
from .. import ir

TEXT: Final = "text"
NUMBER: Final = "number"
INTEGER: Final = "integer"
BOOLEAN: Final = "boolean"
SCALAR: Final = "scalar"
RAW: Final = "raw"  # the bytes of a value as they stand
PRESENT: Final = "present"  # only whether there is one

WANTED = {
    "string": TEXT, "secret": TEXT, "datetime": TEXT, "date": TEXT, "email": TEXT, "uri": TEXT,
    "number": NUMBER, "integer": INTEGER, "boolean": BOOLEAN, "object": RAW, "array": RAW, "any": RAW,
}  # fmt: skip


class NoPlan(Exception):
    """The fast way has no words for something in the program; the plain way runs it."""


@dataclass(slots=True)
class Need:
    """A member that is read.

    Shape:  `wants` says as what it is read itself; `members` what is read inside it; `items`: inside each of its items
    """

    wants: set[str] = field(default_factory=set[str])
    members: dict[str, "Need"] = field(default_factory=dict[str, "Need"])
    items: bool = False

    @property
    def kind(self) -> str | None:
        """As what it is decoded; None for a member that is only gone through."""
        wants = self.wants - {PRESENT}
        if not wants:
            return RAW if self.wants else None
        if len(wants) == 1:
            return next(iter(wants))
        if wants == {NUMBER, INTEGER}:
            return NUMBER
        if RAW in wants:
            raise NoPlan("a value that is both read and copied")
        return SCALAR

    def below(self, steps: tuple[ir.Step, ...]) -> "Need":
        """The need at these steps, made where it is new."""
        need = self
        for step in steps:
            if not isinstance(step, NameSelector):
                raise NoPlan("an index")
            if need.items:
                raise NoPlan("a member of a list")
            need = need.members.setdefault(step.name, Need())
        return need

    def check(self) -> None:
        """NoPlan where a member is read in ways that do not go together."""
        kind = self.kind
        if (self.members or self.items) and kind not in (None, RAW):
            raise NoPlan("a value that is both a scalar and an object")
        for member in self.members.values():
            member.check()


def needs_of(program: ir.Program) -> Need:
    """What the program reads of an event. Errors: NoPlan."""
    needs = _Needs({name: (var, record) for name, var, record in program.shapes})
    event = Need()
    for build in program.builds:
        if build.items is not None:
            raise NoPlan("for each")
        scope = {ir.EVENT: event}
        needs.test(build.trigger, scope)
        needs.record(build.record, scope)
    event.check()
    return event


Scope = dict[int, Need]


@dataclass(slots=True)
class _Needs:
    shapes: dict[str, tuple[int, ir.Record]]
    depth: int = 0

    def record(self, record: ir.Record, scope: Scope) -> None:
        for item in record.fields:
            if not item.names or not isinstance(item.required, bool):
                raise NoPlan("a spread, or a condition on the payload")
            if item.value is None:
                continue
            if any(f is not item and f.names[: len(item.names)] == item.names for f in record.fields):
                raise NoPlan("an object that is copied, then changed")
            self.value(item.value, wanted_by(item.type), scope)

    def value(self, value: ir.Value, want: str, scope: Scope) -> None:
        match value:
            case ir.Read():
                if value.var not in scope:
                    raise NoPlan("the payload")
                scope[value.var].below(value.steps).wants.add(want)
            case ir.FirstOf():
                for arm in value.arms:
                    self.value(arm, want, scope)
            case ir.Choose():
                self.test(value.test, scope)
                self.value(value.then, want, scope)
                if value.otherwise is not None:
                    self.value(value.otherwise, want, scope)
            case ir.Concat(parts):
                for part in parts:
                    if not isinstance(part, str):
                        self.value(part, TEXT, scope)
            case ir.MakeObject():
                for _, member in value.members:
                    self.value(member, RAW, scope)
            case ir.ShapeCall():
                self._shape(value, scope)
            case ir.Bind(ir.Read() as read, var, body) if read.var in scope:
                self.value(body, want, {**scope, var: scope[read.var].below(read.steps)})
            case ir.MapEach(ir.Read() as read, var, body) if read.steps and read.var in scope:
                items = scope[read.var].below(read.steps)
                if items.members and not items.items:
                    raise NoPlan("a list that is also an object")
                items.items = False
                self.value(body, RAW, {**scope, var: items})
                items.items = True
            case ir.Const() | ir.Now() | ir.SettingValue():
                pass
            case _:
                raise NoPlan(type(value).__name__)

    def _shape(self, call: ir.ShapeCall, scope: Scope) -> None:
        var, record = self.shapes[call.shape]
        if self.depth > 8:
            raise NoPlan("a shape inside itself")
        self.depth += 1
        self.record(record, {ir.EVENT: scope[ir.EVENT], var: scope[call.var]})
        self.depth -= 1

    def test(self, test: ir.Test, scope: Scope) -> None:
        match test:
            case ir.AllOf(tests) | ir.AnyOf(tests):
                for each in tests:
                    self.test(each, scope)
            case ir.Negate(inner):
                self.test(inner, scope)
            case ir.Equal(ir.Read() as read, ir.Const(value)) | ir.Equal(ir.Const(value), ir.Read() as read):
                self.value(read, kind_of(value), scope)
            case ir.OneOf(ir.Read() as read, choices):
                for choice in choices:
                    self.value(read, kind_of(choice), scope)
            case ir.Exists(ir.Read() as read):
                self.value(read, TEXT if test.skip_empty else PRESENT, scope)
            case ir.Always():
                pass
            case _:
                raise NoPlan(type(test).__name__)


def kind_of(value: Scalar) -> str:
    """As what a value is read that is compared with a constant."""
    match value:
        case bool():
            return BOOLEAN
        case str():
            return TEXT
        case None:
            return PRESENT
        case _:
            return NUMBER


def wanted_by(kind: ValueType) -> str:
    """As what a value is read that a field of this type takes."""
    match kind:
        case NamedType(name) if name in WANTED:
            return WANTED[name]
        case LiteralType(values) if all(isinstance(value, str) for value in values):
            return TEXT
        case ListType():
            return RAW
        case _:
            raise NoPlan("a type that takes a closer look")
