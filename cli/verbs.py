"""The table of verbs: a module each, imported when its verb is asked for.

A verb's module has

    EXAMPLES: tuple[str, ...]                   # shown by --help; the first works in a checkout
    def add_arguments(parser: Parser) -> None   # what the verb takes; `arguments.py` has what verbs share
    def run(args: argparse.Namespace) -> int    # does it; raises UserError for what its user can mend

and may have ABOUT, a paragraph for --help. A verb whose module is not there is not listed.
"""

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Protocol, cast

from .failures import UserError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from .arguments import Parser

# verb -> (module, one line about it), in the groups and the order that the overview shows
GROUPS: dict[str, dict[str, tuple[str, str]]] = {
    "Write a mapping": {
        "check": ("check", "say what is wrong in mapping files, and where"),
        "fmt": ("fmt", "align tables, order sections, keep comments"),
        "import": ("import_", "turn a docs page or Segment's JSON into a mapping file"),
        "export": ("export", "turn a mapping file into Segment's JSON"),
        "docs": ("docs", "turn a mapping file into a docs page"),
        "compile": ("compile", "write the mapping as a Python module of its own"),
        "infer": ("infer", "learn a source schema from sample events"),
    },
    "Run it": {
        "run": ("run", "turn events into payloads"),
        "send": ("send", "turn events into requests, and send them"),
        "replay": ("replay", "send dead letters once more"),
        "serve": ("serve", "take events over HTTP"),
        "status": ("status", "show what waits to be sent"),
        "standin": ("standin", "be a Heap server for tests, on this machine"),
        "demo": ("demo", "show the whole way on sample events"),
    },
    "Look into it": {
        "explain": ("explain", "explain a code, or what becomes of one event"),
        "eval": ("eval", "evaluate one expression on an event"),
        "lineage": ("lineage", "show which fields read what"),
        "diff": ("diff", "find an event on which two mappings differ"),
    },
    "Prove it": {
        "test": ("test_", "run a mapping's examples and laws"),
        "gen": ("gen", "make up events that a mapping takes"),
        "mutate": ("mutate", "see whether the examples notice a changed mapping"),
    },
}


class Verb(Protocol):
    """What a verb's module has."""

    EXAMPLES: tuple[str, ...]

    def add_arguments(self, parser: "Parser") -> None: ...

    def run(self, args: "argparse.Namespace") -> int: ...


def is_there(module: str) -> bool:
    """True if this installation has the verb's module."""
    return find_spec(f"{__package__}.{module}") is not None


def listed() -> dict[str, dict[str, str]]:
    """The verbs that are there: group -> verb -> one line about it."""
    groups = {
        group: {name: summary for name, (module, summary) in verbs.items() if is_there(module)}
        for group, verbs in GROUPS.items()
    }
    return {group: verbs for group, verbs in groups.items() if verbs}


def find_verb(name: str) -> "Callable[[list[str]], int]":
    """The verb as a function of the words behind it. UserError if there is none of that name."""
    for verbs in GROUPS.values():
        if name in verbs and is_there(verbs[name][0]):
            module, summary = verbs[name]
            verb = cast("Verb", import_module(f".{module}", __package__))
            return lambda words: _run(name, summary, verb, words)
    raise _unknown(name)


def _run(name: str, summary: str, verb: Verb, words: list[str]) -> int:
    from .arguments import make_parser

    parser = make_parser(name, summary, getattr(verb, "ABOUT", ""), verb.EXAMPLES)
    verb.add_arguments(parser)
    args = parser.parse_args(words)
    parser.refuse_empty_names(args)
    return verb.run(args)


def _unknown(name: str) -> UserError:
    from difflib import get_close_matches

    names = [verb for verbs in listed().values() for verb in verbs]
    close = get_close_matches(name, names, n=1)
    hint = f"did you mean '{close[0]}'?" if close else "`atpath --help` lists the verbs"
    if name.startswith("-"):
        return UserError(f"no option '{name}' before the verb", hint="write the verb first: atpath VERB ...")
    return UserError(f"no verb '{name}'", hint=hint)
