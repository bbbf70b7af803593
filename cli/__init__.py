"""The command line: find the verb, run it, turn what goes wrong into a message and an exit status."""

import io
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]

FINE, USERS, OURS, STOPPED = 0, 1, 2, 130


def main(argv: "Sequence[str] | None" = None) -> int:
    """Run one command line; the exit status comes back.

    Shape:  ["check", "mappings/heap.map"]; without `argv`, the process's own arguments
    Errors: none: 0 fine, 1 the user's error, 2 ours, 130 stopped from outside (Ctrl-C, a closed pipe)
    """
    words = list(sys.argv[1:] if argv is None else argv)
    _allow_any_text()
    try:
        status = _dispatch(words)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return STOPPED
    except BrokenPipeError:
        _forget_standard_output()
        return STOPPED
    except SystemExit as stop:  # argparse has printed a verb's help
        return stop.code if isinstance(stop.code, int) else FINE
    except Exception as error:
        from .failures import report

        return report(error, words)
    return status


def _dispatch(words: list[str]) -> int:
    # What a word asks for is imported then and not before: start-up is most of what `check` takes.
    match words:
        case ["--version" | "-V", *_]:
            from .overview import version

            print("atpath", version())
            return FINE
        case ["--help" | "-h" | "help"]:
            from .overview import overview

            print(overview())
            return FINE
        case ["help", verb, *_]:
            return _dispatch([verb, "--help"])
        case []:
            from .overview import overview

            print(overview(), file=sys.stderr)
            return USERS
        case _:
            from .verbs import find_verb

            return find_verb(words[0])(words[1:])


def _allow_any_text() -> None:
    """A name that the terminal cannot show is shown escaped; it is no reason to fail."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _forget_standard_output() -> None:
    """The reader has gone: let the interpreter's last flush go nowhere, without a word."""
    import os

    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
