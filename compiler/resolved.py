"""A mapping whose names are bound: what the checks read and the compiler lowers."""

from dataclasses import dataclass

from ..dsl import nodes as n
from ..dsl.diagnostics import Diagnostic
from ..dsl.source import Source, Span


@dataclass(frozen=True, slots=True)
class ResolvedAction:
    """An action, or a preset laid over one.

    Shape: `name` is what the output says, `key` is unique (a preset's title); `preset` is None for the action itself;
        `span` is the section's
    """

    key: str
    name: str
    title: str
    deliver: tuple[str, ...]
    when: n.Condition | None
    for_each: n.Expr | None
    rows: tuple[n.Row, ...]
    preset: n.Preset | None
    span: Span


@dataclass(frozen=True, slots=True)
class Resolved:
    """A mapping whose names are bound. `sources[span.file]` is the source of a span."""

    mapping: n.Mapping
    sources: tuple[Source, ...]
    name: str
    title: str
    semantics: str
    settings: tuple[n.SettingRow, ...]
    actions: tuple[ResolvedAction, ...]
    shapes: dict[str, n.Shape]
    lets: dict[str, n.Let]
    tables: dict[str, n.LookupTable]
    rows: dict[str, n.Rows]
    examples: tuple[n.Example, ...]
    laws: tuple[n.Law, ...]
    broken: frozenset[str]

    @property
    def source(self) -> Source:
        """The mapping file itself."""
        return self.sources[0]

    def diagnostic(self, code: str, message: str, span: Span, hint: str = "") -> Diagnostic:
        """A diagnostic at a span of any of the sources."""
        return Diagnostic(code, message, self.sources[span.file], span, hint)
