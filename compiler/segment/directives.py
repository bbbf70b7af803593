"""The plain interpreter: what each directive gives, read off the mapping anew for every event."""

from collections.abc import Callable
from json import JSONDecodeError, loads
from typing import Final

from .errors import MappingError, fail
from .liquid import render_liquid
from .paths import get, strip_root
from .text import MAX_UNITS, render, replace
from .validate import check
from .values import (
    UNDEFINED,
    Json,
    is_array,
    is_blank,
    is_object,
    is_truthy,
    json_text,
    ordered_keys,
    to_output,
    to_text,
    type_of,
    unit_count,
    units,
    without_undefined,
)

ROOT_DIRECTIVE: Final = "__segment_internal_directive"


def transform(mapping: dict[str, Json], event: dict[str, Json]) -> Json:
    """Resolve a mapping against an event as Segment's engine does.

    Shape:  a JSON value; None both for null and where the engine's whole result is undefined
    Errors: MappingError, kind "validation" or "runtime", and nothing else
    """
    try:
        result = apply_mapping(mapping, event)
        return None if result is UNDEFINED else to_output(result)
    except RecursionError:
        raise fail("Maximum call stack size exceeded") from None


def apply_mapping(mapping: Json, scope: Json) -> Json:
    """Validate, resolve, drop undefined members: the whole of a mapping, and of every @transform's apply."""
    if scope is UNDEFINED:
        scope = {}
    if not is_object(scope):
        raise fail(f"data must be an object, got {type_of(scope)}")
    rooted = unwrap_root(mapping)
    check(rooted)
    return without_undefined(resolve(rooted, scope))


def unwrap_root(mapping: Json) -> Json:
    """The mapping to run: where a root directive is set, that directive with the other fields as its "mapping"."""
    if mapping is None:
        raise fail("Cannot convert undefined or null to object")
    fields = spread(mapping)
    if ROOT_DIRECTIVE not in fields:
        return fields
    root = fields.pop(ROOT_DIRECTIVE)
    if root is None:
        raise fail("Cannot convert undefined or null to object")
    members = spread(root)
    if len(members) > 1:
        raise fail("The root mapping must only have a single directive object")
    name, options = next(iter(members.items()), ("", UNDEFINED))
    if is_object(root) and is_object(options):
        return {name: {**options, "mapping": fields}}
    if not isinstance(options, dict | list):
        raise fail("The root directive must be an object")
    return root if is_object(root) else [{**options, "mapping": fields} if is_object(options) else options]


def spread(value: Json) -> dict[str, Json]:
    """{...value}: an object's members, an array's items and a text's characters under their indexes, else nothing."""
    if is_object(value):
        return dict(value)
    if isinstance(value, str):
        value = list(units(value))
    return {str(position): item for position, item in enumerate(value)} if is_array(value) else {}


def is_directive(value: dict[str, Json]) -> bool:
    """Whether an object is a directive: an @ key, and beside @ keys nothing but _metadata."""
    others = [key for key in value if not key.startswith("@")]
    return len(others) < len(value) and all(key == "_metadata" for key in others)


def directive_of(value: dict[str, Json]) -> tuple[str, Json]:
    """A directive's name and options; of two directives, which only an array can hold, the first."""
    return next((key, options) for key, options in value.items() if key.startswith("@"))


def resolve(node: Json, scope: Json) -> Json:
    """Resolve a mapping, or a part of one, against the event or the value in its place."""
    if is_array(node):
        return [resolve(item, scope) for item in node]
    if not is_object(node):
        return node
    if not is_directive(node):
        return {key: resolve(node[key], scope) for key in ordered_keys(node)}
    name, options = directive_of(node)
    directive = DIRECTIVES.get(name)
    if directive is None:
        raise fail(f"{name} is not a valid directive, got undefined")
    return directive(options, scope)


def _options(options: Json, complaint: str) -> dict[str, Json]:
    # Validation has seen to this, but for directives inside of arrays.
    if not is_object(options):
        raise fail(complaint)
    return options


def _require(options: dict[str, Json], directive: str, *names: str) -> None:
    for name in names:
        if not is_truthy(options.get(name)):
            raise fail(f'{directive} requires a "{name}" key')


def _path(options: Json, scope: Json) -> Json:
    return get(scope, strip_root(_text(options, scope, "@path")))


def _template(options: Json, scope: Json) -> Json:
    return render(_text(options, scope, "@template"), scope)


def _text(options: Json, scope: Json, directive: str) -> str:
    return as_text(resolve(options, scope), directive)


def as_text(value: Json, directive: str) -> str:
    """The value, which has to be a text."""
    if not isinstance(value, str):
        raise fail(f"{directive}: expected string, got {type_of(value)}")
    return value


def _literal(options: Json, scope: Json) -> Json:
    return resolve(options, scope)


def _if(options: Json, scope: Json) -> Json:
    options = _options(options, '@if requires an object with an "exists" key')
    if not is_truthy(options.get("exists")) and not is_truthy(options.get("blank")):
        raise fail('@if requires an "exists" key or a "blank" key')
    if "exists" in options:  # it wins where it is present at all, "exists": null included
        value = resolve(options["exists"], scope)
        holds = value is not UNDEFINED and value is not None
    else:
        holds = not is_blank(resolve(options["blank"], scope))
    if holds:
        return resolve(options["then"], scope) if "then" in options else UNDEFINED
    # A falsy literal after "else" is not noticed: 0, false, "" and null give undefined.
    return resolve(options["else"], scope) if is_truthy(options.get("else")) else UNDEFINED


def _case(options: Json, scope: Json) -> Json:
    options = _options(options, '@case requires an object with a "operator" key')
    _require(options, "@case", "operator")
    if not is_truthy(options.get("value")):
        return UNDEFINED
    return change_case(resolve(options["value"], scope), options["operator"])


def change_case(value: Json, operator: Json) -> Json:
    """A text in lower or upper case; other values stay."""
    if not isinstance(value, str):
        return value
    if operator == "lower":
        return value.lower()
    if operator == "upper":
        return value.upper()
    raise fail('operator key should have a value of "lower" or "upper"')


def _replace(options: Json, scope: Json) -> Json:
    options = _options(options, '@replace requires an object with a "pattern" key')
    _require(options, "@replace", "pattern")
    if not is_truthy(options.get("value")):
        return UNDEFINED
    return replace_all(resolve(options["value"], scope), replacement_pairs(options), *replacement_flags(options))


def replacement_flags(options: dict[str, Json]) -> tuple[Json, Json]:
    """@replace's ignorecase and global; null is as good as nothing."""
    return _default(options, "ignorecase", False), _default(options, "global", True)


def replacement_pairs(options: dict[str, Json]) -> tuple[tuple[Json, Json], ...]:
    """@replace's patterns with their replacements; the second pair counts only where it is two texts."""
    first = (options["pattern"], _default(options, "replacement", ""))
    second = (options.get("pattern2"), _default(options, "replacement2", ""))
    if second[0] and isinstance(second[0], str) and isinstance(second[1], str):
        return first, second
    return (first,)


def _default(options: dict[str, Json], name: str, default: Json) -> Json:
    value = options.get(name)
    return default if value is None else value


def replace_all(value: Json, pairs: tuple[tuple[Json, Json], ...], ignore_case: Json, everywhere: Json) -> str:
    """@replace on a resolved value: "" of anything but a text, number or boolean, and of options of a wrong type."""
    if type_of(value) not in ("string", "number", "boolean"):
        return ""
    if not (isinstance(ignore_case, bool) and isinstance(everywhere, bool)):
        return ""
    if not all(isinstance(part, str) for part in pairs[0]):
        return ""
    for pattern, replacement in pairs:
        for name, part in (("pattern", pattern), ("replacement", replacement)):
            if unit_count(part) > MAX_UNITS:
                raise fail(f'@replace requires a "{name}" less than {MAX_UNITS} characters')
        value = replace(to_text(value), pattern, replacement, ignore_case=ignore_case, everywhere=everywhere)
    return value


def _array_path(options: Json, scope: Json) -> Json:
    if not is_array(options):
        raise fail(f"@arrayPath expected array, got {type_of(options)}")
    path = options[0] if options else UNDEFINED
    root = get(scope, strip_root(path)) if isinstance(path, str) else resolve(path, scope)
    shape = options[1] if len(options) > 1 else UNDEFINED
    if not (is_object(shape) and shape and isinstance(root, dict | list)):
        return root
    items: list[Json] = root if is_array(root) else [root]
    return [resolve(shape, item) for item in items]


def _flatten(options: Json, scope: Json) -> Json:
    options = _options(options, '@flatten requires an object with a "separator" key')
    _require(options, "@flatten", "separator")
    separator = resolve(options["separator"], scope)
    if not isinstance(separator, str):
        raise fail("@flatten requires a string separator")
    return flatten(resolve(options.get("value", UNDEFINED), scope), separator, is_truthy(options.get("omitArrays")))


def flatten(value: Json, separator: str, omit_arrays: bool) -> dict[str, Json]:
    """One level of an object: keys joined by the separator, but for an empty key, below which none is put."""
    flat: dict[str, Json] = {}
    _flatten_into(flat, value, "", separator, omit_arrays)
    return flat


def _flatten_into(flat: dict[str, Json], value: Json, prefix: str, separator: str, omit_arrays: bool) -> None:
    if is_object(value):
        members = [(key, value[key]) for key in ordered_keys(value)]
    elif is_array(value) and not omit_arrays:
        members = [(str(position), item) for position, item in enumerate(value)]
    else:
        flat[prefix] = value
        return
    for key, item in members:
        _flatten_into(flat, item, f"{prefix}{separator}{key}" if prefix else key, separator, omit_arrays)


def _json(options: Json, scope: Json) -> Json:
    options = _options(options, '@json requires an object with a "value" key')
    _require(options, "@json", "mode", "value")
    value = resolve(options["value"], scope)
    if options["mode"] == "encode":
        return json_text(value)
    # "ENCODE" passes validation and means nothing here.
    return decode(value) if options["mode"] == "decode" else UNDEFINED


def decode(value: Json) -> Json:
    """JSON.parse of a text that parses, else the value itself; NaN and Infinity do not parse."""
    if not isinstance(value, str):
        return value
    try:
        return loads(value, parse_constant=_refuse_constant, parse_int=_whole, parse_float=_number)
    except JSONDecodeError:
        return value


def _refuse_constant(name: str) -> Json:
    raise JSONDecodeError("not JSON", name, 0)


def _whole(digits: str) -> int | float:
    return int(digits) if len(digits) <= 15 else _number(digits)


def _number(digits: str) -> int | float:
    number = float(digits)
    return int(number) if number.is_integer() and abs(number) < 1e21 else number


def _merge(options: Json, scope: Json) -> Json:
    options = _options(options, '@merge requires an object with an "objects" key and a "direction" key')
    _require(options, "@merge", "direction")
    direction = resolve(options["direction"], scope)
    _require(options, "@merge", "objects")
    if not is_array(options["objects"]):
        raise fail(f"@merge: expected opts.array, got {type_of(options['objects'])}")
    objects = [resolve(item, scope) for item in options["objects"]]
    return merge(objects[::-1] if direction == "left" else objects)


def merge(objects: list[Json]) -> dict[str, Json]:
    """Object.assign({}, ...objects): shallow; a member that is undefined counts, and overwrites."""
    merged: dict[str, Json] = {}
    for value in objects:
        merged.update(spread(value))
    return merged


def _transform(options: Json, scope: Json) -> Json:
    options = _options(options, '@transform requires an object with an "apply" key and a "mapping" key')
    _require(options, "@transform", "mapping", "apply")
    if not is_object(options["apply"]):
        raise fail('@transform "apply" key should be an object')
    try:
        applied = apply_mapping(options["apply"], scope)
    except MappingError as error:
        raise MappingError("runtime", error.messages) from error
    return resolve(options["mapping"], applied)


def _exclude_when_null(options: Json, scope: Json) -> Json:
    return drop_nulls(resolve(options, scope))


def drop_nulls(value: Json) -> Json:
    """Undefined for null; without the nulls of an object and of the objects in it, but not of those in arrays."""
    if value is None:
        return UNDEFINED
    if not is_object(value):
        return value
    return {key: drop_nulls(item) for key, item in value.items()}


def _liquid(options: Json, scope: Json) -> Json:
    if not isinstance(options, str):
        raise fail("liquid template value must be a string")
    return render_liquid(options, scope)


DIRECTIVES: Final[dict[str, Callable[[Json, Json], Json]]] = {
    "@arrayPath": _array_path,
    "@case": _case,
    "@excludeWhenNull": _exclude_when_null,
    "@flatten": _flatten,
    "@if": _if,
    "@json": _json,
    "@liquid": _liquid,
    "@literal": _literal,
    "@merge": _merge,
    "@path": _path,
    "@replace": _replace,
    "@template": _template,
    "@transform": _transform,
}
"""Each directive: its options and the value in scope give a value, or UNDEFINED."""
