"""Mapping files to Python callables."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..dsl.diagnostics import MappingError
    from .destination import Action, Destination
    from .loader import load, load_text
    from .paths.find import find, find_paths
    from .prelude import Rejected

_HOMES = {
    "Action": ".destination", "Destination": ".destination", "MappingError": "..dsl.diagnostics",
    "Rejected": ".prelude", "find": ".paths.find", "find_paths": ".paths.find",
    "load": ".loader", "load_text": ".loader",
}  # fmt: skip

__all__ = ["Action", "Destination", "MappingError", "Rejected", "find", "find_paths", "load", "load_text"]


def __getattr__(name: str) -> Any:
    """Each public name is imported when it is asked for: a start should cost what it uses."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name], __name__), name)
