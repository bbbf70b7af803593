"""`atpath eval`: one expression on events."""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

from ..compiler.evaluate import to_callable
from ..compiler.prelude import Rejected
from ..runtime.events import DeadLetter, EventFile, Line, read_event, split_lines
from .arguments import Parser
from .failures import UserError
from .mapping import to_clock, to_settings
from .settings import refuse_settings, resolved_mapping

Json: TypeAlias = Any  # what a JSON text holds

ABOUT = """\
Prints what an expression gives for an event, as JSON: a line for each event of a file. `nothing` where it gives
nothing; true or false for a condition. With --mapping, its lets, shapes, tables and settings have their names; an
event that a shape rejects is told on standard error."""

EXAMPLES = (
    """atpath eval '$.traits.email ?? "none"' '{"traits": {"email": "ada@b.test"}}'""",
    """atpath eval 'type = "track" and exists($.event)' examples/heap.ndjson""",
    "atpath eval 'epoch($.timestamp, unit: \"ms\")' -",
)


def add_arguments(parser: Parser) -> None:
    """EXPRESSION EVENT."""
    parser.add_argument("expression", metavar="EXPRESSION", help="what a source cell or a trigger holds")
    parser.add_argument("event", metavar="EVENT", help="JSON, or a file of events; - is standard input")
    parser.add_argument("--mapping", metavar="FILE", help="a mapping whose names the expression may use")
    parser.add_argument("--set", metavar="NAME=VALUE", action="append", default=[], help="a setting; may be repeated")
    parser.add_argument("--now", metavar="TIME", help="an ISO 8601 time that the clock stands at")


def run(args: argparse.Namespace) -> int:
    """Evaluate an expression; the exit status is 1 if a line holds no event, or one that is rejected."""
    scope, settings = resolved_mapping(args.mapping) if args.mapping else None, to_settings(args.set)
    if scope is not None:
        refuse_settings(settings, scope)
    elif settings:
        raise UserError(f"--set {next(iter(settings))}: there is no mapping to have it", "name one with --mapping")
    now = to_clock(args.now) if args.now else None
    value_of = to_callable(args.expression, scope, settings=settings, now=now)
    status = 0
    for line, event in _events(args.event):
        if isinstance(event, DeadLetter):
            print(f"line {line}: {event.reason}", file=sys.stderr)
            status = 1
        else:
            try:
                print(_shown(value_of(event)))
            except Rejected as rejected:  # by a shape of the mapping
                print(f"line {line}: rejected, {rejected}", file=sys.stderr)
                status = 1
    return status


def _events(given: str) -> Iterator[tuple[int, Json]]:
    if given.lstrip().startswith(("{", "[")):
        data = given.strip().encode("utf-8", "surrogateescape")
        yield 1, read_event(Line(data, 1, 0, len(data)))
        return
    if given != "-" and not Path(given).exists():
        raise UserError(f"{given}: no such file", hint="give an event as JSON, in quotes, or a file of events")
    with EventFile(given) as events:
        for chunk in events.chunks():
            for line in split_lines(chunk):
                yield line.number, read_event(line)


def _shown(value: tuple[Json, ...]) -> str:
    return json.dumps(value[0], ensure_ascii=False) if value else "nothing"
