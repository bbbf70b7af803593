"""`atpath compile`: the mapping as a Python module of its own."""

import argparse

from ..compiler.destination import Destination
from ..compiler.ir import Raw, below
from ..compiler.loader import load
from .arguments import Parser, add_output
from .failures import UserError
from .mapping import MAPPING_HELP
from .streams import open_output, refuse_overwriting

ABOUT = """\
Writes the Python that the mapping becomes: a module that imports nothing but the standard library. Its
route(event, Run(settings={...})) gives each action whose trigger holds, with the payload or the rejection; the
module holds no settings, nor their defaults. What needs Segment's own rules cannot be written so, and is refused."""

EXAMPLES = ("atpath compile mappings/heap.map -o heap_mapping.py",)


def add_arguments(parser: Parser) -> None:
    """MAPPING -o FILE."""
    parser.add_argument("mapping", metavar="MAPPING", help=MAPPING_HELP)
    add_output(parser, "the module")


def run(args: argparse.Namespace) -> int:
    """Write the module."""
    refuse_overwriting(mapping=args.mapping, output=args.output)
    destination = load(args.mapping)
    _refuse_what_needs_more(destination)
    with open_output(args.output) as output:
        output.write(destination.python.encode())
    return 0


def _refuse_what_needs_more(destination: Destination) -> None:
    """UserError for a mapping whose Python would not stand alone: Segment's own rules are no part of the module."""
    if destination.program is None:
        raise UserError(
            "a mapping of `semantics segment` runs by Segment's rules, which a module of its own does not have",
            hint="use `load` of atpath.compiler, or take that line out if the language's own rules will do",
        )
    for raw in (node for node in below(destination.program) if isinstance(node, Raw)):
        source = destination.resolved.sources[raw.span.file]
        what = raw.text if len(raw.text) <= 60 else raw.text[:59] + "…"
        raise UserError(
            f"{source.name}:{source.line_of(raw.span.start)}: {what} runs by Segment's rules, which a module of its "
            "own does not have",
            hint="say it in the language's own words, or use `load` of atpath.compiler",
        )
