"""Whole destinations in other vendors' forms: Segment's definitions both ways, RudderStack's rows in."""

from .exporting import export_definition
from .importing import NoDefinition, import_definition
from .triggers import read_trigger, write_trigger

__all__ = ["NoDefinition", "export_definition", "import_definition", "read_trigger", "write_trigger"]
