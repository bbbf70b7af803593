"""`atpath demo`: the whole way, from sample events to a Heap, on this machine alone."""

import argparse
from importlib.resources import as_file, files
from pathlib import Path

from ..compiler.loader import load
from ..runtime.client import Heap
from ..runtime.events import DeadLetterFile, EventFile
from ..runtime.run import Tally
from ..runtime.send import Sent, requests, send
from ..runtime.standin import Standin
from .arguments import Parser, add_format
from .console import standard_output, write_json
from .mapping import to_clock
from .send import find_target, summarise
from .streams import DEAD_LETTERS
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
    clock = to_clock(now)
    destination = load("heap", settings={"appId": "11"}, now=clock if now else None)
    tally, sent = Tally(), Sent()
    with (
        Standin().start() as standin,
        Heap() as client,
        EventFile(sample) as events,
        DeadLetterFile(dead_letters) as letters,
    ):
        target = find_target(destination, standin.url)
        outgoing = requests(destination, events.chunks(), target, letters.write, tally, sent, clock)
        send(client, outgoing, letters.write, tally, sent)
        stored = (
            ("events_stored", "events stored by the stand-in", len(standin.events)),
            ("users_stored", "users' properties stored by the stand-in", len(standin.users)),
        )
    summary = summarise(destination, tally, sent, letters)
    return Summary(summary.tally, summary.drops, summary.dead_letters, summary.buried, summary.more + stored)
