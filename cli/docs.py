"""`atpath docs`: a mapping file as a page for people."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from .arguments import Parser, add_output

if TYPE_CHECKING:
    from ..dsl.source import Source

ABOUT = """\
Writes a Markdown page: settings and fields in tables, triggers under "Matched events". What such pages have no words
for stands in blocks of the language between them, so that `atpath import` gives the same mapping file back. How the
triggers stand to each other is shown at the end."""

EXAMPLES = (
    "atpath docs mappings/heap.map -o heap.md",
    "atpath docs heap",
)


def add_arguments(parser: Parser) -> None:
    """MAPPING -o FILE."""
    parser.add_argument(
        "mapping", metavar="MAPPING", help="a mapping file, or the name of one that ships: heap; - is standard input"
    )
    add_output(parser, "the page")


def run(args: argparse.Namespace) -> int:
    """Write the docs page of a mapping file."""
    from ..compiler.files import find_mapping
    from ..dsl.diagnostics import MappingError, Severity
    from ..dsl.format import ordered
    from ..dsl.page import format_page
    from ..dsl.page_reader import parse_page
    from ..dsl.parser import parse
    from ..dsl.source import Source
    from .streams import refuse_overwriting
    from .texts import read_source, write_text

    name = args.mapping if args.mapping == "-" else str(find_mapping(args.mapping))
    refuse_overwriting(mapping=name, output=args.output)
    source = read_source(name)
    parsed = parse(source)
    errors = tuple(d for d in parsed.diagnostics if d.severity is Severity.ERROR)
    if errors:
        raise MappingError(errors)
    page = format_page(parsed.mapping) + _triggers(source, Path(name).parent)
    again = parse_page(Source("page", page)).mapping
    if parsed.mapping.destination and repr(ordered(again)) != repr(ordered(parsed.mapping)):
        raise AssertionError("the page does not say what the mapping says")
    write_text(args.output, page)
    return 0


def _triggers(source: "Source", folder: Path) -> str:
    """The section on triggers; none where the mapping has errors, which are told."""
    from ..compiler.loader import check_text, compile_resolved
    from ..harness.matrix import matrix
    from .triggers import to_markdown

    checked = check_text(source.text, source.name, folder)
    if checked.errors:
        print(f"{source.name}: no section on triggers, as the mapping has errors: `atpath check`", file=sys.stderr)
        return ""
    section = to_markdown(matrix(compile_resolved(checked.resolved)))
    return f"\n{section}" if section else ""
