"""Conditions that ask for a value that no event has."""

from collections.abc import Iterator

from ...dsl import nodes as n
from ...dsl.codes import Code
from ...dsl.diagnostics import Diagnostic
from ...dsl.source import Span
from ...dsl.spelling import nearest
from ...dsl.text import quote
from ...dsl.walk import walk
from ..resolved import Resolved
from ..schema import Schema
from .follow import Miss, follow

TYPES = frozenset(("alias", "delete", "group", "identify", "page", "screen", "track"))


def check_values(resolved: Resolved, schema: Schema) -> Iterator[Diagnostic]:
    """W308, in triggers."""
    for section in resolved.mapping.sections:
        if not isinstance(section, n.Action | n.Preset) or section.when is None:
            continue
        for node in walk(section.when):
            match node:
                case n.Compare(n.Path() as path, "=" | "!=", n.Literal(str()) as literal):
                    yield from _check(resolved, schema, path, literal)
                case n.In(n.Path() as path, choices):
                    for choice in choices:
                        yield from _check(resolved, schema, path, choice)
                case _:
                    pass


def unquoted(resolved: Resolved) -> Iterator[tuple[Span, str]]:
    """Bare names that something is compared to: paths to the language, and often texts to who wrote them."""
    for action in resolved.actions:
        sources = [row.source for row in action.rows if row.source is not None]
        for node in (node for whole in (action.when, *sources) if whole is not None for node in walk(whole)):
            match node:
                case n.Compare(n.Path() | n.Call(), "=" | "!=", n.Path(root="", steps=(n.NameSelector(name),)) as path):
                    yield path.span, name
                case _:
                    pass


def _check(resolved: Resolved, schema: Schema, path: n.Path, literal: n.Literal) -> Iterator[Diagnostic]:
    known = _known(path, schema)
    if known is None or not isinstance(literal.value, str) or literal.value in known:
        return
    near = nearest(literal.value, known)
    hint = f"did you mean {quote(near)}?" if near is not None else _list(known)
    text = resolved.sources[path.span.file].text[path.span.start : path.span.end]
    whose = "no event has" if schema.sampled else "Segment's events never have"
    message = f"{whose} {quote(literal.value)} as `{text}`"
    yield resolved.diagnostic(Code.UNSEEN_VALUE, message, literal.span, hint)


def _known(path: n.Path, schema: Schema) -> frozenset[str] | None:
    """The texts that events have there; None where that is not known."""
    if not path.singular or not path.steps or not isinstance(path.steps[0], n.NameSelector):
        return None
    name = path.steps[0].name if len(path.steps) == 1 else ""
    if not schema.sampled:
        return TYPES if name == "type" else None
    if name == "event" and schema.root.events is not None:
        prefix = "track "
        return frozenset(kind.removeprefix(prefix) for kind in schema.root.events if kind.startswith(prefix))
    place = follow(path, schema.root)
    return None if isinstance(place, Miss) or "any" in place.types else place.values


def _list(known: frozenset[str]) -> str:
    return "events have " + ", ".join(quote(text) for text in sorted(known)[:8]) if known else ""
