"""What the engine refuses in a mapping before it resolves anything, in its own words."""

from collections.abc import Callable
from typing import Final, TypeAlias

from .errors import MappingError
from .text import MAX_UNITS
from .values import UNDEFINED, Json, is_array, json_text, ordered_keys, type_of, unit_count

Stack: TypeAlias = tuple[str, ...]
Check: TypeAlias = Callable[[Json, Stack], None]


def check(mapping: Json) -> None:
    """Refuse a mapping that the engine refuses.

    Arrays are not looked into, nor are plain objects under @literal and @excludeWhenNull.
    Errors: MappingError of kind "validation", a message a problem, where the engine goes on after the first
    """
    _check_any(mapping, ())


def _refusal(stack: Stack, problem: str) -> MappingError:
    return MappingError("validation", (f"/{'/'.join(stack)} {problem}.",))


def _type(value: Json) -> str:
    kind = type_of(value)
    return "directive" if kind == "object" and any(key.startswith("@") for key in value) else kind


def _wanted(what: str, value: Json, stack: Stack) -> MappingError:
    kind = _type(value)
    return _refusal(stack, f"should be {what} but it is {article(kind)} {kind}")


def article(word: str) -> str:
    """The engine's a or an."""
    return "an" if word[:1] in ("a", "e", "i", "o", "u") else "a"


def _check_all(checks: list[tuple[Check, Json, Stack]]) -> None:
    """Run them all, and raise what they raise as one."""
    messages: list[str] = []
    for one, value, stack in checks:
        try:
            one(value, stack)
        except MappingError as error:
            messages += error.messages
    if messages:
        raise MappingError("validation", tuple(messages))


def _check_any(value: Json, stack: Stack) -> None:
    kind = _type(value)
    if kind == "directive":
        _check_directive(value, stack)
    elif kind == "object":
        _check_object(value, stack)


def _check_directive(value: dict[str, Json], stack: Stack) -> None:
    names = [key for key in value if key.startswith("@")]
    if len(names) > 1:
        raise _refusal(stack, f"should only have one @-prefixed key but it has {len(names)} keys")
    if any(key != "_metadata" for key in value if key not in names):
        raise _refusal(stack, f"should only have one @-prefixed key but it has {len(value)} keys")
    directive = _DIRECTIVES.get(names[0])
    if directive is None:
        raise _refusal(stack, f"has an invalid directive: {names[0]}")
    directive(value[names[0]], (*stack, names[0]))


def _check_object(value: Json, stack: Stack) -> None:
    if _type(value) != "object":
        raise _wanted("an object", value, stack)
    _check_all([(_check_any, value[key], (*stack, key)) for key in ordered_keys(value)])


def _check_array(value: Json, stack: Stack) -> None:
    if not is_array(value):
        # An array is what it is, but an object here is never called a directive.
        kind = type_of(value)
        raise _refusal(stack, f"should be an array but it is {article(kind)} {kind}")


def _check_raw(value: Json, stack: Stack) -> None:
    if _type(value) == "directive":
        _check_directive(value, stack)


def _check_directive_or(*others: str) -> Check:
    words = "a string or a mapping directive" if others == ("string",) else "a object or a mapping directive"

    def directive_or(value: Json, stack: Stack) -> None:
        kind = _type(value)
        if kind == "directive":
            _check_directive(value, stack)
        elif kind not in others:
            raise _wanted(words, value, stack)
        elif kind == "object":
            _check_object(value, stack)

    return directive_or


_directive_or_string: Final = _check_directive_or("string")
_directive_or_object: Final = _check_directive_or("object")


def _check_string(value: Json, stack: Stack) -> None:
    if not isinstance(value, str):
        raise _wanted("a string", value, stack)


def _check_boolean(value: Json, stack: Stack) -> None:
    if not isinstance(value, bool):
        raise _wanted("a boolean", value, stack)


def _check_length(least: int, most: int) -> Check:
    def length(value: Json, stack: Stack) -> None:
        _check_string(value, stack)
        if unit_count(value) < least:
            raise _refusal(stack, f"should be a string of length {least} or greater")
        if unit_count(value) > most:
            raise _refusal(stack, f"should be a string of length {most} or less")

    return length


def _check_one_of(*allowed: str) -> Check:
    def one_of(value: Json, stack: Stack) -> None:
        _check_string(value, stack)
        if value.lower() not in allowed:  # "LEFT" passes here, and is not understood later
            raise _refusal(stack, f"should be one of {', '.join(allowed)} but it is {json_text(value)}")

    return one_of


def _fields(checks: dict[str, Check], required: tuple[str, ...] = ()) -> Check:
    """An object, valid throughout, whose members pass their checks, in this order; some are required."""

    def check_field(name: str) -> Check:
        def field(value: Json, stack: Stack) -> None:
            if name in value:
                checks[name](value[name], (*stack, name))
            elif name in required:
                raise _refusal(stack, f'should have field "{name}" but it doesn\'t')

        return field

    fields = [check_field(name) for name in checks]

    def check_fields(value: Json, stack: Stack) -> None:
        _check_object(value, stack)
        _check_all([(field, value, stack) for field in fields])

    return check_fields


def _check_array_path(value: Json, stack: Stack) -> None:
    _check_array(value, stack)
    _directive_or_string(value[0] if value else UNDEFINED, stack)
    _check_any(value[1] if len(value) > 1 else UNDEFINED, stack)


def _check_merge(value: Json, stack: Stack) -> None:
    _merge_fields(value, stack)
    for item in value["objects"]:
        _directive_or_object(item, ())  # the engine forgets where it is: its messages restart at "/"


_merge_fields: Final = _fields(
    {"direction": _check_one_of("left", "right"), "objects": _check_array}, required=("objects",)
)

_DIRECTIVES: Final[dict[str, Check]] = {
    "@if": _fields({"exists": _check_raw, "then": _check_raw, "else": _check_raw}),
    "@case": _fields({"operator": _check_string, "value": _directive_or_string}),
    "@replace": _fields(
        {
            "pattern": _check_length(1, MAX_UNITS),
            "replacement": _check_length(0, MAX_UNITS),
            "value": _directive_or_string,
            "ignorecase": _check_boolean,
            "global": _check_boolean,
        },
        required=("pattern", "value"),
    ),
    "@arrayPath": _check_array_path,
    "@path": _directive_or_string,
    "@json": _fields({"value": _check_raw, "mode": _check_one_of("encode", "decode")}, required=("value", "mode")),
    "@flatten": _fields({"separator": _check_string, "value": _check_raw}, required=("value",)),
    "@merge": _check_merge,
    "@template": _directive_or_string,
    "@literal": _check_raw,
    "@transform": _fields(
        {"apply": _directive_or_object, "mapping": _directive_or_object}, required=("apply", "mapping")
    ),
    "@excludeWhenNull": _check_raw,
    "@liquid": _check_string,
}
