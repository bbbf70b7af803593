"""Conditions as formulas: and, or, not over atoms, each atom one test of one place of the event."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["text", "number", "boolean", "list", "object"]


@dataclass(frozen=True, slots=True)
class Dotted:
    """A step such as the `0` of `$.items.0`: a list's item, or an object's member of that name."""

    index: int


Step: TypeAlias = str | int | Dotted
Place: TypeAlias = tuple[Step, ...]
"""The way from the event to a value: a text is a member's name, a number a list's index."""


# --- tests of one value; nothing and null are alike to all of them but IsNothing


@dataclass(frozen=True, slots=True)
class Is:
    """The value is this scalar, strictly: 1 is 1.0, and neither is "1" or true. Never null."""

    kind: Literal["text", "number", "boolean"]
    value: bool | int | float | str


@dataclass(frozen=True, slots=True)
class IsNull:
    """There is no value here, or null."""


@dataclass(frozen=True, slots=True)
class IsNothing:
    """There is no value here at all."""


@dataclass(frozen=True, slots=True)
class IsKind:
    """The value is of this kind."""

    kind: Kind


@dataclass(frozen=True, slots=True)
class Order:
    """The value is of the bound's kind, text (by code points) or number, and stands so to it."""

    op: Literal["<", "<=", ">", ">="]
    bound: int | float | str


@dataclass(frozen=True, slots=True)
class Pattern:
    """The value is a text with this part at its start, at its end, or anywhere."""

    where: Literal["start", "end", "any"]
    part: str


Test: TypeAlias = Is | IsNull | IsNothing | IsKind | Order | Pattern


# --- formulas


@dataclass(frozen=True, slots=True)
class Atom:
    """One test of one place. `sticky`: a falsy value on the way is the value there, as Segment descends."""

    place: Place
    test: Test
    sticky: bool = False


@dataclass(frozen=True, slots=True)
class Opaque:
    """A condition that is not decided; `what` is its node, and two that are equal are the same condition."""

    what: object


@dataclass(frozen=True, slots=True)
class Same:
    """Two places hold the same value; nothing is the same as null."""

    places: tuple[Place, Place]


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite."""

    term: "Formula"


@dataclass(frozen=True, slots=True)
class All:
    """Every one of the terms; with none, it holds."""

    terms: tuple["Formula", ...]


@dataclass(frozen=True, slots=True)
class Any:
    """At least one of the terms; with none, it fails."""

    terms: tuple["Formula", ...]


AnyAtom: TypeAlias = Atom | Same | Opaque
Formula: TypeAlias = AnyAtom | Not | All | Any
ALWAYS = All(())
NEVER = Any(())


def atoms_of(formula: Formula) -> Iterator[AnyAtom]:
    """The atoms, in the order in which they stand, repeats included."""
    match formula:
        case Atom() | Same() | Opaque():
            yield formula
        case Not(term):
            yield from atoms_of(term)
        case All(terms) | Any(terms):
            for term in terms:
                yield from atoms_of(term)


def is_decidable(formula: Formula) -> bool:
    """True if no part of it is opaque."""
    return not any(isinstance(atom, Opaque) for atom in atoms_of(formula))


def distinct(atoms: Iterable[AnyAtom]) -> tuple[AnyAtom, ...]:
    """Each atom once, in order."""
    return tuple(dict.fromkeys(atoms))


def to_is(value: bool | int | float | str) -> Is:
    """The test of a scalar; -0 is 0, and 1.0 is 1, so that equal tests are equal."""
    if isinstance(value, bool):
        return Is("boolean", value)
    if isinstance(value, str):
        return Is("text", value)
    return Is("number", int(value) if isinstance(value, float) and value.is_integer() else value)
