"""What of a mapping no engine of Segment's could run, though a definition can say it."""

from collections.abc import Iterator, Mapping

from ...dsl import nodes as n
from ...dsl.codes import Code
from ...dsl.diagnostics import Diagnostic
from ...dsl.source import Span
from ..resolved import Resolved, ResolvedAction
from .compile import emit_directives
from .errors import MappingError
from .schema import DefinitionError, object_schema
from .values import Json, is_object


def unusable(resolved: Resolved, definition: Mapping[str, Json]) -> Iterator[Diagnostic]:
    """E128 for each field whose definition or source Segment's engine refuses.

    Shape:  `definition` is what the mapping exports to
    """
    plain = [action for action in resolved.actions if action.preset is None]
    done: set[Span] = set()
    for action, record in zip(plain, definition["actions"], strict=True):
        fields: dict[str, Json] = record["fields"]
        for found in (*_fields(resolved, action, fields), *_sources(resolved, action, _defaults(fields))):
            done.add(found.span)
            yield found
    keys = {record.get("key") for record in definition["actions"]}
    presets = [preset for preset in definition["presets"] if preset["partnerAction"] in keys]
    laid = [action for action in resolved.actions if action.preset is not None]
    for action, preset in zip(laid, presets, strict=False):
        yield from (found for found in _sources(resolved, action, preset.get("mapping", {})) if found.span not in done)


def _defaults(fields: dict[str, Json]) -> dict[str, Json]:
    return {name: field["default"] for name, field in fields.items() if is_object(field) and "default" in field}


def _fields(resolved: Resolved, action: ResolvedAction, fields: dict[str, Json]) -> Iterator[Diagnostic]:
    for name, field in fields.items():
        try:
            object_schema({name: field})
        except DefinitionError as error:
            rows = [row for row in action.rows if row.field.parts[0] == name]
            exact = [row for row in rows if repr(row.field.parts[-1]) in str(error)]
            place = next(iter(exact or rows), None)
            span = place.field.span if place is not None else action.span
            yield resolved.diagnostic(Code.NOT_SEGMENTS, f"Segment's engine refuses this field: {error}", span)


def _sources(resolved: Resolved, action: ResolvedAction, mapping: dict[str, Json]) -> Iterator[Diagnostic]:
    """Each field by itself, where together they are refused."""
    if _refusal(mapping) is None:
        return
    for name, source in mapping.items():
        message = _refusal({name: source})
        if message is not None:
            row = next((row for row in action.rows if row.field.parts[0] in (name, n.SPREAD)), None)
            span = row.source.span if row is not None and row.source is not None else action.span
            text = f"Segment's engine refuses this source: {message.removeprefix(f'/{name} ').rstrip('.')}"
            hint = "fewer fallbacks, or less inside each other" if "call stack" in message else ""
            yield resolved.diagnostic(Code.NOT_SEGMENTS, text, span, hint)


def _refusal(mapping: dict[str, Json]) -> str | None:
    try:
        emit_directives(mapping)
    except MappingError as error:
        return error.messages[0]
    return None
