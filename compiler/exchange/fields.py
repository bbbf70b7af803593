"""Segment's fields to rows: one a field and one a member, sources beside the members that they fill."""

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from ...dsl import nodes as n
from ...dsl.directives import to_directive, to_expr
from ...dsl.exchange.positions import is_directive
from ...dsl.exchange.read import same
from .notes import PATHS, extra_text, left_over
from .types import read_type, write_type

Fields: TypeAlias = Mapping[str, n.Json]
Sources: TypeAlias = dict[tuple[str, ...], n.Json]


@dataclass(slots=True)
class Shapes:
    """The shapes that lists of objects, and objects filled as a whole, have as their types."""

    found: dict[str, n.Shape] = field(default_factory=dict[str, n.Shape])

    def name_of(self, key: str, rows: tuple[n.Row, ...], closed: bool) -> str:
        """The name of the shape with these rows; a new one is called after the field."""
        base = "".join(part[:1].upper() + part[1:] for part in re.findall(r"[A-Za-z0-9]+", key)) or "Item"
        base = base if base[0].isalpha() else f"Shape{base}"
        name, count = base, 1
        while name in self.found:
            old = self.found[name]
            if old.rows == rows and old.closed == closed and _literals(old.rows) == _literals(rows):
                return name
            count += 1
            name = f"{base}{count}"
        self.found[name] = n.Shape(name, rows, closed, sources=False)
        return name


def _literals(rows: tuple[n.Row, ...]) -> str:
    return repr([row.type for row in rows])  # 1, 1.0 and true are equal but not the same


@dataclass(frozen=True, slots=True)
class FieldReader:
    """Reads the fields of a definition. `optional`: what is not required says so, unless its row says otherwise."""

    shapes: Shapes
    optional: bool

    def rows(self, fields: Fields) -> tuple[n.Row, ...]:
        """The rows of an action with its defaults as sources."""
        return tuple(row for key, value in fields.items() for row in self._field((key,), _object(value), top=True))

    def _field(
        self, parts: tuple[str, ...], value: Fields, *, top: bool, given: Sources | None = None
    ) -> Iterator[n.Row]:
        """The rows of one field. `given`: the sources of members that the field's own default was parted into."""
        sources = given if given is not None else {}
        if top and "default" in value:
            sources = part(parts, value, value["default"])
        own: dict[str, n.Json] = {key: item for key, item in value.items() if not (top and key == "default")}
        properties = members_of(value)
        kind, as_rows = read_type(value), False
        words = write_type(kind)
        if properties is not None:
            as_rows = value.get("multiple") is not True and parts not in sources
            if as_rows:
                del own["properties"]
            else:
                kind = self._shaped(parts[-1], own, kind, properties)
                words |= {"properties": own["properties"]} | _openness(own)
        yield self._row(parts, kind, own, words, sources)
        for key, member in (properties or {}).items() if as_rows else ():
            yield from self._field((*parts, key), _object(member), top=False, given=sources)

    def _shaped(self, key: str, own: Fields, kind: n.FieldType | None, properties: Fields) -> n.FieldType | None:
        """The type with a shape in the place of `object`."""
        rows = tuple(
            row for name, member in properties.items() for row in self._field((name,), _object(member), top=False)
        )
        name = self.shapes.name_of(key, rows, closed=own.get("additionalProperties") is not True)
        if kind is None:
            return None
        value = n.NamedType(name)
        return replace(kind, value=n.ListType(value) if isinstance(kind.value, n.ListType) else value)

    def _row(
        self, parts: tuple[str, ...], kind: n.FieldType | None, own: Fields, words: dict[str, n.Json], sources: Sources
    ) -> n.Row:
        description = own.get("description")
        if isinstance(description, str) and is_one_line(description):
            words["description"] = description
        if self.optional and "required" not in words:
            words["required"] = False
        source, spelt = read_source(sources[parts]) if parts in sources else (None, {})
        extra = left_over(own, words) | spelt
        shown = str(words.get("description", ""))
        return n.Row(n.FieldName(parts), kind, source, shown, extra_text(extra))


def is_one_line(text: str) -> bool:
    """True of a text that a cell or an `about` line holds as it is."""
    return bool(text) and text == " ".join(text.split()) and text.isprintable()


def _openness(own: Fields) -> dict[str, n.Json]:
    """What an open shape says; a closed one says nothing, as Segment's objects are closed unless they say so."""
    return {"additionalProperties": True} if own.get("additionalProperties") is True else {}


def _object(value: n.Json) -> Fields:
    return value if isinstance(value, dict) else {}


def members_of(value: Fields) -> dict[str, n.Json] | None:
    """The members of an object field, where they can be rows."""
    properties = value.get("properties")
    if value.get("type") != "object" or not isinstance(properties, dict) or not properties:
        return None
    return properties if all(isinstance(member, dict) for member in properties.values()) else None


def part(
    parts: tuple[str, ...], value: Fields, source: n.Json, rows: Container[tuple[str, ...]] | None = None
) -> Sources:
    """A field's default by rows: an object of members, in their order, goes to the members' rows.

    Shape:  `rows`: those that there are; without it, whatever could be one is one
    """
    properties = members_of(value)
    if properties is None or value.get("multiple") is True or not _fits(source, properties):
        return {parts: source}
    found: Sources = {}
    for key, item in _object(source).items():
        if rows is not None and (*parts, key) not in rows:
            return {parts: source}
        found |= part((*parts, key), _object(properties[key]), item, rows)
    return found


def defaults(fields: Fields) -> Sources:
    """The defaults of an action's fields by rows."""
    found: Sources = {}
    for key, value in fields.items():
        field = _object(value)
        if "default" in field:
            found |= part((key,), field, field["default"])
    return found


def _fits(source: n.Json, properties: Fields) -> bool:
    if not isinstance(source, dict) or not source or is_directive(source):
        return False
    return [key for key in properties if key in source] == list(source)


def read_source(value: n.Json) -> tuple[n.Expr, dict[str, n.Json]]:
    """A source cell, and the note on paths that are written otherwise."""
    spelt: dict[str, str] = {}
    source = to_expr(value, spelt)
    if spelt and same(to_directive(source, spelt=spelt), value):
        return source, {PATHS: list(spelt.values())}
    return to_expr(value), {}
