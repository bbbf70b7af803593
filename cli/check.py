"""`atpath check`: what is wrong with mapping files."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ..compiler.batch import check_files
from .arguments import Parser, add_format
from .failures import UserError, has_colour, reason_of, refuse

if TYPE_CHECKING:
    from ..dsl.diagnostics import Diagnostic

ABOUT = """\
Reports every error of a file in one run, drawn around its place, with what to write instead. Paths are held
against Segment's common fields, or against what your events have (--events, from `atpath infer`)."""

EXAMPLES = (
    "atpath check mappings/heap.map",
    "atpath check mappings/heap.map --fix",
    "atpath check mappings --compile",
    "atpath check mappings/heap.map --events schema.json --format sarif",
)

_QUIET = ("I402",)  # without events to count in, it says no more than `required` in the mapping does

MOST_NAMES = 5


def add_arguments(parser: Parser) -> None:
    """MAPPING... --events SCHEMA --fix."""
    parser.add_argument(
        "mapping",
        metavar="MAPPING",
        nargs="+",
        help="a mapping file, a folder of them, or the name of one that ships: heap",
    )
    parser.add_argument("--events", metavar="SCHEMA", help="a source schema that `atpath infer` wrote")
    parser.add_argument(
        "--fix", action="store_true", help="make the edits that repair what is wrong, in the files themselves"
    )
    parser.add_argument(
        "--compile", action="store_true", help="compile what has no error too, and keep it: run and serve start at once"
    )
    parser.add_argument("--strict", action="store_true", help="exit with 1 for warnings too")
    parser.add_argument("--notes", action="store_true", help="show every note, in full, as errors and warnings are")
    parser.add_argument("--triggers", action="store_true", help="show how the triggers stand to each other instead")
    parser.add_argument("--settings", metavar="FILE", help="settings as JSON, to be held against the mapping's table")
    add_format(parser, "sarif")


def run(args: argparse.Namespace) -> int:
    """Check mapping files; the exit status is 1 if any has an error."""
    schema = _schema(args.events) if args.events else ""
    names, unread = _named(args.mapping)
    if args.triggers:
        refuse(unread)
        from .triggers import show_triggers  # it compiles the mapping, which checking alone does not

        show_triggers(names, args.format)
        return 0
    mended = _mend_all(names, schema, unread) if args.fix else {}
    judged = dict(zip(names, check_files(names, schema, args.compile), strict=True))
    unread += [_unreadable(name, error) for name, error in judged.items() if isinstance(error, OSError)]
    read = {name: found for name, found in judged.items() if not isinstance(found, OSError)}
    found = tuple(d for each in read.values() for d in each)
    if args.settings:
        found += tuple(d for name in read for d in _check_settings(name, args.settings))
    if read:
        _show(found, list(read), args, mended)
    refuse(unread)
    return 1 if any(d.code[0] == "E" or (args.strict and d.code[0] == "W") for d in found) else 0


def _files(given: str) -> list[str]:
    """The mapping files of a folder, at any depth; of anything else, itself."""
    if not Path(given).is_dir():
        return [given]
    from ..compiler.files import mappings_below

    names = mappings_below(Path(given))
    if not names:
        raise UserError(f"{given}: no mapping file is in this folder", "the names of mapping files end in `.map`")
    return names


def _named(words: list[str]) -> tuple[list[str], list[Exception]]:
    """The files that are meant, each once, and what is wrong with folders that have none."""
    names: dict[str, None] = {}
    wrong: list[Exception] = []
    for given in words:
        try:
            names |= dict.fromkeys(_files(given))
        except UserError as error:
            wrong.append(error)
    return list(names), wrong


def _unreadable(name: str, error: OSError) -> UserError:
    from ..compiler.files import near_shipped

    hint = ""
    if isinstance(error, FileNotFoundError):
        hint = near_shipped(name) or "a mapping file, or the name of one that ships: `heap`"
    of = error.filename if isinstance(error.filename, str) else name
    shown = name if Path(of) == Path(name) else f"{of}, which {name} reads"
    return UserError(f"{shown}: {reason_of(error)}", hint)


def _schema(name: str) -> str:
    from ..compiler.schema_file import BadSchema, from_text

    try:
        text = Path(name).read_text("utf-8-sig")
        from_text(text)
    except (BadSchema, UnicodeDecodeError) as error:
        hint = "`atpath infer EVENTS -o schema.json` writes one"
        raise UserError(f"{name} is no source schema: {error}", hint) from error
    return text


def _mend_all(names: list[str], schema: str, wrong: list[Exception]) -> dict[str, int]:
    """Make the edits of files: how many in which. What is wrong with a file that may not be written is added."""
    made: dict[str, int] = {}
    for name in names:
        try:
            made[name] = _mend(name, schema)
        except (OSError, UserError) as error:
            wrong.append(error)  # the others are mended, and this one is checked, all the same
    return {name: count for name, count in made.items() if count}


def _mend(name: str, schema: str) -> int:
    """Make the edits of a file, and those that they make possible; how many comes back."""
    from ..dsl.mend import edits_of, mended
    from .texts import write_text

    count = 0
    if not Path(name).is_file():  # what ships with the package stays as it is
        return 0
    for _ in range(10):  # an edit can uncover another error; none undoes one
        (found,) = check_files([name], schema)
        if isinstance(found, OSError):
            break  # said with what was found in the others
        source = next((d.source for d in found if d.source.name == name), None)
        edits = edits_of(found, source) if source is not None else ()
        if source is None or not edits:
            break
        write_text(name, mended(source, edits))
        count += len(edits)
    return count


def _check_settings(name: str, given: str) -> "tuple[Diagnostic, ...]":
    from ..compiler.files import find_mapping, read_mapping
    from ..compiler.given_settings import check_given
    from ..compiler.loader import check_text

    path = find_mapping(name)
    checked = check_text(read_mapping(path), name, path.parent)
    return check_given(checked.resolved, given, Path(given).read_text("utf-8-sig", "replace"))


def _show(found: "tuple[Diagnostic, ...]", names: list[str], args: argparse.Namespace, mended: dict[str, int]) -> None:
    if args.format == "pretty":
        quiet = () if args.notes or args.events else _QUIET
        print(_screen(found, names, mended, args.notes, quiet))
        return
    import json

    from ..dsl import report

    if args.format == "json":
        data = {**report.to_json(found, names), "mended": sum(mended.values())}
    else:
        from ..dsl.explanations import title_of
        from .overview import version

        titles = {str(d.code): title_of(str(d.code)) for d in found}
        data = report.to_sarif(found, version(), titles)
    print(json.dumps(data, indent=2, ensure_ascii=False))


def _screen(
    found: "tuple[Diagnostic, ...]", names: list[str], mended: dict[str, int], notes: bool, quiet: tuple[str, ...]
) -> str:
    lines = [f"{name}: {count} edit{'s' * (count != 1)} made" for name, count in mended.items()]
    shown = ", ".join(names) if len(names) <= MOST_NAMES else f"{len(names)} files"
    if not found:
        return "\n".join([*lines, f"{shown}: nothing wrong"])
    from ..dsl.render import count_line, render_all, render_brief
    from .folding import folded, report_width

    width = report_width()
    colour = has_colour(sys.stdout)
    full = [d for d in found if notes or d.code[0] != "I"]
    brief = [d for d in found if not notes and d.code[0] == "I" and d.code not in quiet]
    if not full and not brief:
        lines.append(f"{shown}: nothing wrong")
    if full:
        lines.append(render_all(full, width=width, colour=colour))
    if brief:
        lines.append("".join(render_brief(d, width=width, colour=colour) for d in brief))
    total = count_line(found)
    edits = sum(d.edit is not None and d.source.name in names for d in found)
    if edits:
        total += f"; `atpath check --fix` mends {'it' if edits == len(found) == 1 else f'{edits} of them'}"
    if len(full) < len(found):
        total += "; `--notes` shows notes in full"
    return "\n".join([*lines, folded([total])])
