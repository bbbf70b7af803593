"""`atpath check`: what is wrong with mapping files."""

import argparse
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ..compiler.outcome import check_file
from .arguments import Parser, add_format
from .failures import UserError, has_colour

if TYPE_CHECKING:
    from ..dsl.diagnostics import Diagnostic

ABOUT = """\
Reports every error of a file in one run, drawn around its place, with what to write instead. Paths are held
against Segment's common fields, or against what your events have (--events, from `atpath infer`)."""

EXAMPLES = (
    "atpath check mappings/heap.map",
    "atpath check mappings/heap.map --fix",
    "atpath check mappings/heap.map --events schema.json --format sarif",
)


def add_arguments(parser: Parser) -> None:
    """MAPPING... --events SCHEMA --fix."""
    parser.add_argument(
        "mapping", metavar="MAPPING", nargs="+", help="a mapping file, or the name of one that ships: heap"
    )
    parser.add_argument("--events", metavar="SCHEMA", help="a source schema that `atpath infer` wrote")
    parser.add_argument("--fix", action="store_true", help="make the edits that repair what is wrong")
    parser.add_argument("--strict", action="store_true", help="exit with 1 for warnings too")
    add_format(parser, "sarif")


def run(args: argparse.Namespace) -> int:
    """Check mapping files; the exit status is 1 if any has an error."""
    schema = _schema(args.events) if args.events else ""
    names: list[str] = list(dict.fromkeys(args.mapping))
    mended = sum(_mend(name, schema) for name in names) if args.fix else 0
    found = tuple(d for name in names for d in _check(name, schema))
    _show(found, names, args.format, mended)
    return 1 if any(d.code[0] == "E" or (args.strict and d.code[0] == "W") for d in found) else 0


def _check(name: str, schema: str) -> "tuple[Diagnostic, ...]":
    try:
        return check_file(name, schema)
    except OSError as error:
        hint = "a mapping file, or the name of one that ships: `heap`" if isinstance(error, FileNotFoundError) else ""
        raise UserError(f"{name}: {(error.strerror or str(error)).lower()}", hint) from error


def _schema(name: str) -> str:
    from ..compiler.schema_file import BadSchema, from_text

    try:
        text = Path(name).read_text("utf-8-sig")
        from_text(text)
    except (BadSchema, UnicodeDecodeError) as error:
        hint = "`atpath infer EVENTS -o schema.json` writes one"
        raise UserError(f"{name} is no source schema: {error}", hint) from error
    return text


def _mend(name: str, schema: str) -> int:
    """Make the edits of a file, and those that they make possible; how many comes back."""
    from ..compiler.files import find_mapping
    from ..dsl.mend import edits_of, mended

    count = 0
    for _ in range(10):  # an edit can uncover another error; none undoes one
        found = _check(name, schema)
        source = next((d.source for d in found if d.source.name == name), None)
        edits = edits_of(found, source) if source is not None else ()
        if source is None or not edits:
            break
        find_mapping(name).write_text(mended(source, edits), "utf-8", newline="")
        count += len(edits)
    return count


def _show(found: "tuple[Diagnostic, ...]", names: list[str], form: str, mended: int) -> None:
    if form == "pretty":
        print(_screen(found, names, mended))
        return
    import json

    from ..dsl import report

    if form == "json":
        data = {**report.to_json(found, names), "mended": mended}
    else:
        from ..dsl.explanations import title_of
        from .overview import version

        titles = {str(d.code): title_of(str(d.code)) for d in found}
        data = report.to_sarif(found, version(), titles)
    print(json.dumps(data, indent=2, ensure_ascii=False))


def _screen(found: "tuple[Diagnostic, ...]", names: list[str], mended: int) -> str:
    lines = [f"{mended} edit{'s' * (mended != 1)} made"] if mended else []
    if not found:
        return "\n".join([*lines, f"{', '.join(names)}: nothing wrong"])
    from ..dsl.render import count_line, render_all

    width = min(max(shutil.get_terminal_size((80, 24)).columns, 40), 120)
    blocks = render_all(found, width=width, colour=has_colour(sys.stdout))
    total = count_line(found)
    edits = sum(d.edit is not None and d.source.name in names for d in found)
    if edits:
        total += f"; `atpath check --fix` mends {edits} of them"
    return "\n".join([*lines, blocks, total])
