"""Settings that somebody gives: those of a file, and those of an example."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

from ...dsl import nodes as n
from ...dsl.codes import Code
from ...dsl.diagnostics import Diagnostic
from ...dsl.source import Source, Span
from ...dsl.spelling import did_you_mean
from ..resolved import Resolved
from ..schema import Schema
from .fits import is_fitting, type_words

Json: TypeAlias = Any  # what a JSON text holds


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with the setting of a name; a value is `given`, or is missing."""

    name: str
    message: str
    hint: str = ""
    given: bool = True


def wrong_settings(resolved: Resolved, values: dict[str, Json]) -> Iterator[Wrong]:
    """What the table of settings says against some settings."""
    known = [row.name for row in resolved.settings]
    for name in values:
        if name not in known:
            hint = did_you_mean(name, known) or "settings are " + (", ".join(known) or "none")
            yield Wrong(name, f"there is no setting `{name}`", hint)
    for row in resolved.settings:
        words = type_words(row.type.value)
        if row.name not in values:
            if row.type.required is True and row.default is None:
                yield Wrong(row.name, f"the setting `{row.name}` is required, and not given", f"it is {words}", False)
        elif not is_fitting(values[row.name], row.type, resolved):
            is_secret = isinstance(row.type.value, n.NamedType) and row.type.value.name == "secret"
            shown = "this" if is_secret else _shown(values[row.name])
            yield Wrong(row.name, f"{shown} is not {words}, which the setting `{row.name}` takes")


def check_examples(resolved: Resolved, schema: Schema) -> Iterator[Diagnostic]:
    """E127 for `with`: an example may leave settings out, but gives none that there is not."""
    for example in resolved.examples:
        given: Json = json.loads(example.settings) if example.settings else {}
        values = cast("dict[str, Json]", given) if isinstance(given, dict) else {}
        for wrong in wrong_settings(resolved, values):
            if wrong.given:
                span = _in_example(resolved.sources[example.span.file], example.span, wrong.name)
                yield resolved.diagnostic(Code.BAD_SETTINGS, wrong.message, span, wrong.hint)


def _in_example(source: Source, example: Span, name: str) -> Span:
    """The place of a setting's name after `with`; the example's first line where it is spelt in escapes."""
    begin = max(source.text.find("\nwith", example.start, example.end), example.start)
    start = source.text.find(json.dumps(name, ensure_ascii=False), begin, example.end)
    if start < 0:
        return Span(example.start, example.start + len("example"), example.file)
    return Span(start, start + len(name) + 2, example.file)


def _shown(value: Json) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else text[:39] + "…"
