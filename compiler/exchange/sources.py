"""Rows to the mapping that they are in Segment's JSON."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from ...dsl import nodes as n
from ...dsl.directives import CannotSay, to_directive
from ...dsl.exchange.paths import path_text, same_path
from ..resolved import Resolved
from .notes import PATHS, read_extra

Report: TypeAlias = Callable[[CannotSay, n.Row], None]


@dataclass(slots=True)
class _Place:
    """A field or member: its own source, and those of the members below it."""

    own: n.Expr | None = None
    json: n.Json = None
    below: "dict[str, _Place]" = field(default_factory=dict[str, "_Place"])


def mapping_of(rows: Iterable[n.Row], names: Mapping[str, n.Expr], report: Report) -> dict[str, n.Json]:
    """The mapping of an action or preset; a row that Segment's JSON cannot say is reported and left out."""
    root = _Place()
    for row in rows:
        if row.source is None:
            continue
        try:
            if row.field.parts == (n.SPREAD,):
                raise CannotSay("Segment's mappings cannot spread an object over a payload", row.field.span)
            json = to_directive(row.source, names, _spelt(row))
        except CannotSay as error:
            report(error, row)
            continue
        place = root
        for part in row.field.parts:
            place = place.below.setdefault(part, _Place())
        place.own, place.json = row.source, json
    return {name: _value(place) for name, place in root.below.items()}


def _spelt(row: n.Row) -> dict[str, str]:
    """Canonical path text -> as it is written in this row."""
    paths = read_extra(row.extra).get(PATHS)
    texts = [text for text in paths if isinstance(text, str)] if isinstance(paths, list) else []
    return {path_text(same_path(text)) or text: text for text in texts}


def _value(place: _Place) -> n.Json:
    if not place.below:
        return place.json
    members: dict[str, n.Json] = {name: _value(below) for name, below in place.below.items()}
    if place.own is None:
        return members
    own: n.Json = place.json if isinstance(place.json, dict) else {"@literal": place.json}
    objects: list[n.Json] = [own, members]
    return {"@merge": {"objects": objects, "direction": "right"}}  # named members win


def names_of(resolved: Resolved) -> dict[str, n.Expr]:
    """What bare names stand for in a source: lets, and shapes as objects."""
    shapes = {name: _object(shape.rows) for name, shape in resolved.shapes.items() if shape.sources}
    return {**shapes, **{name: let.value for name, let in resolved.lets.items()}}


def _object(rows: Iterable[n.Row]) -> n.Object:
    """The rows of a shape as one object."""
    members: dict[str, n.Expr] = {}
    below: dict[str, list[n.Row]] = {}
    for row in rows:
        name, *rest = row.field.parts
        if rest:
            inner = n.Row(n.FieldName(tuple(rest), span=row.field.span), row.type, row.source, span=row.span)
            below.setdefault(name, []).append(inner)
            members.setdefault(name, n.Object(()))
        elif row.source is not None:
            members[name] = row.source
    for name, inner in below.items():
        own, nested = members[name], _object(inner)
        members[name] = nested if own == n.Object(()) else n.Call("merge", (own, nested), span=own.span)
    return n.Object(tuple(n.Member(name, value) for name, value in members.items()))
