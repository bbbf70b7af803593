"""What finds a fault: checks, laws, the mapping's own examples and laws, and the difference to the right mapping."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from atpath.cli.wire import wire_for
from atpath.compiler.loader import Destination
from atpath.compiler.outcome import check_source
from atpath.dsl.diagnostics import Severity
from atpath.dsl.source import Source
from atpath.harness.compare import shrink
from atpath.harness.diff import diff
from atpath.harness.examples import run_examples
from atpath.harness.fill import Event
from atpath.harness.laws import LAWS, Law
from atpath.harness.run import Failure, Options, leaves, test_mapping

from .faults import Fault
from .mappings import MAPPINGS
from .plant import changed, planted, right, text_of
from .programs import COMPILERS, RUNTIMES

FAULTS = (*MAPPINGS, *COMPILERS, *RUNTIMES)
MOST_LEAVES = 5
FEW = 10  # beside the sweeps, which are the same each time: these go by the seed


@dataclass(frozen=True, slots=True)
class Catch:
    """What found a fault, as `Fault.found` says it, with the leaves of the smallest event that shows it."""

    found: str
    leaves: int


def by_checks(fault: Fault) -> Iterator[Catch]:
    """Errors and warnings that the right mapping has not; shown on the file itself, without an event."""
    wrong = changed(text_of(fault.place), fault)
    yield from (Catch(f"check {code}", 0) for code in sorted(_codes(wrong) - _codes(text_of(fault.place))))


def _codes(text: str) -> set[str]:
    return {d.code for d in check_source(Source("m", text)) if d.severity in (Severity.ERROR, Severity.WARNING)}


def failures(wrong: Destination, laws: Sequence[Law] = LAWS, seed: int = 0) -> tuple[Failure, ...]:
    """What `atpath test` says of a mapping."""
    return test_mapping(wrong, Options(FEW, seed, tuple(laws), wire_for(wrong))).failures


def by_laws(wrong: Destination, laws: Sequence[Law] = LAWS, seed: int = 0) -> Iterator[Catch]:
    """Laws of every mapping, and its own, that do not hold."""
    for failure in failures(wrong, laws, seed):
        if failure.kind != "example":
            yield Catch("own law" if failure.kind == "own law" else f"law {failure.name}", leaves(failure.event))


def by_examples(fault: Fault, wrong: Destination) -> Iterator[Catch]:
    """The mapping's own examples that fail, with their events made as small as the fault allows."""
    for outcome in run_examples(wrong):
        if outcome.broken:
            one, other = right(fault.place), wrong

            def differs(event: Event, one: Destination = one, other: Destination = other) -> bool:
                return str(one.route(event)) != str(other.route(event))

            smallest = shrink(outcome.event, differs) if differs(outcome.event) else outcome.event
            yield Catch("example", leaves(smallest))


def by_diff(fault: Fault, wrong: Destination) -> Iterator[Catch]:
    """What `atpath diff` shows against the right mapping."""
    for finding in diff(right(fault.place), wrong).changes:
        if finding.event is not None:
            yield Catch("diff", leaves(finding.event))


def hunt(fault: Fault) -> list[Catch]:
    """Everything that finds a fault, each way with its smallest event, the best way first."""
    with planted(fault) as wrong:
        catches = list(by_laws(wrong))
        if fault.kind == "mapping":
            catches = [*by_checks(fault), *catches, *by_examples(fault, wrong), *by_diff(fault, wrong)]
    smallest: dict[str, int] = {}
    for catch in catches:
        smallest[catch.found] = min(catch.leaves, smallest.get(catch.found, catch.leaves))
    return [Catch(found, size) for found, size in smallest.items()]


def main(names: Sequence[str]) -> None:
    """Say of every fault, or of those named, what finds it."""
    for fault in FAULTS:
        if not names or fault.name in names:
            ways = ", ".join(f"{c.found} ({c.leaves})" for c in hunt(fault))
            print(f"{fault.kind:9} {fault.name:32} {ways or '-'}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
