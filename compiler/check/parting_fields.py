"""One field under both semantics: what the language makes of an event, and what Segment's engine does."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from dataclasses import field as part_of
from functools import lru_cache, partial
from itertools import count
from typing import Any, Literal, TypeAlias

from ...dsl import nodes as n
from ..emit import emit
from ..loader import run_text
from ..lower import lower
from ..prelude import NOTHING, Rejected, Run
from ..resolved import Resolved, ResolvedAction
from ..segment.coerce import PayloadRefused, coerce_payload
from ..segment.compile import compile_directives
from ..segment.errors import MappingError
from ..segment.schema import DefinitionError, Schema, object_schema
from ..segment.values import is_array, is_object
from .parting_events import events_for

Json: TypeAlias = Any  # what a JSON text holds
Cause: TypeAlias = Literal["source", "type"]
REFUSED = object()
_WORDS = ("default", "description", "label", "placeholder")
_KEYS = ("built", "source")
CLOCK = "2024-01-01T00:00:00.000Z"


@dataclass(frozen=True, slots=True)
class Parting:
    """An event on which a field comes out in two ways.

    Shape:  cause "source": its source already gives two values; "type": one value is fitted in two ways
            ours, theirs: the field's value, NOTHING, or REFUSED
    """

    cause: Cause
    event: Json
    ours: Json
    theirs: Json


@dataclass(frozen=True, slots=True)
class Field:
    """A top-level field of an action: its rows, its mapping and its definition in Segment's JSON."""

    name: str
    rows: tuple[n.Row, ...]
    mapping: Json
    definition: dict[str, Json]


@dataclass(frozen=True, slots=True)
class _Engines:
    """Both ways from an event to a field: in the language its source and it, in Segment's engine the two at once."""

    source: Callable[[Json], Json]
    ours: Callable[[Json], Json]
    theirs: Callable[[Json], tuple[Json, Json]]


@dataclass(frozen=True, slots=True)
class _Case:
    """A field of a mapping; `key` says all that its partings depend on."""

    key: str
    resolved: Resolved = part_of(compare=False)
    action: ResolvedAction = part_of(compare=False)
    field: Field = part_of(compare=False)


class _Told:
    """What an iterator gives, as often as it is asked for, and no further than somebody asks."""

    def __init__(self, rest: Iterator[Parting]) -> None:
        self.rest = rest
        self.seen: list[Parting] = []

    def __iter__(self) -> Iterator[Parting]:
        for at in count():
            if at == len(self.seen):
                found = next(self.rest, None)
                if found is None:
                    return
                self.seen.append(found)
            yield self.seen[at]


def partings(resolved: Resolved, action: ResolvedAction, field: Field) -> Iterator[Parting]:
    """The events on which a field parts, of those that are tried; the likely and small ones first."""
    key = _key(field) if not (resolved.shapes or resolved.lets or resolved.tables) else None
    if key is None:
        return _tried(resolved, action, field)
    return iter(_told(_Case(key, resolved, action, field)))


def _key(field: Field) -> str | None:
    """All that a field's partings depend on, None where it is nested too deep to be written down."""
    definition = {key: value for key, value in field.definition.items() if key not in _WORDS}
    rows = [(row.field.parts[1:], row.type, row.source) for row in field.rows]
    try:
        return json.dumps([field.mapping, definition]) + repr(rows)
    except RecursionError:
        return None


@lru_cache(maxsize=2048)  # many fields of many destinations are mapped alike
def _told(case: _Case) -> _Told:
    return _Told(_tried(case.resolved, case.action, case.field))


def _tried(resolved: Resolved, action: ResolvedAction, field: Field) -> Iterator[Parting]:
    engines = _engines(resolved, action, field)
    if engines is None:
        return
    for event in events_for(field.mapping, _choices(field.rows)):
        ours = engines.ours(event)
        value, theirs = engines.theirs(event)
        if not same(ours, theirs):
            yield Parting("type" if same(engines.source(event), value) else "source", event, ours, theirs)


def _choices(rows: tuple[n.Row, ...]) -> tuple[Json, ...]:
    """The values that a type lists."""
    kinds = (row.type.value for row in rows if row.type is not None)
    return tuple(value for kind in kinds if isinstance(kind, n.LiteralType) for value in kind.values[:2])


def _engines(resolved: Resolved, action: ResolvedAction, field: Field) -> _Engines | None:
    """None for a field that Segment's engine refuses as it stands."""
    try:
        # What one field needs of another is no difference between the semantics.
        schema = object_schema({field.name: {k: v for k, v in field.definition.items() if k != "default"}})
        run = compile_directives({field.name: field.mapping})
    except (DefinitionError, MappingError):
        return None
    schema = replace(schema, requirements=())
    built, source = _ours(resolved, action, field)

    def theirs(event: Json) -> tuple[Json, Json]:
        try:
            payload = run(event)
        except MappingError:
            return REFUSED, REFUSED
        return payload.get(field.name, NOTHING), _coerced(schema, payload, field.name)

    return _Engines(source, built, theirs)


def _ours(resolved: Resolved, action: ResolvedAction, field: Field) -> tuple[Callable[[Json], Json], ...]:
    """The field as the language has it, and its source alone."""
    rows = tuple(_unconditional(row) for row in field.rows)
    alone = replace(action, key=_KEYS[0], rows=rows)
    plain = replace(action, key=_KEYS[1], rows=tuple(replace(row, type=None) for row in rows))
    emitted = emit(lower(replace(resolved, actions=(alone, plain))))
    functions, run = run_text(emitted), Run(lambda: CLOCK, {})
    return tuple(
        partial(_built, functions[build], run, field.name) for _, build in (emitted.functions[k] for k in _KEYS)
    )


def _unconditional(row: n.Row) -> n.Row:
    if row.type is None or isinstance(row.type.required, bool):
        return row
    return replace(row, type=replace(row.type, required=False))


def _built(build: Callable[[Json, Run], Json], run: Run, name: str, event: Json) -> Json:
    try:
        return build(event, run).get(name, NOTHING)
    except Rejected:
        return REFUSED


def _coerced(schema: Schema, payload: Json, name: str) -> Json:
    try:
        return coerce_payload(schema, payload).get(name, NOTHING)
    except PayloadRefused:
        return REFUSED


def same(one: Json, other: Json) -> bool:
    """Equal as JSON: 1 is 1.0 and not true, and the order of keys means nothing."""
    if one is other:
        return True
    if any(value is NOTHING or value is REFUSED for value in (one, other)):
        return False
    return _canonical(one) == _canonical(other)


def _canonical(value: Json) -> str:
    return json.dumps(_whole(value), sort_keys=True)


def _whole(value: Json) -> Json:
    if is_object(value):
        return {key: _whole(member) for key, member in value.items()}
    if is_array(value):
        return [_whole(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
