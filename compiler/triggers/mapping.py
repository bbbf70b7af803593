"""The triggers of a mapping's actions, under the semantics that the mapping asks for."""

from typing import TYPE_CHECKING

from ...dsl import nodes as n
from ..destination import Destination
from ..lower import lower
from ..resolved import Resolved
from .clean import formula_of_test
from .decide import Trigger
from .formula import NEVER, Formula
from .fql import formula_of_fql

if TYPE_CHECKING:
    from ..segment.definition import Route


def triggers_of(destination: Destination) -> dict[str, Trigger]:
    """The triggers of a mapping's actions and presets, by key, with their compiled code."""
    formulas = formulas_of(destination.resolved)
    return {key: Trigger(formula, destination.actions[key].matches) for key, formula in formulas.items()}


def formulas_of(resolved: Resolved) -> dict[str, Formula]:
    """The same as formulas alone."""
    if resolved.semantics == "segment":
        return _segment_formulas(resolved)
    return {build.key: formula_of_test(build.trigger) for build in lower(resolved).builds}


def segment_routes(resolved: Resolved) -> "dict[str, Route]":
    """The actions and presets of a mapping by key, as Segment's engine has them."""
    from ..exchange.exporting import export_definition
    from ..segment.definition import load_definition

    definition = load_definition(export_definition(resolved)[0])
    presets = iter(definition.presets)
    return {a.key: next(presets) if a.preset is not None else definition.actions[a.name] for a in resolved.actions}


def _segment_formulas(resolved: Resolved) -> dict[str, Formula]:
    routes = segment_routes(resolved)
    return {
        action.key: NEVER if action.when == n.Constant(False) else formula_of_fql(routes[action.key].trigger or "")
        for action in resolved.actions
    }
