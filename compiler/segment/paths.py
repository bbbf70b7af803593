"""Where a path leads: how Segment's engine splits and follows one."""

import re
from functools import lru_cache
from typing import Final

from .values import UNDEFINED, Json, is_array, is_index, is_object, is_truthy, unit_count, units

# "[" splits only before a quote or a digit, "]" only after one: a[b], a[*] and a[-1] are names of keys.
_SPLIT: Final = re.compile(r"""\[(?=["'0-9])|\.|(?<=["'0-9])\]+""")
_QUOTES: Final = str.maketrans("", "", "\"'")
_TRIGGER_STEP: Final = re.compile(r"[^\[.\]]+")


def strip_root(path: str) -> str:
    """The path without the first "$." in it, wherever that stands: "properties.$.a" is "properties.a"."""
    return path.replace("$.", "", 1)


@lru_cache(maxsize=4096)
def split_path(path: str) -> tuple[str, ...]:
    """The keys of a mapping's path; none for the whole value.

    Shape:  "a.b[0]['c']" -> ("a", "b", "0", "c"); "a..b." -> ("a", "b"); '[""]' -> ("",)
    """
    return tuple(part.translate(_QUOTES) for part in _SPLIT.split(path) if part)


@lru_cache(maxsize=4096)
def split_trigger_path(path: str) -> tuple[str, ...] | None:
    """The keys of a trigger's path, which knows no quotes; None where there is no key in it."""
    return tuple(_TRIGGER_STEP.findall(path)) or None


def get(value: Json, path: str) -> Json:
    """What stands at the path, "$." not stripped."""
    return descend(value, split_path(path))


def descend(value: Json, keys: tuple[str, ...]) -> Json:
    """Follow the keys down.

    A falsy value on the way is the answer, whatever is left of the path: with a = null, a.b.c is null, not undefined.
    """
    for key in keys:
        value = value.get(key, UNDEFINED) if is_object(value) else member(value, key)
    return value


def member(value: Json, key: str) -> Json:
    """One step down: an object's member, a length, a text's character, an array's item, or the falsy value itself."""
    if is_object(value):
        return value.get(key, UNDEFINED)
    if is_array(value):
        if key == "length":
            return len(value)
        return value[int(key)] if is_index(key) and int(key) < len(value) else UNDEFINED
    if isinstance(value, str) and value:
        if key == "length":
            return unit_count(value)
        characters = units(value)
        return characters[int(key)] if is_index(key) and int(key) < len(characters) else UNDEFINED
    return UNDEFINED if is_truthy(value) else value
