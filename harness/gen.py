"""Generated events, fast: the plan's description with a seeded generator in place of hypothesis."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from random import Random

from .fill import Event, put
from .strategies_build import build_from, decode, make
from .strategies_recipes import Plan, Recipe
from .strategies_values import HOSTILE

SHARES: Mapping[str, float] = {"match": 70, "arm": 20, "miss": 7, "sample": 0, "noise": 3}


class Dice:
    """Choices of a seeded generator."""

    __slots__ = ("random", "roll")

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.roll = self.random.random

    def below(self, limit: int) -> int:
        return int(self.roll() * limit)

    def text(self) -> str:
        if self.below(3) == 0:
            return HOSTILE[self.below(len(HOSTILE))]
        return "".join(chr(self._character()) for _ in range(self.below(24)))

    def _character(self) -> int:
        kind = self.below(8)
        return (
            32 + self.below(95) if kind < 6 else 0xA0 + self.below(0x2F00) if kind == 6 else 0x1F300 + self.below(600)
        )

    def number(self) -> int | float:
        kind = self.below(4)
        if kind == 0:
            return self.below(100)
        size = 10.0 ** self.below(18)
        value = (self.roll() - 0.5) * size
        return int(value) if kind == 1 else value


def generate(plan: Plan, seed: int, shares: Mapping[str, float] | None = None) -> Iterator[Event]:
    """Events without end, the same for the same plan, seed and shares.

    Shape:  shares: kind of recipe -> how many of them, in any unit; SHARES without it
    Errors: ValueError where no recipe is of the kinds that have a share
    """
    dice = Dice(seed)
    wanted = SHARES if shares is None else shares
    groups = {kind: [r for r in plan.recipes if r.kind == kind] for kind in wanted}
    kinds = [kind for kind, recipes in groups.items() if recipes and wanted[kind] > 0]
    if not kinds:
        raise ValueError(f"no events are of kind {', '.join(k for k, share in wanted.items() if share > 0)}")
    choose = dice.random.choices
    weights = [wanted[kind] for kind in kinds]
    turns = {kind: _in_turn(groups[kind], dice) for kind in kinds}
    while True:
        for kind in choose(kinds, weights, k=256):
            yield build_from(next(turns[kind]), dice)


def _in_turn(recipes: list[Recipe], dice: Dice) -> Iterator[Recipe]:
    """All recipes in any order, and again in another: none is long in coming."""
    order = list(recipes)
    while True:
        dice.random.shuffle(order)
        yield from order


def sweep(plan: Plan, seed: int) -> Iterator[Event]:
    """Every recipe once, as small as it comes and as it comes."""
    dice = Dice(seed)
    for recipe in plan.recipes:
        yield build_from(recipe, _Least())
        yield build_from(recipe, dice)


def odd_events(plan: Plan, seed: int) -> Iterator[Event]:
    """Events that fire, full ones, in which every value of every place stands once, many places at a time.

    What a required field reads keeps what fits, so that payloads are built; then one place after the other is changed
    alone, and the texts that a trigger asks for are almost right.
    """
    dice = Dice(seed)
    firing = list({recipe.full: recipe for recipe in plan.recipes if recipe.kind == "match"}.values())
    for recipe in firing:
        yield from _all_changed(recipe, dice)
    for recipe in firing:
        yield from _almost(recipe)
    cases = [
        (recipe, change, [c for c in change.values if c.kind == kind])
        for recipe in firing
        for change in recipe.changes
        for kind in dict.fromkeys(c.kind for c in change.values)
    ]
    dice.random.shuffle(cases)
    for recipe, change, values in cases:
        event = decode(recipe.full)
        make(event, change, values[dice.below(len(values))], dice)
        yield event


def _all_changed(recipe: Recipe, dice: Dice) -> Iterator[Event]:
    changes = [c for c in recipe.changes if c.whole and c.deepest and not c.needed]
    starts = [dice.below(len(change.values)) for change in changes]
    for number in range(max((len(change.values) for change in changes), default=0)):
        event = decode(recipe.full)
        for change, start in zip(changes, starts, strict=True):
            make(event, change, change.values[(start + number) % len(change.values)], dice)
            if 0 in change.way:  # a second item, unlike the first
                at = change.way.index(0)
                second = replace(change, way=(*change.way[:at], 1, *change.way[at + 1 :]))
                make(event, second, change.values[(start + number + 1) % len(change.values)], dice)
        yield event


def _almost(recipe: Recipe) -> Iterator[Event]:
    """What the recipe pins as text, in another case, with a space, with more behind it."""
    for pin in recipe.pins:
        if isinstance(pin.value, str):
            text = pin.value
            for other in dict.fromkeys(
                (text.capitalize(), text.upper(), text.lower(), f" {text}", f"{text}s", text[:-1])
            ):
                event = decode(recipe.full)
                put(event, pin.way, other)
                yield event


class _Least:
    """The choices to which everything shrinks."""

    def below(self, limit: int) -> int:
        return 0

    def text(self) -> str:
        return ""

    def number(self) -> int | float:
        return 0


def numbered(events: Iterator[Event], seed: int) -> Iterator[Event]:
    """Events whose messageId, where it is a text, is their own: a receiver drops a second one of the same name."""
    for number, event in enumerate(events):
        if isinstance(event.get("messageId"), str):
            event["messageId"] = f"gen-{seed}-{number:08}"
        yield event
