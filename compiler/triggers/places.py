"""The part of an event that some atoms look at, as a tree of places with the choices there are at each."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from ...dsl.nodes import Json
from .classes import NOTHING, Value, answer, scalars_for
from .formula import Atom, Dotted, Test

Key = str | int


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to fill a place.

    Shape:  known, holding: bits of the atoms that are settled by it, and of those among them that hold
            length: of a list with places below; -1: an object with places below; None: nothing below is looked at
    """

    value: Value
    cost: int
    known: int
    holding: int
    length: int | None = None


@dataclass(slots=True, eq=False)
class PlaceNode:
    """A place, the atoms that end here, and the places below. `base`: what stands here to begin with."""

    path: tuple[Key, ...]
    base: Value
    here: list[tuple[int, Test]] = field(default_factory=list[tuple[int, Test]])
    below: list[tuple[int, Test, bool]] = field(default_factory=list[tuple[int, Test, bool]])
    members: "dict[str, PlaceNode]" = field(default_factory=dict[str, "PlaceNode"])
    items: "dict[int, PlaceNode]" = field(default_factory=dict[int, "PlaceNode"])
    mask: int = 0
    choices: tuple[Choice, ...] | None = None


def to_places(atoms: Iterable[tuple[int, Atom]], base: Json) -> PlaceNode:
    """The tree of the places that the atoms read, over an event to begin with."""
    root = PlaceNode((), base)
    for bit, atom in atoms:
        _add(root, bit, atom, 0)
    return root


def _add(node: PlaceNode, bit: int, atom: Atom, depth: int) -> None:
    node.mask |= bit
    if depth == len(atom.place):
        node.here.append((bit, atom.test))
        return
    node.below.append((bit, atom.test, atom.sticky))
    match atom.place[depth]:
        case str() as name:
            _add(_member(node, name), bit, atom, depth + 1)
        case int() as index:
            _add(_item(node, index), bit, atom, depth + 1)
        case Dotted(index):
            _add(_member(node, str(index)), bit, atom, depth + 1)
            _add(_item(node, index), bit, atom, depth + 1)


def _member(node: PlaceNode, name: str) -> PlaceNode:
    if name not in node.members:
        base = node.base.get(name, NOTHING) if isinstance(node.base, dict) else NOTHING
        node.members[name] = PlaceNode((*node.path, name), base)
    return node.members[name]


def _item(node: PlaceNode, index: int) -> PlaceNode:
    if index not in node.items:
        held = isinstance(node.base, list) and index < len(node.base)
        node.items[index] = PlaceNode((*node.path, index), node.base[index] if held else NOTHING)  # type: ignore[index]
    return node.items[index]


def choices_of(node: PlaceNode) -> tuple[Choice, ...]:
    """Every way to fill the place that makes a difference, cheapest first.

    Errors: TooLarge
    """
    if node.choices is None:
        best: dict[tuple[int, bool], Choice] = {}  # an item of a list cannot be nothing: keep another beside it
        for choice in _leaf_choices(node):
            key = choice.holding, choice.value is NOTHING
            if key not in best or choice.cost < best[key].cost:
                best[key] = choice
        found = [*best.values(), *_object_choice(node), *_list_choices(node)]
        node.choices = tuple(sorted(found, key=lambda choice: choice.cost))
    return node.choices


def _leaf_choices(node: PlaceNode) -> Iterable[Choice]:
    tests = frozenset([*(test for _, test in node.here), *(test for _, test, sticky in node.below if sticky)])
    kept = node.base is not NOTHING and not (
        (isinstance(node.base, dict) and node.members) or (isinstance(node.base, list) and node.items)
    )
    for value in ((node.base,) if kept else ()) + scalars_for(tests):
        passed = value if value is None or value is False or value == 0 or value == "" else NOTHING
        holding = sum(bit for bit, test in node.here if answer(test, value))
        for bit, test, sticky in node.below:
            if answer(test, passed if sticky else NOTHING):
                holding |= bit
        yield Choice(value, _cost(node.base, value), node.mask, holding)


def _cost(base: Value, value: Value) -> int:
    """Leaves that differ when `value`, a leaf or nothing (or the base itself), takes the base's place."""
    if value is base or (type(value) is type(base) and value == base):
        return 0
    if value is NOTHING:
        return count_leaves(base)
    return max(count_leaves(base) - _is_leaf(base), 0) + 1


def _is_leaf(value: Value) -> bool:
    return value is not NOTHING and (not isinstance(value, dict | list) or not value)


def count_leaves(value: Value) -> int:
    """Scalars, nulls and empty containers in a value; nothing has none."""
    found, todo = 0, [value]
    while todo:  # not by calls: an event may be as deep as a line can say
        top = todo.pop()
        if isinstance(top, dict | list) and top:
            todo += top.values() if isinstance(top, dict) else top
        else:
            found += top is not NOTHING
    return found


def _object_choice(node: PlaceNode) -> Iterable[Choice]:
    if node.members:
        reached = _masks(node.members.values())
        # An empty object is a leaf itself: it goes once it has a member (`search` takes the cost back if it gets none).
        cost = 0 if isinstance(node.base, dict) and node.base else count_leaves(node.base)
        yield Choice({}, cost, *_settled(node, {}, reached), length=-1)


def _list_choices(node: PlaceNode) -> Iterable[Choice]:
    if not node.items:
        return
    base: list[Json] = node.base if isinstance(node.base, list) else []
    lengths = {len(base), *range(max(node.items) + 2)} - {0}
    for length in sorted(lengths):
        reached = _masks(item for index, item in node.items.items() if index < length)
        fillers = sum(1 for index in range(len(base), length) if index not in node.items)
        lost = sum(count_leaves(item) for item in base[length:])
        replaced = 0 if isinstance(node.base, list) else count_leaves(node.base)
        if node.base == []:
            replaced = 1  # the empty list was itself a leaf
        yield Choice([], fillers + lost + replaced, *_settled(node, [], reached), length=length)


def _masks(nodes: Iterable[PlaceNode]) -> int:
    mask = 0
    for node in nodes:
        mask |= node.mask
    return mask


def _settled(node: PlaceNode, value: Json, reached: int) -> tuple[int, int]:
    """The atoms that a container settles by itself: those that end here, and those that it leads nowhere."""
    known = holding = 0
    for bit, test in node.here:
        known |= bit
        holding |= bit if answer(test, value) else 0
    for bit, test, _ in node.below:
        if not bit & reached:
            known |= bit
            holding |= bit if answer(test, NOTHING) else 0
    return known, holding
