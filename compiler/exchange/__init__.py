"""Whole destinations in other vendors' forms: Segment's definitions both ways, RudderStack's rows in."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .exporting import export_definition
    from .importing import NoDefinition, import_definition
    from .proof import unkept
    from .rudderstack import Loss, import_rows
    from .triggers import read_trigger, write_trigger

_HOMES = {
    "Loss": ".rudderstack", "NoDefinition": ".importing", "export_definition": ".exporting",
    "import_definition": ".importing", "import_rows": ".rudderstack", "read_trigger": ".triggers",
    "unkept": ".proof", "write_trigger": ".triggers",
}  # fmt: skip

__all__ = [
    "Loss",
    "NoDefinition",
    "export_definition",
    "import_definition",
    "import_rows",
    "read_trigger",
    "unkept",
    "write_trigger",
]


def __getattr__(name: str) -> Any:
    """Each public name is imported when it is asked for: who exports a mapping needs nothing that imports one."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name], __name__), name)
