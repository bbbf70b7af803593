"""The edits that diagnostics carry, made."""

from collections.abc import Iterable

from .diagnostics import Diagnostic, Edit
from .source import Source


def edits_of(diagnostics: Iterable[Diagnostic], source: Source) -> tuple[Edit, ...]:
    """The edits of one source, from its end to its start; of two that overlap, the first in the text."""
    edits = {(d.edit.span.start, d.edit.span.end): d.edit for d in diagnostics if d.edit and d.source == source}
    kept: list[Edit] = []
    for _, edit in sorted(edits.items()):
        if not kept or edit.span.start >= kept[-1].span.end:
            kept.append(edit)
    return tuple(reversed(kept))


def mended(source: Source, edits: Iterable[Edit]) -> str:
    """The text with the edits made; `edits` as `edits_of` gives them."""
    text = source.text
    for edit in edits:
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text
