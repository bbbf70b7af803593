"""hypothesis strategies made from a mapping: events that reach what the mapping does, built and never filtered."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from ..compiler.destination import Destination
from ..compiler.schema import Schema
from .fill import Event
from .strategies_drawn import drawn_event, layout_of
from .strategies_plan import plan_of
from .strategies_recipes import Plan

Kind = Literal["match", "miss", "arm", "sample", "noise"]
_TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)
_NUMBER = st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False))


def events_for(
    destination: Destination,
    *,
    action: str | None = None,
    kinds: Sequence[Kind] = (),
    schema: Schema | None = None,
    samples: Iterable[Event] = (),
) -> SearchStrategy[Event]:
    """A strategy of events for a mapping.

    Shape:  action: only events made for this action (its key in `destination.actions`)
            kinds: "match" (an action fires), "miss" (one atom keeps it from firing), "arm" (a row takes an arm),
            "sample" (a sample event, changed a little), "noise" (anything); all of them without it
            schema: what `atpath infer` learned; samples: events to start from
    Errors: ValueError for an action that the mapping lacks, or where no recipe is of these kinds
    """
    if action is not None and action not in destination.actions:
        raise ValueError(f"expected one of {', '.join(destination.actions)} but got action={action!r}")
    plan = plan_of(destination, schema, tuple(samples))
    recipes = tuple(
        recipe
        for recipe in plan.recipes
        if (not kinds or recipe.kind in kinds)
        and (action is None or action in {recipe.action, *(target.action for target in recipe.targets)})
    )
    if not recipes:
        raise ValueError(f"expected kinds with a recipe but got kinds={tuple(kinds)!r}, action={action!r}")
    return events_of(Plan(recipes, plan.unreached, plan.misses), strict=bool(kinds))


def events_of(plan: Plan, *, strict: bool = False) -> SearchStrategy[Event]:
    """The strategy of a plan that is there already.

    Shape:  strict: events stay of their recipes' kinds when they are made small; else they get as small as they can
    """
    layout = layout_of(plan.weighed(), strict=strict)
    data = st.binary(min_size=layout.size, max_size=layout.size)

    @st.composite
    def events(draw: DrawFn) -> Event:
        return drawn_event(layout, draw(data), _Drawn(draw))

    return events()


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What hypothesis itself makes up, and shrinks."""

    draw: DrawFn

    def text(self) -> str:
        return self.draw(_TEXT)

    def number(self) -> int | float:
        return self.draw(_NUMBER)
