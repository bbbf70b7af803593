"""Texts in which a placeholder begins and does not end."""

from collections.abc import Iterator

from ...dsl import nodes as n
from ...dsl.codes import Code
from ...dsl.diagnostics import Diagnostic
from ...dsl.templates import PLACEHOLDER
from ...dsl.walk import walk
from ..resolved import Resolved
from ..schema import Schema


def check_templates(resolved: Resolved, _schema: Schema) -> Iterator[Diagnostic]:
    """W313, each place once."""
    told: set[tuple[int, int]] = set()
    for source in _sources(resolved):
        for node in walk(source):
            if not isinstance(node, n.Literal | n.Template) or (node.span.file, node.span.start) in told:
                continue
            text = resolved.sources[node.span.file].text[node.span.start : node.span.end]
            # Of the text as it is written: what `{{{{` stands for is no beginning of a placeholder.
            if text.startswith('"') and "{{" in PLACEHOLDER.sub("", text):
                told.add((node.span.file, node.span.start))
                hint = "close it with `}}`; a bare `{{` is written `{{{{`"
                message = "a placeholder that is not closed: this text is taken as it stands"
                yield resolved.diagnostic(Code.UNCLOSED, message, node.span, hint)


def _sources(resolved: Resolved) -> Iterator[n.Expr]:
    for action in resolved.actions:
        yield from (row.source for row in action.rows if row.source is not None)
    for shape in resolved.shapes.values():
        yield from (row.source for row in shape.rows if row.source is not None)
    for let in resolved.lets.values():
        yield let.value
