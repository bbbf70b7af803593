"""Vectors of Segment's own engine, where there are any."""

import pytest
import vectors

FOLDER = vectors.folder()


@pytest.mark.parametrize("kind", vectors.KINDS)
def test_every_vector_that_does_not_hang_on_the_javascript_runtime_holds(kind: str) -> None:
    if not (FOLDER / vectors.KINDS[kind][0]).exists():
        pytest.skip(f"no vectors: {kind}")
    failed = [
        f"{outcome.name}: {outcome.difference}"
        for outcome in vectors.run_kind(kind, FOLDER)
        if outcome.difference and outcome.js_only is None
    ]
    assert failed == []
