"""Paths that three or more rows read."""

from collections.abc import Iterator

from ...dsl import nodes as n
from ...dsl.codes import Code
from ...dsl.diagnostics import Diagnostic, Label
from ...dsl.walk import walk
from ..resolved import Resolved
from ..schema import Schema
from .leaves import section_rows

OFTEN = 3


def check_often(resolved: Resolved, schema: Schema) -> Iterator[Diagnostic]:
    """I403: once a path and section, at the third row."""
    for _, rows in section_rows(resolved):
        reads: dict[n.Path, list[n.Path]] = {}
        for row in rows:
            if row.source is None:
                continue
            paths: dict[n.Path, n.Path] = {}
            for node in walk(row.source):
                if isinstance(node, n.Path) and node.root in ("$", "$$") and node.segments:
                    paths.setdefault(node, node)
            for path in paths.values():
                reads.setdefault(path, []).append(path)
        for path, places in reads.items():
            if len(places) >= OFTEN:
                yield _often(resolved, path, places)


def _often(resolved: Resolved, path: n.Path, places: list[n.Path]) -> Diagnostic:
    third = places[OFTEN - 1]
    text = resolved.sources[third.span.file].text[third.span.start : third.span.end]
    shown = f"`{text}`" if len(text) <= 60 else "one path"
    message = f"{len(places)} rows read {shown}"
    hint = "`let name = …` gives it one place to change; or is one of them meant to read another?"
    found = resolved.diagnostic(Code.READ_OFTEN, message, third.span, hint)
    labels = tuple(Label(place.span, "here too") for place in places[: OFTEN - 1])
    return Diagnostic(found.code, message, found.source, third.span, hint, labels)
