"""The checks of a mapping whose names are bound: a function each, in one table."""

from collections.abc import Callable, Iterable

from ...dsl.diagnostics import Diagnostic
from ..resolved import Resolved
from ..schema import Schema
from .paths import check_paths

__all__ = ["CHECKS", "Check", "run_checks"]

Check = Callable[[Resolved, Schema], Iterable[Diagnostic]]

CHECKS: tuple[Check, ...] = (check_paths,)


def run_checks(resolved: Resolved, schema: Schema) -> tuple[Diagnostic, ...]:
    """Everything that the checks find, in the order of the text."""
    found = [diagnostic for check in CHECKS for diagnostic in check(resolved, schema)]
    return tuple(sorted(found, key=lambda d: (d.span.file, d.span.start, d.code)))
