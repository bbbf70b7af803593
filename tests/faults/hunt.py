"""What finds a fault: checks, laws, the mapping's own examples and laws, and the difference to the right mapping."""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from atpath.cli.wire import wire_for
from atpath.compiler.loader import Destination
from atpath.compiler.outcome import check_source
from atpath.dsl.diagnostics import Severity
from atpath.dsl.source import Source
from atpath.harness.compare import shrink
from atpath.harness.diff import Comparison, Diff
from atpath.harness.examples import run_examples
from atpath.harness.fill import Event
from atpath.harness.laws import LAWS, Broken, Law
from atpath.harness.run import Failure, Options, Report, _Run, leaves, test_mapping
from atpath.harness.whole import whole_of

from .faults import Fault
from .mappings import MAPPINGS
from .plant import changed, planted, right, text_of
from .programs import COMPILERS, RUNTIMES

FAULTS = (*MAPPINGS, *COMPILERS, *RUNTIMES)
MOST_LEAVES = 5
FEW = 20  # beside the sweeps, which are the same each time: these go by the seed


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


def report_of(mapping: Destination, laws: Sequence[Law] = LAWS, seed: int = 0) -> Report:
    """What `atpath test` says of a mapping."""
    return test_mapping(mapping, _options(mapping, laws, seed))


def by_laws(wrong: Destination, laws: Sequence[Law] = LAWS) -> Iterator[Catch]:
    """Laws of every mapping, and its own, that do not hold."""
    yield from map(_catch, (f for f in report_of(wrong, laws).failures if f.kind != "example"))


def is_caught_by_laws(wrong: Destination, laws: Sequence[Law], enough: Callable[[Catch], bool]) -> bool:
    """Whether `atpath test` comes to such a catch: it is stopped there, as what comes after it is not asked for."""
    run = _UntilCaught(wrong, _options(wrong, laws))
    run.enough = enough
    try:
        found = run.report().failures
    except Exception:  # hypothesis, too, has something to say when its test is stopped
        if not run.caught:
            raise
        return True
    return any(enough(_catch(failure)) for failure in found if failure.kind != "example")


class _Caught(Exception):
    pass


class _UntilCaught(_Run):
    enough: Callable[[Catch], bool]
    caught = False

    def look(self, event: Event, *, made_up: bool = True) -> None:
        if any(law.check for law in self.laws):  # a law over many events at once has nothing to say of one
            super().look(event, made_up=made_up)

    def _found(self, law: Law, broken: Broken, event: Event) -> None:
        super()._found(law, broken, event)
        if self.enough(_catch(self.failures[-1])):
            self.caught = True
            raise _Caught


def _options(wrong: Destination, laws: Sequence[Law], seed: int = 0) -> Options:
    return Options(FEW, seed, tuple(laws), wire_for(wrong))


def _catch(failure: Failure) -> Catch:
    return Catch("own law" if failure.kind == "own law" else f"law {failure.name}", leaves(failure.event))


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
    for finding in Comparison(whole_of(right(fault.place)), whole_of(wrong)).findings():
        if finding.event is not None and Diff((finding,)).changes:
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
