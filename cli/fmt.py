"""`atpath fmt`: mapping files in their canonical form."""

import argparse
import sys
from typing import TYPE_CHECKING

from .arguments import Parser, add_format
from .failures import UserError, refuse

if TYPE_CHECKING:
    from ..dsl.diagnostics import Diagnostic
    from ..dsl.source import Source

ABOUT = """\
Aligns tables, orders sections, puts one blank line between them, and keeps every comment. Formatting twice is
formatting once, and a file that has an error is left as it is. `-` reads standard input and writes the result
to standard output."""

EXAMPLES = (
    "atpath fmt mappings/heap.map",
    "atpath fmt --check mappings/*.map",
    "cat mappings/heap.map | atpath fmt -",
)


def add_arguments(parser: Parser) -> None:
    """FILE... --check."""
    parser.add_argument("files", metavar="FILE", nargs="+", help="a mapping file; - is standard input")
    parser.add_argument("--check", action="store_true", help="change nothing; exit with 1 if a file would change")
    add_format(parser)


def run(args: argparse.Namespace) -> int:
    """Format files; the exit status is 1 where one has an error, or would change under `--check`."""
    from ..dsl.diagnostics import MappingError
    from .texts import read_source, write_text

    names: list[str] = list(dict.fromkeys(args.files))
    broken: list[Diagnostic] = []
    failed: list[Exception] = []
    done: dict[str, bool] = {}
    for name in names:
        try:
            source = read_source(name)
            text, errors = _formatted(source)
            broken += errors
            if text is None:
                continue
            if not args.check and (name == "-" or text != source.text):
                write_text(name, text)
            done[name] = text != source.text
        except IsADirectoryError:
            failed.append(UserError(f"{name}: is a directory", f"name its files: {name.rstrip('/')}/*.map"))
        except (OSError, UserError) as error:
            failed.append(error)
    changed = [name for name, is_changed in done.items() if is_changed]
    if done:
        _show(changed, list(done), args.check, args.format)
    refuse([*failed, MappingError(tuple(broken))] if broken else failed)
    return 1 if args.check and changed else 0


def _formatted(source: "Source") -> "tuple[str | None, tuple[Diagnostic, ...]]":
    from ..dsl.diagnostics import Severity
    from ..dsl.parser import parse
    from .texts import canonical

    if source.name.endswith(".md"):
        raise UserError(f"{source.name} is a docs page", f"`atpath import {source.name}` makes a mapping file of it")
    parsed = parse(source)
    errors = tuple(d for d in parsed.diagnostics if d.severity is Severity.ERROR)
    return (None, errors) if errors else (canonical(parsed.mapping), ())


def _show(changed: list[str], names: list[str], check: bool, form: str) -> None:
    if form == "json":
        from .console import write_json

        if names != ["-"] or check:
            write_json({"changed": changed, "unchanged": [name for name in names if name not in changed]})
        return
    for name in changed:
        if check or name != "-":
            print(f"{'would change' if check else 'formatted'}: {name}", file=sys.stderr)
