"""`atpath gen`: events made up from a mapping."""

import argparse
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

import msgspec

from .arguments import Parser, add_output
from .failures import UserError
from .mapping import MAPPING_HELP, load_destination
from .streams import open_output, refuse_overwriting

if TYPE_CHECKING:
    from ..compiler.destination import Event

ABOUT = """\
Writes events, a JSON object a line: ones that fire an action (match), that take each arm of each row (arm), that one
part of a trigger keeps from firing (miss), and any others (noise). The same seed writes the same events."""

EXAMPLES = (
    "atpath gen mappings/heap.map -n 1000 -o events.ndjson",
    "atpath gen heap -n 10 --share match=90 --share miss=10 --seed 7",
)
KINDS = ("match", "arm", "miss", "noise", "sample")
CHUNK = 512  # events that are written together


def add_arguments(parser: Parser) -> None:
    """MAPPING -n N --share KIND=PART --seed N."""
    parser.add_argument("mapping", metavar="MAPPING", help=MAPPING_HELP)
    parser.add_argument("-n", "--number", metavar="N", type=int, default=100, help="how many events (default: 100)")
    parser.add_argument(
        "--share", metavar="KIND=PART", action="append", default=[],
        help=f"how much of a kind ({', '.join(KINDS)}); may be repeated (default: match=70 arm=20 miss=7 noise=3)",
    )  # fmt: skip
    parser.add_argument(
        "--seed", metavar="N", type=int, default=0, help="another number gives other events (default: 0)"
    )
    parser.add_argument("--plain", action="store_true", help="only values that fit: nothing odd in them")
    parser.add_argument("--schema", metavar="FILE", help="a source schema that `atpath infer` wrote")
    parser.add_argument("--samples", metavar="FILE", help="sample events, a JSON object a line, to start from")
    parser.add_argument("--same-ids", action="store_true", help="do not give each event a messageId of its own")
    parser.add_argument("--set", metavar="NAME=VALUE", action="append", default=[], help="a setting; may be repeated")
    add_output(parser, "the events, compressed if FILE ends in .gz")


def run(args: argparse.Namespace) -> int:
    """Write events."""
    if args.number < 0:
        raise UserError(f"-n {args.number}: a number of events, 0 or more")
    for name, given in (("mapping", args.mapping), ("samples", args.samples), ("schema", args.schema)):
        if given:
            refuse_overwriting(**{name: given}, output=args.output)
    encode = msgspec.json.Encoder().encode
    events = islice(_events(args), args.number)
    with open_output(args.output) as output:
        while some := list(islice(events, CHUNK)):
            output.write(b"\n".join(map(encode, some)) + b"\n")
    return 0


def _events(args: argparse.Namespace) -> "Iterator[Event]":
    from ..harness.gen import generate, numbered
    from ..harness.strategies_plan import plan_of
    from .test_ import read_events, read_schema

    shares = _shares(args.share)
    samples = read_events(args.samples)
    if shares is None and samples:
        shares = {"sample": 80, "match": 10, "arm": 6, "miss": 3, "noise": 1}
    destination = load_destination(args.mapping, args.set)
    plan = plan_of(destination, read_schema(args.schema), samples)
    try:
        events = generate(plan.plain() if args.plain else plan, args.seed, shares)
        first = next(events)
    except ValueError as error:
        raise UserError(str(error)) from None

    def every() -> "Iterator[Event]":
        yield first
        yield from events

    return every() if args.same_ids else numbered(every(), args.seed)


def _shares(words: list[str]) -> dict[str, float] | None:
    shares: dict[str, float] = {}
    for word in words:
        kind, equals, part = word.partition("=")
        try:
            shares[kind] = float(part)
        except ValueError:
            equals = ""
        if kind not in KINDS or not equals or not 0 <= shares[kind] < 1e9:
            raise UserError(
                f"--share {word}: no share", f"write KIND=PART, such as match=90; kinds are {', '.join(KINDS)}"
            )
    if shares and not any(shares.values()):
        raise UserError("every --share is 0", "give one kind a part that is more, such as match=1")
    return shares or None
