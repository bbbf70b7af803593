"""Pins: what must stand, or must not, at places of an event so that it does what it was made for."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from ..compiler.triggers.classes import NOTHING, Nothing
from ..compiler.triggers.formula import AnyAtom, Atom, Dotted, Formula, Place, Same, atoms_of
from ..dsl.nodes import Json
from .fill import Event, Way, put


@dataclass(frozen=True, slots=True)
class Pin:
    """A place and what stands there; NOTHING: nothing does. `open`: any object or list would do, with more in it."""

    way: Way
    value: "Json | Nothing"
    open: bool = False

    @property
    def present(self) -> bool:
        """True if something stands there."""
        return not isinstance(self.value, Nothing)


Pins: TypeAlias = tuple[Pin, ...]


def look(event: Json, way: Way) -> "Json | Nothing":
    """What stands at a place, or NOTHING."""
    for key in way:
        match event:
            case dict() if isinstance(key, str) and key in event:
                event = event[key]
            case list() if isinstance(key, int) and key < len(event):
                event = event[key]
            case _:
                return NOTHING
    return event


def pins_of(event: Event, formulas: Iterable[Formula]) -> Pins:
    """What the formulas' places hold in an event that answers them."""
    places = [place for formula in formulas for atom in atoms_of(formula) for place in places_of(atom)]
    found = {pin.way: pin for pin in (_settled(event, plain_way(event, place)) for place in places)}
    return tuple(sorted(found.values(), key=_order))


def places_of(atom: AnyAtom) -> tuple[Place, ...]:
    """The places that an atom looks at; none that is known of one that is only run."""
    match atom:
        case Atom(place):
            return (place,)
        case Same(places):
            return places
        case _:
            return ()


def _order(pin: Pin) -> int:
    return len(pin.way)  # and then as the trigger speaks of them: `type` mostly comes first


def plain_way(event: Event, place: Place) -> Way:
    """A place without dotted indexes: into a list where one stands there, else a member's name."""
    way: Way = ()
    for step in place:
        if isinstance(step, Dotted):
            step = step.index if isinstance(look(event, way), list) else str(step.index)
        way = (*way, step)
    return way


def _settled(event: Event, way: Way) -> Pin:
    """The pin of a place; a list or a scalar on the way to it is pinned itself."""
    for end in range(1, len(way)):
        above = look(event, way[:end])
        if isinstance(above, Nothing):
            return Pin(way, NOTHING)
        if not isinstance(above, dict):
            return Pin(way[:end], above)
    value = look(event, way)
    return Pin(way, value, isinstance(value, dict))


def closed(event: Event) -> Pins:
    """Every member of an event pinned as it is."""
    return tuple(Pin((key,), value) for key, value in event.items())


def merged(one: Pins, other: Pins) -> Pins | None:
    """Both sets; None where they cannot hold together."""
    mine = {pin.way: pin for pin in one}
    for pin in other:
        if not all(_together(pin, held) for held in one):
            return None
        held = mine.get(pin.way)
        mine[pin.way] = pin if held is None or held.open else held
    return tuple(sorted(mine.values(), key=_order))


def _together(one: Pin, other: Pin) -> bool:
    if len(one.way) > len(other.way):
        one, other = other, one
    if other.way[: len(one.way)] != one.way:
        return True
    if one.way == other.way:
        return repr(one.value) == repr(other.value)
    if one.open:
        return isinstance(one.value, dict)
    if not one.present or not isinstance(one.value, dict | list):
        return not other.present
    return repr(look(one.value, other.way[len(one.way) :])) == repr(other.value)


def frame_of(pins: Pins) -> Event:
    """The smallest event that has what the pins want."""
    event: Event = {}
    for pin in pins:
        if isinstance(pin.value, Nothing):
            continue
        if pin.open and isinstance(look(event, pin.way), dict):
            continue
        put(event, pin.way, {} if pin.open and isinstance(pin.value, dict) else _copied(pin.value))
    return event


def _copied(value: Json) -> Json:
    match value:
        case dict():
            return {key: _copied(item) for key, item in value.items()}
        case list():
            return [_copied(item) for item in value]
        case _:
            return value


def freedom(pins: Pins, way: Way) -> str:
    """How far a place may be changed: "free", "object" (its own members only, others kept), or "" for not at all."""
    state = "free"
    for pin in pins:
        if way[: len(pin.way)] == pin.way and not pin.open:
            return ""
        if way == pin.way or pin.way[: len(way)] == way:
            state = "object"
    return state if state == "free" or not any(isinstance(key, int) for key in way) else ""
