"""Settings that somebody gives, held against the mapping's table of settings."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, TypeAlias, cast

from ..dsl import nodes as n
from ..dsl.codes import Code
from ..dsl.diagnostics import Diagnostic
from ..dsl.source import Source, Span
from ..dsl.spelling import did_you_mean
from .check.fits import is_fitting, type_words
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
    values = cast("dict[str, Json]", given)
    return tuple(
        replace(found, edit=None)
        for found in (*_unknown(resolved, source, values), *_misfits(resolved, source, values))
    )


def _unknown(resolved: Resolved, source: Source, values: dict[str, Json]) -> Iterator[Diagnostic]:
    known = [row.name for row in resolved.settings]
    for name in values:
        if name not in known:
            hint = did_you_mean(name, known) or "settings are " + (", ".join(known) or "none")
            yield Diagnostic(Code.BAD_SETTINGS, f"there is no setting `{name}`", source, _place(source, name), hint)


def _misfits(resolved: Resolved, source: Source, values: dict[str, Json]) -> Iterator[Diagnostic]:
    for row in resolved.settings:
        if row.name not in values:
            if row.type.required is True and row.default is None:
                message = f"the setting `{row.name}` is required, and not given"
                yield Diagnostic(Code.BAD_SETTINGS, message, source, Span(0, 1), f"it is {type_words(row.type.value)}")
            continue
        value = values[row.name]
        if not is_fitting(value, row.type, resolved):
            words = type_words(row.type.value)
            shown = "this" if row.type.value == n.NamedType("secret") else _shown(value)
            message = f"{shown} is not {words}, which the setting `{row.name}` takes"
            yield Diagnostic(Code.BAD_SETTINGS, message, source, _place(source, row.name))


def _place(source: Source, name: str) -> Span:
    """Where a name of the outer object stands; the first place of its text is close enough."""
    start = max(source.text.find(json.dumps(name, ensure_ascii=False)), 0)
    return Span(start, min(start + len(name) + 2, len(source.text)))


def _shown(value: Json) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else text[:39] + "…"
