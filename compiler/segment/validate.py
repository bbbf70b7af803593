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


def _accept(value: Json, stack: Stack) -> None:
    """Anything at all."""


def _check_raw(value: Json, stack: Stack) -> None:
    if _type(value) == "directive":
        _check_directive(value, stack)


def _want_directive_or(other: str) -> Check:
    words = f"a {other} or a mapping directive"

    def want(value: Json, stack: Stack) -> None:
        if _type(value) not in ("directive", other):
            raise _wanted(words, value, stack)

    return want


_want_directive_or_string: Final = _want_directive_or("string")
_want_directive_or_object: Final = _want_directive_or("object")


def _check_text_or_directive(value: Json, stack: Stack) -> None:
    _want_directive_or_string(value, stack)
    _check_any(value, stack)


def _check_object_or_directive(value: Json, stack: Stack) -> None:
    _want_directive_or_object(value, stack)
    _check_any(value, stack)


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
    """An object, valid throughout, whose members pass their checks, in this order; some are required.

    The checks have no need to look into directives: by then all of the object has been. (The engine looks again, at
    every level, and takes 2 ** depth steps.)
    """

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
    _check_text_or_directive(value[0] if value else UNDEFINED, stack)
    _check_any(value[1] if len(value) > 1 else UNDEFINED, stack)


def _check_merge(value: Json, stack: Stack) -> None:
    _merge_fields(value, stack)
    for item in value["objects"]:
        _check_object_or_directive(item, ())  # the engine forgets where it is: its messages restart at "/"


_merge_fields: Final = _fields(
    {"direction": _check_one_of("left", "right"), "objects": _check_array}, required=("objects",)
)

_DIRECTIVES: Final[dict[str, Check]] = {
    "@if": _fields({}),
    "@case": _fields({"operator": _check_string, "value": _want_directive_or_string}),
    "@replace": _fields(
        {
            "pattern": _check_length(1, MAX_UNITS),
            "replacement": _check_length(0, MAX_UNITS),
            "value": _want_directive_or_string,
            "ignorecase": _check_boolean,
            "global": _check_boolean,
        },
        required=("pattern", "value"),
    ),
    "@arrayPath": _check_array_path,
    "@path": _check_text_or_directive,
    "@json": _fields({"value": _accept, "mode": _check_one_of("encode", "decode")}, required=("value", "mode")),
    "@flatten": _fields({"separator": _check_string, "value": _accept}, required=("value",)),
    "@merge": _check_merge,
    "@template": _check_text_or_directive,
    "@literal": _check_raw,
    "@transform": _fields(
        {"apply": _want_directive_or_object, "mapping": _want_directive_or_object}, required=("apply", "mapping")
    ),
    "@excludeWhenNull": _check_raw,
    "@liquid": _check_string,
}
