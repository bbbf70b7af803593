"""Wrong mappings and wrong programs are found, each by a small event; right ones raise no alarm."""

import json
import os
from pathlib import Path

import pytest
from atpath.harness.laws import law_named

from .faults import Fault
from .hunt import FAULTS, MOST_LEAVES, Catch, by_checks, by_diff, by_examples, is_caught_by_laws, report_of
from .pages import page
from .plant import FILES, planted, right

PAGE = Path(__file__).parent / "README.md"
FOUND = [fault for fault in FAULTS if fault.found]
SEEDS = int(os.environ.get("ATPATH_FAULT_SEEDS", "1"))  # ten, where there is time


@pytest.mark.parametrize("fault", FOUND, ids=lambda fault: fault.name)
def test_a_fault_is_found_by_a_small_event(fault: Fault) -> None:
    how, _, what = fault.found.partition(" ")

    def small(catch: Catch) -> bool:
        return catch.found == fault.found and catch.leaves <= MOST_LEAVES

    with planted(fault) as wrong:
        match how:
            case "check":
                assert any(map(small, by_checks(fault)))
            case "law" | "own":
                law = law_named(what if how == "law" else "total")
                assert law is not None
                assert is_caught_by_laws(wrong, [law], small)
            case "example":
                assert any(map(small, by_examples(fault, wrong)))
            case _:
                assert any(map(small, by_diff(fault, wrong)))


@pytest.mark.parametrize("seed", range(SEEDS))
@pytest.mark.parametrize("name", FILES)
def test_a_right_mapping_raises_no_alarm(name: str, seed: int) -> None:
    found = report_of(right(name), seed=seed)
    assert [(f.name, f.broken.message, json.dumps(f.event)) for f in found.failures] == []
    assert found.coverage.share > 0.95


def test_nearly_all_of_many_faults_are_found() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS) >= 60
    assert len(FOUND) >= 0.95 * len(FAULTS)
    assert all(fault.why for fault in FAULTS if not fault.found)
    assert not any(
        how in fault.found for fault in FAULTS if fault.kind != "mapping" for how in ("example", "diff", "check")
    )


def test_the_page_lists_them(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--update-golden"):
        PAGE.write_text(page(FAULTS), "utf-8", newline="\n")
    assert PAGE.read_text("utf-8") == page(FAULTS)
