"""Whole destinations in other vendors' forms: Segment's definitions both ways, RudderStack's rows in."""

from .exporting import export_definition
from .importing import NoDefinition, import_definition
from .proof import unkept
from .rudderstack import Loss, import_rows
from .triggers import read_trigger, write_trigger

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
