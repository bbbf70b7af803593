"""`atpath status`: what waits to be delivered, and what became of the rest."""

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING

from ..runtime.delivery.report import Flow, NoSpool, read_flows, read_unmapped, show_flow
from .arguments import Parser, add_format
from .failures import UserError

if TYPE_CHECKING:
    from rich.console import Console

ABOUT = """\
Reads a spool, also while a server writes to it: for each destination what waits and since when, at which rate
events come in and go out, whether its line has stopped, and what was rejected and why."""

EXAMPLES = ("atpath status", "atpath status dead-letters.spool --format json")


def add_arguments(parser: Parser) -> None:
    """FOLDER."""
    parser.add_argument(
        "spool", metavar="FOLDER", nargs="?", default="atpath-spool", help="a spool (default: atpath-spool)"
    )
    add_format(parser)


def run(args: argparse.Namespace) -> int:
    """Show it."""
    now = time.time()
    try:
        flows, unmapped = read_flows(Path(args.spool), now), read_unmapped(Path(args.spool))
    except NoSpool as error:
        raise UserError(str(error), hint="name the folder that --spool named") from error
    if args.format == "json":
        from .console import write_json

        write_json(
            {"spool": args.spool, "unmapped": unmapped, "destinations": [show_flow(flow, now) for flow in flows]}
        )
        return 0
    from .console import standard_output

    console = standard_output()
    _draw(flows, now, console)
    if unmapped:
        console.print(f"{unmapped:,} accepted events wait to be mapped")
    return 0


def _draw(flows: tuple[Flow, ...], now: float, console: "Console") -> None:
    from rich.markup import escape

    from .console import plain_table

    numbers = ("waiting", "bytes", "in/s", "out/s")
    table = plain_table("destination", *numbers, "oldest", numbers=numbers)
    for flow in flows:
        age = "" if flow.oldest is None else _duration(now - flow.oldest)
        rates = f"{flow.rate(flow.accepted, now):.1f}", f"{flow.rate(flow.delivered, now):.1f}"
        table.add_row(escape(flow.destination), f"{flow.waiting:,}", f"{flow.bytes:,}", *rates, age)
    console.print(table if flows else "nothing was ever accepted here")
    for flow in flows:
        if flow.halted is not None:
            console.print(f"[bold red]stopped[/] {escape(flow.destination)}: {escape(flow.halted)}")
    _draw_refusals(flows, now, console)


def _draw_refusals(flows: tuple[Flow, ...], now: float, console: "Console") -> None:
    from rich.markup import escape

    from .console import keep_names, plain_table

    several = len(flows) > 1
    names = ("destination", "action", "row")[0 if several else 1 :]
    table = plain_table("rejected", "code", *names, "events", "last", numbers=("events",))
    for flow in flows:
        for refused in flow.refusals:
            where = (flow.destination, refused.action, refused.row)[0 if several else 1 :]
            last = f"{_duration(now - refused.last)} ago"
            table.add_row(escape(refused.reason), refused.code, *map(escape, where), f"{refused.count:,}", last)
    keep_names(table, console.width, "code", *names, "last")
    if table.row_count:
        console.print()
        console.print(table)


def _duration(seconds: float) -> str:
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}"
    return f"{max(0.0, seconds):.0f} s"
