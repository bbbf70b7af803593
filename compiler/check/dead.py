"""Triggers in Segment's own text that no event of Segment's fires, for all that some object would."""

from collections.abc import Iterator

from ...dsl import nodes as n
from ...dsl.codes import Code
from ...dsl.diagnostics import Diagnostic
from ...dsl.spelling import nearest
from ...dsl.text import quote
from ..resolved import Resolved, ResolvedAction
from ..segment.fql import parse_fql
from ..segment.fql_tokens import FqlError
from ..segment.paths import descend
from ..triggers import Impossible, Trigger, can_hold, segment_trigger
from ..triggers.decide import Event
from ..triggers.formula import All, Any, Atom, Is, Not, Place, atoms_of, to_is
from .values import TYPES

LONGEST = 100
TYPE: Place = ("type",)


def dead_trigger(resolved: Resolved, action: ResolvedAction, text: str) -> Iterator[Diagnostic]:
    """W301 for the text of a trigger in Segment's definition of an action or preset."""
    if action.when is None:
        return
    shown = text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
    try:
        parse_fql(text)
    except FqlError as error:
        message = f"Segment refuses the trigger `{shown}`: no event fires it"
        yield resolved.diagnostic(Code.NEVER_FIRES, message, action.when.span, str(error))
        return
    trigger = segment_trigger(text)
    contradicts = isinstance(can_hold(trigger), Impossible)
    if contradicts and not isinstance(action.when, n.Constant):
        return  # told where `when` says so
    if contradicts or isinstance(can_hold(_of_segment(trigger)), Impossible):
        message = f"no event of Segment's fires `{shown}`"
        yield resolved.diagnostic(Code.NEVER_FIRES, message, action.when.span, _hint(trigger))


def _of_segment(trigger: Trigger) -> Trigger:
    """The trigger, of events that have a type of Segment's and none of the texts that are slips of the pen."""
    slips = tuple(atom for atom, _ in _slips(trigger))
    usual = All((Any(tuple(Atom(TYPE, to_is(name)) for name in sorted(TYPES))), *(Not(slip) for slip in slips)))

    def matches(event: Event) -> bool:
        return trigger.matches(event) and event.get("type") in TYPES and not any(_has(event, slip) for slip in slips)

    return Trigger(All((trigger.formula, usual)), matches)


def _slips(trigger: Trigger) -> Iterator[tuple[Atom, str]]:
    """The tests for a text that nobody means, and what was meant."""
    for atom in atoms_of(trigger.formula):
        if isinstance(atom, Atom) and isinstance(atom.test, Is) and isinstance(atom.test.value, str):
            text = atom.test.value
            if text == "=":
                yield atom, 'Segment looks for the text "=" after `==`: write `=`'
            elif len(text) > 1 and text[0] == text[-1] == "'":
                yield atom, f"to Segment single quotes are part of the value: write {quote(text[1:-1])}"


def _has(event: Event, slip: Atom) -> bool:
    return isinstance(slip.test, Is) and descend(event, tuple(map(str, slip.place))) == slip.test.value


def _hint(trigger: Trigger) -> str:
    for _, hint in _slips(trigger):
        return hint
    for atom in atoms_of(trigger.formula):
        if isinstance(atom, Atom) and atom.place == TYPE and isinstance(atom.test, Is):
            value = atom.test.value
            if isinstance(value, str) and value not in TYPES:
                near = nearest(value, TYPES)
                return f"did you mean {quote(near)}?" if near is not None else f"types are {', '.join(sorted(TYPES))}"
    return "one `and` or `or` too many?"
