"""Laws of fields: declared types and limits, required fields, and none that the action doesn't name."""

import json
import re
from collections.abc import Iterator

from ...compiler import ir
from ...compiler.triggers.classes import NOTHING
from ...dsl import nodes as n
from ...dsl.format_expr import format_value_type
from ..json_kinds import is_list, is_object
from ..strategies_pins import look
from .base import Broken, Json, Made, Trial, at, shown
from .reading import nullable

_DAY = re.compile(r"\d{4}-\d\d-\d\d\Z", re.ASCII)
_TIME = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?\Z", re.ASCII)


def declared_types(trial: Trial) -> Iterator[Broken]:
    """Every value is of its field's type; null stands only where the field takes it."""
    for made, field, value in _values(trial):
        if value is None:
            if not nullable(field):
                yield Broken(made.action.key, field.row, f"`{field.row}` is null, and takes none", made.payload)
        elif not of_type(trial.mapped.program, field.type, value):
            kind = format_value_type(field.type)
            message = f"`{field.row}` is {shown(value)}, which is no {kind}"
            yield Broken(made.action.key, field.row, message, made.payload, f"a {kind}, or no value")


def limits(trial: Trial) -> Iterator[Broken]:
    """Lengths and ranges hold."""
    for made, field, value in _values(trial):
        kind = field.type.item if isinstance(field.type, n.ListType) else field.type
        for one in value if isinstance(field.type, n.ListType) and is_list(value) else [value]:
            if isinstance(kind, n.NamedType) and one is not None and not _within(kind, one):
                message = f"`{field.row}` is {shown(one)}, beyond {format_value_type(field.type)}"
                yield Broken(made.action.key, field.row, message, made.payload, format_value_type(field.type))


def _within(kind: n.NamedType, value: Json) -> bool:
    if kind.name in ("number", "integer"):
        size = value if isinstance(value, int | float) and not isinstance(value, bool) else None
    else:
        size = len(value) if isinstance(value, str) or is_list(value) else None
    if size is None:
        return True
    return (kind.low is None or size >= kind.low) and (kind.high is None or size <= kind.high)


def required(trial: Trial) -> Iterator[Broken]:
    """A payload has every field that is required, and not as null."""
    for made in trial.payloads:
        for field in made.build.record.fields:
            if field.required is True and field.names and NOTHING is look(made.payload, field.names):
                yield Broken(
                    made.action.key, field.row, f"`{field.row}` is required, and the payload lacks it", made.payload,
                    "a rejection: E201",
                )  # fmt: skip


def known_fields(trial: Trial) -> Iterator[Broken]:
    """A payload has no field that its action doesn't name; a `*` row takes any."""
    for made in trial.payloads:
        fields = made.build.record.fields
        if any(not field.names for field in fields):
            continue
        names = {field.names[0] for field in fields}
        for name in made.payload:
            if name not in names:
                message = f"the payload has `{name}`, and the action has no such field"
                yield Broken(made.action.key, None, message, made.payload, f"one of {', '.join(sorted(names))}")


def verbatim(trial: Trial) -> Iterator[Broken]:
    """A row that is a path gives a text or number as it stands in the event, cut at its limit and no further."""
    for made in trial.payloads:
        if made.build.items is not None:
            continue
        for field in made.build.record.fields:
            kind, read = field.type, _read_of(field.value)
            if read is None or not isinstance(kind, n.NamedType) or not field.names:
                continue
            wanted = _as_it_stands(kind, look(trial.event, way_of(read)), plain=read is field.value)
            if wanted is not NOTHING and at(made.payload, field.names) != wanted:
                yield Broken(
                    made.action.key, field.row, f"`{field.row}` is {shown(at(made.payload, field.names))}",
                    made.payload,
                    f"the event's own: {shown(wanted)}",
                )  # fmt: skip


def _read_of(value: ir.Value | None) -> ir.Read | None:
    """The path that a row is, or that it makes a number or text of."""
    if isinstance(value, ir.Apply) and value.name in ("number", "text"):
        value = value.arguments[0]
    return value if isinstance(value, ir.Read) else None


def _as_it_stands(kind: n.NamedType, found: Json, *, plain: bool) -> Json:
    """What a field of a type holds of a value that fits it; NOTHING where this law has no word for it."""
    if kind.name in ("string", "secret") and kind.low is None and (plain or not isinstance(found, str)):
        text = found if isinstance(found, str) else _in_json(found)
        return NOTHING if text is None else text if kind.high is None else text[: int(kind.high)]
    if kind.name == "any" and plain and isinstance(found, str):
        return found
    if kind.name == "number" and isinstance(found, int | float) and _is_number(found) and _within(kind, found):
        return found
    return NOTHING


def _in_json(value: Json) -> str | None:
    """A boolean or number as JSON writes it; None for anything else."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return json.dumps(value) if isinstance(value, bool | int | float) and abs(value) < 1e300 else None


def members_kept(trial: Trial) -> Iterator[Broken]:
    """A row that merges objects has every member of them."""
    for made in trial.payloads:
        for field in made.build.record.fields:
            value = field.value
            if made.build.items is not None or not isinstance(value, ir.Apply) or value.name != "merge":
                continue
            kept = at(made.payload, field.names)
            for read in value.arguments:
                found = look(trial.event, way_of(read)) if isinstance(read, ir.Read) else None
                lost = [name for name in found if name not in kept] if isinstance(found, dict) and kept else []
                if lost:
                    message = f"`{field.row}` lacks {shown(lost[0])}, which one of the merged objects has"
                    yield Broken(made.action.key, field.row, message, made.payload)


def counted(trial: Trial) -> Iterator[Broken]:
    """A value that is left out or cut is counted by its row."""
    noted = {row for row, _ in trial.drops}
    for made in trial.payloads:
        if made.build.items is not None:
            continue
        for field in made.build.record.fields:
            if not isinstance(field.value, ir.Read) or not field.names or field.row in noted:
                continue
            found = look(trial.event, way_of(field.value))
            if found is None or found is NOTHING or at(made.payload, field.names) is not None:
                continue
            message = f"`{field.row}` was left out, and not counted: {shown(found)} stands in the event"
            yield Broken(made.action.key, field.row, message, made.payload)


def way_of(read: ir.Read) -> tuple[str | int, ...]:
    """Where a path reads; a place that there is not for one that counts from the end."""
    steps = read.steps
    if any(isinstance(s, n.IndexSelector) and (s.dotted or s.index < 0) for s in steps):
        return ("\0",)  # not looked at
    return tuple(s.name if isinstance(s, n.NameSelector) else s.index for s in steps) or ("\0",)


def _values(trial: Trial) -> Iterator[tuple[Made, ir.Field, Json]]:
    """Fields that stand in payloads, with their values."""
    for made in trial.payloads:
        inner = {field.names[:end] for field in made.build.record.fields for end in range(1, len(field.names))}
        for field in made.build.record.fields:
            if field.names and field.names not in inner:
                value = look(made.payload, field.names)
                if value is not NOTHING:
                    yield made, field, value


def of_type(program: ir.Program, kind: n.ValueType, value: Json) -> bool:
    """Whether a value is of a type; told anew here, so that the compiler's own fitting is held against it."""
    match kind:
        case n.LiteralType(values):
            return any((type(value) is type(v) and value == v) or _same_number(v, value) for v in values)
        case n.ListType(item):
            return is_list(value) and all(of_type(program, item, one) for one in value)
        case n.NamedType("any"):
            return True
        case n.NamedType("string" | "secret"):
            return isinstance(value, str)
        case n.NamedType("number"):
            return _is_number(value)
        case n.NamedType("integer"):
            return isinstance(value, int) and not isinstance(value, bool)
        case n.NamedType("boolean"):
            return isinstance(value, bool)
        case n.NamedType("object"):
            return isinstance(value, dict)
        case n.NamedType("array"):
            return isinstance(value, list)
        case n.NamedType("datetime"):
            return _is_number(value) or (isinstance(value, str) and _TIME.match(value) is not None)
        case n.NamedType("date"):
            return isinstance(value, str) and _DAY.match(value) is not None
        case n.NamedType("email"):
            return isinstance(value, str) and re.fullmatch(r"[^@\s]+@[^@\s]+", value) is not None
        case n.NamedType("uri"):
            return isinstance(value, str) and ":" in value
        case n.NamedType(name):
            return _of_shape(program, name, value)


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _same_number(one: n.Scalar, other: Json) -> bool:
    kinds = (int, float)
    return type(one) in kinds and type(other) in kinds and one == other


def _of_shape(program: ir.Program, name: str, value: Json) -> bool:
    shape = next((shape for shape in program.types if shape.name == name), None)
    if shape is None or not is_object(value):
        return shape is None and is_object(value)
    for field in shape.fields:
        member = value.get(field.names[-1], NOTHING)
        if member is NOTHING:
            if field.required is True:
                return False
        elif member is not None and not of_type(program, field.type, member):
            return False
    names = {field.names[-1] for field in shape.fields}
    return not shape.closed or set(value) <= names
