"""Whether the laws that hold for every mapping would notice a mutant."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import TypeAlias

from ..compiler.loader import Destination, compile_resolved
from ..compiler.resolved import Resolved
from .fill import Event
from .gen import generate, odd_events, sweep
from .laws import Law, Mapped, Trial, Wire
from .mutants import Mutant
from .mutate import Notices, only
from .run import broken_by, with_settings
from .strategies_plan import plan_of

EVENTS = 12  # of each way of making them up: small ones and full ones for every arm, odd values one by one, any mix
SEED = 0
Broken: TypeAlias = tuple[str, str, str | None]
"""A law, the action and the row that break it."""


def law_notices(destination: Destination, laws: Sequence[Law], wire: Wire | None = None) -> Notices:
    """Whether a law fails on a mutant that does not fail on the mapping, on events made up for the mapping.

    Laws that take many events at once are left out: they are about how payloads travel, which no mutant changes.
    """
    known: dict[tuple[str, ...], tuple[list[Event], frozenset[Broken]]] = {}

    def mapped(resolved: Resolved, keys: Sequence[str]) -> Mapped:
        alone = replace(only(resolved, *keys), examples=(), laws=())
        return Mapped(with_settings(compile_resolved(alone, settings=destination.settings)), wire)

    def notices(mutant: Mutant) -> bool:
        keys = (mutant.action,) if mutant.action else tuple(action.key for action in destination.resolved.actions)
        if keys not in known:
            original = mapped(destination.resolved, keys)
            events = _events(original.destination)
            known[keys] = events, frozenset(_broken(original, laws, events))
        events, before = known[keys]
        return any(broken not in before for broken in _broken(mapped(mutant.resolved, keys), laws, events))

    return notices


def _events(destination: Destination) -> list[Event]:
    plan = plan_of(destination)
    ways = (sweep(plan, SEED), odd_events(plan, SEED), generate(plan, SEED))
    return [event for way in ways for event in islice(way, EVENTS)]


def _broken(mapped: Mapped, laws: Sequence[Law], events: list[Event]) -> Iterator[Broken]:
    held = [law for law in laws if law.applies(mapped)]
    for event in events:
        trial = Trial(mapped, json.loads(json.dumps(event)))
        for law in held:
            yield from ((law.name, broken.action, broken.row) for broken in broken_by(law, trial))
