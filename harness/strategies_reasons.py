"""Why nothing reaches a target: what is decided, what the rows say, and else that nothing was found."""

from collections.abc import Sequence

from ..compiler.resolved import Resolved
from ..compiler.triggers.formula import NEVER, All, Any, Atom, Formula, IsKind
from ..compiler.triggers.search import solve
from ..compiler.triggers.texts import TooLarge
from ..dsl import nodes as n
from .strategies_targets import Goal


def reason_of_match(formula: Formula) -> str:
    """Why no event fires an action."""
    if formula == NEVER:
        return "it has no trigger of its own; only presets run it"
    if is_contradiction([formula]):
        return "no event can: the parts of its trigger contradict each other"
    return "no event was found that fires it; whether one can is not decided"


def reason_of_goal(goal: Goal, trigger: Formula, resolved: Resolved) -> str:
    """Why no event takes an arm."""
    lists: list[Formula] = []
    if goal.items:
        way = goal.items[0].way
        lists = [Any((Atom(way, IsKind("list")), Atom(way, IsKind("object"))))]
    if is_contradiction(goal.event):
        return "no event can: an arm before it is always taken, or what it needs contradicts itself"
    if is_contradiction([trigger, *goal.event, *lists]):
        return "no event can: what it needs contradicts the trigger"
    if any(is_contradiction(item.formulas) for item in goal.items):
        return "no event can: what it needs of an item contradicts itself"
    row = blocking_row(resolved, goal.target.action, goal.target.row)
    if row is not None:
        return f"no event can: `{row}` is required and has no source, so every event is rejected before"
    return "no event was found that takes it; whether one can is not decided"


def is_contradiction(formulas: Sequence[Formula]) -> bool:
    """True if no event at all makes these hold; conditions that are only run may answer anything."""
    try:
        found, _ = solve([All(tuple(formulas))], {})
    except TooLarge:
        return False
    return (True,) not in found


def blocking_row(resolved: Resolved, key: str, name: str) -> str | None:
    """The row at or before another one that rejects every event; None if there is none."""
    if resolved.semantics == "segment":
        return None  # there, every row is filled before anything is judged
    action = next(action for action in resolved.actions if action.key == key)
    holders = {row.field.parts[:end] for row in action.rows for end in range(1, len(row.field.parts))}
    for row in action.rows:
        if _rejects_all(row) and row.field.parts not in holders:
            return row.field.text
        if row.field.text == name:
            return None
    return None


def _rejects_all(row: n.Row) -> bool:
    return row.source is None and row.type is not None and row.type.required is True
