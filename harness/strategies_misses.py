"""Near misses of a trigger: events that differ from a match in the answer to exactly one atom."""

from collections.abc import Callable
from dataclasses import dataclass

from ..compiler.prelude import equal
from ..compiler.triggers.classes import NOTHING, Nothing, answer
from ..compiler.triggers.formula import All, Atom, Formula, Not, Opaque, Same
from ..compiler.triggers.search import solve
from ..compiler.triggers.texts import TooLarge
from ..dsl.nodes import Json
from .fill import Event
from .strategies_pins import look, plain_way
from .strategies_targets import Target, atoms_in, near_miss


@dataclass(frozen=True, slots=True)
class Miss:
    """An event on which a trigger fails because of one atom, and a match that answers all others alike."""

    target: Target
    atom: Atom | Same
    event: Event
    match: Event


@dataclass(frozen=True, slots=True)
class Misses:
    """The smallest match of a trigger, its near misses, and the atoms that have none, with the reason."""

    match: Event | None
    misses: tuple[Miss, ...]
    impossible: tuple[tuple[Target, str], ...]


def misses_of(key: str, formula: Formula, matches: Callable[[Event], bool]) -> Misses:
    """A match, and for every atom that can decide a trigger by itself a near miss. `matches` runs the trigger."""
    match = nearest([formula], {})
    if match is not None and not matches(match):
        match = None
    misses: list[Miss] = []
    impossible: list[tuple[Target, str]] = []
    for atom in atoms_in(formula):
        target = Target("miss", key, "", None, repr(atom), f"{key} hangs on {atom}")
        if isinstance(atom, Opaque):
            impossible.append((target, "the condition is run, not decided"))
            continue
        pair = _pair(formula, atom)
        if pair is None or matches(pair[0]) or not matches(pair[1]):
            impossible.append((target, "its answer cannot change without that of another part"))
        else:
            misses.append(Miss(target, atom, *pair))
    return Misses(match, tuple(misses), tuple(impossible))


def _pair(formula: Formula, atom: Atom | Same) -> tuple[Event, Event] | None:
    """A near miss and its match; they answer differently to this atom and alike to all others."""
    atoms = atoms_in(formula)
    for start, matching in ((All((formula, near_miss(Not(formula), atom))), True), (near_miss(formula, atom), False)):
        event = nearest([start], {})
        if event is None:
            continue
        answers = [(a, answer_of(event, a) != (a == atom)) for a in atoms if not isinstance(a, Opaque)]
        other = nearest([a if holds else Not(a) for a, holds in answers], {})
        if other is not None:
            return (other, event) if matching else (event, other)
    return None


def answer_of(event: Event, atom: Atom | Same) -> bool:
    """What an event answers to an atom."""
    if isinstance(atom, Same):
        one, other = (_scalar(look(event, plain_way(event, place))) for place in atom.places)
        return equal(one, other)
    way = plain_way(event, atom.place)
    value = look(event, way)
    if value is NOTHING and atom.sticky:
        above = [look(event, way[:end]) for end in range(1, len(way))]
        value = next((v for v in above if v is None or v is False or v == 0 or v == ""), NOTHING)
    return answer(atom.test, value)


def _scalar(value: "Json | Nothing") -> Json:
    return None if isinstance(value, Nothing) else value


def nearest(formulas: list[Formula], near: Event) -> Event | None:
    """The event nearest to another in which the formulas hold; opaque ones are assumed to. None: there is none."""
    try:
        found, _ = solve([All(tuple(formulas))], near)
    except TooLarge:
        return None
    return found[True,][0] if (True,) in found else None
