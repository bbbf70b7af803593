"""`atpath demo`: the whole way, from sample events to a Heap, on this machine alone."""

import argparse
from dataclasses import replace
from importlib.resources import as_file, files
from pathlib import Path
from tempfile import TemporaryDirectory

from ..compiler.loader import load
from ..runtime.delivery.deliver import Policy
from ..runtime.delivery.intake import Intake, Moment
from ..runtime.delivery.post import Post
from ..runtime.delivery.sending import event_lines
from ..runtime.events import EventFile
from ..runtime.standin import Standin
from .arguments import Parser, add_format
from .console import standard_output, write_json
from .mapping import to_clock
from .send import find_target, summarise
from .streams import DEAD_LETTERS, refuse_letters_of_a_send
from .summary import Summary, draw, to_json

ABOUT = """\
Compiles the mapping for Heap that ships, sends 200 sample events through it to a stand-in for Heap on a
free port of this machine, and shows what became of them. Some of the events are wrong on purpose."""

EXAMPLES = ("atpath demo", "atpath demo --format json --dead-letters rejected.ndjson")


def add_arguments(parser: Parser) -> None:
    """--dead-letters FILE --now TIME."""
    parser.add_argument(
        "--dead-letters",
        metavar="FILE",
        default=DEAD_LETTERS,
        help=f"where rejected events go (default: {DEAD_LETTERS})",
    )
    parser.add_argument("--now", metavar="TIME", help="an ISO 8601 time that the clock stands at")
    add_format(parser)


def run(args: argparse.Namespace) -> int:
    """Show it."""
    refuse_letters_of_a_send(Path(args.dead_letters))
    with as_file(files("atpath.examples").joinpath("heap.ndjson")) as sample:
        summary = send_sample(sample, Path(args.dead_letters), args.now)
    if args.format == "json":
        write_json(to_json(summary))
        return 0
    console = standard_output()
    draw(summary, console)
    console.print()
    console.print("Next: change a row of mappings/heap.map, and run this again.")
    return 0


def send_sample(sample: Path, dead_letters: Path, now: str | None) -> Summary:
    """Send the sample events to a stand-in that lives as long as this takes."""
    clock = Moment(to_clock(now)() if now else None)
    destination = load("heap", settings={"appId": "11"}, now=clock)
    with Standin().start() as standin, TemporaryDirectory() as folder, EventFile(sample) as events:
        target = find_target(destination, standin.url, [row.name for row in destination.resolved.settings])
        policies = {destination.name: Policy(base=target.base, rate=None, attempts=1)}
        with Post(Path(folder) / "spool", dead_letters, policies) as post:
            intake = Intake(destination, target, post.spool, clock)
            post.accept(events.chunks(), None, event_lines(intake), destination.name)
            post.finish()
            post.count(intake.sent)
        stored = (
            ("events_stored", "events stored by the stand-in", len(standin.events)),
            ("users_stored", "users' properties stored by the stand-in", len(standin.users)),
        )
    summary = summarise(destination, intake.tally, intake.sent, post.letters)
    return replace(summary, more=summary.more + stored)
