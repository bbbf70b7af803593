"""The real path that a path was probably meant to be."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ...dsl import nodes as n
from ...dsl.spelling import count_edits
from ..schema import Place
from .follow import Miss, follow

_DEEPEST = 5


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Instead of the segments `first` to `last` (not included), these names."""

    first: int
    last: int
    names: tuple[str, ...]


def find_nearest(path: n.Path, miss: Miss, start: Place) -> Suggestion | None:
    """The nearest real path: another name at the step that failed, or the same names elsewhere."""
    segment = path.segments[miss.index]
    if len(segment.selectors) != 1 or not isinstance(segment.selectors[0], n.NameSelector):
        return None
    name = segment.selectors[0].name
    rest = n.Path(path.root, path.segments[miss.index + 1 :])
    near = _near_name(name, rest, miss.before)
    if near is not None:
        return Suggestion(miss.index, miss.index + 1, (near,))
    if not path.singular:
        return None
    wanted = tuple(_name(step) for step in path.steps[miss.index :])
    known = tuple(_name(step) for step in path.steps[: miss.index])
    ways = [way for way in _ways(start) if way[-len(wanted) :] == wanted]
    ways.sort(key=lambda way: (-_shared(way, known), len(way), way))
    if not ways:
        return None
    shared = _shared(ways[0], known)
    return Suggestion(shared, len(path.segments), ways[0][shared:])


def _near_name(name: str, rest: n.Path, places: Iterable[Place]) -> str | None:
    """The name with the fewest edits; of equals the one under which the path goes on, then the more frequent."""
    best: tuple[int, bool, int, str] | None = None
    for place in places:
        limit = _limit(name, place)
        for known, member in place.members.items():
            edits = 0 if known.casefold() == name.casefold() else count_edits(name, known, limit)
            if edits <= limit:
                key = (edits, isinstance(follow(rest, member), Miss), -member.count, known)
                best = key if best is None else min(best, key)
    return best[3] if best else None


def _limit(name: str, place: Place) -> int:
    """How many edits a slip may have; fewer among names that people choose freely."""
    if place.open:
        return 1 if len(name) < 8 else 2
    return 1 if len(name) < 4 else 2 if len(name) < 9 else 3


def _ways(place: Place, way: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every way by names to a place."""
    for name, member in place.members.items():
        yield (*way, name)
        if len(way) < _DEEPEST:
            yield from _ways(member, (*way, name))


def _shared(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    count = 0
    while count < min(len(one), len(other)) and one[count] == other[count]:
        count += 1
    return count


def _name(step: n.NameSelector | n.IndexSelector) -> str:
    return step.name if isinstance(step, n.NameSelector) else str(step.index)
