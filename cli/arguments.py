"""What the verbs' parsers share: errors as exceptions, steady help screens, common options."""

import argparse
import re
import textwrap
from collections.abc import Iterable
from typing import NoReturn

from .failures import UsageError, UserError
from .folding import terminal_width

_FILES = ("CODE|MAPPING", "DEAD-LETTERS", "EVENT", "EVENTS", "FILE", "FOLDER", "MAPPING", "SCHEMA")


_SLIP = 2  # letters in which an option's name may be mistaken


class Parser(argparse.ArgumentParser):
    """An argument parser that leaves it to its caller to say what is wrong and to stop."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(message, hint=self._near(message) or f"`{self.prog} --help` shows what it takes")

    def _near(self, message: str) -> str:
        """The option that was probably meant where one is not known; "" where none is near."""
        _, unknown, words = message.partition("unrecognized arguments: ")
        if not unknown or not words.startswith("--"):
            return ""
        from ..dsl.spelling import count_edits, did_you_mean

        given = re.split(r"[\s=]", words)[0]
        options = [name for name in self._option_string_actions if name.startswith("--") and name != "--traceback"]
        return did_you_mean(given, [name for name in options if count_edits(given, name, _SLIP) <= _SLIP])

    def refuse_empty_names(self, args: argparse.Namespace) -> None:
        """UserError for `''` where a file is named, as of a variable that is not set: to a path it is the folder."""
        for action in self._actions:
            given = getattr(args, action.dest, None)
            if action.metavar in _FILES and "" in (given if isinstance(given, list) else [given]):
                name = action.option_strings[-1] if action.option_strings else action.metavar
                raise UserError(
                    f"{name} is empty", hint="it is the name of a file; is a variable of the shell not set?"
                )


class Help(argparse.RawDescriptionHelpFormatter):
    """The same screen on every Python: `-o, --output FILE`, no colours, at most 100 columns."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=26, width=help_width())

    def _split_lines(self, text: str, width: int) -> list[str]:
        return textwrap.wrap(" ".join(text.split()), width, break_on_hyphens=False)  # a file's name stays whole

    def _format_action_invocation(self, action: argparse.Action) -> str:
        if not action.option_strings:
            return super()._format_action_invocation(action)
        names = ", ".join(action.option_strings)
        if action.nargs == 0:
            return names
        return f"{names} {self._format_args(action, action.dest.upper())}"


def help_width() -> int:
    """Columns of a help screen: argparse leaves two free."""
    return min(terminal_width(), 100) - 2


def make_parser(verb: str, summary: str, about: str, examples: Iterable[str]) -> Parser:
    """A parser for one verb, with its examples at the end of the help."""
    lines = "\n".join(f"  {example}" for example in examples)
    about = textwrap.fill(about, help_width(), break_on_hyphens=False)
    parser = Parser(
        prog=f"atpath {verb}",
        description=f"{summary[0].upper()}{summary[1:]}.\n\n{about}".strip(),
        epilog=f"examples:\n{lines}" if lines else None,
        formatter_class=Help,
        allow_abbrev=False,
    )
    parser.add_argument("--traceback", action="store_true", help=argparse.SUPPRESS)
    setattr(parser, "color", False)  # noqa: B010  Python 3.14 and newer paint the screen otherwise
    return parser


def add_format(parser: argparse.ArgumentParser, *more: str) -> None:
    """`--format pretty|json`, and what else this verb can write."""
    choices = ("pretty", "json", *more)
    parser.add_argument(
        "--format", choices=choices, default="pretty", help="how the report is written (default: pretty)"
    )


def add_output(parser: argparse.ArgumentParser, what: str) -> None:
    """`-o FILE`, standard output by default and for `-`."""
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        default="-",
        help=f"where to write {what} (default: standard output)",
    )
