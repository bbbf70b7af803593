"""Where the language's own semantics and Segment's could part: what a mapping keeps by saying `semantics segment`."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from ...dsl import nodes as n
from ...dsl.codes import Code
from ...dsl.diagnostics import Diagnostic
from ...dsl.format_expr import format_type
from ...dsl.source import Span
from ...dsl.type_names import TYPES
from ..names import check_names
from ..resolved import Resolved, ResolvedAction
from ..schema import Schema

if TYPE_CHECKING:
    from .parting_fields import Field, Parting

Json: TypeAlias = Any  # what a JSON text holds
Types: TypeAlias = tuple[n.FieldType | None, ...]
MOST_OTHERS = 2
WIDEST = 120


@dataclass(slots=True)
class _Note:
    """Fields that part on one event, or by one type: the first of them, and the names of all."""

    first: "Field"
    partings: list["Parting"]
    names: list[str] = field(default_factory=list[str])


def check_parting(resolved: Resolved, schema: Schema) -> Iterator[Diagnostic]:
    """E128, W301 and I405, for a mapping that says `semantics segment`.

    I405 comes once an event, once a type and once a trigger; W301 for triggers that are kept in Segment's text.
    """
    if resolved.semantics != "segment":
        return
    from ..exchange.exporting import export_definition  # it runs both engines: most checks pay for neither
    from ..segment.destination import not_segments
    from ..segment.usable import unusable
    from .dead import dead_trigger

    definition, unsaid = export_definition(resolved)
    refused = not_segments(resolved, unsaid)
    told = {found.span for found in refused}
    yield from refused
    yield from (found for found in unusable(resolved, definition) if found.span not in told)
    sources: dict[str, _Note] = {}
    types: dict[Types, _Note] = {}
    done: set[tuple[n.Row, ...]] = set()
    whole = not resolved.broken and not any(check_names(resolved))  # what has no meaning yet has not two of them
    for action, fields, when in routes(resolved, definition):
        if isinstance(when, str):
            dead = tuple(dead_trigger(resolved, action, when))
            yield from dead or _trigger(resolved, action, when)
        if action.for_each is not None or not whole:
            continue
        for found in fields:
            if found.rows not in done and all(_is_known(row, resolved) for row in found.rows):
                done.add(found.rows)
                _add(resolved, action, found, sources, types)
    for note in sources.values():
        yield _of_sources(resolved, note)
    for kinds, note in types.items():
        yield _of_types(resolved, kinds, note)


def routes(
    resolved: Resolved, definition: dict[str, Json]
) -> "Iterator[tuple[ResolvedAction, tuple[Field, ...], Json]]":
    """Each action and preset with its fields and its trigger's text in Segment's JSON."""
    plain = [action for action in resolved.actions if action.preset is None]
    written = {action.name: record for action, record in zip(plain, definition["actions"], strict=True)}
    keys = {record["key"] for record in written.values()}
    presets = iter([preset for preset in definition["presets"] if preset["partnerAction"] in keys])
    for action in resolved.actions:
        record = written[action.name]
        if action.preset is None:
            mapping = {name: field["default"] for name, field in record["fields"].items() if "default" in field}
            yield action, _fields(action, mapping, record), record.get("defaultSubscription")
        else:
            preset = next(presets)
            yield action, _fields(action, preset["mapping"], record), preset.get("subscribe")


def _fields(action: ResolvedAction, mapping: Json, record: Json) -> "tuple[Field, ...]":
    from ..segment.values import is_object
    from .parting_fields import Field

    rows: dict[str, list[n.Row]] = {}
    for row in action.rows:
        rows.setdefault(row.field.parts[0], []).append(row)
    return tuple(
        Field(name, tuple(rows[name]), value, record["fields"][name])
        for name, value in (mapping.items() if is_object(mapping) else ())
        if name in rows and name in record["fields"]
    )


def _is_known(row: n.Row, resolved: Resolved) -> bool:
    """False for a row with a type that there is not."""
    kind = row.type.value if row.type is not None else None
    while isinstance(kind, n.ListType):
        kind = kind.item
    return not isinstance(kind, n.NamedType) or kind.name in TYPES or kind.name in resolved.shapes


def _add(
    resolved: Resolved, action: ResolvedAction, found: "Field", sources: dict[str, _Note], types: dict[Types, _Note]
) -> None:
    """Adds a field to the note on the first event that parts its sources, and to that on its type."""
    from .parting_fields import partings

    kinds = tuple(row.type for row in found.rows)
    named, fresh = False, kinds not in types
    for parting in partings(resolved, action, found):
        if parting.cause == "source" and not named:
            named = True
            sources.setdefault(json.dumps(parting.event), _Note(found, [parting])).names.append(found.name)
        elif parting.cause == "type":
            note = types.setdefault(kinds, _Note(found, []))
            if found.name not in note.names:
                note.names.append(found.name)
            if fresh and not any(_outcome(parting) == _outcome(known) for known in note.partings):
                note.partings.append(parting)
        if named and kinds in types and not fresh:
            return


def _outcome(parting: "Parting") -> tuple[str, str]:
    return _kind(parting.ours), _kind(parting.theirs)


def _kind(value: Json) -> str:
    from ..prelude import NOTHING
    from .parting_fields import REFUSED

    return "nothing" if value is NOTHING else "refused" if value is REFUSED else "value"


def _of_sources(resolved: Resolved, note: _Note) -> Diagnostic:
    parting = note.partings[0]
    message = f"on {_json(parting.event)} {_outcomes(parting, note.first.name)}{_and_more(note.names)}"
    row = next((row for row in note.first.rows if row.source is not None), note.first.rows[0])
    return _diagnostic(resolved, message, row.source.span if row.source is not None else row.field.span)


def _of_types(resolved: Resolved, kinds: Types, note: _Note) -> Diagnostic:
    parting, *others = note.partings
    message = f"on {_json(parting.event)} {_outcomes(parting, note.first.name)}{_and_more(note.names, kinds)}"
    rest = [f"on {_json(other.event)} {_outcomes(other, note.first.name)}" for other in others[:MOST_OTHERS]]
    row = note.first.rows[0]
    return _diagnostic(resolved, message, row.type.span if row.type is not None else row.field.span, rest)


def _trigger(resolved: Resolved, action: ResolvedAction, text: str) -> Iterator[Diagnostic]:
    """On the trigger: Segment's engine reads its text in the definition, the language what `when` says."""
    from ..triggers import Found, clean_trigger, relate, segment_trigger

    if action.when is None or isinstance(action.when, n.Constant):
        return
    relation = relate(clean_trigger(action.when), segment_trigger(text))
    found = [answer for answer in (relation.only_first, relation.only_second) if isinstance(answer, Found)]
    if found:
        event = min(found, key=lambda answer: answer.cost)
        fires = "the language fires it, Segment does not"
        if event is relation.only_second:
            fires = "Segment fires it, the language does not"
        yield _diagnostic(resolved, f"`{action.key}` on {_json(event.event)}: {fires}", action.when.span)


def _diagnostic(resolved: Resolved, message: str, span: Span, others: list[str] | None = None) -> Diagnostic:
    hint = "; ".join(others or ()) or "`semantics segment` keeps what Segment's engine does"
    return resolved.diagnostic(Code.SEMANTICS_PART, message, span, hint)


def _outcomes(parting: "Parting", name: str) -> str:
    theirs = _words(parting.theirs, f"`{name}`")
    ours = _words(parting.ours, f"`{name}`" if _kind(parting.theirs) == "refused" else "it")
    return f"Segment {theirs}, and the language {ours}"


def _words(value: Json, name: str) -> str:
    match _kind(value):
        case "nothing":
            return f"leaves {name} out"
        case "refused":
            return "refuses the payload"
        case _:
            return f"gives {name} as {_json(value)}" if name == "it" else f"gives {name} {_json(value)}"


def _and_more(names: list[str], kinds: Types = ()) -> str:
    """The fields that part with the first."""
    others = [f"`{name}`" for name in dict.fromkeys(names) if name != names[0]]
    if not others:
        return ""
    of = f" of type `{format_type(kinds[0])}`" if len(kinds) == 1 and kinds[0] is not None else ""
    return f"; so {'do' if len(others) > 1 else 'does'} {', '.join(others)}{of}"


def _json(value: Json) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 1]}…"
