"""Lark parsers from tables that were worked out before: that takes a fraction of building them."""

from collections.abc import Callable
from typing import Any, TypeAlias, cast

import lark
from lark import Lark
from lark.grammar import Rule
from lark.lexer import TerminalDef

from .cache import digest, keep, recall

Tables: TypeAlias = Any  # what Lark serialises: dicts, lists, texts and numbers


def load_parser(kind: str, grammar: str, make: Callable[[str], Lark]) -> Lark:
    """The parser that `make` builds from a grammar; from the cache if one like it was built before.

    Shape: Lark's own `save` writes a pickle, which runs whatever somebody put there; this is its data as JSON
    """
    name = digest(kind, grammar, lark.__version__)
    try:
        kept = recall(kind, name, _unpacked)
        if kept is not None:
            return cast("Any", Lark).load(kept)
    except (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError):
        pass  # not what was kept: build it anew
    parser = make(grammar)
    data, memo = cast("Any", parser).memo_serialize([TerminalDef, Rule])
    keep(kind, name, _packed({"data": data, "memo": memo}))
    return parser


def _packed(value: Tables) -> Tables:
    """JSON has no keys but texts: other dicts become pairs."""
    match value:
        case dict():
            pairs = cast("dict[Tables, Tables]", value).items()
            if all(isinstance(key, str) for key, _ in pairs):
                return {key: _packed(item) for key, item in pairs}
            return {"#": [[key, _packed(item)] for key, item in pairs]}
        case list() | tuple() | set() | frozenset():
            return [_packed(item) for item in cast("list[Tables]", value)]
        case _:
            return value


def _unpacked(value: dict[str, Tables]) -> Tables:
    """A dict as it was before it was packed; those inside it are already."""
    return dict(value["#"]) if "#" in value else value
