"""Following a mapping of Segment's directives on one event: the arms it takes, and the places that it reads."""

import re
from collections.abc import Mapping
from typing import cast

from ..compiler.prelude import NOTHING
from ..compiler.segment.directives import directive_of, is_directive, resolve
from ..compiler.segment.paths import member, split_path, strip_root
from ..compiler.segment.text import split_template
from ..compiler.segment.values import UNDEFINED, is_index, to_output
from ..dsl.directives import to_expr
from ..dsl.format_expr import format_expr
from ..dsl.nodes import Json
from .trace import Reading, Scope, Trace

_VALUES: Mapping[str, tuple[str, ...]] = {
    "@case": ("value",), "@replace": ("value",), "@flatten": ("separator", "value"), "@json": ("value",),
    "@merge": ("direction", "objects"),
}  # fmt: skip
_MARKUP = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_TEXTS = re.compile(r"\"[^\"]*\"|'[^']*'")
_NAMES = re.compile(r"(?<![\w.|-])(?<!\| )(?<!\{% )[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*")
_WORDS = {(word,) for word in ("and", "or", "contains", "true", "false", "nil", "null", "blank", "empty")}


def trace_segment(node: Json, scope: Scope) -> Trace:
    """The value of a part of a mapping, as Segment's engine gives it, with the places it came from.

    Errors: MappingError where the engine throws
    """
    trace = _followed(node, scope)
    value = resolve(node, scope.value)
    trace.value = NOTHING if value is UNDEFINED else to_output(value)
    return trace


def _followed(node: Json, scope: Scope) -> Trace:
    if isinstance(node, list):
        return _together(node, scope)
    if not isinstance(node, dict):
        return Trace(node)
    if not is_directive(node):
        return _together(list(node.values()), scope)
    name, options = directive_of(node)
    return _directive(name, options, scope)


def _directive(name: str, options: Json, scope: Scope) -> Trace:
    match name, options:
        case "@path", str():
            return Trace(NOTHING, sources=_readings(strip_root(options), scope))
        case "@template", str():
            return _template(options, scope)
        case "@path" | "@template", _:
            return _computed(options, scope)
        case "@if", dict():
            return _if(options, scope)
        case "@arrayPath", list():
            return _items(options, scope)
        case "@transform", dict():
            return _transformed(options, scope)
        case "@liquid", str():
            return Trace(NOTHING, sources=_liquid(options, scope))
        case "@literal" | "@excludeWhenNull", _:
            return _followed(options, scope)
        case _, dict() if name in _VALUES:
            return _together([options[part] for part in _VALUES[name] if part in options], scope)
        case _:
            return Trace(NOTHING, sources=_whole(scope))


def _together(parts: list[Json], scope: Scope) -> Trace:
    trace = Trace(NOTHING)
    for part in parts:
        inner = _followed(part, scope)
        trace.arms += inner.arms
        trace.sources += inner.sources
        trace.tested += inner.tested
    return trace


def _computed(options: Json, scope: Scope) -> Trace:
    """A path or a template that is itself made from the event: it may lead anywhere."""
    trace = Trace(NOTHING, sources=_whole(scope))
    trace.beside(_followed(options, scope))
    return trace


def _template(text: str, scope: Scope) -> Trace:
    parts = split_template(text)
    if parts is None:  # what it is filled with may be filled once more, from anywhere
        return Trace(NOTHING, sources=_whole(scope))
    return Trace(NOTHING, sources=[r for _, path in parts if path is not None for r in _readings(path, scope)])


def _liquid(template: str, scope: Scope) -> list[Reading]:
    """The places that a template's words name, whatever they are to it: none that it reads is missing."""
    markup = " ".join(_MARKUP.findall(template))
    if "[" in markup:
        return _whole(scope)
    words = _NAMES.findall(_TEXTS.sub("", markup))
    found = [reading for word in words for reading in _readings(word, scope)]
    return [reading for reading in found if reading.there or reading.way[len(scope.way or ()) :] not in _WORDS]


def _if(options: dict[str, Json], scope: Scope) -> Trace:
    """The arm that the engine takes. A falsy `else` gives nothing, whatever it is."""
    test: dict[str, Json] = {key: options[key] for key in ("exists", "blank") if key in options}
    held = resolve({"@if": {**test, "then": "then", "else": "else"}}, scope.value) == "then"
    name = "then" if held else "else"
    trace = Trace(NOTHING)
    if options.get(name) or (held and name in options):
        trace = _followed(options[name], scope)
        trace.arms.insert(0, text_of_node(options[name]))
    trace.beside(_followed(test["exists"] if "exists" in test else test.get("blank"), scope))
    return trace


def _items(options: list[Json], scope: Scope) -> Trace:
    root = options[0] if options else None
    first = trace_segment({"@path": root} if isinstance(root, str) else root, scope)
    shape = options[1] if len(options) > 1 else None
    found = cast("Json", first.value)
    if not (isinstance(shape, dict) and shape and isinstance(found, dict | list)):
        return first
    way = first.sources[0].way if isinstance(root, str) and len(first.sources) == 1 else None
    trace = Trace(NOTHING, tested=[*first.tested, *first.sources])
    for index, item in enumerate(found if isinstance(found, list) else [found]):
        place = None if way is None else (*way, index) if isinstance(found, list) else way
        inner = _followed(shape, Scope(item, place, tuple(first.sources) if place is None else ()))
        trace.sources += inner.sources
        trace.tested += inner.tested
    return trace


def _transformed(options: dict[str, Json], scope: Scope) -> Trace:
    """What is made first is what the paths of the second mapping read; whatever it was made of may reach them."""
    first = _followed(options.get("apply"), scope)
    made = resolve({"@transform": {**options, "mapping": {"@path": "$."}}}, scope.value)
    inner = Scope(cast("Json", made), None, (*first.sources, *first.tested))
    trace = _followed(options.get("mapping"), inner)
    trace.tested += (*first.tested, *first.sources)
    return trace


def _whole(scope: Scope) -> list[Reading]:
    if scope.way is None:
        return list(scope.readings)
    return [Reading(scope.way, scope.value, True)]


def _readings(path: str, scope: Scope) -> list[Reading]:
    """The place that a path reads, whatever stands on the way; of a list's length, the list."""
    if scope.way is None:
        return list(scope.readings)
    way: list[str | int] = list(scope.way)
    value: Json = scope.value
    for key in split_path(path):
        if isinstance(value, list) and not is_index(key):
            break
        way.append(int(key) if isinstance(value, list) else key)
        value = member(value, key)
    there = value is not UNDEFINED
    return [Reading(tuple(way), value if there else None, there)]


def text_of_node(node: Json) -> str:
    """A part of a mapping in the language's words; as JSON where it has none."""
    return format_expr(to_expr(node))
