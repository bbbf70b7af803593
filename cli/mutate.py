"""`atpath mutate`: whether a mapping's examples and laws would notice a mistake."""

import argparse
import json
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from .arguments import Parser, add_format
from .failures import UserError

if TYPE_CHECKING:
    from ..compiler.destination import Destination
    from ..harness.mutants import Mutant
    from ..harness.mutate import Report

Json: TypeAlias = Any  # what a JSON text holds

ABOUT = """\
Makes the mistakes that people make, one at a time, and runs the mapping's examples and its own laws; with --laws, also
the laws of every mapping, as `atpath test` does. What means the same as before is proved to and not counted. For what
nobody noticed it prints examples that would, ready to be pasted."""

EXAMPLES = ("atpath mutate heap", "atpath mutate heap --laws", "atpath mutate mappings/heap.map --format json")


def add_arguments(parser: Parser) -> None:
    """MAPPING --laws --at-least PERCENT."""
    parser.add_argument("mapping", metavar="MAPPING", help="a mapping file, or the name of one that ships: heap")
    parser.add_argument("--set", metavar="NAME=VALUE", action="append", default=[], help="a setting; may be repeated")
    parser.add_argument("--laws", action="store_true", help="hold the laws of every mapping too, on made-up events")
    parser.add_argument(
        "--at-least", metavar="PERCENT", type=float, default=0.0, help="exit with 1 if the score is lower (default: 0)"
    )
    add_format(parser)


def run(args: argparse.Namespace) -> int:
    """Score a mapping's tests."""
    from .folding import folded
    from .mapping import load_destination

    if not 0 <= args.at_least <= 100:
        raise UserError(f"--at-least {args.at_least:g}: a percentage, 0 to 100")
    destination = load_destination(args.mapping, args.set)
    report = _mutated(destination, args.laws)
    source = destination.resolved.source
    if args.format == "json":
        print(json.dumps(_to_json(report), indent=2, ensure_ascii=False))
    else:
        print(folded(_lines(report, lambda mutant: source.line_of(mutant.span.start))))
        for example in report.examples:  # as they are: they are for a file
            print(example, end="\n\n")
    return 1 if report.score * 100 < args.at_least else 0


def _mutated(destination: "Destination", laws: bool) -> "Report":
    from ..harness.mutate import mutate

    also = None
    if laws:
        from ..harness.laws import LAWS
        from ..harness.mutate_laws import law_notices
        from .wire import wire_for

        also = law_notices(destination, LAWS, wire_for(destination))
    if not sys.stderr.isatty():
        return mutate(destination, also)
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from .console import standard_error

    columns = (SpinnerColumn(), TextColumn("{task.completed:.0f} mistakes made"), TimeElapsedColumn())
    with Progress(*columns, console=standard_error(), transient=True) as progress:
        task = progress.add_task("mutants", total=None)
        return mutate(destination, also, lambda done: progress.update(task, completed=done))


def _lines(report: "Report", line_of: "Callable[[Mutant], int]") -> list[str]:
    killed, left = len(report.killed), len(report.survivors)
    lines = [f"{report.score:.0%}: {killed} of {killed + left} mistakes are noticed"]
    for title in report.failing:
        lines.append(
            f'example "{title}" fails on the mapping as it is, and notices nothing: mend it, `atpath test` says why'
        )
    if report.equal:
        lines.append(f"{len(report.equal)} more {'was' if len(report.equal) == 1 else 'were'} proved to change nothing")
    for mutant in report.undecided:
        lines.append(f"undecided, line {line_of(mutant)}: {_text(mutant)}")
    if left:
        lines += ["", "not noticed:"]
        lines += [f"  line {line_of(survivor.mutant)}: {_text(survivor.mutant)}" for survivor in report.survivors]
        lines += ["", "these examples would notice them; look at them, and paste those that are right:", ""]
    return lines


def _text(mutant: "Mutant") -> str:
    where = f"{mutant.action} {mutant.where}".strip()
    return f"{where}: {mutant.kind}: {mutant.what}"


def _to_json(report: "Report") -> Json:
    def listed(mutants: "tuple[Mutant, ...]") -> Json:
        return [{"action": m.action or None, "where": m.where, "kind": m.kind, "what": m.what} for m in mutants]

    return {
        "score": report.score,
        "killed": listed(report.killed),
        "survivors": [{**listed((s.mutant,))[0], "event": s.event} for s in report.survivors],
        "equal": listed(report.equal),
        "undecided": listed(report.undecided),
        "examples": report.examples,
        "failing": report.failing,
    }
