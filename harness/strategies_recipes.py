"""Plans as data: recipes, the places that they leave free, and what no recipe reaches."""

from dataclasses import dataclass, replace

from ..dsl.nodes import Json
from .fill import Way
from .strategies_misses import Miss
from .strategies_pins import Pins
from .strategies_targets import Target
from .strategies_values import Candidate

MANY_TARGETS = 4


@dataclass(frozen=True, slots=True)
class Change:
    """A place that may be changed.

    Shape:  whole: by any value; else only members are added to the object there; needed: a required field reads it;
            deepest: no other place that is read lies in it
    """

    way: Way
    whole: bool
    values: tuple[Candidate, ...]
    needed: bool = False
    deepest: bool = True


@dataclass(frozen=True, slots=True)
class Recipe:
    """A kind of event.

    Shape:  kind: "match", "miss", "arm", "sample" or "noise"; action: "" for noise; frame: JSON of the smallest such
            event; full: JSON of one in which every place that is read holds what fits; pins: of all targets;
            parts: those of each target, where there are several
    """

    kind: str
    action: str
    targets: tuple[Target, ...]
    frame: bytes
    full: bytes
    pins: Pins
    changes: tuple[Change, ...]
    noise: tuple[tuple[Way, tuple[Json, ...]], ...]
    parts: tuple[Pins, ...] = ()


def _weight(recipe: Recipe) -> int:
    return 1 if recipe.kind != "arm" else 3 if len(recipe.targets) >= MANY_TARGETS else 2


def _plain(recipe: Recipe) -> Recipe:
    changes = tuple(replace(c, values=tuple(v for v in c.values if v.kind == "fit")) for c in recipe.changes)
    return replace(recipe, frame=recipe.full, changes=tuple(change for change in changes if change.values))


@dataclass(frozen=True, slots=True)
class Unreached:
    """A target for which there is no recipe, and why."""

    target: Target
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that is generated for a mapping: small recipes first."""

    recipes: tuple[Recipe, ...]
    unreached: tuple[Unreached, ...]
    misses: tuple[Miss, ...]

    def weighed(self) -> tuple[Recipe, ...]:
        """The recipes in order, those that reach what others don't standing there more than once."""
        return tuple(recipe for recipe in self.recipes for _ in range(_weight(recipe)))

    def plain(self) -> "Plan":
        """The plan with values alone that fit their places."""
        return replace(self, recipes=tuple(_plain(recipe) for recipe in self.recipes))
