"""The rules that a destination's field definitions put on a payload."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from .formats import FORMATS
from .values import UNDEFINED, Json, is_array, is_number, is_object, is_truthy

_TYPES: Final[dict[str, tuple[str, ...]]] = {
    "text": ("string",),
    "password": ("string",),
    "datetime": ("string", "number"),
}
_FIXED_FORMATS: Final = {"datetime": "date-like", "password": "password", "text": "text"}


class DefinitionError(ValueError):
    """A destination's definition that can't be used; the text says where and why."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One test of "required if": a field is, or is not, a value.

    Shape:  parent None for a top-level field; value UNDEFINED where the test is that the field is there at all
    """

    parent: str | None
    key: str
    negated: bool
    value: Json


@dataclass(frozen=True, slots=True)
class Requirement:
    """A field that has to be there when its conditions hold.

    Shape:  parent None for a field of this object; with several conditions the engine forgets to split the name,
            so that a member's is sought as "parent.child", and never found
    """

    parent: str | None
    key: str
    conditions: tuple[Condition, ...]
    match: Literal["all", "any"]


@dataclass(frozen=True, slots=True)
class Schema:
    """What one value has to be.

    Shape:  types: JSON type names, several meaning any of them; properties None where an object's members are free
    """

    types: tuple[str, ...]
    title: str | None = None
    format: str | None = None
    choices: tuple[Json, ...] | None = None
    least: float | None = None
    most: float | None = None
    least_length: int | None = None
    most_length: int | None = None
    items: "Schema | None" = None
    properties: Mapping[str, "Schema"] | None = None
    is_open: bool = False
    required: tuple[str, ...] = ()
    requirements: tuple[Requirement, ...] = ()


@dataclass(slots=True)
class _Fields:
    """What is gathered of one object's fields."""

    properties: dict[str, Schema] = field(default_factory=dict[str, Schema])
    required: list[str] = field(default_factory=list[str])
    requirements: dict[str, Requirement] = field(default_factory=dict[str, Requirement])


def object_schema(fields: Mapping[str, Json], *, is_open: bool = False, lax: bool = False) -> Schema:
    """The schema of an object with these field definitions.

    Shape:  {"id": {"type": "string", "required": True}, …}, keys as in a destination's definition
            lax: a quirk: an object with a conditionally required member requires none of its members itself
    Errors: DefinitionError
    """
    found = _Fields()
    for key, definition in fields.items():
        if not is_object(definition) or not isinstance(definition.get("type"), str):
            raise DefinitionError(f"field {key!r} has no type")
        found.properties[key] = _field_schema(key, definition, found)
        demand = definition.get("required")
        if demand is True:
            found.required.append(key)
        elif is_object(demand):
            found.requirements[key] = _requirement(key, demand)
    return Schema(
        types=("object",),
        properties=found.properties,
        is_open=is_open,
        required=() if lax else tuple(found.required),
        requirements=() if lax else tuple(found.requirements.values()),
    )


def _field_schema(key: str, definition: dict[str, Json], parent: _Fields) -> Schema:
    kind: str = definition["type"]
    types = _TYPES.get(kind, (kind,))
    schema = Schema(
        types=types,
        title=definition.get("label"),
        format=_format(key, kind, definition),
        choices=_choices(definition),
    )
    least, most = _bound(key, definition, "minimum"), _bound(key, definition, "maximum")
    if kind == "string":
        schema = replace(schema, least_length=least, most_length=most)
    elif kind == "number":
        schema = replace(schema, least=least, most=most)
    if definition.get("allowNull"):
        choices = None if schema.choices is None else (*schema.choices, None)
        schema = replace(schema, types=(*types, "null"), choices=choices)
    if definition.get("multiple"):
        items = Schema(types=types, choices=schema.choices)
        schema = replace(schema, types=("array",), choices=None, items=items)
    if kind == "object" and is_object(definition.get("properties")):
        schema = _with_members(key, definition, schema, parent)
    return schema


def _bound(key: str, definition: dict[str, Json], name: str) -> float | None:
    bound = definition.get(name) or None  # a bound of 0 is no bound
    if bound is not None and not is_number(bound):
        raise DefinitionError(f"field {key!r} has a {name!r} that is no number")
    return bound


def _format(key: str, kind: str, definition: dict[str, Json]) -> str | None:
    name = _FIXED_FORMATS.get(kind) or definition.get("format")
    if name is not None and (not isinstance(name, str) or name not in FORMATS):
        raise DefinitionError(f"field {key!r} has an unknown format, {name!r}")
    return name


def _choices(definition: dict[str, Json]) -> tuple[Json, ...] | None:
    choices = definition.get("choices")
    if not is_array(choices):
        return None
    return tuple(choice.get("value") if is_object(choice) else choice for choice in choices)


def _with_members(key: str, definition: dict[str, Json], schema: Schema, parent: _Fields) -> Schema:
    members: dict[str, Json] = definition["properties"]
    conditional = {name: member["required"] for name, member in members.items() if is_object(member.get("required"))}
    inner = object_schema(members, is_open=is_truthy(definition.get("additionalProperties")), lax=bool(conditional))
    for name, demand in conditional.items():
        # Told to the parent, and so about "key.name".
        parent.requirements[f"{key}.{name}"] = _requirement(f"{key}.{name}", demand)
    if schema.items is not None:
        return replace(schema, items=inner)
    # Members make the type a plain object again: allowNull is lost.
    return replace(inner, title=schema.title, choices=schema.choices, format=schema.format)


def _requirement(key: str, demand: dict[str, Json]) -> Requirement:
    conditions = demand.get("conditions")
    if not is_array(conditions) or not conditions:
        raise DefinitionError(f"field {key!r} is required under no condition")
    tests = tuple(_condition(key, condition) for condition in conditions)
    parent, name = _split(key) if len(tests) == 1 else (None, key)
    return Requirement(parent, name, tests, "any" if demand.get("match") == "any" else "all")


def _condition(key: str, condition: Json) -> Condition:
    if not is_object(condition) or not isinstance(condition.get("fieldKey"), str):
        raise DefinitionError(f"field {key!r} is required under a condition of no field")
    operator = condition.get("operator")
    if operator not in ("is", "is_not"):
        raise DefinitionError(f"field {key!r} is required under an unknown operator, {operator!r}")
    parent, name = _split(condition["fieldKey"])
    return Condition(parent, name, operator == "is_not", condition.get("value", UNDEFINED))


def _split(key: str) -> tuple[str | None, str]:
    parts = key.split(".")
    return (parts[0], parts[1]) if len(parts) > 1 else (None, key)
