"""What is never reached: fallbacks behind what always gives a value, and keys of a table that stand in it before."""

from collections.abc import Iterator

from ...dsl import nodes as n
from ...dsl.codes import Code
from ...dsl.diagnostics import Diagnostic, Edit
from ...dsl.source import Span
from ...dsl.walk import walk
from ..resolved import Resolved
from ..schema import Schema
from .leaves import always_gives


def check_reached(resolved: Resolved, schema: Schema) -> Iterator[Diagnostic]:
    """W305."""
    for section in resolved.mapping.sections:
        for node in walk(section):
            if isinstance(node, n.Coalesce):
                yield from _check(resolved, node)
        if isinstance(section, n.LookupTable):
            yield from _keys(resolved, section)


def _keys(resolved: Resolved, table: n.LookupTable) -> Iterator[Diagnostic]:
    """The first row that holds a value is taken; 1 and 1.0 are one value, 1 and true are two."""
    first: dict[tuple[bool, n.Scalar], n.Literal] = {}
    for key in (key for row in table.rows for key in row.keys):
        same = first.setdefault((isinstance(key.value, bool), key.value), key)
        if same is not key:
            source = resolved.sources[same.span.file]
            shown = source.text[same.span.start : same.span.end]
            message = (
                f"this is never reached: `{shown}` is in the table before, on line {source.line_of(same.span.start)}"
            )
            yield resolved.diagnostic(Code.NEVER_REACHED, message, key.span, "take it out, or correct the key")


def _check(resolved: Resolved, node: n.Coalesce) -> Iterator[Diagnostic]:
    for index, arm in enumerate(node.arms[:-1]):
        if not always_gives(resolved, arm):
            continue
        text = resolved.sources[arm.span.file].text
        shown = text[arm.span.start : arm.span.end]
        rest = Span(node.arms[index + 1].span.start, node.arms[-1].span.end, arm.span.file)
        what = f"`{shown}`" if len(shown) <= 40 and "\n" not in shown else "what stands before it"
        message = f"this is never reached: {what} always gives a value"
        between = text[arm.span.end : rest.start].strip()
        edit = Edit(Span(arm.span.end, rest.end, arm.span.file), "") if between == "??" else None
        found = resolved.diagnostic(Code.NEVER_REACHED, message, rest, "take it out, or put it first")
        yield Diagnostic(found.code, message, found.source, rest, found.hint, (), edit)
        return
