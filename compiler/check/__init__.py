"""The checks of a mapping whose names are bound: a function each, in one table."""

from collections.abc import Callable, Iterable

from ...dsl.diagnostics import Diagnostic
from ..resolved import Resolved
from ..schema import Schema
from .fields import check_fields
from .firing import check_firing
from .fits import check_fits
from .given import check_examples
from .laws import check_laws
from .often import check_often
from .parting import check_parting
from .paths import check_paths
from .reached import check_reached
from .required import check_required
from .unused import check_unused
from .values import check_values

__all__ = ["CHECKS", "Check", "run_checks"]

Check = Callable[[Resolved, Schema], Iterable[Diagnostic]]

CHECKS: tuple[Check, ...] = (
    check_paths,
    check_fits,
    check_required,
    check_fields,
    check_laws,
    check_examples,
    check_values,
    check_firing,
    check_reached,
    check_unused,
    check_often,
    check_parting,
)


def run_checks(resolved: Resolved, schema: Schema) -> tuple[Diagnostic, ...]:
    """Everything that the checks find, in the order of the text."""
    found = [diagnostic for check in CHECKS for diagnostic in check(resolved, schema)]
    return tuple(sorted(found, key=lambda d: (d.span.file, d.span.start, d.code)))
