"""Mapping files of many kinds, all that ship and the reference samples: checked, formatted, and run in both engines."""

import copy
import json
from pathlib import Path

import pytest
from atpath.compiler import Rejected, load, load_text
from atpath.compiler.outcome import check_file
from atpath.compiler.prelude import Run
from atpath.compiler.reference import Reference
from atpath.dsl.diagnostics import Severity
from atpath.dsl.format import format_mapping
from atpath.dsl.parser import parse
from atpath.dsl.source import Source
from atpath.harness import events_for
from command import ROOT
from hypothesis import HealthCheck, given, settings
from shared import SHARED

SAMPLES = sorted((SHARED / "design" / "samples").glob("*.map"))
FILES = [*sorted((ROOT / "mappings").glob("*.map")), *SAMPLES]
NOW = "2024-01-01T00:00:00.000Z"

every_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


def outcome(results: list[tuple[str, object]]) -> str:
    """Results as one text: key order, number kinds and rejections included."""
    return json.dumps([(name, repr(r) if isinstance(r, Rejected) else r) for name, r in results])


@pytest.mark.skipif(not SAMPLES, reason="no reference data")
def test_the_samples_are_among_them() -> None:
    assert len(SAMPLES) >= 6


@every_file
def test_a_file_has_no_errors(path: Path) -> None:
    assert [found.message for found in check_file(str(path)) if found.severity is Severity.ERROR] == []


@every_file
def test_a_file_formats_to_what_means_the_same(path: Path) -> None:
    parsed = parse(Source(path.name, path.read_text("utf-8")))
    text = format_mapping(parsed.mapping)
    again = parse(Source(path.name, text))
    assert not again.diagnostics
    assert format_mapping(again.mapping) == text
    assert load_text(text, path.name, path.parent).python == load(path).python


@every_file
def test_both_engines_map_generated_events_the_same(path: Path) -> None:
    destination = load(path, now=lambda: NOW)
    reference = Reference(destination.resolved, Run(lambda: NOW, destination.settings))
    fired: set[str] = set()

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
    @given(events_for(destination))
    def run(event: dict[str, object]) -> None:
        before = copy.deepcopy(event)
        compiled = destination.route(event)
        assert outcome(compiled) == outcome(reference.route(event))
        assert event == before
        fired.update(name for name, _ in compiled)

    run()
    assert fired, "no generated event fired anything"
