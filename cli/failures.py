"""What goes wrong on the command line, as a message and an exit status."""

import os
import sys
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

USERS, OURS = 1, 2
Style = Literal["error", "warning", "hint", "strong"]
_COLOURS: dict[Style, str] = {"error": "1;31", "warning": "33", "hint": "36", "strong": "1"}
_EXTRAS = {"hypothesis": "test", "liquid": "segment", "prometheus_client": "serve", "uvicorn": "serve"}


class UserError(Exception):
    """Something that whoever typed the command can mend: exit status 1.

    Shape:  the message in lower case; the hint says what to do instead
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(UserError):
    """Words that the verb does not take."""


def refuse(errors: "Sequence[Exception]") -> None:
    """Raise what went wrong with some of several files, once everything else is done."""
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise ExceptionGroup("several files", errors)


def report(error: Exception, words: "Sequence[str]") -> int:
    """Say on standard error what went wrong; the exit status comes back."""
    match error:
        case UserError():
            return _tell(error.message, error.hint, words)
        case OSError():
            return _tell(_os_message(error), _near_name(error), words)
        case ExceptionGroup():
            return max(report(each, words) for each in error.exceptions)
        case ModuleNotFoundError() if error.name in _EXTRAS:
            return _tell(f"this needs {error.name}", f"pip install 'atpath[{_EXTRAS[error.name]}]'", words)
        case _ if _is_about_input(error):
            return _tell(str(error), "", words)
        case _:
            return _report_mapping(error, words) or _report_defect(error, words)


def wants_json(words: "Sequence[str]") -> bool:
    """True if the command line has `--format json`, even one that could not be parsed."""
    return "--format=json" in words or ("--format", "json") in pairwise(words)


def paint(text: str, style: Style, stream: "TextIO | None" = None) -> str:
    """Text in a terminal's own colour, or as it is where colours are not wanted."""
    if not has_colour(stream or sys.stderr):
        return text
    return f"\x1b[{_COLOURS[style]}m{text}\x1b[0m"


def tell(style: Style, text: str) -> None:
    """A line on standard error that begins with a word in its colour: `warning: …`, folded to a terminal."""
    from .folding import folded  # most command lines have nothing to say

    print(folded([text], sys.stderr).replace(style, paint(style, style), 1), file=sys.stderr)


def has_colour(stream: "TextIO") -> bool:
    """Whether a stream is a terminal whose user wants colours."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _tell(message: str, hint: str, words: "Sequence[str]") -> int:
    if wants_json(words):
        import json

        print(json.dumps({"error": message, "hint": hint or None}), file=sys.stderr)
        return USERS
    tell("error", f"error: {message}")
    if hint:
        tell("hint", f" hint: {hint}")
    return USERS


def _near_name(error: OSError) -> str:
    """A hint for the misspelt name of a mapping that ships."""
    if not isinstance(error, FileNotFoundError) or not isinstance(error.filename, str):
        return ""
    from ..compiler.files import near_shipped

    return near_shipped(error.filename)


def reason_of(error: OSError) -> str:
    """What the system says went wrong, as a message of ours goes on with it."""
    return (error.strerror or str(error) or type(error).__name__).lower()


def _os_message(error: OSError) -> str:
    reason = reason_of(error)
    return f"{os.fsdecode(error.filename)}: {reason}" if isinstance(error.filename, str | bytes) else reason


def _is_about_input(error: Exception) -> bool:
    # Imported here: most command lines that fail have not come as far as reading events.
    from ..runtime.events import EventsError

    return isinstance(error, EventsError)


def _report_mapping(error: Exception, words: "Sequence[str]") -> int:
    """A mapping that cannot be used shows its diagnostics; 0 if the error is another one."""
    from ..dsl.diagnostics import MappingError

    if not isinstance(error, MappingError):
        return 0
    if wants_json(words):
        return _tell(str(error), "`atpath check --format json` has every diagnostic", words)
    from ..dsl.render import count_line, render_all
    from .folding import report_width

    print(render_all(error.diagnostics, width=report_width(), colour=has_colour(sys.stderr)), file=sys.stderr)
    print(count_line(error.diagnostics), file=sys.stderr)
    return USERS


def _report_defect(error: Exception, words: "Sequence[str]") -> int:
    import traceback

    text = "".join(traceback.format_exception(error))
    line = traceback.format_exception_only(error)[0].strip()
    print(f"{paint('defect', 'error')}: {line}", file=sys.stderr)
    if "--traceback" in words:
        print(text, file=sys.stderr)
        return OURS
    print(
        f"This is a mistake in atpath, not yours. Please report it with the command and {_keep(text)};\n"
        "`--traceback` shows the traceback here.",
        file=sys.stderr,
    )
    return OURS


def _keep(text: str) -> str:
    """Put the traceback into a file; what to call it comes back."""
    import tempfile

    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="atpath-defect-", suffix=".txt", delete=False, encoding="utf-8", errors="replace"
        ) as file:
            file.write(text)
    except OSError:
        return "its traceback"
    return file.name
