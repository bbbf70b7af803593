"""`atpath test`: what is wrong with mappings, found without a test having been written."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ..dsl.diagnostics import MappingError
from .arguments import Parser, add_format
from .failures import UserError, has_colour, reason_of, refuse
from .mapping import to_settings
from .settings import refuse_settings, settings_of_each
from .streams import refuse_overwriting

if TYPE_CHECKING:
    from ..compiler.destination import Destination, Event
    from ..compiler.schema import Schema
    from ..harness.run import Options, Report

ABOUT = """\
Checks each mapping, runs its examples and its own laws, and holds the laws of every mapping (docs/laws) against
events made up from it. A failure shows the law, the row, the smallest event, and an example to paste."""

EXAMPLES = (
    "atpath test mappings/heap.map",
    "atpath test mappings/ --profile thorough --seed 7",
    "atpath test mappings/heap.map --html coverage.html --fail-under 90",
    "atpath test mappings/heap.map --replay events.ndjson --without clock",
)
LETTER = {"line", "action", "row", "code", "reason"}  # every dead letter has these
DATABASE = Path(".hypothesis") / "examples"


def add_arguments(parser: Parser) -> None:
    """MAPPING... and how to test them."""
    parser.add_argument(
        "mapping", metavar="MAPPING", nargs="+", help="a mapping file, a folder of them, or one that ships: heap"
    )
    parser.add_argument(
        "--profile", choices=("quick", "default", "thorough"), default="default", help="how long to look"
    )
    parser.add_argument("--events", metavar="N", type=int, help="how many events to make up, whatever the profile")
    parser.add_argument(
        "--seed", metavar="N", type=int, default=0, help="another number makes up other events (default: 0)"
    )
    parser.add_argument("--replay", metavar="FILE", help="events, a JSON object a line, to look at first")
    parser.add_argument("--samples", metavar="FILE", help="sample events, a JSON object a line, to start from")
    parser.add_argument("--schema", metavar="FILE", help="a source schema that `atpath infer` wrote")
    parser.add_argument(
        "--only", metavar="LAW", action="append", default=[], help="hold this law alone; may be repeated"
    )
    parser.add_argument(
        "--without", metavar="LAW", action="append", default=[], help="leave this law out; may be repeated"
    )
    parser.add_argument("--laws", action="store_true", help="list the laws, and stop")
    parser.add_argument("--no-coverage", action="store_true", help="say nothing of what was reached")
    parser.add_argument("--html", metavar="FILE", help="write the mapping with what was reached as an HTML page")
    parser.add_argument(
        "--fail-under", metavar="PERCENT", type=float, help="exit with 1 if less of a mapping is reached"
    )
    parser.add_argument(
        "--of", choices=("run", "examples"), default="run", help="whose reach --fail-under speaks of (default: run)"
    )
    parser.add_argument("--set", metavar="NAME=VALUE", action="append", default=[], help="a setting; may be repeated")
    parser.add_argument("--no-database", action="store_true", help="keep no failing events for the next run")
    add_format(parser)


def run(args: argparse.Namespace) -> int:
    """Test mappings; the exit status is 1 if anything is wrong with one."""
    _require_hypothesis()
    if args.laws:
        return _list_laws()
    options = _options(args)
    names = _mappings(args.mapping)
    if args.html:
        _refuse_page(args, names)
    reports: list[Report] = []
    failed: list[Exception] = []
    wrong = False
    given = settings_of_each(to_settings(args.set), names)
    for name in names:
        try:
            report, bad = _tested(name, given[name], options, args)
        except (MappingError, UserError) as error:
            failed.append(error)  # the others are tested all the same
            continue
        reports += [report] if report is not None else []
        wrong = wrong or bad
    if args.html:
        _write_page(args.html, reports)
    if args.format == "json":
        from ..harness.report import to_json

        print(json.dumps([to_json(report) for report in reports], indent=2, ensure_ascii=False))
    refuse(failed)
    return 1 if wrong else 0


def _tested(
    name: str, settings: dict[str, str], options: "Options", args: argparse.Namespace
) -> "tuple[Report | None, bool]":
    """What came of one mapping, on the screen too, and whether anything is wrong with it. UserError, MappingError."""
    bad = _check(name, args.format)
    try:
        destination = _load(name, settings)
    except MappingError:
        if not bad or args.format != "pretty":
            raise
        print(f"{name}: not tested, as it cannot be compiled")  # what is wrong stands above
        return None, True
    report = _test(destination, options, name)
    if args.format == "pretty":
        _show(report, coverage=not args.no_coverage)
    coverage = report.by_examples if args.of == "examples" else report.coverage
    if args.fail_under is not None and coverage.share * 100 < args.fail_under:
        print(f"{name}: {coverage.share:.1%} is reached, less than {args.fail_under:g} %", file=sys.stderr)
        bad = True
    return report, bad or bool(report.failures)


def _require_hypothesis() -> None:
    from importlib.util import find_spec

    if find_spec("hypothesis") is None:
        raise UserError("`atpath test` needs hypothesis", hint="pip install 'atpath[test]'")


def _list_laws() -> int:
    from ..harness.laws import LAWS

    for law in LAWS:
        print(f"{law.name:<16}{law.says}")
    return 0


def _mappings(words: list[str]) -> list[str]:
    """Files, and those of folders; a mapping named twice is tested once."""
    from ..compiler.files import mappings_below

    found: dict[str, None] = {}
    for word in words:
        path = Path(word)
        files = mappings_below(path) if path.is_dir() else [word]
        if not files:
            raise UserError(f"{word} has no mapping file", hint="their names end in .map")
        found |= dict.fromkeys(files)
    return list(found)


def _load(name: str, settings: dict[str, str]) -> "Destination":
    from ..compiler.loader import load

    try:
        destination = load(name, settings=settings)
    except OSError as error:
        from ..compiler.files import near_shipped

        hint = near_shipped(name) if isinstance(error, FileNotFoundError) else ""
        raise UserError(f"{name}: {reason_of(error)}", hint) from error
    refuse_settings(settings, destination.resolved)
    return destination


def _check(name: str, form: str) -> bool:
    """Print what `check` finds; True if there is an error. A mapping that is none is reported by loading it."""
    from ..compiler.outcome import check_file
    from ..dsl.render import render_all

    try:
        found = tuple(d for d in check_file(name) if d.code[0] in "EW")
    except OSError:
        return False
    if found and form == "pretty":
        from .folding import report_width

        print(render_all(found, width=report_width(), colour=has_colour(sys.stdout)))
    return any(d.code[0] == "E" for d in found)


def _options(args: argparse.Namespace) -> "Options":
    from hypothesis.database import DirectoryBasedExampleDatabase

    from ..harness.run import PROFILES, Options, chosen_laws

    try:
        laws = chosen_laws(args.only, args.without)
    except KeyError as error:
        raise _unknown_law(str(error.args[0])) from None
    if not laws:
        raise UserError("no law is left to be held", "--without takes away what --only names")
    if args.events is not None and args.events < 1:
        raise UserError(f"--events {args.events}: a number of events, 1 or more")
    if args.fail_under is not None and not 0 <= args.fail_under <= 100:
        raise UserError(f"--fail-under {args.fail_under:g}: a percentage, 0 to 100")
    events = PROFILES[args.profile] if args.events is None else args.events
    database = None if args.no_database else DirectoryBasedExampleDatabase(DATABASE)
    return Options(
        events=events, seed=args.seed, laws=laws, schema=read_schema(args.schema), samples=read_events(args.samples),
        replay=read_events(args.replay), database=database,
    )  # fmt: skip


def _unknown_law(name: str) -> UserError:
    from difflib import get_close_matches

    from ..harness.laws import LAWS

    close = get_close_matches(name, [law.name for law in LAWS], n=1)
    return UserError(
        f"no law '{name}'", f"did you mean '{close[0]}'?" if close else "`atpath test --laws heap` lists them"
    )


def read_schema(name: str | None) -> "Schema | None":
    """The source schema of a file, None without one. Errors: UserError."""
    if name is None:
        return None
    from ..compiler.schema_file import BadSchema, from_text

    try:
        return from_text(Path(name).read_text("utf-8-sig"))
    except (BadSchema, UnicodeDecodeError) as error:
        raise UserError(
            f"{name} is no source schema: {error}", "`atpath infer EVENTS -o schema.json` writes one"
        ) from error


def read_events(name: str | None) -> "tuple[Event, ...]":
    """The events of a file, or those that its dead letters hold; UserError at the first line that is neither."""
    if name is None:
        return ()
    from ..runtime.events import DeadLetter, EventFile, read_event, split_lines

    found: list[Event] = []
    with EventFile(name) as events:
        for chunk in events.chunks():
            for line in split_lines(chunk):
                event = read_event(line)
                if isinstance(event, DeadLetter):
                    raise UserError(f"{name}:{line.number}: {event.reason}")
                found += _of_letter(event) if event.keys() >= LETTER else [event]
    return tuple(found)


def _of_letter(letter: "Event") -> "list[Event]":
    """The event of a dead letter; none where the line was no event to begin with."""
    event = letter.get("event")
    return [event] if isinstance(event, dict) else []


def _test(destination: "Destination", options: "Options", name: str) -> "Report":
    from dataclasses import replace

    from ..harness.run import test_mapping
    from .wire import wire_for

    options = replace(options, wire=wire_for(destination))
    if not sys.stderr.isatty():
        return test_mapping(destination, options)
    from rich.progress import Progress

    from .console import standard_error

    with Progress(console=standard_error(), transient=True) as progress:
        task = progress.add_task(name, total=options.events)

        def tick(stage: str, done: int, total: int) -> None:
            progress.update(task, description=f"{name}: {stage}", completed=done, total=max(total, done, 1))

        return test_mapping(destination, replace(options, tick=tick))


def _show(report: "Report", *, coverage: bool) -> None:
    from ..harness.report import screen
    from .folding import folded, report_width

    text = screen(report, width=report_width(), colour=has_colour(sys.stdout), coverage=coverage)
    *blocks, summary, _ = text.split("\n")
    print("\n".join([*blocks, folded([summary])]))


def _refuse_page(args: argparse.Namespace, names: list[str]) -> None:
    """UserError if the page would be written over something that the command reads."""
    for name in names:
        refuse_overwriting(mapping=name, page=args.html)
    for what in ("replay", "samples", "schema"):
        if given := getattr(args, what):
            refuse_overwriting(**{what: given}, page=args.html)


def _write_page(path: str, reports: "list[Report]") -> None:
    from ..harness.report_html import page

    Path(path).write_text(page(reports), "utf-8")
    print(f"coverage: {path}", file=sys.stderr)
