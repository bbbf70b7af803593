"""Segment's directives in a form that can be compared: defaults filled in, and no order where order means nothing."""

import json
from collections.abc import Hashable
from dataclasses import replace
from typing import TypeAlias

from ..compiler.segment.directives import directive_of, is_directive, replacement_flags, replacement_pairs
from ..compiler.segment.paths import split_path, strip_root
from ..compiler.segment.schema import Schema
from ..compiler.segment.text import split_template
from ..compiler.segment.values import is_truthy, ordered_keys
from ..dsl.nodes import Json

Options: TypeAlias = dict[str, Json]
UNDEFINED = ("undefined",)


def rules_of(schema: Schema, names: tuple[str, ...]) -> Hashable:
    """What validation wants of a field, but for what messages call it; that it is required is said beside it."""
    found: Schema | None = schema
    for name in names:
        found = None if found is None else (found.properties or {}).get(name)
    return repr(found and _untitled(found)), conditions_of(schema, names)


def conditions_of(schema: Schema, names: tuple[str, ...]) -> Hashable:
    """When validation asks for a field, beside what is always required."""
    if len(names) == 1:
        return repr([one for one in schema.requirements if names[0] in (one.key, one.parent)])
    return repr([one for one in schema.requirements if (one.parent, one.key) == (names[0], names[-1])])


def _untitled(schema: Schema) -> Schema:
    members = schema.properties and {name: _untitled(one) for name, one in sorted(schema.properties.items())}
    return replace(schema, title=None, items=schema.items and _untitled(schema.items), properties=members)


def directive_form(node: Json, ordered: bool) -> Hashable:
    """Equal for two parts of mappings only where the engine gives the same for both, whatever the event.

    Shape:  ordered: the order of an object's members can be seen, as in text made of it
    """
    match node:
        case list():
            return "list", tuple([directive_form(item, ordered) for item in node])
        case dict() if is_directive(node):
            name, options = directive_of(node)
            found = _directive(name, options, ordered)
            return ("as written", json.dumps(node)) if found is None else found
        case dict():
            members = [(key, directive_form(node[key], ordered)) for key in ordered_keys(node)]
            return "object", tuple(members) if ordered else frozenset(members)
        case _:
            return "value", type(node).__name__, node


def _directive(name: str, options: Json, ordered: bool) -> Hashable | None:
    """None for what is only compared as it is written."""
    match name, options:
        case "@path", str():
            return name, split_path(strip_root(options))
        case "@template", str():
            return _template(options)
        case "@literal", _:
            return directive_form(options, ordered)
        case "@excludeWhenNull", _:
            return name, directive_form(options, ordered)
        case "@if", dict():
            return _if(options, ordered)
        case "@arrayPath", [root, *rest]:
            source = ("@path", split_path(strip_root(root))) if isinstance(root, str) else directive_form(root, True)
            shape = rest[0] if rest else None
            return (name, source, directive_form(shape, ordered)) if isinstance(shape, dict) and shape else source
        case "@transform", {"apply": dict() as apply, "mapping": mapping} if mapping:
            return name, directive_form(apply, True), directive_form(mapping, ordered)
        case "@merge", {"direction": direction, "objects": list() as objects} if direction:
            return name, directive_form(direction, True), tuple([directive_form(one, ordered) for one in objects])
        case _, dict():
            return _of_value(name, options)
        case _:
            return None


def _template(text: str) -> Hashable | None:
    parts = split_template(text)
    if parts is None:
        return None
    if all(path is None for _, path in parts):
        return "value", "str", "".join(part for part, _ in parts)
    return "@template", tuple([part if path is None else split_path(path) for part, path in parts])


def _if(options: Options, ordered: bool) -> Hashable | None:
    word = "exists" if "exists" in options else "blank"
    if not is_truthy(options.get("exists")) and not is_truthy(options.get("blank")):
        return None
    then = directive_form(options["then"], ordered) if "then" in options else UNDEFINED
    otherwise = directive_form(options["else"], ordered) if is_truthy(options.get("else")) else UNDEFINED
    return "@if", word, directive_form(options[word], True), then, otherwise


def _of_value(name: str, options: Options) -> Hashable | None:
    """Directives that do something to one value; the order of its members shows in texts and joined keys."""
    value = options.get("value")
    inner = directive_form(value, True) if is_truthy(value) else ("falsy", json.dumps(value), "value" in options)
    match name:
        case "@case" if options.get("operator"):
            return name, json.dumps(options["operator"]), inner
        case "@replace" if is_truthy(options.get("pattern")):
            return name, json.dumps([replacement_pairs(options), replacement_flags(options)]), inner
        case "@flatten" if is_truthy(options.get("separator")):
            return name, directive_form(options["separator"], True), inner, is_truthy(options.get("omitArrays"))
        case "@json" if options.get("mode") and is_truthy(value):
            return name, json.dumps(options["mode"]), inner
        case _:
            return None
