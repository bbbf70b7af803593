"""The checks of a mapping whose names are bound: a function each, in one table."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from ...dsl.codes import Code
from ...dsl.diagnostics import Diagnostic
from ..resolved import Resolved
from ..schema import Schema
from .examples import check_expectations
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
from .templates import check_templates
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
    check_expectations,
    check_values,
    check_templates,
    check_firing,
    check_reached,
    check_unused,
    check_often,
    check_parting,
)


def run_checks(resolved: Resolved, schema: Schema) -> tuple[Diagnostic, ...]:
    """Everything that the checks find, in the order of the text."""
    found = [diagnostic for check in CHECKS for diagnostic in check(resolved, schema)]
    return tuple(sorted(_once(found, resolved.semantics), key=lambda d: (d.span.file, d.span.start, d.code)))


def _once(found: list[Diagnostic], semantics: str) -> Iterator[Diagnostic]:
    """A trigger that never holds because of a value that no event has is told of once: at that value.

    Of Segment's own triggers W301 names the value, and how it is spelt.
    """
    dead = [d for d in found if d.code == Code.NEVER_FIRES]
    unseen = [d for d in found if d.code == Code.UNSEEN_VALUE and any(_is_in(d, other) for other in dead)]
    told = [d for d in dead if any(_is_in(value, d) for value in unseen)]
    for diagnostic in found:
        if diagnostic in unseen and not semantics:
            yield replace(diagnostic, message=f"{diagnostic.message}: this trigger never holds")
        elif diagnostic not in (unseen if semantics else told):
            yield diagnostic


def _is_in(one: Diagnostic, other: Diagnostic) -> bool:
    return one.span.file == other.span.file and other.span.start <= one.span.start < other.span.end
