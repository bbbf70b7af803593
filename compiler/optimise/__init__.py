"""Rewrites of a program that change no payload, in their order."""

from collections.abc import Callable
from typing import TypeAlias

from ..ir import Program
from .drop_dead_arms import drop_dead_arms
from .fold_constants import fold_constants
from .follow_binds import follow_binds
from .place_shapes import place_shapes

Rewrite: TypeAlias = Callable[[Program], Program]

OPTIMISATIONS: tuple[Rewrite, ...] = (
    fold_constants,  # first: makes tests known
    drop_dead_arms,  # needs those
    follow_binds,
)
FOR_DICTS: tuple[Rewrite, ...] = (place_shapes,)  # from bytes to bytes, it is no gain


def optimise(program: Program) -> Program:
    """The program after every rewrite that serves whatever is made of it."""
    for rewrite in OPTIMISATIONS:
        program = rewrite(program)
    return program


def optimise_for_dicts(program: Program) -> Program:
    """The same, made ready to be emitted as Python from dict to dict."""
    for rewrite in FOR_DICTS:
        program = rewrite(program)
    return program
