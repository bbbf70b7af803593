"""What has a name that nothing uses."""

from collections.abc import Iterator

from ...dsl import nodes as n
from ...dsl.codes import Code
from ...dsl.diagnostics import Diagnostic
from ...dsl.source import Span
from ...dsl.walk import walk
from ..resolved import Resolved
from ..schema import Schema


def check_unused(resolved: Resolved, schema: Schema) -> Iterator[Diagnostic]:
    """W304, for the file's own sections: an included file may be meant for others."""
    if resolved.broken:
        return  # what could not be read may use it
    own = tuple(s for s in resolved.mapping.sections if not isinstance(s, n.Include))
    if not any(isinstance(s, n.Action) for s in own):
        return  # a file to be included
    used: set[tuple[str, str]] = set()
    for section in own:
        name = getattr(section, "name", "")
        used |= {(kind, word) for kind, word in _uses(section) if word != name}
    for section in own:
        match section:
            case n.Let(name):
                kind = "let"
            case n.Shape(name):
                kind = "shape"
            case n.LookupTable(name):
                kind = "table"
            case n.Rows(name):
                kind = "rows"
            case _:
                continue
        word = "rows" if kind == "rows" else "name"
        if (word, name) not in used:
            hint = f"`use {name}` in an action, or take the section out" if kind == "rows" else "take it out"
            yield resolved.diagnostic(Code.UNUSED, f"nothing uses {kind} `{name}`", _head(resolved, section), hint)


def _uses(section: n.Section) -> Iterator[tuple[str, str]]:
    for node in walk(section):
        match node:
            case n.Ref(name) | n.NamedType(name):
                yield "name", name
            case n.Named(name):
                yield "rows", name
            case n.Path(root="") if node.segments and isinstance(node.segments[0].selectors[0], n.NameSelector):
                yield "name", node.segments[0].selectors[0].name  # a table in a condition's `lookup`
            case _:
                pass


def _head(resolved: Resolved, section: n.Section) -> Span:
    text = resolved.sources[section.span.file].text
    end = text.find("\n", section.span.start, section.span.end)
    line = text[section.span.start : section.span.end if end < 0 else end].rstrip()
    return Span(section.span.start, section.span.start + len(line), section.span.file)
