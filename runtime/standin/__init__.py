"""A Heap to test against: it stores what it is sent, and misbehaves when told to."""

from .knobs import KnobError, Knobs, Limit, Limits, Script, Step, parse_knobs, parse_script
from .server import Standin
from .store import Request, Stored

__all__ = [
    "KnobError",
    "Knobs",
    "Limit",
    "Limits",
    "Request",
    "Script",
    "Standin",
    "Step",
    "Stored",
    "parse_knobs",
    "parse_script",
]
