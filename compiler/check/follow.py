"""A path followed through a schema: the places that it reaches, or the step at which no event goes on."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ...dsl import nodes as n
from ..schema import NOTHING, Place, merge_places

UNKNOWN = Place({"any": 1}, None, open=True, events=None)


@dataclass(frozen=True, slots=True)
class Miss:
    """Nothing was seen there: the segment's index in the path, and the places before it."""

    index: int
    before: tuple[Place, ...]


def follow(path: n.Path, start: Place) -> Place | Miss:
    """What stands where the path leads. A place of which nothing is known leads anywhere."""
    places: tuple[Place, ...] = (start,)
    for index, segment in enumerate(path.segments):
        if any(is_unknown(place) for place in places):
            return UNKNOWN
        below = _distinct(d for place in places for d in _descend(place)) if segment.descend else places
        found = _distinct(place for selector in segment.selectors for at in below for place in _select(selector, at))
        if not found:
            return Miss(index, below)
        places = found
    return places[0] if len(places) == 1 else merge_places(*places)


def _distinct(places: Iterable[Place]) -> tuple[Place, ...]:
    """Each place once: descendants of descendants are met again and again."""
    return tuple({id(place): place for place in places}.values())


def is_unknown(place: Place) -> bool:
    """True where anything may stand."""
    return "any" in place.types or place is NOTHING


def inside(place: Place) -> Place:
    """What stands one step below: a list's items, an object's members."""
    below = tuple(_select(n.WildcardSelector(), place))
    return merge_places(*below) if below else UNKNOWN if place.open else NOTHING


def items_of(place: Place) -> Place:
    """What `each` goes over: a list's items; an object is a list of one."""
    if is_unknown(place):
        return UNKNOWN
    over = [place.items] if place.items is not None else []
    if "object" in place.types:
        over.append(place)
    return merge_places(*over) if over else UNKNOWN


def _select(selector: n.Selector, place: Place) -> Iterator[Place]:
    match selector:
        case n.NameSelector(name):
            if name in place.members:
                yield place.members[name]
            elif place.open and not place.members:
                yield UNKNOWN
        case n.IndexSelector(index, dotted):
            if place.items is not None:
                yield place.items
            if dotted and str(index) in place.members:
                yield place.members[str(index)]
        case n.SliceSelector():
            if place.items is not None:
                yield place.items
        case n.WildcardSelector() | n.FilterSelector():
            if place.items is not None:
                yield place.items
            yield from place.members.values()
            if place.open:
                yield UNKNOWN


def _descend(place: Place) -> Iterator[Place]:
    yield place
    if place.items is not None:
        yield from _descend(place.items)
    for member in place.members.values():
        yield from _descend(member)
