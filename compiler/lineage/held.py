"""What a value may hold: the places that it may be a copy of, and what is made in the mapping."""

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from ...dsl.nodes import Scalar
from ..prelude import equal
from .origins import ANY_DEPTH, ANY_ITEM, CONTAINER, GONE, NONE, TEXT, VALUE, How, Kind, Origin, Step, step_into
from .texts import kind_of


@dataclass(frozen=True, slots=True)
class Held:
    """What a value may be, each part being one of the ways in which it comes about.

    Shape:  places: it is what stands there, where that is one of the origin's kinds
            made: what it may be beside that; inside: what such a scalar is made of
            free: what may stand below it that is made of `inside` as well, if anything
            members: an object with these, where OBJECT is in `made`; items: a list of these, where LIST is
            deciding: what says which of them it is
            known: the constants that it may be, where it is more than null and nothing else can be; () for any
            parts: texts that are in it, one after the other, if it is one
            least, most: how many characters it has at least, and at most, if it is a text
    """

    places: tuple[Origin, ...] = ()
    made: Kind = NONE
    inside: tuple[Origin, ...] = ()
    members: "dict[str, Held] | None" = None
    items: "Held | None" = None
    deciding: tuple[Origin, ...] = ()
    free: Kind = NONE
    known: tuple[Scalar, ...] = ()
    parts: tuple[str, ...] = ()
    least: int = 0
    most: int = sys.maxsize

    @property
    def kinds(self) -> Kind:
        """Everything that it can be; none at all: it never comes about."""
        found = self.made
        for place in self.places:
            found |= place.kinds
        return found

    def only(self, kinds: Kind) -> "Held":
        """The same, where it is one of these."""
        made = self.made & kinds
        places = [replace(place, kinds=place.kinds & kinds) for place in self.places if place.kinds & kinds]
        if not made and not places:
            return NEVER
        return Held(
            tuple(places),
            made,
            tuple(replace(origin, made=origin.made & made) for origin in self.inside if origin.made & made),
            self.members if made & Kind.OBJECT else None,
            self.items if made & Kind.LIST else None,
            self.deciding,
            self.free,
            tuple(one for one in self.known if one is not None and kind_of(one) & made) if not places else (),
            self.parts if not places else (),
            self.least if not places else 0,
            self.most if not places else sys.maxsize,
        )

    def also(self, kinds: Kind) -> "Held":
        """The same, or one of these that holds nothing of the event."""
        if not kinds & ~self.made:
            return self
        return union([self, Held(made=kinds)])

    def could_be(self, constant: Scalar) -> bool:
        """False if it is another value than this."""
        if constant is None:
            return bool(self.kinds & GONE)  # nothing equals null
        if self.known:
            return any(equal(one, constant) for one in self.known)
        if isinstance(constant, str) and not self.least <= len(constant) <= self.most:
            return False
        within = not isinstance(constant, str) or re.search(".*".join(map(re.escape, self.parts)), constant, re.DOTALL)
        return within is not None and bool(self.kinds & kind_of(constant))

    def is_same(self, other: "Held") -> bool:
        """True if both are one and the same, whatever the event."""
        if self.kinds != other.kinds:
            return False
        return self.kinds in (Kind.NOTHING, Kind.NULL) or (
            len(self.known) == 1 and repr(self.known) == repr(other.known) and not self.kinds & GONE
        )

    def below(self, step: Step, needed: Kind) -> "Held":
        """What stands a step below in it, where it is one of the kinds that the step needs."""
        found: list[Held] = []
        if self.free and self.made & needed:
            inside = tuple(replace(o, made=self.free) for o in self.inside if o.made & CONTAINER)
            found.append(Held(made=self.free | Kind.NOTHING, inside=inside, free=self.free))
        if self.members is not None and needed & Kind.OBJECT:
            members = self.members.values() if step == "*" else [self.members.get(str(step), ABSENT)]
            found += members
        if self.items is not None and needed & Kind.LIST:
            found.append(self.items)
        places = [below for place in self.places for below in step_into(place, step, needed)]
        whole = self.made == Kind.OBJECT and not (self.places or self.free) and self.members is not None
        whole = whole and step != "*" and bool(needed & Kind.OBJECT)
        return union([Held(tuple(places), NONE if whole else Kind.NOTHING, deciding=self.deciding), *found])

    def descend(self) -> "Held":
        """Itself, or anything below it."""
        places = [each for place in self.places for each in _descended(place)]
        below = [*(self.members or {}).values(), *((self.items,) if self.items is not None else ())]
        made = self.made | (self.free if self.made & CONTAINER else NONE)
        return union([replace(self, places=tuple(places), made=made), *(each.descend() for each in below)])

    def all(self) -> Iterator[Origin]:
        """Everything of the event that is anywhere in it."""
        yield from self.places
        yield from self.inside
        for member in (self.members or {}).values():
            yield from member.all()
        if self.items is not None:
            yield from self.items.all()
        yield from self.deciding


def _descended(place: Origin) -> Iterator[Origin]:
    """A place, and what is at any depth below it: the names that are left out are so right below it alone."""
    if not place.deep:
        yield place
    elif place.without:
        yield place
        yield replace(place, way=(*place.way, ANY_ITEM, ANY_DEPTH), kinds=VALUE, without=frozenset())
    else:
        yield replace(place, way=(*place.way, ANY_DEPTH), kinds=VALUE)


NEVER = Held()
ABSENT = Held(made=Kind.NOTHING)


def union(held: Iterable[Held]) -> Held:
    """One of these, nobody knows which."""
    each = [one for one in held if one is not NEVER]
    if len(each) < 2:
        return each[0] if each else NEVER
    made = free = NONE
    for one in each:
        made |= one.made
        free |= one.free
    members = [one.members or {} for one in each if one.made & Kind.OBJECT]
    known = [one.known for one in each if one.kinds & ~GONE]
    texts = [one for one in each if one.kinds & TEXT]
    items = [one.items for one in each if one.items is not None]
    return Held(
        tuple(dict.fromkeys(place for one in each for place in one.places)),
        made,
        tuple(dict.fromkeys(origin for one in each for origin in one.inside)),
        {name: union(m.get(name, ABSENT) for m in members) for name in dict.fromkeys(k for m in members for k in m)}
        if any(one.members is not None for one in each)
        else None,
        union(items) if items else None,
        tuple(dict.fromkeys(origin for one in each for origin in one.deciding)),
        free,
        tuple({repr(one): one for several in known for one in several}.values()) if all(known) else (),
        texts[0].parts if len(texts) == 1 else (),
        texts[0].least if len(texts) == 1 else 0,
        max((one.most for one in texts), default=sys.maxsize),
    )


def made_of(held: Iterable[Held], kinds: Kind, how: How = "copy", *, free: Kind = NONE) -> Held:
    """Something new of these kinds, made of all that is in these."""
    origins = dict.fromkeys(origin.weaker(how) for one in held for origin in one.all())
    deciding = tuple(origin for origin in origins if origin.how == "decides")
    return Held(
        made=kinds,
        inside=tuple(replace(origin, made=kinds) for origin in origins if origin.how != "decides"),
        deciding=deciding,
        free=free,
    )


def decides(held: Held) -> tuple[Origin, ...]:
    """Everything in a value, as what only decides."""
    return tuple(dict.fromkeys(origin.weaker("decides") for origin in held.all()))


def only_there(held: Held, made: Held) -> tuple[Origin, ...]:
    """What of a value shows in what was made of it only by being there, as nothing of it comes along."""
    ways = [origin.way for origin in made.all()]
    return tuple(each for each in decides(held) if not any(way[: len(each.way)] == each.way for way in ways))
