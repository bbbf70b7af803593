"""Where tests find the reference data that lies beside a checkout, when it does."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


def shared(name: str) -> Path:
    """The file `name` of the reference data; skips the test where there is none."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"no reference data: {name}")
    return path
