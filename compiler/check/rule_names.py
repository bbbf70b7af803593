"""Names in rules that mean nothing: paths that no event has, and fields that no action has."""

from collections.abc import Iterator, Sequence

from ...dsl import nodes as n
from ...dsl.codes import Code
from ...dsl.diagnostics import Diagnostic
from ...dsl.source import Source, Span
from ...dsl.spelling import nearest
from ..lineage.origins import Way, path_of
from ..lineage.rules import Rule
from ..resolved import Resolved, ResolvedAction
from ..schema import Schema
from .follow import Miss, follow
from .nearest import find_nearest


def unknown_paths(rule: Rule, schema: Schema, sources: Sequence[Source]) -> Iterator[Diagnostic]:
    """E120: a class whose path is misspelt would hold nothing back."""
    for text, place in zip(rule.paths, rule.places, strict=True):
        path = _path(place)
        miss = follow(path, schema.root)
        if not isinstance(miss, Miss) or any(at.open for at in miss.before if miss.index):
            continue
        source = next((each for each in reversed(sources) if text in each.text), sources[-1])
        found = find_nearest(path, miss, schema.root)
        hint = ""
        if found is not None and found.names:
            hint = f"did you mean `{path_of((*place[: found.first], *found.names, *place[found.last :]))}`?"
        whose = "no event has" if schema.sampled else "Segment's events have no"
        yield Diagnostic(Code.UNKNOWN_PATH, f"{whose} `{text}`", source, place_of(source, text), hint)


def unknown_fields(rule: Rule, resolved: Resolved, sources: Sequence[Source]) -> Iterator[Diagnostic]:
    """W316: a pattern of `only` that allows nothing, as there is no such field; it is looked for in `sources`."""
    known = list(dict.fromkeys(_patterns(resolved)))
    for pattern in rule.only:
        source = next((each for each in reversed(sources) if pattern in each.text), None)
        if source is None or _is_known(pattern, resolved):
            continue
        near = nearest(pattern, known)
        hint = f"did you mean `{near}`?" if near is not None else "fields are such as " + ", ".join(known[:3])
        message = f"no action has `{pattern}`, where {rule.name} may go"
        yield Diagnostic(Code.UNKNOWN_RULE_FIELD, message, source, place_of(source, pattern), hint)


def place_of(source: Source, text: str) -> Span:
    """Where a text first stands."""
    start = max(source.text.find(text), 0)
    return Span(start, start + len(text))


def _is_known(pattern: str, resolved: Resolved) -> bool:
    for action in resolved.actions:
        if pattern == " ".join(action.deliver):
            return True
        if any(_is_field(pattern.removeprefix(f"{name}."), action) for name in (action.key, action.name)):
            return True
        if _is_field(pattern, action) or pattern in (f"{action.key}.*", f"{action.name}.*"):
            return True
    return False


def _is_field(text: str, action: ResolvedAction) -> bool:
    """Whether an action has this field, may have it in an object that it copies, or has fields below it."""
    names = [row.field.text for row in action.rows]
    if n.SPREAD in names:
        return True
    return any(text == name or _is_below(text, name) or _is_below(name, text) for name in names)


def _is_below(text: str, name: str) -> bool:
    return text.startswith((f"{name}.", f"{name}["))


def _patterns(resolved: Resolved) -> Iterator[str]:
    for action in resolved.actions:
        yield from (f"{action.name}.{row.field.text}" for row in action.rows)
    for action in resolved.actions:
        yield from (row.field.text for row in action.rows)
        yield from ([" ".join(action.deliver)] if action.deliver else [])


def _path(place: Way) -> n.Path:
    def selector(step: str | int) -> n.Selector:
        if step == "*":
            return n.WildcardSelector()
        return n.IndexSelector(step) if isinstance(step, int) else n.NameSelector(step)

    return n.Path("$", tuple(n.Segment((selector(step),)) for step in place))
