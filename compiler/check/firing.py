"""Triggers that never hold, that hold together, or that mean something else to Segment."""

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

from ...dsl import nodes as n
from ...dsl.codes import Code
from ...dsl.diagnostics import Diagnostic, Edit, Label
from ...dsl.walk import walk
from ..resolved import Resolved, ResolvedAction
from ..schema import Schema
from .values import TYPES

if TYPE_CHECKING:
    from ..triggers import Trigger

MOST_PAIRS = 300  # of triggers that are held against each other
MOST_TESTS = 500  # of a trigger that is decided: what it takes grows with their square


def check_firing(resolved: Resolved, schema: Schema) -> Iterator[Diagnostic]:
    """W301, W302 and I401."""
    if not any(isinstance(node, n.Action | n.Preset) and node.when for node in resolved.mapping.sections):
        return
    asked: list[tuple[ResolvedAction, Trigger]] = []
    for action in resolved.actions:
        trigger = _trigger(resolved, action)
        if trigger is None or action.when is None:
            continue
        if _is_dead(resolved, trigger):
            hint = "one `and` or `or` too many? an action that only its presets run says `when never`"
            message = f"this trigger never holds: no event fires `{action.key}`"
            yield resolved.diagnostic(Code.NEVER_FIRES, message, action.when.span, hint)
            continue
        asked.append((action, trigger))
        if not resolved.semantics:
            yield from _differs(resolved, action.when)
    if len(asked) * (len(asked) - 1) // 2 <= MOST_PAIRS:
        yield from _overlaps(resolved, asked)


def _is_dead(resolved: Resolved, trigger: "Trigger") -> bool:
    """Whether nothing fires it: no event at all, and in the language's own semantics none of a type that there is."""
    from ..triggers import Impossible, can_hold, decide, segment_trigger

    if resolved.semantics:  # check_parting has more to say of Segment's triggers
        return isinstance(can_hold(trigger), Impossible)
    known = segment_trigger(" or ".join(f'type = "{name}"' for name in sorted(TYPES)))
    return isinstance(decide((trigger, known))[True, True], Impossible)


def _trigger(resolved: Resolved, action: ResolvedAction) -> "Trigger | None":
    """The trigger to ask about; None where there is none, or where it hangs on what the file says elsewhere."""
    from ..triggers import clean_trigger, segment_trigger  # they run compiled triggers: a loop of imports on top

    when = action.when
    if when is None or isinstance(when, n.Constant):
        return None
    nodes = tuple(walk(when))
    if any(isinstance(node, n.Ref | n.Setting | n.Directive | n.Call) for node in nodes):
        return None
    if sum(isinstance(node, n.Literal) for node in nodes) > MOST_TESTS:
        return None
    return segment_trigger(_text(resolved, when)) if resolved.semantics else clean_trigger(when)


def _differs(resolved: Resolved, when: n.Condition) -> Iterator[Diagnostic]:
    from ..triggers import fql_difference

    text = _text(resolved, when)
    if not _is_fql(text):
        return
    event = fql_difference(text)
    if event is not None:
        message = f"Segment reads this trigger in another way: the two differ on {_event(event)}"
        hint = _words_for_segment(when)
        found = resolved.diagnostic(Code.OTHER_IN_SEGMENT, message, when.span, hint)
        yield replace(found, edit=_parenthesised(text, when))


def _parenthesised(text: str, when: n.Condition) -> Edit | None:
    """The same trigger with parentheses around each `and` beside an `or`, if Segment reads that as it is meant."""
    from ..triggers import fql_difference

    if not isinstance(when, n.Or):
        return None
    spans = sorted((term.span for term in when.terms if isinstance(term, n.And)), key=lambda span: span.start)
    for span in reversed(spans):
        start, end = span.start - when.span.start, span.end - when.span.start
        if not text[:start].rstrip().endswith("("):
            text = f"{text[:start]}({text[start:end]}){text[end:]}"
    return Edit(when.span, text) if _is_fql(text) and fql_difference(text) is None else None


def _words_for_segment(when: n.Condition) -> str:
    nodes = tuple(walk(when))
    if any(isinstance(node, n.In) for node in nodes):
        return 'Segment does not know `in`: write `(event = "A" or event = "B")`'
    if any(isinstance(node, n.Test) and node.name in ("exists", "present") for node in nodes):
        return "Segment does not know `exists`: write `… != null`"
    if any(isinstance(node, n.And) for node in nodes) and any(isinstance(node, n.Or) for node in nodes):
        return "Segment has no precedence: put parentheses around each `and`"
    return "Segment knows `type`, `event`, `name`, `userId`, `properties.…`, `traits.…`, `context.…`"


def _is_fql(text: str) -> bool:
    """Whether Segment's own parser takes a trigger at all."""
    from ..segment.fql import FqlError, parse_fql

    try:
        parse_fql(text)
    except FqlError:
        return False
    return True


def _overlaps(resolved: Resolved, asked: "list[tuple[ResolvedAction, Trigger]]") -> Iterator[Diagnostic]:
    from ..triggers import Found, relate

    for (first, one), (second, other) in combinations(asked, 2):
        both = relate(one, other).both
        if not isinstance(both, Found) or first.when is None or second.when is None:
            continue
        message = f"`{first.key}` and `{second.key}` both fire on {_event(both.event)}"
        found = resolved.diagnostic(Code.OVERLAP, message, second.when.span, "fine if both are meant to be sent")
        same = first.when.span.file == second.when.span.file
        labels = (Label(first.when.span, f"`{first.key}`"),) if same else ()
        yield Diagnostic(found.code, message, found.source, found.span, found.hint, labels)


def _event(event: object) -> str:
    text = json.dumps(event, ensure_ascii=False)
    return text if len(text) <= 200 else text[:199] + "…"


def _text(resolved: Resolved, when: n.Condition) -> str:
    return resolved.sources[when.span.file].text[when.span.start : when.span.end]
