"""Answers about triggers: for every combination of their answers an event that was run, or why there is none."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import TypeAlias

from ...dsl.nodes import Json
from .formula import Formula, is_decidable
from .leaves import distance
from .search import GUESS, Outcome, solve
from .texts import TooLarge

Event: TypeAlias = dict[str, Json]
Matcher: TypeAlias = Callable[[Event], bool]
Search: TypeAlias = Callable[[Matcher, Event], tuple[Event | None, int]]
"""Runs events that it makes up: one for which the matcher holds, brought near to another event, or None; and how many.

Nothing here makes up events. Who can gives a search along with a question, and it is asked where nothing is decided.
"""


@dataclass(frozen=True, slots=True)
class Trigger:
    """A condition to be asked about, and the code that is run for it."""

    formula: Formula
    matches: Matcher


@dataclass(frozen=True, slots=True)
class Found:
    """There is such an event: this one, run through the triggers' code.

    Shape:  cost: leaves in which it differs from the event asked about (by default from the empty event)
            smallest: no event differs in fewer
    """

    event: Event
    cost: int
    smallest: bool = True


@dataclass(frozen=True, slots=True)
class Impossible:
    """There is no such event: the finite space of cases was walked through, and none was one."""

    cases: int


@dataclass(frozen=True, slots=True)
class Undecided:
    """No such event was found, and none was excluded.

    Shape:  tried: events that a search ran; 0 where none was given
    """

    reason: str
    tried: int = 0


Answer: TypeAlias = Found | Impossible | Undecided


class Contradiction(AssertionError):
    """The decision and the code that runs disagree about an event: one of them has a defect."""


def decide(
    triggers: Sequence[Trigger], near: Event | None = None, search: Search | None = None
) -> Mapping[Outcome, Answer]:
    """What the triggers can answer together, each combination with the event nearest to `near`.

    Shape:  two triggers give the keys (True, True), (True, False), (False, True) and (False, False)
            search: asked where an answer is not decided
    Errors: Contradiction, a defect of ours
    """
    base = near or {}
    every = tuple(product((True, False), repeat=len(triggers)))
    try:
        found, cases = solve([trigger.formula for trigger in triggers], base)
    except TooLarge:
        answers: dict[Outcome, Answer] = dict.fromkeys(every, Undecided("there are too many cases to look at"))
    else:
        decidable = all(is_decidable(trigger.formula) for trigger in triggers)
        answers = dict.fromkeys(every, Impossible(cases))
        for outcome, (event, cost) in found.items():
            answers[outcome] = _checked(triggers, outcome, event, cost, decidable)
    if search is None:
        return answers
    return {outcome: _searched(triggers, outcome, answer, base, search) for outcome, answer in answers.items()}


def _searched(triggers: Sequence[Trigger], outcome: Outcome, answer: Answer, base: Event, search: Search) -> Answer:
    if not isinstance(answer, Undecided):
        return answer
    event, tried = search(lambda event: tuple([trigger.matches(event) for trigger in triggers]) == outcome, base)
    return replace(answer, tried=tried) if event is None else Found(event, distance(base, event), False)


def _checked(triggers: Sequence[Trigger], outcome: Outcome, event: Event, cost: int, decidable: bool) -> Answer:
    """The event, once the triggers' own code has answered the same."""
    if tuple([trigger.matches(event) for trigger in triggers]) == outcome:
        return Found(event, cost % GUESS, decidable and cost < GUESS)
    if cost < GUESS:
        raise Contradiction(f"{event!r} should give {outcome}")
    return Undecided("a part of the condition is not decided, and the nearest event was no example")


@dataclass(frozen=True, slots=True)
class Relation:
    """How two triggers stand to each other."""

    both: Answer
    only_first: Answer
    only_second: Answer
    neither: Answer

    @property
    def equal(self) -> bool | None:
        """They hold for the same events; None if that is not decided."""
        return _all_impossible(self.only_first, self.only_second)

    @property
    def implies(self) -> bool | None:
        """The second holds wherever the first does."""
        return _all_impossible(self.only_first)

    @property
    def implied(self) -> bool | None:
        """The first holds wherever the second does."""
        return _all_impossible(self.only_second)

    @property
    def disjoint(self) -> bool | None:
        """They never hold together."""
        return _all_impossible(self.both)


def _all_impossible(*answers: Answer) -> bool | None:
    if any(isinstance(answer, Found) for answer in answers):
        return False
    return True if all(isinstance(answer, Impossible) for answer in answers) else None


def relate(first: Trigger, second: Trigger, search: Search | None = None) -> Relation:
    """How two triggers stand to each other, each region with its smallest event."""
    answers = decide((first, second), search=search)
    return Relation(answers[True, True], answers[True, False], answers[False, True], answers[False, False])


def can_hold(trigger: Trigger, near: Event | None = None, search: Search | None = None) -> Answer:
    """An event for which the trigger holds: the smallest, or the one nearest to another event."""
    return decide((trigger,), near, search)[True,]


def can_fail(trigger: Trigger, near: Event | None = None, search: Search | None = None) -> Answer:
    """An event for which the trigger does not hold."""
    return decide((trigger,), near, search)[False,]
