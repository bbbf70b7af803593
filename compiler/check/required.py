"""Required fields that nothing fills, or whose source can come to nothing."""

from collections.abc import Iterator

from ...dsl import nodes as n
from ...dsl.codes import Code
from ...dsl.diagnostics import Diagnostic
from ..resolved import Resolved, ResolvedAction
from ..schema import Schema
from .follow import follow
from .leaves import always_gives
from .paths import Rate, rate_of
from .reading import Read

OFTEN = 0.05
# Segment adds them to every event that lacks them.
ALWAYS_THERE = frozenset(("messageId", "receivedAt", "timestamp", "type"))


def check_required(resolved: Resolved, schema: Schema) -> Iterator[Diagnostic]:
    """E124, W307 and I402, each row once."""
    done: set[tuple[int, int]] = set()
    for action in resolved.actions:
        if isinstance(action.when, n.Constant) and not action.when.value:
            continue  # only its presets run, and they are actions here too
        sure = _implied(action.when)
        for row in action.rows:
            key = (row.span.file, row.span.start)
            if row.type is None or row.type.required is not True or key in done:
                continue
            found = _check_row(resolved, schema, action, row, sure)
            if found is not None:
                done.add(key)
                yield found


def _check_row(
    resolved: Resolved, schema: Schema, action: ResolvedAction, row: n.Row, sure: frozenset[str]
) -> Diagnostic | None:
    name = row.field.text
    if row.source is None:
        if name in resolved.broken:
            return None  # it has a source, which could not be read
        if any(other.field.parts[: len(row.field.parts)] == row.field.parts and other.source for other in action.rows):
            return None
        if any(other.field.parts == (n.SPREAD,) for other in action.rows):
            return None
        if resolved.semantics == "segment":
            hint = "in Segment a user fills it; here, give it a source"
            message = f"`{name}` is required, and nothing in this file fills it"
            return resolved.diagnostic(Code.OFTEN_REJECTED, message, row.field.span, hint)
        message = f"`{name}` is required, and nothing fills it: every event is rejected"
        if resolved.semantics:  # a definition of Segment's leaves such fields to its users
            return resolved.diagnostic(Code.REJECTS, message, row.field.span, "give it a source, such as `$.…`")
        return resolved.diagnostic(Code.NEVER_FILLED, message, row.field.span, "give it a source, such as `$.…`")
    if always_gives(resolved, row.source) or _is_there(row.source, schema, action, sure):
        return None
    if isinstance(row.source, n.Literal):
        message = f"`{name}` is required, and its source is null: every event is rejected"
        return resolved.diagnostic(Code.NEVER_FILLED, message, row.source.span, "give it a value, or add `nullable`")
    hint = "`?? …` gives a fallback; without `required` the field is left out"
    rate = _rate(row.source, schema, action)
    if rate is not None and rate.of:
        lack = 1 - rate.share
        code = Code.OFTEN_REJECTED if lack > OFTEN else Code.REJECTS
        message = (
            f"`{name}` is required: {rate.of - rate.has:,} of {rate.of:,} events have no value ({100 * lack:.1f} %)"
        )
        return resolved.diagnostic(code, f"{message} and are rejected", row.source.span, hint)
    text = resolved.sources[row.source.span.file].text[row.source.span.start : row.source.span.end]
    without = f"`{text}`" if len(text) <= 40 and "\n" not in text else "a value here"
    message = f"`{name}` is required: an event without {without} is rejected"
    return resolved.diagnostic(Code.REJECTS, message, row.source.span, hint)


def _rate(source: n.Expr, schema: Schema, action: ResolvedAction) -> Rate | None:
    if not schema.sampled or not isinstance(source, n.Path) or action.for_each is not None:
        return None
    return rate_of(Read(source, schema.root, follow(source, schema.root)), schema, action)


def _is_there(source: n.Expr, schema: Schema, action: ResolvedAction, sure: frozenset[str]) -> bool:
    arms = source.arms if isinstance(source, n.Coalesce) else (source,)
    for arm in arms:
        if not isinstance(arm, n.Path) or not arm.singular or (arm.root == "$" and action.for_each is not None):
            continue
        way = _way(arm)
        if way in sure or (not schema.sampled and way in ALWAYS_THERE):
            return True
        rate = _rate(arm, schema, action)
        if rate is not None and rate.of and rate.has == rate.of:
            return True
    return False


def _implied(when: n.Condition | None) -> frozenset[str]:
    """The paths that have a value wherever the trigger holds."""
    terms = when.terms if isinstance(when, n.And) else (when,)
    ways: set[str] = set()
    for term in terms:
        match term:
            case n.Test("exists" | "present", (n.Path() as path,)):
                ways.add(_way(path))
            case n.Compare(n.Path() as path, "=", n.Literal(value)) if value is not None:
                ways.add(_way(path))
            case n.Compare(n.Path() as path, "!=", n.Literal(None)) | n.In(n.Path() as path, _):
                ways.add(_way(path))
            case _:
                pass
    return frozenset(ways - {""})


def _way(path: n.Path) -> str:
    if not path.singular:
        return ""
    return ".".join(s.name if isinstance(s, n.NameSelector) else str(s.index) for s in path.steps)
