"""Payload validation: what the engine drops from a payload, turns into another type, and refuses."""

import math
from collections.abc import Mapping
from typing import Final

from .formats import FORMATS, LABELS
from .schema import Condition, Requirement, Schema
from .validate import article
from .values import (
    UNDEFINED,
    Json,
    is_array,
    is_number,
    is_object,
    json_text,
    to_double,
    to_number,
    to_text,
    type_of,
    unit_count,
)

_SCALARS: Final = ("string", "number", "boolean")
_EXEMPT: Final = "dynamicAuthSettings"


class PayloadRefused(Exception):
    """A payload that breaks the rules of its action's fields.

    Shape:  messages: the engine's own, one a problem; str() joins them with spaces
    """

    def __init__(self, messages: tuple[str, ...]) -> None:
        super().__init__(" ".join(messages))
        self.messages = messages


def coerce_payload(schema: Schema, payload: Json) -> Json:
    """The payload as an action gets it: emptied of what is empty, coerced, without members that no field has.

    Errors: PayloadRefused, naming every problem
    """
    payload = _drop_empty(payload, schema)
    messages: list[str] = []
    if not is_object(payload):
        kind = "undefined" if payload is UNDEFINED else _got(payload)
        raise PayloadRefused((f"The root value must be an object but it was {kind}.",))
    for key, member in (schema.properties or {}).items():
        # Only here is anything but an object put in an array; below, the type check does it for scalars.
        if member.types == ("array",) and payload.get(key, None) is not None and not is_array(payload[key]):
            payload[key] = [payload[key]]
    result = _check_object(schema, payload, "", messages)
    if messages:
        raise PayloadRefused(tuple(messages))
    if _EXEMPT in payload:
        result[_EXEMPT] = payload[_EXEMPT]
    return result


def _drop_empty(value: Json, schema: Schema | None, *, is_root: bool = True) -> Json:
    """Without nulls where none may be, without "" where no text is wanted, and at the top without any ""."""
    if schema is None:
        return value
    if is_array(value):
        items = schema.items
        if items is None:
            return value
        # The items themselves are left as they are.
        return [item for item in value if _drop_empty(item, items, is_root=False) is not UNDEFINED]
    if is_object(value):
        if schema.properties is None:
            return value
        kept = {key: _drop_empty(item, schema.properties.get(key), is_root=False) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item is not UNDEFINED and not (is_root and item == "")}
    if (value is None and "null" not in schema.types) or (value == "" and "string" not in schema.types):
        return UNDEFINED
    return value


def _label(schema: Schema | None, pointer: str) -> str:
    label = (schema.title if schema else None) or (f"the value at {pointer}" if pointer else "the root value")
    return label[0].upper() + label[1:]


def _got(value: Json) -> str:
    kind = type_of(value)
    return kind if kind == "null" else f"{article(kind)} {kind}"


def _check(schema: Schema, value: Json, pointer: str, messages: list[str]) -> Json:
    """The value, coerced; every problem adds a message."""
    is_right, value = _coerce_type(schema, value)
    late = schema.properties is not None  # an object with members is told its type after the choices
    if not is_right and not late:
        messages.append(_wrong_type(schema, value, pointer))
    if schema.choices is not None and not any(_same(value, choice) for choice in schema.choices):
        allowed = _listed([json_text(choice) for choice in schema.choices])
        messages.append(f"{_label(schema, pointer)} must be one of: {allowed}.")
    if is_number(value):
        _check_bounds(schema, value, pointer, messages)
    elif isinstance(value, str):
        _check_text(schema, value, pointer, messages)
    elif is_array(value) and schema.items is not None:
        items = schema.items
        return [_check(items, item, f"{pointer}/{position}", messages) for position, item in enumerate(value)]
    elif is_object(value) and late:
        return _check_object(schema, value, pointer, messages)
    if not is_right and late:
        messages.append(_wrong_type(schema, value, pointer))
    return value


def _wrong_type(schema: Schema, value: Json, pointer: str) -> str:
    wanted = _listed(list(schema.types))
    return f"{_label(schema, pointer)} must be {article(wanted)} {wanted} but it was {_got(value)}."


def _listed(words: list[str]) -> str:
    if len(words) < 3:
        return " or ".join(words) or "nothing"
    return f"{', '.join(words[:-1])}, or {words[-1]}"


def _check_bounds(schema: Schema, value: int | float, pointer: str, messages: list[str]) -> None:
    number = to_double(value)
    if schema.most is not None and not number <= schema.most:
        messages.append(f"{_label(schema, pointer)} must be equal to or less than {to_text(schema.most)}.")
    if schema.least is not None and not number >= schema.least:
        messages.append(f"{_label(schema, pointer)} must be equal to or greater than {to_text(schema.least)}.")


def _check_text(schema: Schema, value: str, pointer: str, messages: list[str]) -> None:
    # Lengths are compared in code points and told in UTF-16 units.
    for limit, is_broken, word in (
        (schema.most_length, len(value) > (schema.most_length or 0), "fewer"),
        (schema.least_length, len(value) < (schema.least_length or 0), "more"),
    ):
        if limit is not None and is_broken:
            lengths = f"{_characters(limit)} or {word} but it was {_characters(unit_count(value))}"
            messages.append(f"{_label(schema, pointer)} must be {lengths}.")
    if schema.format is not None and not FORMATS[schema.format](value):
        name = LABELS.get(schema.format, schema.format)
        messages.append(f"{_label(schema, pointer)} must be a valid {name} string but it was not.")


def _characters(count: int) -> str:
    return f"{count} character{'' if count == 1 else 's'}"


def _check_object(schema: Schema, value: dict[str, Json], pointer: str, messages: list[str]) -> dict[str, Json]:
    """The members: those required if, those required, those that no field has, and then each by itself."""
    members = dict(value)
    properties: Mapping[str, Schema] = schema.properties or {}
    for requirement in schema.requirements:
        _check_requirement(requirement, members, schema, pointer, messages)
    for key in schema.required:
        if key not in members:
            messages.append(f"{_label(schema, pointer)} is missing the required field '{key}'.")
    if not schema.is_open:
        members = {key: item for key, item in members.items() if key in properties}
    for key, member in properties.items():
        if key in members:
            members[key] = _check(member, members[key], f"{pointer}/{_escape(key)}", messages)
    return members


def _escape(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def _check_requirement(
    requirement: Requirement, members: dict[str, Json], schema: Schema, pointer: str, messages: list[str]
) -> None:
    """Before anything is coerced: conditions compare with what the mapping gave."""
    if not _holds(requirement, members):
        return
    needed = requirement.parent or requirement.key
    missing: list[str] = []
    if needed not in members:
        missing.append(f"{_label(None, pointer)} is missing the required field '{needed}'.")
    elif requirement.parent is not None:
        inner = members[needed]
        if is_object(inner) and requirement.key not in inner:
            place = f"{pointer}/{_escape(needed)}"
            missing.append(f"{_label(None, place)} is missing the required field '{requirement.key}'.")
    if missing:
        # Two complaints of one thing: that of the branch and that of the condition around it.
        messages += (*missing, f'{_label(None, pointer)} must match "then" schema.')


def _holds(requirement: Requirement, members: dict[str, Json]) -> bool:
    alone = len(requirement.conditions) == 1
    results = (_condition_holds(condition, members, alone=alone) for condition in requirement.conditions)
    return any(results) if requirement.match == "any" and not alone else all(results)


def _condition_holds(condition: Condition, members: dict[str, Json], *, alone: bool) -> bool:
    if condition.parent is not None:
        if condition.parent not in members:
            return False
        inner = members[condition.parent]
        if not is_object(inner):
            return True  # rules about members say nothing about what has none
        return _compares(condition, inner)
    if condition.value is not UNDEFINED:
        return _compares(condition, members)
    if condition.key not in members:
        return not condition.negated
    return condition.negated != _is_null(condition.key, members) if alone else condition.negated


def _compares(condition: Condition, members: dict[str, Json]) -> bool:
    if condition.key not in members:
        return False
    if condition.value is UNDEFINED:
        return not condition.negated  # of a member, "is nothing" asks for nothing, and its opposite never holds
    return _same(members[condition.key], condition.value) != condition.negated


def _is_null(key: str, members: dict[str, Json]) -> bool:
    """Whether the member is null, or can be: asking turns "", 0 and false into null, for good."""
    is_null, members[key] = _coerce_type(Schema(types=("null",)), members[key], keep=True)
    return is_null


def _same(left: Json, right: Json) -> bool:
    """Deep equality, true apart from 1."""
    if is_object(left) and is_object(right):
        return left.keys() == right.keys() and all(_same(left[key], right[key]) for key in left)
    if is_array(left) and is_array(right):
        return len(left) == len(right) and all(map(_same, left, right))
    return type_of(left) == type_of(right) and left == right


def _is_type(name: str, value: Json) -> bool:
    if name in ("number", "integer"):
        if not is_number(value):
            return False
        number = to_double(value)
        return math.isfinite(number) and (name == "number" or number.is_integer())
    return type_of(value) == name


def _coerce_type(schema: Schema, value: Json, *, keep: bool = False) -> tuple[bool, Json]:
    """Whether the value has, or could be given, one of the types; and that value.

    A list of one is taken for its item, if a single type is wanted and the item has it, or the item can be coerced;
    where neither is so, the rules that follow look at the item all the same (keep: not at all).
    """
    types = schema.types
    if any(_is_type(name, value) for name in types):
        return True, value
    inner = value
    if is_array(value) and len(value) == 1 and types != ("object",):  # to an object nothing is coerced
        inner = value[0]
        if len(types) == 1 and _is_type(types[0], inner):
            return True, inner
    for name in types:
        coerced = _coerce(name, inner)
        if coerced is not UNDEFINED:
            return True, coerced
    return False, value if keep else inner


def _coerce(name: str, value: Json) -> Json:
    """The value as the type, or UNDEFINED."""
    if name == "string" and (is_number(value) or isinstance(value, bool)):
        return to_text(value)
    if name == "string" and value is None:
        return ""
    if name in ("number", "integer"):
        return _to_number(value, whole=name == "integer")
    if name == "boolean" and type_of(value) in ("string", "number", "null"):
        return {"false": False, 0: False, None: False, "true": True, 1: True}.get(value, UNDEFINED)
    if name == "null" and value in ("", 0) and not isinstance(value, dict | list):
        return None
    if name == "array" and type_of(value) in (*_SCALARS, "null"):
        return [value]
    return UNDEFINED


def _to_number(value: Json, *, whole: bool) -> Json:
    if value is None or isinstance(value, bool):
        return int(value or 0)
    if not isinstance(value, str) or not value:
        return UNDEFINED
    number = to_number(value)
    if math.isnan(number) or (whole and math.isfinite(number) and not number.is_integer()):
        return UNDEFINED
    if math.isinf(number):
        return None  # "Infinity" passes; the payload's JSON has null for it
    return int(number) if number.is_integer() and abs(number) < 1e21 else number
