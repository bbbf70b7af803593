"""Diagnostics for programs: plain JSON, and SARIF 2.1.0 for editors and code hosts."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from .diagnostics import Diagnostic, Severity
from .place import place_of
from .source import Source, Span

Json: TypeAlias = Any  # what `json` writes

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def to_json(diagnostics: Sequence[Diagnostic], files: Iterable[str]) -> Json:
    """A report of all of them.

    Units: lines and columns from 1, in characters; an end is behind the last character
    """
    count = {severity: sum(d.severity is severity for d in diagnostics) for severity in Severity}
    return {
        "files": list(files),
        "errors": count[Severity.ERROR],
        "warnings": count[Severity.WARNING],
        "notes": count[Severity.INFO],
        "diagnostics": [_one(d) for d in diagnostics],
    }


def _one(d: Diagnostic) -> Json:
    return {
        "code": str(d.code),
        "severity": str(d.severity),
        "message": d.message,
        "file": d.source.name,
        **_range(d.source, d.span),
        "cell": place_of(d.source, d.span.start),
        "hint": d.hint,
        "labels": [{"text": label.text, **_range(d.source, label.span)} for label in d.labels],
        "edit": None if d.edit is None else {"text": d.edit.text, **_range(d.source, d.edit.span)},
    }


def _range(source: Source, span: Span) -> dict[str, int]:
    return {
        "line": source.line_of(span.start),
        "column": source.column_of(span.start),
        "end_line": source.line_of(span.end),
        "end_column": source.column_of(span.end),
    }


def to_sarif(diagnostics: Sequence[Diagnostic], version: str, titles: dict[str, str]) -> Json:
    """A SARIF log with one run. `titles` gives a line about each code.

    Source: OASIS, Static Analysis Results Interchange Format 2.1.0
    """
    codes = sorted({str(d.code) for d in diagnostics})
    rules = [{"id": code, "shortDescription": {"text": titles.get(code, code)}} for code in codes]
    driver = {"name": "atpath", "version": version, "rules": rules}
    results = [_result(d, codes.index(str(d.code))) for d in diagnostics]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _result(d: Diagnostic, rule: int) -> Json:
    text = f"{d.message}: {d.hint}" if d.hint else d.message
    result: dict[str, Json] = {
        "ruleId": str(d.code),
        "ruleIndex": rule,
        "level": _LEVELS[d.severity],
        "message": {"text": text},
        "locations": [_location(d.source, d.span)],
    }
    if d.labels:
        result["relatedLocations"] = [
            {**_location(d.source, label.span), "message": {"text": label.text}} for label in d.labels
        ]
    if d.edit is not None:
        change = {"deletedRegion": _region(d.source, d.edit.span), "insertedContent": {"text": d.edit.text}}
        changes = [{"artifactLocation": {"uri": _uri(d.source)}, "replacements": [change]}]
        result["fixes"] = [{"description": {"text": d.hint or "mend it"}, "artifactChanges": changes}]
    return result


def _location(source: Source, span: Span) -> dict[str, Json]:
    return {"physicalLocation": {"artifactLocation": {"uri": _uri(source)}, "region": _region(source, span)}}


def _region(source: Source, span: Span) -> dict[str, int]:
    at = _range(source, span)
    return {
        "startLine": at["line"],
        "startColumn": at["column"],
        "endLine": at["end_line"],
        "endColumn": at["end_column"],
    }


def _uri(source: Source) -> str:
    from urllib.parse import quote  # only SARIF needs it

    return quote(source.name.replace("\\", "/"))
