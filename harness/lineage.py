"""The flows of a compiled mapping: which places of the event reach which fields."""

from ..compiler.lineage import Flow, flows_of
from ..compiler.loader import Destination


def lineage(destination: Destination) -> tuple[Flow, ...]:
    """Every flow of a mapping, each once: actions and fields in the mapping's order."""
    return flows_of(destination.resolved)
