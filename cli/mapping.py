"""What verbs that run a mapping share: which mapping, with which settings, by which clock."""

import argparse
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from .failures import UserError, tell
from .settings import refuse_settings, resolved_mapping

if TYPE_CHECKING:
    from ..compiler.cache import Compiled
    from ..compiler.destination import Destination

MAPPING_HELP = "a mapping file, or the name of one that ships: heap"


def add_mapping(parser: argparse.ArgumentParser) -> None:
    """MAPPING, `--set`, `--strict`, `--now`."""
    parser.add_argument("mapping", metavar="MAPPING", help=MAPPING_HELP)
    parser.add_argument(
        "--set",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help="a setting of the mapping; may be repeated",
    )
    parser.add_argument(
        "--strict",
        action="store_true",
        help="reject an event for a value that would be left out; exit with 1 if any event is rejected",
    )
    parser.add_argument("--now", metavar="TIME", help="an ISO 8601 time that the clock stands at")


def to_settings(words: list[str]) -> dict[str, str]:
    """`--set` as a dict. UserError for a word without `=`, and for a name given twice."""
    settings: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name:
            raise UserError(f"--set {word}: no setting", hint="write --set NAME=VALUE, as in --set appId=11")
        if name in settings:
            raise UserError(f"--set {name} is there twice")
        settings[name] = value
    return settings


def to_clock(text: str | None) -> Callable[[], str]:
    """A clock that gives ISO 8601 in UTC with milliseconds: the machine's, or one that stands still."""
    if text is None:
        return lambda: _iso(datetime.now(UTC))
    try:
        moment = datetime.fromisoformat(text)
        standing = _iso(moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment)
    except (ValueError, OverflowError):
        raise UserError(f"--now {text}: no time", hint="write it as 2024-05-01T09:30:00Z") from None
    return lambda: standing


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def load_mapping(args: argparse.Namespace) -> "Compiled":
    """The compiled mapping that the arguments of `add_mapping` name.

    Errors: MappingError where it cannot be compiled; UserError for a setting that it does not take
    """
    from ..compiler.cache import open_mapping  # the compiler is imported by verbs that compile

    settings = to_settings(args.set)
    destination = open_mapping(
        args.mapping, settings=settings, strict=args.strict, now=to_clock(args.now) if args.now else None
    )
    tell_of_errors(args.mapping)
    if not destination.settings_fit:
        refuse_settings(settings, resolved_mapping(args.mapping))
    return destination


def load_destination(mapping: str, words: list[str], now: Callable[[], str] | None = None) -> "Destination":
    """A mapping with its syntax tree, under settings as `--set` gives them.

    Errors: MappingError, OSError; UserError for a setting that the mapping does not take
    """
    from ..compiler.loader import load

    settings = to_settings(words)
    destination = load(mapping, settings=settings, now=now)
    refuse_settings(settings, destination.resolved)
    return destination


def tell_of_errors(mapping: str) -> None:
    """A line about what `check` would refuse in a mapping that runs all the same, such as a path that no event has.

    What `check` says is kept between runs, so that a file that has not changed costs nothing.
    """
    from ..compiler.outcome import check_file

    count = sum(found.code[0] == "E" for found in check_file(mapping))
    if count:
        tell("warning", f"warning: {mapping} has {count} error{'s' * (count != 1)} that `atpath check` shows")
