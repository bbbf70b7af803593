"""One event out of a row of bytes, in which a byte that goes to 0 takes one thing out of the event."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from ..dsl.nodes import Json
from .fill import Event, Way, put
from .strategies_build import Anything, copied, decode, make
from .strategies_pins import Pins, frame_of
from .strategies_recipes import Recipe
from .strategies_solve import deep_leaves

HEAD: Final = 3  # bytes: two for the recipe, one for the mode
MOST_EDITS: Final = 3
EDIT: Final = 4  # bytes: two for the value, 0 for none, and two for the place
MOST_NOISE: Final = 3
MOST_UNITS: Final = 120
HALF: Final = 128

# How many of 256 members are left out, and how many places are changed: more than half of the events keep what fits,
# so that payloads are built and not only refused. Whoever shrinks goes to the first.
MODES: Final[tuple[tuple[int, int], ...]] = (
    (256, 0), (1, 0), (256, 1), (1, 1), (1, 0), (256, 3), (HALF, 0), (1, 2), (1, 0), (HALF, 2),
)  # fmt: skip

Leaf: TypeAlias = tuple[Way, Json]
Unit: TypeAlias = tuple[Leaf, ...]


@dataclass(frozen=True, slots=True)
class _Form:
    """A recipe, ready to be made of bytes.

    Shape:  units: what stays in or goes out together; core: so many of them in front of which one must stay;
            members: the byte, the place and what fits there, of all that may be added
    """

    recipe: Recipe
    units: tuple[Unit, ...]
    core: int
    members: tuple[tuple[int, Way, tuple[Json, ...]], ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """The recipes of a strategy and how many bytes an event takes, the same number for all of them."""

    forms: tuple[_Form, ...]
    places: int
    size: int


def layout_of(recipes: Sequence[Recipe], *, strict: bool) -> Layout:
    """How events of these recipes are made of bytes.

    Shape:  strict: however small an event is made, it is still of its recipe's kind
    """
    ways: dict[Way, int] = {}
    forms: dict[int, _Form] = {}
    for recipe in recipes:
        if id(recipe) not in forms:
            members = [(change.way, change) for change in recipe.changes if change.whole and change.deepest]
            numbered = tuple(
                (ways.setdefault(way, len(ways)), way, tuple(c.value for c in change.values if c.kind == "fit"))
                for way, change in members
            )
            units, core = _strict_units(recipe) if strict else (_few([(leaf,) for leaf in _leaves_of(recipe)]), 0)
            forms[id(recipe)] = _Form(recipe, units, core, tuple(m for m in numbered if m[2]))
    most = max(len(form.units) for form in forms.values())
    fixed = HEAD + MOST_EDITS * EDIT + MOST_NOISE
    return Layout(tuple(forms[id(recipe)] for recipe in recipes), len(ways), fixed + len(ways) + most)


def drawn_event(layout: Layout, data: bytes, anything: Anything) -> Event:
    """The event of a row of bytes, which is as long as the layout says."""
    form = layout.forms[int.from_bytes(data[:2]) % len(layout.forms)]
    left_out, edits = MODES[data[2] % len(MODES)]
    base = HEAD + MOST_EDITS * EDIT + MOST_NOISE
    event = _frame(form, data[base + layout.places :])
    for number, way, fits in form.members if left_out < 256 else ():
        byte = data[base + number]
        if byte >= left_out:
            put(event, way, copied(fits[(byte - left_out) % len(fits)]))
    changes = form.recipe.changes
    for start in range(HEAD, HEAD + EDIT * (edits if changes else 0), EDIT):
        value = int.from_bytes(data[start : start + 2])
        if value:
            change = changes[int.from_bytes(data[start + 2 : start + 4]) % len(changes)]
            make(event, change, change.values[(value - 1) % len(change.values)], anything)
    for byte in data[base - MOST_NOISE : base] if form.recipe.noise else b"":
        if byte >= HALF:
            way, values = form.recipe.noise[(byte - HALF) % len(form.recipe.noise)]
            put(event, way, values[byte % len(values)])
    return event


def _frame(form: _Form, kept: bytes) -> Event:
    count = len(form.units)
    if 0 not in kept[:count]:
        return decode(form.recipe.frame)
    units = [unit for unit, byte in zip(form.units, kept, strict=False) if byte]
    if form.core and not any(kept[: form.core]):
        units.insert(0, form.units[0])
    event: Event = {}
    for way, value in sorted((leaf for unit in units for leaf in unit), key=lambda leaf: len(leaf[0])):
        put(event, way, copied(value))
    return event


def _strict_units(recipe: Recipe) -> tuple[tuple[Unit, ...], int]:
    """What reaches each target, one of which must stay, and then what stands in the frame besides."""
    parts: tuple[Pins, ...] = recipe.parts or (recipe.pins,)
    core = [tuple(deep_leaves(frame_of(part))) for part in parts]
    taken = {way for unit in core for way, _ in unit}
    more: list[Unit] = [(leaf,) for leaf in _leaves_of(recipe) if leaf[0] not in taken]
    return (*core, *_few(more)), len(core)


def _few(units: list[Unit]) -> tuple[Unit, ...]:
    """The units, the last ones together where there are very many."""
    last = units[MOST_UNITS:]
    return (*units[:MOST_UNITS], tuple(leaf for unit in last for leaf in unit)) if last else tuple(units)


def _leaves_of(recipe: Recipe) -> list[Leaf]:
    return deep_leaves(decode(recipe.frame))
