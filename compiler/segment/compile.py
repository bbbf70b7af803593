"""A mapping as a Python function: validated once, and read once."""

from collections.abc import Callable
from functools import lru_cache
from typing import Final, TypeAlias

from . import directives, emit
from .errors import MappingError, fail
from .liquid import render_liquid
from .paths import get, member, strip_root
from .text import placeholder_text, render
from .validate import check
from .values import UNDEFINED, Json, is_array, is_blank, is_object, json_text, to_output, type_of, without_undefined

Mapper: TypeAlias = Callable[[dict[str, Json]], Json]


def compile_directives(mapping: dict[str, Json]) -> Mapper:
    """The mapping as a function of the event, equal to transform(mapping, event).

    The result may share parts with the event: treat both as read-only.
    Errors: MappingError here for a mapping that is refused; from the function, those of run time
    """
    namespace = dict(_NAMESPACE)
    exec(_compiled(emit_directives(mapping)), namespace)
    return namespace["mapping"]


def emit_directives(mapping: dict[str, Json]) -> str:
    """The Python text of the function: what compile_directives runs, its helpers being those of this package.

    Errors: MappingError for a mapping that is refused
    """
    try:
        rooted = directives.unwrap_root(mapping)
        check(rooted)
        return emit.emit_mapping(rooted)
    except RecursionError:
        raise fail("Maximum call stack size exceeded") from None


@lru_cache(maxsize=256)
def _compiled(python: str) -> Json:
    return compile(python, f"<segment mapping {hash(python) & 0xFFFFFFFF:08x}>", "exec")


def _as_data(value: Json) -> dict[str, Json]:
    """What a mapping can run on: an object, and {} for undefined."""
    if value is UNDEFINED:
        return {}
    if not is_object(value):
        raise fail(f"data must be an object, got {type_of(value)}")
    return value


def _as_separator(value: Json) -> str:
    if not isinstance(value, str):
        raise fail("@flatten requires a string separator")
    return value


def _each(root: Json, shape: Callable[[Json], Json]) -> Json:
    """@arrayPath's items, shaped; an object is a list of one, and what is neither stays."""
    if is_array(root):
        return [shape(item) for item in root]
    return [shape(root)] if is_object(root) else root


def _drop_undefined(value: dict[str, Json]) -> dict[str, Json]:
    return {key: item for key, item in value.items() if item is not UNDEFINED}


def _refused(*messages: str) -> MappingError:
    """What a @transform's apply is refused for, which only shows when it runs."""
    return MappingError("runtime", messages)


# All that generated code may call.
_NAMESPACE: Final[dict[str, Json]] = {
    "__builtins__": {},
    "RecursionError": RecursionError,
    "U": UNDEFINED,
    "as_data": _as_data,
    "as_separator": _as_separator,
    "as_text": directives.as_text,
    "change_case": directives.change_case,
    "decode": directives.decode,
    "dict": dict,
    "drop_nulls": directives.drop_nulls,
    "drop_undefined": _drop_undefined,
    "each": _each,
    "fail": fail,
    "flatten": directives.flatten,
    "get": get,
    "is_blank": is_blank,
    "json_text": json_text,
    "member": member,
    "merge": directives.merge,
    "placeholder_text": placeholder_text,
    "refused": _refused,
    "render": render,
    "render_liquid": render_liquid,
    "replace_all": directives.replace_all,
    "str": str,
    "strip_root": strip_root,
    "to_output": to_output,
    "type": type,
    "without_undefined": without_undefined,
}
