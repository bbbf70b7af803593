"""Types of Segment's fields and settings to type cells and back."""

from collections.abc import Mapping
from typing import Final, TypeGuard

from ...dsl import nodes as n
from ...dsl.directives import CannotSay
from ...dsl.exchange.read import same
from .conditions import read_required, write_required

_FORMATS: Final = {"email": "email", "uri": "uri", "date": "date"}  # of a string
_PLAIN: Final = {
    "string": "string", "text": "string", "number": "number", "integer": "integer", "boolean": "boolean",
    "datetime": "datetime", "object": "object", "password": "secret",
}  # fmt: skip
_OWN: Final = {words: name for name, words in _PLAIN.items() if name != "text"}


def read_type(field: Mapping[str, n.Json]) -> n.FieldType | None:
    """The type of a field; None where it says none. What the words leave out is found by writing it again."""
    if "type" not in field:
        return None
    value = _value_type(field)
    if field.get("multiple") is True:
        value = n.ListType(value)
    required = field.get("required")
    condition = read_required(required) if isinstance(required, dict) else None
    return n.FieldType(value, condition or required is True, field.get("allowNull") is True)


def _value_type(field: Mapping[str, n.Json]) -> n.ValueType:
    kind = field["type"]
    choices = _choices(field.get("choices"))
    if choices and _kind_of(choices) == _PLAIN.get(str(kind)):
        return n.LiteralType(choices)
    if kind == "string" and str(field.get("format")) in _FORMATS:
        return n.NamedType(_FORMATS[str(field["format"])])
    name = _PLAIN.get(kind, "any") if isinstance(kind, str) else "any"
    low, high = field.get("minimum"), field.get("maximum")
    if name in ("number", "integer") and _is_number(low) and _is_number(high) and low <= high:
        return n.NamedType(name, low, high)
    return n.NamedType(name)


def _is_number(value: n.Json) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _choices(value: n.Json) -> tuple[n.Scalar, ...]:
    """The values of choices, which stand alone or beside a label."""
    if not isinstance(value, list):
        return ()
    values = [item.get("value") if isinstance(item, dict) else item for item in value]
    scalars = tuple(item for item in values if isinstance(item, str | int | float))
    return scalars if len(scalars) == len(values) else ()


def _kind_of(values: tuple[n.Scalar, ...]) -> str:
    if all(isinstance(value, str) for value in values):
        return "string"
    if all(isinstance(value, bool) for value in values):
        return "boolean"
    if any(isinstance(value, str | bool) for value in values):
        return ""
    return "number"


def write_type(kind: n.FieldType | None) -> dict[str, n.Json]:
    """The members of a field that its type says.

    Errors: CannotSay
    """
    if kind is None:
        return {}
    value, members = kind.value, dict[str, n.Json]()
    if isinstance(value, n.ListType):
        members["multiple"] = True
        value = value.item
    if kind.required is not False:
        members["required"] = True if kind.required is True else write_required(kind.required)
    if kind.nullable:
        members["allowNull"] = True
    return members | _write_value_type(value)


def _write_value_type(value: n.ValueType) -> dict[str, n.Json]:
    match value:
        case n.LiteralType(values):
            kind = _kind_of(values)
            if not kind or None in values:
                raise CannotSay("Segment's choices are texts, or numbers, or true and false", value.span)
            return {"type": kind, "choices": list(values)}
        case n.NamedType(name, low, high) if name in _FORMATS:
            return {"type": "string", "format": name}
        case n.NamedType(name, low, high) if name in _OWN:
            return {"type": _OWN[name]} | _write_bounds(value, low, high)
        case n.NamedType("any"):
            return {}  # a type that is none of Segment's stands in `extra`
        case n.NamedType(name):
            raise CannotSay(f"Segment has no type `{name}`", value.span)
        case n.ListType():
            raise CannotSay("Segment has no lists of lists", value.span)


def _write_bounds(node: n.NamedType, low: float | None, high: float | None) -> dict[str, n.Json]:
    if low is None and high is None:
        return {}
    if node.name not in ("number", "integer"):
        raise CannotSay(f"Segment's `{_OWN[node.name]}` has no bound", node.span)
    bounds: dict[str, n.Json] = {"minimum": low, "maximum": high}
    return {name: bound for name, bound in bounds.items() if bound is not None}


def agrees(field: Mapping[str, n.Json], kind: n.FieldType | None) -> bool:
    """True if the JSON still says what the type cell says."""
    found = read_type(field)
    if found is None or kind is None:
        return found is kind
    return found == kind and same(_literals(found), _literals(kind))


def _literals(kind: n.FieldType) -> n.Json:
    value = kind.value.item if isinstance(kind.value, n.ListType) else kind.value
    return list(value.values) if isinstance(value, n.LiteralType) else None
