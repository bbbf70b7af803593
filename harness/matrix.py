"""How the triggers of a mapping stand to each other, and which events none of them takes."""

from collections.abc import Iterator
from dataclasses import dataclass

from ..compiler.loader import Destination
from ..compiler.triggers import (
    Answer,
    Found,
    Impossible,
    Relation,
    Search,
    Trigger,
    Undecided,
    can_fail,
    can_hold,
    clean_trigger,
    decide,
    relate,
    triggers_of,
)
from ..compiler.triggers.formula import Any
from ..dsl import nodes as n
from ..dsl.format_expr import format_condition
from .fill import Event
from .search import Pool
from .whole import source_of

KINDS = ("track", "page", "screen", "identify", "group", "alias")  # the types of Segment's common events


@dataclass(frozen=True, slots=True)
class TriggerStory:
    """One trigger.

    Shape:  never, always: None where that is not decided; idle: tests that could be left out without a change
            event: the smallest that fires it; tried: events that were run where something is not decided
    """

    key: str
    text: str
    never: bool | None
    always: bool | None
    idle: tuple[str, ...]
    event: Event | None
    tried: int = 0


@dataclass(frozen=True, slots=True)
class Pair:
    """Two triggers: "same", "inside" (the first implies the second), "around", "overlap", "apart" or "undecided".

    Shape:  event: the smallest that fires both; tried: events that were run where something is not decided
    """

    first: str
    second: str
    word: str
    event: Event | None
    tried: int = 0


@dataclass(frozen=True, slots=True)
class KindStory:
    """What becomes of events of one type: "all" taken, "some", "none" or "undecided"; `event`: one not taken."""

    kind: str
    taken: str
    event: Event | None
    tried: int = 0


@dataclass(frozen=True, slots=True)
class Matrix:
    """All triggers, all pairs of them, and the types of events."""

    triggers: tuple[TriggerStory, ...]
    pairs: tuple[Pair, ...]
    kinds: tuple[KindStory, ...]


def matrix(destination: Destination) -> Matrix:
    """How the triggers of a mapping stand to each other."""
    triggers = triggers_of(destination)
    conditions = {action.key: action.when for action in destination.resolved.actions}
    segment = destination.resolved.semantics == "segment"
    search = Pool((source_of(destination),)).search
    stories = tuple(_story(key, trigger, conditions[key], segment, search) for key, trigger in triggers.items())
    keys = list(triggers)
    pairs = tuple(
        _pair(first, second, relate(triggers[first], triggers[second], search))
        for index, first in enumerate(keys)
        for second in keys[index + 1 :]
    )
    return Matrix(stories, pairs, tuple(_kinds(triggers, search)))


def _story(key: str, trigger: Trigger, condition: n.Condition | None, segment: bool, search: Search) -> TriggerStory:
    hold, fail = can_hold(trigger, search=search), can_fail(trigger, search=search)
    text = format_condition(condition) if condition is not None else "always"
    idle = tuple(_idle(trigger, condition)) if condition is not None and not segment else ()
    event = hold.event if isinstance(hold, Found) else None
    return TriggerStory(key, text, _is_impossible(hold), _is_impossible(fail), idle, event, _tried(hold, fail))


def _tried(*answers: Answer) -> int:
    return max((answer.tried for answer in answers if isinstance(answer, Undecided)), default=0)


def _is_impossible(answer: object) -> bool | None:
    return False if isinstance(answer, Found) else True if isinstance(answer, Impossible) else None


def _idle(trigger: Trigger, condition: n.Condition) -> Iterator[str]:
    """The tests without which the trigger is the same."""
    for dropped, shorter in dropped_terms(condition):
        if relate(trigger, clean_trigger(shorter)).equal:
            yield format_condition(dropped)


def dropped_terms(condition: n.Condition) -> Iterator[tuple[n.Condition, n.Condition]]:
    """Each term of an `and` or `or`, with the condition that is left without it."""
    match condition:
        case n.And(terms) | n.Or(terms):
            for index, term in enumerate(terms):
                rest = (*terms[:index], *terms[index + 1 :])
                yield term, rest[0] if len(rest) == 1 else type(condition)(rest, span=condition.span)
                for dropped, shorter in dropped_terms(term):
                    changed = (*terms[:index], shorter, *terms[index + 1 :])
                    yield dropped, type(condition)(changed, span=condition.span)
        case n.Not(term):
            for dropped, shorter in dropped_terms(term):
                yield dropped, n.Not(shorter, span=condition.span)
        case _:
            pass


def _pair(first: str, second: str, relation: Relation) -> Pair:
    event = relation.both.event if isinstance(relation.both, Found) else None
    if relation.disjoint:
        word = "apart"
    elif relation.equal:
        word = "same"
    elif relation.implies:
        word = "inside"
    elif relation.implied:
        word = "around"
    else:
        word = "overlap" if event is not None else "undecided"
    return Pair(first, second, word, event, _tried(relation.both, relation.only_first, relation.only_second))


def _kinds(triggers: dict[str, Trigger], search: Search) -> Iterator[KindStory]:
    listed = list(triggers.values())
    any_ = Trigger(Any(tuple(t.formula for t in listed)), lambda event: any(t.matches(event) for t in listed))
    for kind in KINDS:
        of_kind = clean_trigger(n.Compare(n.Path("", (n.Segment((n.NameSelector("type"),)),)), "=", n.Literal(kind)))
        answers = decide((of_kind, any_), search=search)
        missed, taken = answers[True, False], answers[True, True]
        event = missed.event if isinstance(missed, Found) else None
        if isinstance(missed, Impossible):
            yield KindStory(kind, "all", None)
        elif isinstance(taken, Impossible):
            yield KindStory(kind, "none", event)
        else:
            word = "some" if event is not None and isinstance(taken, Found) else "undecided"
            yield KindStory(kind, word, event, _tried(missed, taken))
