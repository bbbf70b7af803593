"""`atpath send`: events to requests, and the requests to Heap."""

import argparse
from collections.abc import Iterable, Iterator

from ..runtime.bulk import Request, Target, TargetError, to_target
from ..runtime.client import Heap
from ..runtime.events import DeadLetterFile, EventFile
from ..runtime.json_text import encode
from ..runtime.run import Destination, Tally
from ..runtime.send import DeliveryError, Sent, call_of, count_request, requests
from ..runtime.send import send as send_requests
from .arguments import Parser, add_format, add_output
from .failures import UserError
from .mapping import add_mapping, load_mapping, to_clock
from .streams import add_events, dead_letter_path, open_output, refuse_overwriting, watched
from .summary import Summary, show

ABOUT = """\
Sends what the mapping makes of the events to Heap: to the host of the region that the mapping's settings
name, or to --url. What cannot be sent, or is refused, goes to the dead letters, whole and with the reason.
Sending the same events again is harmless: Heap takes an event once."""

EXAMPLES = (
    "atpath send mappings/heap.map examples/heap.ndjson --set appId=11 --dry-run",
    "atpath send mappings/heap.map examples/heap.ndjson --set appId=11 --url http://127.0.0.1:8211",
)


def add_arguments(parser: Parser) -> None:
    """MAPPING EVENTS --url URL --dry-run."""
    add_mapping(parser)
    add_events(parser)
    parser.add_argument("--url", metavar="URL", help="send there, such as to a stand-in, and not to Heap's host")
    parser.add_argument("--dry-run", action="store_true", help="write the requests instead of sending them")
    add_output(parser, "the requests of --dry-run")
    add_format(parser)


def run(args: argparse.Namespace) -> int:
    """Send events."""
    output = args.output if args.dry_run else "-"
    letters_path = dead_letter_path(args.dead_letters, output)
    refuse_overwriting(events=args.events, output=output, dead_letters=letters_path)
    destination = load_mapping(args)
    target = find_target(destination, args.url)
    tally, sent = Tally(), Sent()
    failure: DeliveryError | None = None
    with EventFile(args.events) as events, DeadLetterFile(letters_path) as letters:
        chunks = watched(events, output if args.dry_run else "")
        outgoing = requests(destination, chunks, target, letters.write, tally, sent, to_clock(args.now))
        if args.dry_run:
            _write(outgoing, output, sent)
        else:
            failure = _send(outgoing, letters, tally, sent)
    show(summarise(destination, tally, sent, letters, args.dry_run), args.format)
    if failure:
        raise UserError(
            f"Heap takes no requests: {failure}",
            hint="send the same events again once that is mended; what has arrived is not stored twice",
        )
    return 1 if args.strict and letters.count else 0


def find_target(destination: Destination, url: str | None) -> Target:
    """Where a mapping's payloads go. UserError if it does not say."""
    if not any(call_of(destination, action) for action in destination.actions):
        raise UserError(
            f"{destination.name}: no action says where its payloads go",
            hint="write `deliver heap track` or `deliver heap users` under the action's title",
        )
    if url is not None and not url.startswith(("http://", "https://")):
        raise UserError(f"--url {url}: no address", hint="write it as http://127.0.0.1:8211")
    try:
        return to_target(destination.settings, url)
    except TargetError as error:
        raise UserError(str(error), hint="say it with --set appId=11, or --set region=EU") from error


def summarise(
    destination: Destination, tally: Tally, sent: Sent, letters: DeadLetterFile, dry: bool = False
) -> Summary:
    """What sending came to, or would have come to if it was dry."""
    drops = {**destination.drops}
    for place, times in sent.cuts.items():
        drops[place] = drops.get(place, 0) + times
    done = "made" if dry else "sent"
    facts = (
        (f"requests_{done}", f"requests {done}", sent.requests),
        ("requests_repeated", "requests sent again", sent.retries),
        (f"events_{done}", f"events {done}", sent.events),
        (f"users_{done}", f"users' properties {done}", sent.users),
        ("unaddressed", "payloads of actions that say nothing of Heap", sent.unaddressed),
    )
    return Summary(tally, drops, letters.path, letters.count, facts)


def _write(outgoing: Iterable[Request], output: str, sent: Sent) -> None:
    with open_output(output) as file:
        for request in outgoing:
            file.write(encode(request.to_json()) + b"\n")
            count_request(request, sent)


def _send(outgoing: Iterator[Request], letters: DeadLetterFile, tally: Tally, sent: Sent) -> DeliveryError | None:
    with Heap() as client:
        try:
            send_requests(client, outgoing, letters.write, tally, sent)
        except DeliveryError as error:
            return error
    return None
