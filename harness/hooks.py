"""What other pytest plugins may tell the one that collects mapping files."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from ..compiler.destination import Destination
    from .laws import Wire


@pytest.hookspec(firstresult=True)
def pytest_mapping_wire(destination: "Destination") -> "Wire | None":
    """The way from a mapping's results to requests, for the laws that speak of requests; None if you know none.

    Shape:  in a `conftest.py`, `def pytest_mapping_wire(destination): return MyWire()`; see `atpath.harness.laws.Wire`
    """
