"""A mapping that says `semantics segment`: its definition run as Segment's engine runs it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ...dsl import nodes as n
from ...dsl.codes import Code
from ...dsl.diagnostics import Diagnostic
from ...dsl.diagnostics import MappingError as BadMapping
from ...dsl.source import NOWHERE
from ..destination import Clock, Destination
from ..exchange.exporting import export_definition
from ..prelude import Run
from ..resolved import Resolved
from .actions import Called, to_actions, to_route_all, to_routes
from .compile import emit_directives
from .definition import Definition, load_definition
from .errors import MappingError
from .fql_tokens import FqlError
from .schema import DefinitionError
from .usable import unusable
from .values import Json

NEVER = n.Constant(False)


def segment_destination(resolved: Resolved, settings: dict[str, Any], strict: bool, now: Clock | None) -> Destination:
    """The destination of a resolved mapping under Segment's semantics.

    Shape:  actions and presets by the keys of the resolved mapping; what the engine's payload validation refuses is
        rejected with E202, what it throws with E205
    Errors: MappingError of the language with E128, for what Segment has no way to say
    """
    exported, found = export_definition(resolved)
    if refused := not_segments(resolved, found):
        raise BadMapping(refused)
    definition = _loaded(resolved, exported)
    run = Run(now, settings, strict)
    called = to_called(resolved)
    actions = to_actions(called, definition, run)

    def python() -> str:
        return "\n\n".join(emit_directives(dict(route.mapping)) for route in to_routes(called, definition))

    return Destination(
        resolved.name, resolved.title, actions, settings, resolved, None, run, python, to_route_all(actions)
    )


def to_called(resolved: Resolved) -> tuple[Called, ...]:
    """How the actions and presets of a mapping are called."""
    return tuple(
        Called(action.key, action.name, action.title, action.deliver, action.preset is not None, action.when == NEVER)
        for action in resolved.actions
    )


def _loaded(resolved: Resolved, exported: dict[str, Json]) -> Definition:
    try:
        return load_definition(exported)
    except (DefinitionError, MappingError, FqlError) as error:
        span = resolved.mapping.destination.span if resolved.mapping.destination else NOWHERE
        whole = resolved.diagnostic(Code.NOT_SEGMENTS, f"Segment's engine refuses this definition: {error}", span)
        raise BadMapping(tuple(unusable(resolved, exported)) or (whole,)) from error


def not_segments(resolved: Resolved, found: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    """E128 for what an export could not say of the actions: an engine of Segment's cannot run it.

    Shape:  `found` is what the export reports
    """
    settings = [row.span for row in resolved.settings]  # read by nothing that Segment runs
    unsaid = tuple(
        replace(each, code=Code.NOT_SEGMENTS)
        for each in found
        if each.code == Code.UNSAID
        and not any(s.file == each.span.file and s.start <= each.span.start < s.end for s in settings)
    )
    return (*unsaid, *_untyped(resolved))


def _untyped(resolved: Resolved) -> Iterator[Diagnostic]:
    """A definition may leave a type out; an engine of Segment's has nothing to validate such a field by."""
    rows = {row.span: row for action in resolved.actions for row in action.rows}
    for row in rows.values():
        if row.type is None and row.field.parts != (n.SPREAD,) and '"type"' not in row.extra:
            message = f"the field `{row.field.text}` has no type"
            yield resolved.diagnostic(Code.NOT_SEGMENTS, message, row.field.span, "a type such as `string`")
