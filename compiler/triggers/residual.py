"""Formulas over numbered atoms, made to be cut down quickly while atoms become known."""

from collections.abc import Mapping
from typing import TypeAlias

from .formula import All, Any, AnyAtom, Atom, Formula, Not, Opaque, Same

Residual: TypeAlias = "bool | tuple[bool, int, int, int, tuple[Residual, ...]]"
"""A truth value; or (all?, every atom in it, atoms that must hold, atoms that must fail, parts), sets as bits.

With all? false, one of them is enough.
"""


def to_residual(formula: Formula, bits: Mapping[AnyAtom, int], negated: bool = False) -> Residual:
    """The formula over bits, its negations pushed down to the atoms."""
    match formula:
        case Atom() | Same() | Opaque():
            bit = bits[formula]
            return (True, bit, 0, bit, ()) if negated else (True, bit, bit, 0, ())
        case Not(term):
            return to_residual(term, bits, not negated)
        case All(terms) | Any(terms):
            every = isinstance(formula, All) != negated
            return _join(every, 0, 0, tuple(to_residual(term, bits, negated) for term in terms))


def cut(formula: Residual, known: int, holding: int) -> Residual:
    """What is left of the formula once the atoms `known` hold as `holding` says."""
    if isinstance(formula, bool):
        return formula
    every, mask, yes, no, parts = formula
    if not mask & known:
        return formula
    failed = (yes & known & ~holding) | (no & known & holding)
    held = (yes & known & holding) | (no & known & ~holding)
    if failed if every else held:
        return not every
    return _join(every, yes & ~known, no & ~known, tuple(cut(part, known, holding) for part in parts))


def _join(every: bool, yes: int, no: int, parts: tuple[Residual, ...]) -> Residual:
    left: list[Residual] = []
    for part in parts:
        if isinstance(part, bool):
            if part != every:
                return part
        elif not part[4] and (part[0] == every or not part[1] & (part[1] - 1)):
            yes, no = yes | part[2], no | part[3]  # the same connective, or a single atom: one level up
        elif part not in left:
            left.append(part)
    if yes & no:
        return not every
    mask = yes | no
    for part in left:
        assert not isinstance(part, bool)
        mask |= part[1]
    if not mask:
        return every
    if len(left) == 1 and not yes | no:
        return left[0]
    return (every, mask, yes, no, tuple(left))
