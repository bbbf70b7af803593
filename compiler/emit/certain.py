"""What is known of a value before any event comes: whether it is there, and of which type."""

from ...dsl.nodes import ListType, NamedType, ValueType
from .. import ir
from ..functions import FUNCTIONS

_TYPES: dict[type, str] = {str: "string", bool: "boolean", int: "integer", float: "number"}


def never_nothing(value: ir.Value) -> bool:
    """Whether a value is always there (perhaps null)."""
    match value:
        case ir.Const() | ir.Concat() | ir.Now() | ir.Select():
            return True
        case ir.MakeObject() | ir.MakeList() | ir.ShapeCall():
            return True
        case ir.Read(steps=steps):
            return not steps
        case _:
            return False


def fits_as_it_is(value: ir.Value, kind: ValueType) -> bool:
    """Whether a value that is there, and not null, is of the type whatever the event: then nothing has to test it."""
    match kind:
        case NamedType(name, None, None):
            given = type_given(value)
            return given == name or (given, name) == ("integer", "number")
        case ListType(NamedType("object", None, None)):
            return isinstance(value, ir.MapEach) and type_given(value.body) == "object"
        case _:
            return False


def type_given(value: ir.Value) -> str | None:
    """The type that a value is of whenever it is there and not null; None where the event decides."""
    match value:
        case ir.Concat():
            return "string"
        case ir.Const(constant):
            return _TYPES.get(type(constant))
        case ir.MakeObject() | ir.ShapeCall():
            return "object"
        case ir.MakeList() | ir.MapEach() | ir.Select():
            return "array"
        case ir.Apply(name):
            gives = FUNCTIONS[name].gives
            return None if gives == "any" else gives
        case ir.Bind(_, _, body):
            return type_given(body)
        case ir.Choose(_, then, None):
            return type_given(then)
        case ir.Choose(_, then, ir.Ir() as otherwise):
            return _common(then, otherwise)
        case ir.FirstOf(arms):
            return _common(*arms)
        case _:
            return None


def _common(*values: ir.Value) -> str | None:
    types = {type_given(value) for value in values}
    return types.pop() if len(types) == 1 else None


def are_apart(one: ir.Test, other: ir.Test) -> bool:
    """Whether two triggers never hold together, for certain: they want the same member to be one of other texts."""
    (read, texts), (other_read, others) = _wanted(one), _wanted(other)
    return read is not None and read == other_read and texts.isdisjoint(others)


def _wanted(test: ir.Test) -> tuple[ir.Read | None, frozenset[object]]:
    match test:
        case ir.Equal(ir.Read() as read, ir.Const(str() as text)):
            return read, frozenset((text,))
        case ir.AnyOf(tests):
            wanted = [_wanted(each) for each in tests]
            reads = [read for read, _ in wanted]
            if not reads or None in reads or any(read != reads[0] for read in reads):
                return None, frozenset()
            return reads[0], frozenset[object]().union(*(texts for _, texts in wanted))
        case ir.OneOf(ir.Read() as read, choices) if all(isinstance(choice, str) for choice in choices):
            return read, frozenset(choices)
        case _:
            return None, frozenset()
