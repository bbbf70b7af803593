"""Wrong mappings and wrong programs are found, each by a small event; right ones raise no alarm."""

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from atpath.cli.wire import HeapWire, wire_for
from atpath.compiler import load_text
from atpath.compiler.loader import Destination
from atpath.compiler.outcome import check_source
from atpath.dsl.source import Source
from atpath.harness.compare import shrink
from atpath.harness.diff import diff
from atpath.harness.examples import run_examples
from atpath.harness.laws import LAWS, Request
from atpath.harness.run import Failure, Options, leaves, test_mapping

from .mappings import FAULTS, Fault
from .programs import PROGRAMS, WIRES, ProgramFault, WireFault

HERE = Path(__file__).parent
FILES = {"heap": HERE.parents[1] / "mappings" / "heap.map", "shop": HERE / "shop.map"}
MOST_LEAVES = 5
FEW = 10  # beside the sweeps, which are the same each time: these go by the seed


@cache
def right(name: str) -> Destination:
    return load_text(FILES[name].read_text("utf-8"), name, now=lambda: "2024-01-01T00:00:00.000Z")


def run(destination: Destination, *laws: str, seed: int = 0) -> tuple[Failure, ...]:
    chosen = tuple(law for law in LAWS if not laws or law.name in laws)
    return test_mapping(destination, Options(FEW, seed, chosen, wire_for(destination))).failures


def codes(text: str) -> set[str]:
    return {d.code for d in check_source(Source("m", text)) if d.code[0] in "EW"}


def wrong(fault: Fault) -> str:
    text = FILES[fault.file].read_text("utf-8")
    assert fault.old in text
    return text.replace(fault.old, fault.new, 1)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_wrong_mapping_is_found(fault: Fault) -> None:
    text = wrong(fault)
    how, _, what = fault.by.partition(" ")
    if how == "check":
        assert what in codes(text)
        return
    destination = load_text(text, now=lambda: "2024-01-01T00:00:00.000Z")
    if how in ("law", "own"):
        wanted = what if how == "law" else right(fault.file).resolved.laws[0].title
        found = [f for f in run(destination, *((what,) if how == "law" else ("total",))) if f.name == wanted]
        assert found
        assert min(leaves(f.event) for f in found) <= MOST_LEAVES
        return
    if how == "diff":
        events = [c.event for c in diff(right(fault.file), destination).changes if c.event is not None]
    else:
        failed = [outcome.event for outcome in run_examples(destination) if outcome.broken]
        events = [shrink(event, lambda e: differs(right(fault.file), destination, e)) for event in failed]
    assert min(map(leaves, events)) <= MOST_LEAVES


def differs(one: Destination, other: Destination, event: dict[str, object]) -> bool:
    return str(one.route(event)) != str(other.route(event))


@pytest.mark.parametrize("fault", PROGRAMS, ids=lambda fault: fault.name)
def test_a_wrong_compiler_is_found(fault: ProgramFault) -> None:
    destination = right(fault.file)
    failures = run(replace(destination, _route=fault.wrap(destination._route)), fault.law)
    found = [f for f in failures if f.name == fault.law]
    assert found
    assert min(leaves(f.event) for f in found) <= MOST_LEAVES


@pytest.mark.parametrize("fault", WIRES, ids=lambda fault: fault.name)
def test_a_wrong_runtime_is_found(fault: WireFault) -> None:
    class Wrong(HeapWire):
        def requests(self, destination, events) -> list[Request]:
            return fault.change(super().requests(destination, events))

    chosen = tuple(law for law in LAWS if law.name == fault.law)
    failures = test_mapping(right("heap"), Options(FEW, 0, chosen, Wrong())).failures
    found = [f for f in failures if f.name == fault.law]
    assert found
    assert min(leaves(f.event) for f in found) <= MOST_LEAVES


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("name", FILES)
def test_a_right_mapping_raises_no_alarm(name: str, seed: int) -> None:
    assert [(f.name, f.broken.message, json.dumps(f.event)) for f in run(right(name), seed=seed)] == []


def test_there_are_enough_faults() -> None:
    names = [fault.name for fault in (*FAULTS, *PROGRAMS, *WIRES)]
    assert len(names) == len(set(names)) >= 60
