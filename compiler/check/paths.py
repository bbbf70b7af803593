"""Paths that no event has, that go past a list, or that events rarely have."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ...dsl import nodes as n
from ...dsl.codes import Code
from ...dsl.diagnostics import Diagnostic, Edit
from ...dsl.source import Span
from ...dsl.text import quote
from ..resolved import Resolved, ResolvedAction
from ..schema import Schema
from .admits import admitted
from .follow import Miss
from .nearest import Suggestion, find_nearest
from .reading import Read, read_all
from .values import unquoted

RARE = 0.01
FEW = 100  # events: among fewer, rare means nothing
_SHORTHAND = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


@dataclass(frozen=True, slots=True)
class Rate:
    """How many of the events that an action lets through have a path."""

    has: int
    of: int

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return self.has / self.of if self.of else 1.0


def check_paths(resolved: Resolved, schema: Schema) -> Iterator[Diagnostic]:
    """E120, E121, W303 and W306, each place once."""
    misses: dict[tuple[int, int, int], Diagnostic | None] = {}
    rates: dict[tuple[int, int, int], tuple[Read, Rate]] = {}

    def seen(action: ResolvedAction, read: Read) -> None:
        span = read.path.span
        key = (span.file, span.start, span.end)
        if read.path.root == "" and not read.path.segments:
            return
        if isinstance(read.found, Miss):
            misses.setdefault(key, _missing(resolved, schema, read, read.found))
        else:
            rate = rate_of(read, schema, action)
            if key not in rates or rate.share > rates[key][1].share:
                rates[key] = read, rate

    read_all(resolved, schema, seen)
    texts = {(span.file, span.start, span.end): text for span, text in unquoted(resolved)}
    for key, found in misses.items():
        if found is not None:
            meant = texts.get(key, "")
            yield replace(found, hint=f"did you mean {quote(meant)}?") if meant and not found.hint else found
    for read, rate in rates.values():
        if schema.sampled and rate.of >= FEW and rate.share < RARE:
            yield _rare(resolved, read, rate)


def rate_of(read: Read, schema: Schema, action: ResolvedAction) -> Rate:
    """How often the events of an action have what a path leads to."""
    found = read.found
    if isinstance(found, Miss) or found.events is None or schema.root.events is None or "any" in found.types:
        return Rate(0, 0)
    kinds = admitted(action.when, schema.root.events)
    of = sum(schema.root.events[kind] for kind in kinds)
    return Rate(min(sum(found.events.get(kind, 0) for kind in kinds), of), of)


def _missing(resolved: Resolved, schema: Schema, read: Read, miss: Miss) -> Diagnostic | None:
    path, segment = read.path, read.path.segments[miss.index]
    name = segment.selectors[0].name if isinstance(segment.selectors[0], n.NameSelector) else ""
    if any(place.items is not None and name in place.items.members for place in miss.before):
        return _through_list(resolved, path, miss)
    suggestion = find_nearest(path, miss, read.start)
    above = _text(path, path.segments[: miss.index])
    opens = any(place.open for place in miss.before)
    typo = _is_typo(miss, suggestion)
    if opens and not (read.start is schema.root and (miss.index == 0 or (typo and _is_context(path)))):
        return None
    # An imported definition was written for events that its author saw: what it reads may well be there.
    imported = resolved.semantics == "segment" and not schema.sampled
    sure = not imported and (not opens or (miss.index == 0 and typo))
    code = Code.UNKNOWN_PATH if sure else Code.UNSURE_PATH
    whole = _text(path, path.segments[: miss.index + 1])
    if not schema.sampled:
        message = f"Segment's events have no `{whole}`" if sure else f"`{whole}` is no common field of Segment's events"
    elif miss.index and read.start is schema.root:
        message = f"no event has `{whole}`: `{above}` is there, `{name or _text(path, (segment,), '')}` is not"
    else:
        message = f"no event has `{whole}`"
    hint, edit = _repair(resolved, path, suggestion)
    return replace(resolved.diagnostic(code, message, _span(path, segment), hint), edit=edit)


def _span(path: n.Path, segment: n.Segment) -> Span:
    """The path as far as the step that failed; all of a template, in which steps have no place of their own."""
    if path.span.start <= segment.span.start and segment.span.end <= path.span.end:
        return path.span if segment.span == path.span else Span(path.span.start, segment.span.end, path.span.file)
    return path.span


def _is_typo(miss: Miss, suggestion: Suggestion | None) -> bool:
    """A near miss of a name at the same place."""
    if suggestion is None or len(suggestion.names) != 1:
        return False
    return (suggestion.first, suggestion.last) == (miss.index, miss.index + 1)


def _is_context(path: n.Path) -> bool:
    """Under `properties` and `traits` people choose the names; under `context` the spec has most of them."""
    first = path.segments[0].selectors[0]
    return isinstance(first, n.NameSelector) and first.name == "context"


def _through_list(resolved: Resolved, path: n.Path, miss: Miss) -> Diagnostic:
    above = _text(path, path.segments[: miss.index])
    rest = _text(path, path.segments[miss.index :], "")
    message = f"`{above}` is a list: it has no `{rest.lstrip('.')}` of its own"
    hint = f"`{above}[*]{rest}` gives every item's, `{above}[0]{rest}` the first one's; or `each {above} -> …`"
    return resolved.diagnostic(Code.THROUGH_LIST, message, path.span, hint)


def _rare(resolved: Resolved, read: Read, rate: Rate) -> Diagnostic:
    text = _text(read.path, read.path.segments)
    percent = f"{100 * rate.share:.1f} %" if rate.has else "none"
    message = f"`{text}` is rarely there: in {rate.has:,} of {rate.of:,} events of this trigger ({percent})"
    hint = "is it written as the events have it? `??` gives a fallback"
    return resolved.diagnostic(Code.RARE_PATH, message, read.path.span, hint)


def _repair(resolved: Resolved, path: n.Path, suggestion: Suggestion | None) -> tuple[str, Edit | None]:
    if suggestion is None:
        return "", None
    kept, rest = path.segments[: suggestion.first], path.segments[suggestion.last :]
    middle = "".join(_step(name) for name in suggestion.names)
    root = path.root or "$"
    whole = f"{root}{_text(path, kept, '')}{middle}{_text(path, rest, '')}"
    shown = whole if path.root else whole.removeprefix("$.")
    if len(suggestion.names) == 1 and suggestion.last == suggestion.first + 1 and len(path.segments) > 1:
        hint = f"did you mean `{suggestion.names[0]}`, as in `{shown}`?"
    else:
        hint = f"did you mean `{shown}`?"
    if len(suggestion.names) != 1 or suggestion.last != suggestion.first + 1:
        return hint, None  # the same name elsewhere: a person has to judge that
    return hint, Edit(path.span, shown) if path.root == "" else _edit(resolved, path, suggestion, middle)


def _edit(resolved: Resolved, path: n.Path, suggestion: Suggestion, middle: str) -> Edit | None:
    """The change of the text, where the path stands in it as it is (in a template it does not)."""
    first, last = path.segments[suggestion.first].span, path.segments[suggestion.last - 1].span
    text = resolved.sources[first.file].text
    if first.start < path.span.start or last.end > path.span.end or text[path.span.start] == '"':
        return None
    start = first.start
    return Edit(Span(start, last.end, first.file), middle) if text[start] in ".[" else None


def _text(path: n.Path, segments: tuple[n.Segment, ...], root: str | None = None) -> str:
    begin = path.root if root is None else root
    text = begin + "".join(_segment(segment) for segment in segments)
    return text if begin or root is not None else text.removeprefix(".")


def _segment(segment: n.Segment) -> str:
    dots = ".." if segment.descend else ""
    if len(segment.selectors) == 1:
        match segment.selectors[0]:
            case n.NameSelector(name):
                step = _step(name)
                return f"{dots}{step.removeprefix('.')}" if dots else step
            case n.IndexSelector(index, dotted):
                return f".{index}" if dotted else f"{dots}[{index}]"
            case n.WildcardSelector():
                return f"{dots}[*]"
            case _:
                pass
    return f"{dots}[…]"


def _step(name: str) -> str:
    return f".{name}" if _SHORTHAND.match(name) else f"[{quote(name)}]"
