"""`atpath compile`: the mapping as a Python module of its own."""

import argparse

from .arguments import Parser, add_output
from .mapping import add_mapping, load_mapping
from .streams import open_output, refuse_overwriting

ABOUT = """\
Writes the Python that the mapping becomes: a module that imports nothing but the standard library, and
gives what `atpath run` gives."""

EXAMPLES = ("atpath compile mappings/heap.map -o heap_mapping.py",)


def add_arguments(parser: Parser) -> None:
    """MAPPING -o FILE."""
    add_mapping(parser)
    add_output(parser, "the module")


def run(args: argparse.Namespace) -> int:
    """Write the module."""
    refuse_overwriting(mapping=args.mapping, output=args.output)
    python = load_mapping(args).python
    with open_output(args.output) as output:
        output.write(python.encode())
    return 0
