"""Places of the event, and what of them can come along."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import Flag, auto
from typing import Literal, TypeAlias

from ...dsl.source import NOWHERE, Span

How: TypeAlias = Literal["copy", "derived", "decides"]
Step: TypeAlias = str | int
Way: TypeAlias = tuple[Step, ...]

ANY_ITEM, ANY_DEPTH = "*", "**"
_WEAKER: dict[How, int] = {"copy": 0, "derived": 1, "decides": 2}


class Kind(Flag):
    """What a value can be; NOTHING is no value at all. A text is told by the types that it fits; PLAIN fits none."""

    NOTHING = auto()
    NULL = auto()
    BOOLEAN = auto()
    NUMBER = auto()
    DIGITS = auto()
    FLAG = auto()
    TIME = auto()
    MAIL = auto()
    LINK = auto()
    PLAIN = auto()
    LIST = auto()
    OBJECT = auto()


NONE = Kind(0)
GONE = Kind.NOTHING | Kind.NULL
TEXT = Kind.DIGITS | Kind.FLAG | Kind.TIME | Kind.MAIL | Kind.LINK | Kind.PLAIN
SCALAR = Kind.BOOLEAN | Kind.NUMBER | TEXT
CONTAINER = Kind.LIST | Kind.OBJECT
VALUE = Kind.NULL | SCALAR | CONTAINER
ANYTHING = Kind.NOTHING | VALUE


@dataclass(frozen=True, slots=True)
class Origin:
    """A place of the event.

    Shape:  way: names and indexes; "*" is any item or member, "**" any number of steps
            how: "copy" it, or parts of it, stand in the field; "derived" something is made of it; "decides" it only
            says which value is taken
            without: names right below the place that are left out
            kinds: what has to stand there for it to come along
            mixed: the value has another form than the place: what was below it has lost its name
            made: what kinds of value are made of it, where it is no copy as it stands
            span: where the mapping reads it
    """

    way: Way
    how: How = "copy"
    without: frozenset[str] = frozenset()
    kinds: Kind = ANYTHING
    mixed: bool = False
    made: Kind = NONE
    span: Span = field(default=NOWHERE, compare=False)

    @property
    def path(self) -> str:
        """The place as a path."""
        return path_of(self.way)

    @property
    def deep(self) -> bool:
        """True if what stands below the place comes along as well."""
        return bool(self.kinds & CONTAINER)

    def weaker(self, how: How) -> "Origin":
        """The same, of which no more than this is left."""
        return replace(self, how=how if _WEAKER[how] > _WEAKER[self.how] else self.how, mixed=True)


def step_into(origin: Origin, step: Step, needed: Kind) -> Iterator[Origin]:
    """What stands a step below, if what the step needs can stand at the place."""
    if origin.kinds & needed and step not in origin.without:
        yield Origin((*origin.way, step), origin.how, span=origin.span)


def carries(origin: Origin, place: Way) -> bool:
    """True if what stands at `place` (or below it) can come along with the origin."""
    return next(rests(origin, place), None) is not None


def rests(origin: Origin, place: Way) -> Iterator[Way]:
    """How the place goes on below the origin, a way for each sense in which the origin carries it; () for all of it."""
    for rest in _rests(origin.way, place):
        if not rest or (str(rest[0]) not in origin.without and origin.kinds & _holder(rest[0])):
            yield rest


def _rests(way: Way, place: Way) -> Iterator[Way]:
    if not way:
        yield place
    elif way[0] == ANY_DEPTH:
        for at in range(len(place) + 1):
            yield from _rests(way[1:], place[at:])
    elif not place:
        yield ()  # the origin is a part of the place
    elif _is_any(way[0]) or _is_any(place[0]) or str(way[0]) == str(place[0]):
        yield from _rests(way[1:], place[1:])


def _holder(step: Step) -> Kind:
    return CONTAINER if _is_any(step) else Kind.LIST if isinstance(step, int) else Kind.OBJECT


def _is_any(step: Step) -> bool:
    """A wildcard; or an index from the end, which is any index, as nobody knows how long a list is."""
    return step == ANY_ITEM or (isinstance(step, int) and step < 0)


def path_of(way: Way, root: str = "$") -> str:
    """A way as a path: `$.items[*].name`."""
    text = ""
    for step in way:
        written = _written(step)
        text += written.removeprefix(".") if text.endswith("..") else written
    return root + (f"{text}*" if text.endswith("..") else text)


def _written(step: Step) -> str:
    if isinstance(step, int) or step == ANY_ITEM:
        return f"[{step}]"
    if step == ANY_DEPTH:
        return ".."
    return f".{step}" if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", step) else f"[{json.dumps(step)}]"
