"""`atpath compile`: the mapping as a Python module of its own."""

import argparse

from ..compiler.loader import load
from .arguments import Parser, add_output
from .mapping import MAPPING_HELP
from .streams import open_output, refuse_overwriting

ABOUT = """\
Writes the Python that the mapping becomes: a module that imports nothing but the standard library. Its
route(event, Run()) gives each action whose trigger holds, with the payload or the rejection."""

EXAMPLES = ("atpath compile mappings/heap.map -o heap_mapping.py",)


def add_arguments(parser: Parser) -> None:
    """MAPPING -o FILE."""
    parser.add_argument("mapping", metavar="MAPPING", help=MAPPING_HELP)
    add_output(parser, "the module")


def run(args: argparse.Namespace) -> int:
    """Write the module."""
    refuse_overwriting(mapping=args.mapping, output=args.output)
    destination = load(args.mapping)
    with open_output(args.output) as output:
        output.write(destination.python.encode())
    return 0
