"""From a program to its fast way."""

from .. import ir
from ..prelude import Run
from .emit import emit_plan
from .lines import LineMapper, load_plan


def mapper_of(program: ir.Program | None, run: Run) -> LineMapper | None:
    """The fast way of a program, None where it has none."""
    plan = emit_plan(program) if program is not None else None
    return None if plan is None else load_plan(plan, run)
