"""`atpath import`: what other people wrote, as a mapping file."""

import argparse
import re
import sys
from typing import TYPE_CHECKING

from .arguments import Parser, add_output
from .failures import UserError, has_colour

if TYPE_CHECKING:
    from ..dsl.diagnostics import Diagnostic
    from ..dsl.nodes import Mapping
    from ..dsl.source import Source

ABOUT = """\
Reads a docs page (Markdown: a table of settings, and one for each action), Segment's JSON definition
of a destination, or RudderStack's rows. What cannot be read is said with its place, the rest is written, and the
exit status is 1."""

EXAMPLES = (
    "atpath docs mappings/heap.map -o heap.md && atpath import heap.md -o heap.map",
    "atpath docs heap | atpath import - -o heap.map",
)

# What a mapping file begins with, below its comments: those would be headings of a page.
_MAPPING = re.compile(
    r"(?:[ \t]*(?:#.*)?\n)*"
    r"(?:semantics[ \t]+segment|destination[ \t]+[\w-]+(?:[ \t]+\".*\")?)[ \t]*(?:\n|\Z)"
)


def add_arguments(parser: Parser) -> None:
    """FILE -o FILE."""
    parser.add_argument("file", metavar="FILE", help="a docs page or a JSON definition; - is standard input")
    parser.add_argument("--generic", metavar="FILE", help="RudderStack's generic field map, for rows that name it")
    add_output(parser, "the mapping file")


def run(args: argparse.Namespace) -> int:
    """Write the mapping file that the input is."""
    from .streams import refuse_overwriting
    from .texts import canonical, read_source, write_text

    refuse_overwriting(input=args.file, output=args.output)
    source = read_source(args.file)
    if source.text.lstrip()[:1] in ("{", "["):
        from .import_definition import import_json

        imported = import_json(source.text, args.file, args.generic)
        write_text(args.output, canonical(imported.mapping))
        for remark in imported.remarks:
            print(remark, file=sys.stderr)
        return 0
    mapping, told = import_page(source)
    write_text(args.output, canonical(mapping))
    return _tell(told)


def import_page(source: "Source") -> "tuple[Mapping, tuple[Diagnostic, ...]]":
    """The mapping of a docs page, and what of the page could not be read. Errors: UserError, MappingError."""
    from ..dsl.diagnostics import MappingError
    from ..dsl.page_reader import parse_page

    if _MAPPING.match(source.text):
        hint = "`atpath check` reads it; `atpath docs` turns it into a page"
        raise UserError(f"{source.name} is a mapping file already", hint)
    parsed = parse_page(source)
    if parsed.mapping.destination is None or not parsed.mapping.sections:
        if parsed.diagnostics:
            raise MappingError(parsed.diagnostics)
        raise UserError(
            f"{source.name} is no docs page of a destination: it has no mapping",
            "a page has a heading for each action, and under it `Matched events` and a table under `Data Mapping`",
        )
    return parsed.mapping, parsed.diagnostics


def _tell(told: "tuple[Diagnostic, ...]") -> int:
    if not told:
        return 0
    from ..dsl.diagnostics import Severity
    from ..dsl.render import count_line, render_all
    from .folding import report_width

    print(render_all(told, width=report_width(), colour=has_colour(sys.stderr)), file=sys.stderr)
    print(count_line(told), file=sys.stderr)
    return 1 if any(d.severity is Severity.ERROR for d in told) else 0
