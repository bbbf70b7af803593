"""What is wrong with a text, as data: code, message, place, hint, edit."""

from dataclasses import dataclass
from enum import StrEnum

from .source import Source, Span


class Severity(StrEnum):
    """How much it matters. Errors make the exit status 1; information never does."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Label:
    """A second place that a message points at, with a word about it."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Edit:
    """A change that repairs what is wrong: this span becomes that text."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One thing that is wrong. The message has no position in it; the hint says what to write instead."""

    code: str
    message: str
    source: Source
    span: Span
    hint: str = ""
    labels: tuple[Label, ...] = ()
    edit: Edit | None = None

    @property
    def severity(self) -> Severity:
        """From the code's letter: E an error, W a warning, I information."""
        return {"E": Severity.ERROR, "W": Severity.WARNING}.get(self.code[0], Severity.INFO)


class MappingError(ValueError):
    """A mapping (or a path) that cannot be used; `diagnostics` says why."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        first = next((d for d in diagnostics if d.severity is Severity.ERROR), diagnostics[0])
        place = f"{first.source.name}:{first.source.line_of(first.span.start)}"
        more = f" (and {len(diagnostics) - 1} more)" if len(diagnostics) > 1 else ""
        super().__init__(f"{place}: {first.code}: {first.message}{more}")
        self.diagnostics = diagnostics
