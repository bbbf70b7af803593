"""`atpath standin`: a Heap to test against."""

import argparse
import json
import sys
import threading
from pathlib import Path

from ..runtime.json_text import Object
from ..runtime.standin import KnobError, Knobs, Script, Standin, parse_knobs, parse_script
from .arguments import Parser, add_format
from .failures import UserError, reason_of

ABOUT = """\
Serves the paths of Heap's US host at the root, and those of the EU host under /eu, on this machine alone,
until Ctrl-C. GET /_standin/events shows what was stored (likewise users, accounts, requests)."""

EXAMPLES = (
    "atpath standin --port 8211",
    "atpath standin --port 8211 --knob success=204 --knob limits=published",
)


def add_arguments(parser: Parser) -> None:
    """--port N --knob NAME=VALUE --script FILE."""
    parser.add_argument("--port", metavar="N", type=int, default=0, help="where to listen (default: a free port)")
    parser.add_argument(
        "--knob",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help=f"a switch; may be repeated: {', '.join(Knobs.__dataclass_fields__)}",
    )
    parser.add_argument("--script", metavar="FILE", help="what the coming requests meet, as JSON")
    add_format(parser)


def run(args: argparse.Namespace) -> int:
    """Serve until stopped."""
    if not 0 <= args.port <= 65535:
        raise UserError(f"--port {args.port}: no port", hint="a port is a number from 0, a free one, to 65535")
    standin = Standin(_knobs(args.knob), _script(args.script))
    try:
        standin.start(args.port)
    except OSError as error:
        raise UserError(f"port {args.port}: {reason_of(error)}") from error
    if args.format == "json":
        print(json.dumps({"url": standin.url}), flush=True)
    else:
        print(f"a stand-in for Heap listens on {standin.url}", flush=True)
        print(f"what it stores: {standin.url}/_standin/events; Ctrl-C ends it", file=sys.stderr)
    with standin:
        threading.Event().wait()
    return 0


def _knobs(words: list[str]) -> Knobs:
    values: Object = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            raise UserError(f"--knob {word}: no switch", hint="write --knob NAME=VALUE")
        values[name] = [*value.split(",")] if name == "apps" else value
    try:
        if "stall_seconds" in values:
            values["stall_seconds"] = _seconds(str(values["stall_seconds"]))
        return parse_knobs(values)
    except KnobError as error:
        raise UserError(str(error)) from error


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not seconds >= 0:
        raise UserError(f"--knob stall_seconds={text}: a number of seconds, 0 or more")
    return seconds


def _script(path: str | None) -> Script | None:
    if path is None:
        return None
    try:
        return parse_script(json.loads(Path(path).read_bytes()))
    except KnobError as error:
        raise UserError(f"{path}: {error}") from error
    except (ValueError, RecursionError) as error:
        raise UserError(f"{path} is no JSON: {error}") from error
