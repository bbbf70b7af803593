"""Fields that stand in each other's way: a member of a field that is no object."""

from collections.abc import Iterator

from ...dsl import nodes as n
from ...dsl.codes import Code
from ...dsl.diagnostics import Diagnostic, Label
from ...dsl.text import quote
from ..resolved import Resolved
from ..schema import Schema
from .fits import type_words


def check_fields(resolved: Resolved, schema: Schema) -> Iterator[Diagnostic]:
    """E125, each row once."""
    done: set[tuple[int, int]] = set()
    tables = [action.rows for action in resolved.actions]
    tables += [shape.rows for shape in resolved.mapping.all_of(n.Shape)]
    for rows in tables:
        above = {row.field.parts: row for row in rows}
        for row in rows:
            parents = [row.field.parts[:size] for size in range(1, len(row.field.parts))]
            parent = next((above[p] for p in parents if p in above and not _has_members(above[p], resolved)), None)
            key = (row.span.file, row.span.start)
            if parent is None or parent.type is None or key in done:
                continue
            done.add(key)
            yield _blocked(resolved, row, parent, parent.type)


def _blocked(resolved: Resolved, row: n.Row, parent: n.Row, kind: n.FieldType) -> Diagnostic:
    words = type_words(kind.value)
    message = f"`{row.field.text}` is a member of `{parent.field.text}`, which is {words}"
    hint = f"make `{parent.field.text}` an `object`, or quote a name that has a dot: `{quote(row.field.text)}`"
    found = resolved.diagnostic(Code.FIELD_INSIDE_VALUE, message, row.field.span, hint)
    label = Label(parent.field.span, words)
    same = parent.span.file == row.span.file
    return Diagnostic(found.code, message, found.source, found.span, hint, (label,) if same else ())


def _has_members(row: n.Row, resolved: Resolved) -> bool:
    if row.type is None:
        return True
    kind = row.type.value
    return isinstance(kind, n.NamedType) and (kind.name in ("object", "any") or kind.name in resolved.shapes)
