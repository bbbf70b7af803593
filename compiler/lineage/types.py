"""What of a value gets through the type of its field."""

from dataclasses import replace

from ...dsl import nodes as n
from ...dsl.nodes import Scalar
from .. import ir, prelude
from .held import ABSENT, NEVER, Held, decides, union
from .origins import ANYTHING, GONE, NONE, SCALAR, TEXT, Kind
from .texts import kind_of

_TAKEN = {
    "string": SCALAR,
    "secret": SCALAR,
    "number": Kind.NUMBER | Kind.DIGITS,
    "integer": Kind.NUMBER | Kind.DIGITS,
    "boolean": Kind.BOOLEAN | Kind.FLAG,
    "datetime": Kind.NUMBER | Kind.TIME,
    "date": Kind.TIME,
    "email": Kind.MAIL,
    "uri": Kind.LINK,
    "object": Kind.OBJECT,
    "array": Kind.LIST,
}

_STORED = {
    "string": TEXT,
    "secret": TEXT,
    "number": Kind.NUMBER,
    "integer": Kind.NUMBER,
    "boolean": Kind.BOOLEAN,
    "date": TEXT,
}


def fitted(held: Held, kind: n.ValueType, types: dict[str, ir.ShapeType]) -> Held:
    """What a field of a type takes of a value; NEVER where the value is none that the type takes."""
    match kind:
        case n.NamedType("any"):
            return held
        case n.NamedType(name) if name in types:
            return _shaped(held, types[name], types)
        case n.NamedType(name, low, high):
            held = held.only(_TAKEN[name])
            if name in ("string", "secret") and low is not None and held.most < low:
                held = held.only(~TEXT)
            within = tuple(one for one in held.known if _is_within(one, name, low, high))
            return held if not held.known else replace(held, known=within) if within else NEVER
        case n.LiteralType(values):
            return _one_of(held, values)
        case n.ListType(item):
            return _listed(held, item, types)


def _is_within(constant: Scalar, name: str, low: float | None, high: float | None) -> bool:
    """Whether a constant keeps the bounds of a type that takes its kind."""
    if name in ("number", "integer"):
        size = prelude.as_number(constant) if name == "number" else prelude.as_integer(constant)
        return size is not None and not (high is not None and size > high) and not (low is not None and size < low)
    if name in ("string", "secret"):
        return low is None or len(prelude.as_string(constant) or "") >= low  # too long a text is cut
    return True


def _one_of(held: Held, values: tuple[Scalar, ...]) -> Held:
    """One of some constants, or a number or boolean that stands for its text, or the reverse."""
    forms = [form for value in values for form in (value, prelude.as_string(value), _meant(value)) if form is not None]
    taken = NONE
    for form in forms:
        taken |= kind_of(form) if held.could_be(form) else NONE
    return held.only(taken)


def _meant(value: Scalar) -> Scalar:
    """The number or boolean that a text stands for."""
    if not isinstance(value, str):
        return None
    flag = prelude.as_boolean(value)
    return prelude.as_number(value) if flag is None else flag


def _listed(held: Held, item: n.ValueType, types: dict[str, ir.ShapeType]) -> Held:
    """A list of what fits; a single value is a list of one."""
    whole = held.only(Kind.LIST)
    if whole.items is not None:
        items = fitted(whole.items, item, types)
        empty = decides(whole.items) if items is NEVER else ()  # an empty list, where there was one
        whole = replace(whole, items=items, deciding=whole.deciding + empty)
    single = fitted(held.only(ANYTHING & ~Kind.LIST & ~GONE), item, types)
    if single.members is None:
        return union([whole, single])
    return union(
        [
            whole,
            replace(single, members=None),
            Held(made=Kind.LIST, items=Held(made=Kind.OBJECT, members=single.members)),
        ]
    )


def _shaped(held: Held, shape: ir.ShapeType, types: dict[str, ir.ShapeType], inside: tuple[str, ...] = ()) -> Held:
    """An object with the members that its shape has; others are kept unless it is closed."""
    held = held.only(Kind.OBJECT)
    if held is NEVER or shape.name in inside:
        return held
    members: dict[str, Held] = {}
    for row in shape.fields:
        name = row.names[-1]
        below = replace(held, deciding=()).below(name, Kind.OBJECT)
        kind = row.type
        if isinstance(kind, n.NamedType) and kind.name in types:
            member = _shaped(below, types[kind.name], types, (*inside, shape.name))
        else:
            member = fitted(below, kind, types) if not isinstance(kind, n.ListType) else below.only(ANYTHING & ~GONE)
        if row.required is True and not member.kinds & ~GONE:  # a null is none, `nullable` or not
            return NEVER
        members[name] = member.also(Kind.NOTHING)
    if shape.closed:
        return Held((), Kind.OBJECT, held.inside, members, deciding=held.deciding)
    places = tuple(replace(place, without=place.without | frozenset(members)) for place in held.places)
    others = {name: member for name, member in (held.members or {}).items() if name not in members}
    return replace(held, places=places, made=held.made | Kind.OBJECT, members=others | members)


def always_fits(held: Held, kind: n.ValueType, types: dict[str, ir.ShapeType]) -> bool:
    """True if something is taken of a value whatever it is."""
    if held.kinds & GONE or not held.kinds:
        return False
    if len(held.known) == 1:
        return fitted(held, kind, types) is not NEVER
    match kind:
        case n.ListType(item):
            return not held.kinds & ~Kind.LIST or always_fits(held.only(~Kind.LIST), item, types)
        case n.NamedType("string" | "secret", None, _):
            return not held.kinds & ~SCALAR
        case n.NamedType(name, None, None) if name in _TAKEN and name != "integer":
            return not held.kinds & ~_TAKEN[name]
        case _:
            return kind == n.NamedType("any")


def can_be_there(field: ir.Field, held: Held) -> bool:
    """True if a field could have a value, which null is where it is nullable."""
    return bool(held.kinds & ~(Kind.NOTHING if field.nullable else GONE))


def stored(held: Held, field: ir.Field) -> Held:
    """What stands in the payload of what a field takes: a number of a text that is one, a list of a single value."""
    match field.type:
        case n.ListType() if held.kinds & ~GONE:
            return union([held, Held(made=Kind.LIST, items=held.only(ANYTHING & ~Kind.LIST))])
        case n.NamedType(name) if name in _STORED and held.kinds & ~GONE:
            return held.also(_STORED[name])
        case n.LiteralType() if held.kinds & ~GONE:
            return held.also(SCALAR)
        case _:
            return held


def absent_or(held: Held) -> Held:
    """A field's value, which is left out where nothing fits."""
    return ABSENT if held is NEVER else held.also(Kind.NOTHING)
