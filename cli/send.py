"""`atpath send`: events to requests, and the requests to Heap."""

import argparse
from collections.abc import Collection, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..runtime.bulk import Request, Target, TargetError, to_target
from ..runtime.events import DeadLetterFile, EventFile
from ..runtime.json_text import encode
from ..runtime.run import Destination, Tally
from ..runtime.send import Sent, call_of, count_request, requests
from .arguments import Parser, add_format, add_output
from .delivery import ATTEMPTS, add_delivery, open_post, refuse_leftovers, refuse_url, to_policy
from .failures import UserError
from .mapping import add_mapping, load_mapping, to_clock
from .streams import (
    add_events,
    dead_letter_path,
    open_output,
    refuse_letters_of_a_send,
    refuse_overwriting,
    source_of,
    watched,
)
from .summary import Summary, show

if TYPE_CHECKING:
    from ..runtime.delivery.letters import Letters

ABOUT = """\
Sends what the mapping makes of the events to Heap: to the host of the region that the mapping's settings
name, or to --url. What cannot be sent, or is refused, goes to the dead letters, whole and with the reason.
Until it is delivered it waits in a spool; the same command again goes on from where one was stopped or killed.
Sending the same events again is harmless: Heap takes an event once."""

EXAMPLES = (
    "atpath send mappings/heap.map examples/heap.ndjson --set appId=11 --dry-run",
    "atpath send heap events.ndjson --set appId=11 --url http://127.0.0.1:8211",
)


def add_arguments(parser: Parser) -> None:
    """MAPPING EVENTS --url URL --dry-run."""
    add_mapping(parser)
    add_events(parser)
    add_delivery(parser)
    parser.add_argument("--dry-run", action="store_true", help="write the requests instead of sending them")
    add_output(parser, "the requests of --dry-run")
    add_format(parser)


def run(args: argparse.Namespace) -> int:
    """Send events."""
    output = args.output if args.dry_run else "-"
    letters_path = dead_letter_path(args.dead_letters, output)
    refuse_overwriting(mapping=args.mapping, events=args.events, output=output, dead_letters=letters_path)
    destination = load_mapping(args)
    target = find_target(destination, args.url, destination.known_settings)
    if args.dry_run:
        refuse_letters_of_a_send(letters_path)
        return _write_requests(args, destination, target, letters_path)
    return _send(args, destination, target, letters_path)


def _send(args: argparse.Namespace, destination: Destination, target: Target, letters_path: Path) -> int:
    from ..runtime.delivery.intake import Intake, Moment
    from ..runtime.delivery.sending import event_lines

    policies = {destination.name: to_policy(args, target.base, ATTEMPTS)}
    with EventFile(args.events) as events, open_post(args, letters_path, policies) as post:
        intake = Intake(destination, target, post.spool, Moment(to_clock(args.now)() if args.now else None))
        post.accept(watched(events, ""), source_of(args.events), event_lines(intake), destination.name)
        post.finish()
        post.count(intake.sent)
    summary = summarise(destination, intake.tally, intake.sent, post.letters)
    before = ("lines_accepted_before", "lines that an earlier send has accepted", post.skipped)
    show(replace(summary, more=(*summary.more, before)), args.format)
    refuse_leftovers(args, letters_path, post)
    return 1 if args.strict and post.letters.count else 0


def _write_requests(args: argparse.Namespace, destination: Destination, target: Target, letters_path: Path) -> int:
    tally, sent = Tally(), Sent()
    with EventFile(args.events) as events, DeadLetterFile(letters_path) as letters:
        chunks = watched(events, args.output)
        outgoing = requests(destination, chunks, target, letters.write, tally, sent, to_clock(args.now))
        _write(outgoing, args.output, sent)
    show(summarise(destination, tally, sent, letters, dry=True), args.format)
    return 1 if args.strict and letters.count else 0


def find_target(destination: Destination, url: str | None, known: Collection[str]) -> Target:
    """Where a mapping's payloads go; `known` are its settings' names. UserError if it does not say."""
    if not any(call_of(destination, action) for action in destination.actions):
        others = sorted({" ".join(action.deliver) for action in destination.actions.values() if action.deliver})
        elsewhere = f": `deliver {others[0]}` is no call of Heap's" if others else ""
        raise UserError(
            f"{destination.name}: no action says where its payloads go{elsewhere}",
            hint="write `deliver heap track` or `deliver heap users` under the action's title",
        )
    refuse_url(url)
    try:
        return to_target(destination.settings, url)
    except TargetError as error:
        example = {"appId": "11", "region": "EU"}[error.setting]
        if error.setting not in known:
            row = f"| {error.setting} | string required |"
            hint = (
                f"give {destination.name} a `settings` table (name, type) with the row `{row}`; then say it with --set"
            )
            raise UserError(str(error), hint) from error
        raise UserError(str(error), hint=f"say it with --set {error.setting}={example}") from error


def summarise(
    destination: Destination, tally: Tally, sent: Sent, letters: "DeadLetterFile | Letters", dry: bool = False
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
    return Summary(tally, drops, letters.path, letters.count, facts, letters.kept)


def _write(outgoing: Iterable[Request], output: str, sent: Sent) -> None:
    with open_output(output) as file:
        for request in outgoing:
            file.write(encode(request.to_json()) + b"\n")
            count_request(request, sent)
