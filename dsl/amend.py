"""The edit that a hint speaks of, where the change is small enough to be made without asking."""

import re
from dataclasses import replace

from .diagnostics import Diagnostic, Edit
from .source import Span
from .spelling import count_edits

_MEANT = re.compile(r"did you mean `([^`]+)`\?\Z")
_QUOTED = re.compile(r"did you mean (\"[^\"]+\")\?\Z")
_WRITE = re.compile(r"write `(\$\.[^`]+)`\Z")
_WORD = re.compile(r"(?:settings\.)?([^\s\"|(:]+)")  # of an option, its name without the colon
_SLIP = 2  # letters; what is farther away may be another thing


def with_edit(diagnostic: Diagnostic) -> Diagnostic:
    """The diagnostic with an edit, if its hint names one."""
    if diagnostic.edit is not None:
        return diagnostic
    edit = _edit(diagnostic)
    return diagnostic if edit is None else replace(diagnostic, edit=edit)


def _edit(diagnostic: Diagnostic) -> Edit | None:
    span, code = diagnostic.span, diagnostic.code
    text = diagnostic.source.text[span.start : span.end]
    meant, write, word = _MEANT.match(diagnostic.hint), _WRITE.match(diagnostic.hint), _WORD.match(text)
    if meant and word and count_edits(word[1], meant[1], _SLIP) <= _SLIP:
        return Edit(Span(span.start + word.start(1), span.start + word.end(1), span.file), meant[1])
    quoted = _QUOTED.match(diagnostic.hint)
    if quoted and text.startswith('"') and count_edits(text.casefold(), quoted[1].casefold(), _SLIP) <= _SLIP:
        return Edit(span, quoted[1])
    if write and code == "E106":
        return Edit(span, write[1])
    if code == "E113":
        return Edit(Span(span.start, span.start, span.file), "$.")
    match code, text:
        case "E008", "==":
            return Edit(span, "=")
        case "E006", "=":
            return Edit(span, "==")
        case "E001" | "E008", "AND" | "OR" | "IN" | "IF" | "THEN" | "ELSE" | "EACH":
            return Edit(span, text.lower())
        case _:
            return None
