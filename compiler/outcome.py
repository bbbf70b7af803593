"""What `check` says of a mapping file, kept between runs: a file that has not changed is not read again.

Whatever costs time is imported where it is needed: most runs find what they want in the cache.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeAlias

from ..dsl.cache import digest, keep, recall
from ..dsl.diagnostics import Diagnostic, Edit, Label, Severity
from ..dsl.source import Source, Span
from .files import find_mapping, read_included, read_mapping

Json: TypeAlias = Any  # what a JSON text holds
Read: TypeAlias = Callable[[str], str | None]
_HOPELESS = ("E013", "E014", "E118")  # no text, nothing in it, or too much: nothing more is looked for


def check_file(name: str, schema: str = "") -> tuple[Diagnostic, ...]:
    """Everything that is wrong with a mapping file.

    Shape:  `name` is a path, or a mapping that ships; `schema` the text of a source schema, "" for Segment's fields
    Errors: OSError where the file cannot be read; BadSchema
    """
    known = known_outcome(name, schema)
    if known is not None:
        return known
    path = find_mapping(name)
    text = read_mapping(path)
    read: dict[str, str | None] = {}

    def included(other: str) -> str | None:
        read[other] = read_included(path.parent, other)
        return read[other]

    found = check_source(Source(name, text), included, schema)
    keep(
        "check",
        digest("check", name, text, schema),
        {"read": {k: _mark(v) for k, v in read.items()}, "found": [_to_json(d) for d in found]},
    )
    return found


def known_outcome(name: str, schema: str = "") -> tuple[Diagnostic, ...] | None:
    """The same where the file has not changed since it was checked, else None. Errors: OSError"""
    path = find_mapping(name)
    text = read_mapping(path)
    return _recalled(recall("check", digest("check", name, text, schema)), Source(name, text), path.parent)


def check_source(source: Source, read: Read = lambda _: None, schema: str = "") -> tuple[Diagnostic, ...]:
    """Everything that is wrong with a mapping's text; `read` gives the text of an included file."""
    from ..dsl.amend import with_edit
    from ..dsl.parser import parse
    from .check import run_checks
    from .check.leaks import check_leaks
    from .check.limits import check_limits
    from .resolve import resolve
    from .schema_file import from_text, segment_schema

    known = from_text(schema) if schema else segment_schema()
    resolved, found = resolve(source, parse(source), read)
    if any(d.code in _HOPELESS for d in found):
        return found
    order = {s.name: number for number, s in enumerate(resolved.sources)}
    # What stands where something could not be bound is wrong for that reason only.
    limits = check_limits(resolved, read)
    whole = not any(d.severity is Severity.ERROR for d in found)
    leaks = check_leaks(resolved, known, read) if whole else ()  # flows are read off what can be compiled
    later = (*run_checks(resolved, known), *limits, *leaks)
    covered = _Covered(found)
    checked = (d for d in later if not covered.meets(d))
    every = (with_edit(d) for d in (*found, *checked))
    return tuple(sorted(every, key=lambda d: (order.get(d.source.name, len(order)), d.span.start, d.code)))


class _Covered:
    """What some diagnostics cover."""

    def __init__(self, found: Iterable[Diagnostic]) -> None:
        self._spans: dict[str, tuple[list[int], list[int]]] = {}
        for d in sorted(found, key=lambda d: d.span.start):
            starts, ends = self._spans.setdefault(d.source.name, ([], []))
            starts.append(d.span.start)
            ends.append(max(d.span.end, ends[-1] if ends else 0))  # the furthest so far

    def meets(self, d: Diagnostic) -> bool:
        """Whether one of them shares a character with this one."""
        starts, ends = self._spans.get(d.source.name, ([], []))
        before = bisect_left(starts, d.span.end)
        return before > 0 and ends[before - 1] > d.span.start


def _recalled(kept: Json | None, source: Source, folder: Path) -> tuple[Diagnostic, ...] | None:
    if kept is None:
        return None
    try:
        texts = {name: read_included(folder, name) for name in kept["read"]}
        if any(_mark(text) != kept["read"][name] for name, text in texts.items()):
            return None
        sources = {source.name: source} | {name: Source(name, text or "") for name, text in texts.items()}
        return tuple(_from_json(data, sources) for data in kept["found"])
    except (AttributeError, LookupError, TypeError, ValueError):
        return None


def _mark(text: str | None) -> str | None:
    return None if text is None else digest("included", text)


def _to_json(d: Diagnostic) -> Json:
    labels = [[_span(label.span), label.text] for label in d.labels]
    edit = None if d.edit is None else [_span(d.edit.span), d.edit.text]
    return [d.code, d.message, d.source.name, _span(d.span), d.hint, labels, edit]


def _from_json(data: Json, sources: dict[str, Source]) -> Diagnostic:
    code, message, name, span, hint, labels, edit = data
    return Diagnostic(
        code, message, sources[name], Span(*span), hint,
        tuple(Label(Span(*at), text) for at, text in labels),
        None if edit is None else Edit(Span(*edit[0]), edit[1]),
    )  # fmt: skip


def _span(span: Span) -> list[int]:
    return [span.start, span.end, span.file]
