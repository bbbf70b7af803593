"""`atpath run`: events to payloads."""

import argparse

from ..runtime.events import DeadLetterFile, EventFile, can_share
from ..runtime.run import Tally
from ..runtime.run import run as run_mapping
from .arguments import Parser, add_format, add_output
from .failures import UserError
from .mapping import add_mapping, load_mapping
from .streams import (
    add_events,
    dead_letter_path,
    open_output,
    refuse_letters_of_a_send,
    refuse_overwriting,
    watched,
    watched_bytes,
)
from .summary import Summary, show

ABOUT = """\
Writes a line {"action": ..., "payload": ...} for every action whose trigger holds. Events that break a
mapping's rules, and lines that hold no event, go to the dead letters; a summary goes to standard error."""

EXAMPLES = (
    "atpath run mappings/heap.map examples/heap.ndjson -o payloads.ndjson",
    "cat examples/heap.ndjson | atpath run heap - --now 2024-05-01T12:00:00Z",
)


def add_arguments(parser: Parser) -> None:
    """MAPPING EVENTS -o FILE."""
    add_mapping(parser)
    add_events(parser)
    add_output(parser, "the payloads, compressed if FILE ends in .gz")
    parser.add_argument(
        "--workers",
        metavar="N",
        type=int,
        default=1,
        help="processes that share the work, for a file that is not compressed (default: 1)",
    )
    add_format(parser)


def run(args: argparse.Namespace) -> int:
    """Run a mapping over events."""
    letters_path = dead_letter_path(args.dead_letters, args.output)
    refuse_overwriting(mapping=args.mapping, events=args.events, output=args.output, dead_letters=letters_path)
    refuse_letters_of_a_send(letters_path)
    if args.workers < 1:
        raise UserError(f"--workers {args.workers}: at least one has to do the work")
    destination = load_mapping(args)
    _keep_freed_memory()
    tally = Tally()
    with DeadLetterFile(letters_path) as letters, open_output(args.output) as output:
        if args.workers > 1 and can_share(args.events) and not args.output.endswith(".gz"):
            from ..runtime.parallel import Workers  # who runs alone starts without it

            workers = Workers(destination, destination.line_mapper(), args.events, output, args.workers)
            for _ in watched_bytes(workers.finish(tally, letters.write), workers.size, args.output):
                pass
        else:
            with EventFile(args.events) as events:
                chunks = watched(events, args.output)
                run_mapping(destination, chunks, output, letters.write, tally, destination.line_mapper())
    show(Summary(tally, destination.drops, letters.path, letters.count, kept=letters.kept), args.format)
    return 1 if args.strict and letters.count else 0


def _keep_freed_memory() -> None:
    """Have glibc keep what a chunk lets go of for the next one, where it would hand the pages back each time.

    It raises its limits (mallopt(3), M_MMAP_THRESHOLD) when a large block is let go of; no page of this one is touched.
    """
    bytes(1 << 24)
