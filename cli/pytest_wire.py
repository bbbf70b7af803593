"""Tells the pytest plugin the way to Heap, so that `pytest mappings/` holds the laws that `atpath test` holds."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from ..compiler.destination import Destination
    from ..harness.laws import Wire


@pytest.hookimpl(trylast=True)
def pytest_mapping_wire(destination: "Destination") -> "Wire | None":
    """The way to Heap, for a mapping that delivers there."""
    from .wire import wire_for

    return wire_for(destination)
