"""Questions about triggers, decided: can it hold, does one imply the other, on which event do they differ."""

from .clean import clean_trigger
from .decide import (
    Answer,
    Contradiction,
    Found,
    Impossible,
    Relation,
    Search,
    Trigger,
    Undecided,
    can_fail,
    can_hold,
    decide,
    relate,
)
from .fql import fql_difference, segment_trigger
from .leaves import distance, leaves_of, same_leaf
from .mapping import formulas_of, segment_routes, triggers_of

__all__ = [
    "Answer",
    "Contradiction",
    "Found",
    "Impossible",
    "Relation",
    "Search",
    "Trigger",
    "Undecided",
    "can_fail",
    "can_hold",
    "clean_trigger",
    "decide",
    "distance",
    "formulas_of",
    "fql_difference",
    "leaves_of",
    "relate",
    "same_leaf",
    "segment_routes",
    "segment_trigger",
    "triggers_of",
]
