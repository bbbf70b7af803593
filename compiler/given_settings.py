"""Settings that somebody gives in a file, held against the mapping's table of settings."""

import json
from typing import Any, TypeAlias, cast

from ..dsl.codes import Code
from ..dsl.diagnostics import Diagnostic
from ..dsl.source import Source, Span
from .check.given import wrong_settings
from .resolved import Resolved

Json: TypeAlias = Any  # what a JSON text holds


def check_given(resolved: Resolved, name: str, text: str) -> tuple[Diagnostic, ...]:
    """E127: what is wrong with settings that stand as JSON in a file called `name`."""
    source = Source(name, text)
    try:
        given: Json = json.loads(text)
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        message = "these settings are no JSON object"
        return (Diagnostic(Code.BAD_SETTINGS, message, source, Span(0, 1), 'write `{"name": value}`'),)
    return tuple(
        Diagnostic(
            Code.BAD_SETTINGS,
            wrong.message,
            source,
            _place(source, wrong.name) if wrong.given else Span(0, 1),
            wrong.hint,
        )
        for wrong in wrong_settings(resolved, cast("dict[str, Json]", given))
    )


def _place(source: Source, name: str) -> Span:
    """Where a name of the outer object stands; the first place of its text is close enough."""
    start = max(source.text.find(json.dumps(name, ensure_ascii=False)), 0)
    return Span(start, min(start + len(name) + 2, len(source.text)))
