"""Walks the finite space of a question, place by place, and keeps the cheapest event of every outcome."""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import TypeAlias, cast

from ...dsl.nodes import Json
from .classes import NOTHING
from .formula import Atom, Formula, Same, atoms_of, distinct
from .pairs import cases_of
from .places import Choice, PlaceNode, choices_of, to_places
from .residual import Residual, cut, to_residual
from .texts import TooLarge

MOST_CASES = 200_000
GUESS = 1 << 30  # the cost of an opaque condition's answer, assumed: any event without one is preferred

Outcome: TypeAlias = tuple[bool, ...]
Nearest: TypeAlias = dict[Outcome, tuple[dict[str, Json], int]]  # an event, and the leaves it changes
_Trail: TypeAlias = "tuple[PlaceNode, Choice, _Trail] | None"
_Todo: TypeAlias = "tuple[PlaceNode | _End, bool, _Todo] | None"
_Found: TypeAlias = dict[Outcome, tuple[int, _Trail]]


@dataclass(frozen=True, slots=True)
class _End:
    """Behind the last member of an object: one that stayed empty is a leaf, at this cost."""

    cost: int


@dataclass(slots=True)
class Space:
    """The finite space of a question about some formulas."""

    start: tuple[Residual, ...]
    based: bool
    cases: int = 0
    memo: dict[object, _Found] = field(default_factory=dict[object, _Found])


def solve(formulas: Sequence[Formula], base: dict[str, Json]) -> tuple[Nearest, int]:
    """For every outcome that is possible: the event nearest to `base`, and how many leaves it changes.

    Shape:  the outcomes, and how many cases were looked at; an outcome that hangs on opaque conditions has GUESS in its
            cost: it may be impossible in truth
    Errors: TooLarge
    """
    if not any(isinstance(atom, Same) for formula in formulas for atom in atoms_of(formula)):
        return _solve(formulas, base)
    best: Nearest = {}
    cases = 0
    for given, assumed in cases_of(formulas, base):
        found, count = solve((*given, assumed), base)
        cases += count
        for outcome, (event, cost) in found.items():
            known = best.get(outcome[:-1])
            if outcome[-1] and (known is None or cost < known[1]):
                best[outcome[:-1]] = event, cost
    return best, cases


def _solve(formulas: Sequence[Formula], base: dict[str, Json]) -> tuple[Nearest, int]:
    atoms = distinct(atom for formula in formulas for atom in atoms_of(formula))
    bits = {atom: 1 << index for index, atom in enumerate(atoms)}
    places = to_places([(bits[atom], atom) for atom in atoms if isinstance(atom, Atom)], base)
    space = Space(tuple(to_residual(formula, bits) for formula in formulas), bool(base))
    todo: _Todo = None
    for node in reversed(places.members.values()):
        todo = (node, False, todo)
    found = _walk(space, todo, space.start, False)
    return {outcome: (_build(base, trail), cost) for outcome, (cost, trail) in found.items()}, space.cases


def _walk(space: Space, todo: _Todo, left: tuple[Residual, ...], hollow: bool) -> _Found:
    """`hollow`: the innermost object that is open has no member yet."""
    if not space.based:
        outcome = _settled(left)
        if outcome is not None:
            space.cases += 1
            return {outcome: (hollow + _owed(todo), None)}
    key = (todo, left, hollow)
    if key not in space.memo:
        if len(space.memo) > MOST_CASES:
            raise TooLarge
        space.memo[key] = _step(space, todo, left, hollow)
    return space.memo[key]


def _owed(todo: _Todo) -> int:
    """The items of open lists that are still to be filled: each will be null, a leaf."""
    count = 0
    while todo is not None:
        count += todo[1]
        todo = todo[2]
    return count


def _settled(left: tuple[Residual, ...]) -> Outcome | None:
    outcome: list[bool] = []
    for formula in left:
        if not isinstance(formula, bool):
            return None
        outcome.append(formula)
    return tuple(outcome)


def _step(space: Space, todo: _Todo, left: tuple[Residual, ...], hollow: bool) -> _Found:
    if todo is None:
        space.cases += 1
        return _guess(left)
    node, needed, rest = todo
    if isinstance(node, _End):
        found = _walk(space, rest, left, False)
        return {o: (cost + node.cost, trail) for o, (cost, trail) in found.items()} if hollow else found
    relevant = 0
    for formula in left:
        relevant |= 0 if isinstance(formula, bool) else formula[1]
    if not node.mask & relevant and not needed:
        return _walk(space, rest, left, hollow and node.base is NOTHING)
    best: _Found = {}
    for choice in _different(node, relevant, needed):
        now = tuple([cut(formula, choice.known, choice.holding) for formula in left])
        following, empty = _opened(node, choice, rest, hollow)
        for outcome, (cost, trail) in _walk(space, following, now, empty).items():
            total = cost + choice.cost
            if outcome not in best or total < best[outcome][0]:
                best[outcome] = (total, (node, choice, trail))
    return best


def _different(node: PlaceNode, relevant: int, needed: bool) -> Iterator[Choice]:
    """The choices that differ in what is still relevant, the cheapest of those that don't."""
    seen: set[int] = set()
    for choice in choices_of(node):
        if choice.value is NOTHING and needed:
            continue
        if choice.length is None:
            if choice.holding & relevant in seen:
                continue
            seen.add(choice.holding & relevant)
        elif node.base is NOTHING and not node.mask & ~choice.known & relevant:
            continue  # what stands below makes no difference: as good as an empty container
        yield choice


def _opened(node: PlaceNode, choice: Choice, rest: _Todo, hollow: bool) -> tuple[_Todo, bool]:
    """What is still to be filled once the choice is made, and whether an object is open and empty."""
    if choice.length is None:
        return rest, hollow and choice.value is NOTHING
    if choice.length >= 0:
        for index in sorted(node.items, reverse=True):
            if index < choice.length:
                rest = (node.items[index], True, rest)
        return rest, False
    base = node.base if isinstance(node.base, dict) else {}
    todo: _Todo = (_End(-1 if node.base == {} else 1), False, rest)
    for member in reversed(node.members.values()):
        todo = (member, False, todo)
    return todo, all(name in node.members for name in base)


def _guess(left: tuple[Residual, ...]) -> _Found:
    """Only opaque conditions are left: any of their answers may be possible."""
    open_ = next((formula for formula in left if not isinstance(formula, bool)), None)
    if open_ is None:
        return {_settled(left) or (): (0, None)}
    bit = open_[1] & -open_[1]
    best: _Found = {}
    for holding in (0, bit):
        for outcome, (cost, trail) in _guess(tuple(cut(formula, bit, holding) for formula in left)).items():
            if outcome not in best or cost + GUESS < best[outcome][0]:
                best[outcome] = (cost + GUESS, trail)
    return best


def _build(base: dict[str, Json], trail: _Trail) -> dict[str, Json]:
    event = deepcopy(base)
    while trail is not None:
        node, choice, trail = trail
        holder: Json = event
        for key in node.path[:-1]:
            holder = cast("Json", holder[key])  # type: ignore[index, call-overload]
        _fill(holder, node, choice)
    return event


def _fill(holder: Json, node: PlaceNode, choice: Choice) -> None:
    key = node.path[-1]
    if isinstance(holder, dict) and isinstance(key, str):
        if choice.value is NOTHING:
            holder.pop(key, None)
        else:
            holder[key] = _filled(holder.get(key), node, choice)
    elif isinstance(holder, list) and isinstance(key, int):
        holder[key] = _filled(holder[key], node, choice)


def _filled(now: Json, node: PlaceNode, choice: Choice) -> Json:
    if choice.length is None:
        return now if choice.value is node.base else deepcopy(choice.value)  # type: ignore[return-value]
    if choice.length < 0:
        return now if isinstance(now, dict) else {}
    items = now if isinstance(now, list) else []
    return [*items[: choice.length], *([None] * (choice.length - len(items)))]
