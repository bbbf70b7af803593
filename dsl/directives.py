"""The syntax tree of a source and Segment's JSON directives: from one to the other, and nothing lost."""

from collections.abc import Mapping

from . import nodes as n
from .exchange.positions import Position
from .exchange.read import JsonReader
from .exchange.write import CannotSay, Writer

__all__ = ["CannotSay", "Spelt", "to_directive", "to_expr"]

Spelt = Mapping[str, str]
"""Path texts of Segment's that are not canonical: canonical -> as written, `{"$.a": "a"}`."""


def to_expr(directive: n.Json, spelt: dict[str, str] | None = None) -> n.Expr:
    """The expression of a mapping's JSON.

    Shape:  {"@path": "$.a"} -> $.a; what no expression says to the letter stays a Directive, so that
            `to_directive(to_expr(j)) == j`, order of keys and kinds of numbers included
            `spelt`: where given, paths in another spelling are read too, and noted in it
    """
    return JsonReader(spelt).read(directive)


def to_directive(source: n.Expr, names: Mapping[str, n.Expr] | None = None, spelt: Spelt | None = None) -> n.Json:
    """The JSON of a source, in Segment's directives.

    Shape:  $.a ?? 0 -> {"@if": {"exists": {"@path": "$.a"}, "then": {"@path": "$.a"}, "else": {"@literal": 0}}}
            `names`: what a bare name stands for, each let and each shape (as an object)
    Errors: CannotSay
    """
    return Writer(names or {}, spelt or {}).at(source, Position.ANY)
