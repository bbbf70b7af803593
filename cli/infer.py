"""`atpath infer`: a source schema from sample events."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from ..compiler.schema import Place, Schema, infer, merge
from ..compiler.schema_file import BadSchema, from_text, to_text
from ..runtime.events import DeadLetter, EventFile, read_event, split_lines
from ..runtime.json_text import Object
from .arguments import Parser, add_output
from .failures import UserError
from .folding import counted, folded
from .streams import open_output, refuse_overwriting, watched

ABOUT = """\
Writes which paths the events have, how often, of which types and with which values, by kind of event. Schemas
of parts merge into that of the whole, in any order (--merge). `atpath check --events SCHEMA` reads it."""

EXAMPLES = (
    "atpath infer examples/heap.ndjson -o schema.json",
    "atpath infer monday.ndjson.gz --merge schema.json -o schema.json",
)


def add_arguments(parser: Parser) -> None:
    """EVENTS... --merge SCHEMA -o FILE."""
    parser.add_argument(
        "events", metavar="EVENTS", nargs="+", help="events, a JSON object a line, plain or gzip; - is standard input"
    )
    parser.add_argument(
        "--merge", metavar="SCHEMA", action="append", default=[], help="a schema to add to; may be repeated"
    )
    add_output(parser, "the schema")


def run(args: argparse.Namespace) -> int:
    """Infer a schema; lines that hold no event are counted and left aside."""
    known = [_schema(name) for name in args.merge]
    skipped: list[DeadLetter] = []
    for name in args.events:
        refuse_overwriting(events=name, output=args.output)
        known.append(infer(_events(name, args.output, skipped)))
    whole = known[0]
    for more in known[1:]:
        whole = merge(whole, more)
    text = to_text(whole)
    with open_output(args.output) as output:
        output.write(text.encode("utf-8", "backslashreplace"))
    print(folded([_summary(whole, skipped)], sys.stderr), file=sys.stderr)
    return 0


def _events(name: str, output: str, skipped: list[DeadLetter]) -> Iterator[Object]:
    with EventFile(name) as events:
        for chunk in watched(events, output):
            for line in split_lines(chunk):
                event = read_event(line)
                if isinstance(event, DeadLetter):
                    skipped.append(event)
                else:
                    yield event


def _schema(name: str) -> Schema:
    try:
        return from_text(Path(name).read_text("utf-8-sig"))
    except (BadSchema, UnicodeDecodeError) as error:
        raise UserError(f"{name} is no source schema: {error}") from error


def _summary(schema: Schema, skipped: list[DeadLetter]) -> str:
    many = "too many kinds to tell apart"
    kinds = many if schema.root.events is None else counted(len(schema.root.events), "kind")
    text = f"{counted(schema.events, 'event')}, {kinds}, {counted(_count(schema.root), 'path')}"
    if skipped:
        hold = f"{counted(len(skipped), 'line')} hold{'s' * (len(skipped) == 1)}"
        text += f"; {hold} no event, the first is line {skipped[0].line}: {skipped[0].reason}"
    return text


def _count(place: Place) -> int:
    below = [*place.members.values(), *([place.items] if place.items is not None else [])]
    return len(below) + sum(_count(at) for at in below)
