"""Values that can never have the type of their field."""

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias, cast

from ...dsl import nodes as n
from ...dsl.codes import Code
from ...dsl.diagnostics import Diagnostic
from ...dsl.spelling import did_you_mean
from ...dsl.text import quote
from .. import prelude as prelude_
from ..resolved import Resolved
from ..schema import Place, Schema
from .follow import is_unknown
from .leaves import leaves, section_rows
from .reading import Reading

Json: TypeAlias = Any  # what a JSON text holds
Untyped: TypeAlias = Any  # the prelude has no annotations: it is written out with compiled mappings

prelude: Untyped = prelude_
_TEXT, _NUMBER = frozenset(("string",)), frozenset(("number", "integer"))
_ACCEPTS: dict[str, frozenset[str]] = {
    "string": _TEXT | _NUMBER | {"boolean"},
    "number": _NUMBER | _TEXT,
    "integer": _NUMBER | _TEXT,
    "boolean": frozenset(("boolean", "string")),
    "datetime": _TEXT | _NUMBER,
    "date": _TEXT,
    "email": _TEXT,
    "uri": _TEXT,
    "secret": _TEXT | _NUMBER | {"boolean"},
    "object": frozenset(("object",)),
    "array": frozenset(("array",)),
}
_SCALARS = _TEXT | _NUMBER | {"boolean"}
_FITS: dict[str, Callable[[n.Scalar], n.Scalar]] = {
    "string": prelude.as_string, "number": prelude.as_number, "integer": prelude.as_integer,
    "boolean": prelude.as_boolean, "datetime": prelude.as_datetime, "date": prelude.as_date,
    "email": prelude.as_email, "uri": prelude.as_uri, "secret": prelude.as_string,
}  # fmt: skip
_WORDS = {
    "string": "a text", "number": "a number", "integer": "a whole number", "boolean": "true or false",
    "object": "an object", "array": "a list", "null": "null",
}  # fmt: skip


def check_fits(resolved: Resolved, schema: Schema) -> Iterator[Diagnostic]:
    """E122: a literal that breaks its type; E123: a source that cannot have its type."""
    if resolved.semantics:  # Segment's engine has other coercions
        return
    for setting in resolved.settings:
        if isinstance(setting.default, n.Literal):
            yield from _literal(resolved, setting.default, setting.type, setting.name)
    for _, rows in section_rows(resolved):
        for row in rows:
            for leaf in leaves(row.source) if row.source is not None and row.type is not None else ():
                if isinstance(leaf, n.Literal) and row.type is not None:
                    yield from _literal(resolved, leaf, row.type, row.field.text)
    yield from _impossible(resolved, schema)


def _literal(resolved: Resolved, literal: n.Literal, kind: n.FieldType, name: str) -> Iterator[Diagnostic]:
    value, shown = literal.value, _shown(literal.value)
    if value is None:
        if not kind.nullable and not _is_any(kind.value):
            message = f"`{name}` takes no null, so this leaves it out"
            yield resolved.diagnostic(Code.LITERAL_BREAKS_TYPE, message, literal.span, "add `nullable` to its type")
        return
    hint = _misfit(value, kind.value, resolved)
    if hint is not None:
        message = f"{shown} is not {type_words(kind.value)}, which `{name}` takes"
        yield resolved.diagnostic(Code.LITERAL_BREAKS_TYPE, message, literal.span, hint)


def is_fitting(value: Json, kind: n.FieldType, resolved: Resolved) -> bool:
    """Whether a given value is of a type, or can become so without loss."""
    if value is None:
        return kind.nullable or _is_any(kind.value)
    if isinstance(value, list):
        items = cast("list[Json]", value)
        match kind.value:
            case n.ListType(item):
                return all(is_fitting(one, n.FieldType(item), resolved) for one in items)
            case n.NamedType(name):
                return name in ("array", "any")
            case _:
                return False
    if isinstance(value, dict):
        named = kind.value
        return isinstance(named, n.NamedType) and (named.name in ("object", "any") or named.name in resolved.shapes)
    return not (isinstance(kind.value, n.NamedType) and kind.value.name in ("object", "array")) and (
        _misfit(value, kind.value, resolved) is None
    )


def _misfit(value: n.Scalar, kind: n.ValueType, resolved: Resolved) -> str | None:
    """A hint why a literal does not have a type; None where it has."""
    match kind:
        case n.LiteralType(values):
            if prelude.as_one_of(value, list(values)) is not None:
                return None
            texts = [v for v in values if isinstance(v, str)]
            near = did_you_mean(value, texts) if isinstance(value, str) else ""
            return near.replace("`", '"') or "it is one of " + ", ".join(_shown(v) for v in values)
        case n.ListType(item):
            return _misfit(value, item, resolved)
        case n.NamedType(name, low, high):
            if name == "any" or (name not in _ACCEPTS and name not in resolved.shapes):
                return None
            if name not in _FITS:
                return f"{type_words(kind)} is no single value: write `{{…}}`, or take it from the event"
            fitted = _FITS[name](value)
            if fitted is None:
                return "" if name != "date" else "a day is written YYYY-MM-DD"
            size = len(fitted) if isinstance(fitted, str) and name in ("string", "secret") else fitted
            return _out_of_bounds(size, low, high, name)


def _out_of_bounds(size: object, low: float | None, high: float | None, name: str) -> str | None:
    if not isinstance(size, int | float):
        return None
    unit = " characters" if name in ("string", "secret") else ""
    if high is not None and size > high:
        return f"at most {high}{unit}; this has {size}" if unit else f"at most {high}"
    if low is not None and size < low:
        return f"at least {low}{unit}; this has {size}" if unit else f"at least {low}"
    return None


def _impossible(resolved: Resolved, schema: Schema) -> Iterator[Diagnostic]:
    done: set[tuple[int, int]] = set()
    reading = Reading(resolved, schema.root)
    for action in resolved.actions:
        scope = reading.scope(action)
        for row in action.rows:
            if row.type is None or row.source is None:
                continue
            for leaf in leaves(row.source):
                key = (leaf.span.file, leaf.span.start)
                place = reading.place(leaf, scope)
                if key not in done and not isinstance(leaf, n.Literal) and not can_be(place, row.type.value, resolved):
                    done.add(key)
                    yield _never(resolved, leaf, place, row)


def _never(resolved: Resolved, leaf: n.Expr, place: Place, row: n.Row) -> Diagnostic:
    assert row.type is not None
    kinds = set(place.types)
    gives = _kinds(place)
    if kinds == {"array"} and place.items is not None and place.items.types and not is_unknown(place.items):
        gives = f"a list, each item {_kinds(place.items)}"
    message = f"this gives {gives}, and `{row.field.text}` takes {type_words(row.type.value)}"
    if isinstance(row.type.value, n.ListType) and "array" in kinds:
        hint = "`each … -> …` makes other items of them"
    elif "object" in kinds:
        hint = "take one of its members, or write it as text with `to_json(…)`"
    elif "array" in kinds:
        hint = 'take one item with `first(…)`, write them as text with `join(…, ", ")`, or make the type a list: `…[]`'
    elif _is_object(row.type.value, resolved):
        hint = "`from_json(…)` reads an object from a text; `{name: …}` makes one"
    else:
        hint = ""
    return resolved.diagnostic(Code.IMPOSSIBLE_TYPE, message, leaf.span, hint)


def _kinds(place: Place) -> str:
    return " or ".join(_WORDS.get(name, name) for name in place.types if name != "null")


def can_be(place: Place, kind: n.ValueType, resolved: Resolved) -> bool:
    """False if nothing that stands at a place can have a type."""
    types = {name for name in place.types if name != "null"}
    if is_unknown(place) or not types:
        return True
    match kind:
        case n.LiteralType():
            return bool(types & _SCALARS)
        case n.ListType(item):
            if "array" in types and (place.items is None or can_be(place.items, item, resolved)):
                return True
            single = Place({name: 1 for name in types if name != "array"}, None)
            return bool(single.types) and can_be(single, item, resolved)
        case n.NamedType(name):
            if name in resolved.shapes:
                return "object" in types
            return name not in _ACCEPTS or bool(types & _ACCEPTS[name])


def type_words(kind: n.ValueType) -> str:
    """A type in words: `a number from 0 to 100`."""
    match kind:
        case n.LiteralType(values):
            return " or ".join(_shown(value) for value in values)
        case n.ListType(item):
            return f"a list, each item {type_words(item)}"
        case n.NamedType(name, low, high):
            word = {"string": "a text", "integer": "a whole number", "boolean": "true or false", "array": "a list"}
            text = word.get(name) or f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
            if low is None and high is None:
                return text
            unit = " characters" if name in ("string", "secret") else ""
            if low is None or (unit and not low):
                return f"{text} of at most {high}{unit}" if unit else f"{text} up to {high}"
            return f"{text} from {low} to {high}{unit}" if high is not None else f"{text} from {low}{unit}"


def _is_object(kind: n.ValueType, resolved: Resolved) -> bool:
    return isinstance(kind, n.NamedType) and (kind.name == "object" or kind.name in resolved.shapes)


def _is_any(kind: n.ValueType) -> bool:
    return isinstance(kind, n.NamedType) and kind.name == "any"


def _shown(value: n.Scalar) -> str:
    if isinstance(value, str):
        return quote(value if len(value) <= 40 else value[:39] + "…")
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else "null" if value is None else str(value)
