"""What proves a mapping: events made from it, laws, examples, coverage."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .laws import LAWS
    from .run import Options, Report, test_mapping
    from .strategies import events_for
    from .strategies_plan import plan_of

_HOMES = {
    "LAWS": ".laws", "Options": ".run", "Report": ".run", "events_for": ".strategies", "plan_of": ".strategies_plan",
    "test_mapping": ".run",
}  # fmt: skip

__all__ = ["LAWS", "Options", "Report", "events_for", "plan_of", "test_mapping"]


def __getattr__(name: str) -> Any:
    """Each public name is imported when it is asked for: compiling needs no hypothesis."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name], __name__), name)
