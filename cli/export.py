"""`atpath export`: a mapping file as Segment's JSON."""

import argparse
import json
import sys
from typing import TYPE_CHECKING

from .arguments import Parser, add_output
from .failures import UserError, has_colour
from .mapping import MAPPING_HELP
from .streams import open_output, refuse_overwriting

if TYPE_CHECKING:
    from ..dsl.diagnostics import Diagnostic

ABOUT = """\
Writes the destination's definition: its settings, its actions with their fields and default mappings, its presets.
What Segment's JSON cannot say is listed on standard error, and left out; --strict makes that an error."""

EXAMPLES = (
    "atpath export mappings/heap.map --to segment",
    "atpath export mappings/heap.map -o heap.json",
)


def add_arguments(parser: Parser) -> None:
    """MAPPING --to segment -o FILE."""
    parser.add_argument("mapping", metavar="MAPPING", help=MAPPING_HELP)
    parser.add_argument("--to", choices=("segment",), default="segment", help="whose JSON (default: segment)")
    parser.add_argument("--strict", action="store_true", help="exit with 1 if something cannot be said")
    add_output(parser, "the definition")


def run(args: argparse.Namespace) -> int:
    """Export a mapping; the exit status is 1 if it has an error, or with --strict a gap."""
    from ..compiler.exchange import export_definition
    from ..compiler.files import find_mapping, near_shipped, read_mapping
    from ..compiler.loader import check_text
    from ..dsl.diagnostics import MappingError, Severity

    refuse_overwriting(mapping=args.mapping, output=args.output)
    path = find_mapping(args.mapping)
    try:
        text = read_mapping(path)
    except FileNotFoundError:
        hint = near_shipped(args.mapping) or "a mapping file, or the name of one that ships"
        raise UserError(f"{args.mapping}: no such file", hint) from None
    checked = check_text(text, args.mapping, path.parent)
    if checked.errors:
        raise MappingError(checked.diagnostics)
    definition, found = export_definition(checked.resolved)
    with open_output(args.output) as output:
        output.write(json.dumps(definition, indent=2, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n")
    _show(found)
    return 1 if args.strict and any(d.severity is Severity.WARNING for d in found) else 0


def _show(found: "tuple[Diagnostic, ...]") -> None:
    if not found:
        return
    from ..dsl.render import count_line, render_all
    from .folding import report_width

    print(render_all(found, width=report_width(), colour=has_colour(sys.stderr)), file=sys.stderr)
    print(count_line(found), file=sys.stderr)
