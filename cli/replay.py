"""`atpath replay`: dead letters once more."""

import argparse
from pathlib import Path

from ..runtime.delivery.intake import Intake
from ..runtime.delivery.letters import Letters
from ..runtime.delivery.replaying import NoLetter, events_again, find_bases, requests_again
from ..runtime.events import EventFile, split_lines
from ..runtime.send import Sent
from .arguments import Parser, add_format
from .delivery import ATTEMPTS, add_delivery, load_outlet, open_post, refuse_leftovers, refuse_url, to_policy
from .failures import UserError
from .folding import counted
from .mapping import to_settings
from .streams import refuse_overwriting, source_of

ABOUT = """\
Sends the requests that dead letters hold, as they are in the file: mend them there first, or wait until Heap is
mended. With --mapping their events are mapped anew instead, each for the action that refused it; that takes
letters of events that the mapping itself had refused, too. What is refused again goes to a file of its own."""

EXAMPLES = (
    "atpath replay dead-letters.ndjson",
    "atpath replay dead-letters.ndjson --mapping mappings/heap.map --set appId=11",
)


def add_arguments(parser: Parser) -> None:
    """DEAD-LETTERS, --mapping, --set and how to deliver."""
    parser.add_argument("letters", metavar="DEAD-LETTERS", help="a file that run, send or serve has written")
    parser.add_argument("--mapping", metavar="MAPPING", help="map the letters' events by this mapping")
    parser.add_argument(
        "--set", metavar="NAME=VALUE", action="append", default=[], help="a setting of the mapping; may be repeated"
    )
    parser.add_argument(
        "--dead-letters",
        metavar="FILE",
        help="where what is refused again goes (default: DEAD-LETTERS with .again before its ending)",
    )
    add_delivery(parser)
    add_format(parser)


def run(args: argparse.Namespace) -> int:
    """Send them."""
    refuse_url(args.url)
    path = Path(args.letters)
    again = Path(args.dead_letters or path.with_name(f"{path.stem}.again{path.suffix}"))
    refuse_overwriting(dead_letters=path, letters_refused_again=again)
    if args.mapping:
        refuse_overwriting(mapping=args.mapping, letters_refused_again=again)
    try:
        left, sent = _replay_events(args, again) if args.mapping else _replay_requests(args, again)
    except NoLetter as error:
        hint = "give --mapping, and its event is mapped anew" if error.wants_mapping else ""
        raise UserError(f"{path}: {error}", hint=hint) from error
    _show(args.format, left, sent)
    return 0


def _replay_requests(args: argparse.Namespace, again: Path) -> tuple[Letters, Sent]:
    with EventFile(args.letters) as file:
        lines = (line for chunk in file.chunks() for line in split_lines(chunk))
        bases = find_bases(lines, args.url)
    sent = Sent()
    policies = {name: to_policy(args, base, ATTEMPTS) for name, base in bases.items()}
    with EventFile(args.letters) as file, open_post(args, again, policies) as post:
        post.accept(file.chunks(), source_of(args.letters), requests_again(post.spool), "replay")
        post.finish()
        post.count(sent)
    refuse_leftovers(args, again, post)
    return post.letters, sent


def _replay_events(args: argparse.Namespace, again: Path) -> tuple[Letters, Sent]:
    outlet = load_outlet(args.mapping, to_settings(args.set), args.url, lambda base: to_policy(args, base, ATTEMPTS))
    name = outlet.destination.name
    with EventFile(args.letters) as file, open_post(args, again, {name: outlet.delivered}) as post:
        intake = Intake(outlet.destination, outlet.target, post.spool)
        post.accept(file.chunks(), source_of(args.letters), events_again(intake), name)
        post.finish()
        post.count(intake.sent)
    refuse_leftovers(args, again, post)
    return post.letters, intake.sent


def _show(form: str, left: Letters, sent: Sent) -> None:
    if form == "json":
        from .console import write_json

        write_json({
            "events_sent": sent.events,
            "users_sent": sent.users,
            "requests_sent": sent.requests,
            "dead_letters": {
                "file": str(left.path) if left.count else None,
                "count": left.count,
                "earlier": str(left.kept) if left.kept else None,
            },
        })  # fmt: skip
        return
    events, requests = (counted(sent.events, "event"), counted(sent.requests, "request"))
    users = "1 user's" if sent.users == 1 else f"{sent.users:,} users'"
    print(f"{events} and {users} properties sent in {requests}")
    if left.count:
        print(f"{left.count:,} refused again: {left.path}")
    if left.kept:
        print(f"those of an earlier run are in {left.kept} now")
