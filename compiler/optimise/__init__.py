"""Rewrites of a program that change no payload, in their order."""

from collections.abc import Callable
from typing import TypeAlias

from ..ir import Program

Rewrite: TypeAlias = Callable[[Program], Program]

OPTIMISATIONS: tuple[Rewrite, ...] = ()


def optimise(program: Program) -> Program:
    """The program after every rewrite."""
    for rewrite in OPTIMISATIONS:
        program = rewrite(program)
    return program
