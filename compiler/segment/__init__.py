"""Segment's exact semantics, quirks and all: mappings, triggers and payload validation over plain JSON.

What a mapping that says `semantics segment` means; docs/segment.md has the quirks.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .coerce import PayloadRefused
    from .compile import compile_directives
    from .definition import Definition, Route, load_definition
    from .directives import transform
    from .errors import MappingError
    from .fql import Condition, Group, parse_fql
    from .fql_match import FqlCrash, compile_fql, compile_tree, holds, matches
    from .fql_tokens import FqlError
    from .schema import DefinitionError

_HOMES = {
    "Condition": ".fql", "Definition": ".definition", "DefinitionError": ".schema", "FqlCrash": ".fql_match",
    "FqlError": ".fql_tokens", "Group": ".fql", "MappingError": ".errors", "PayloadRefused": ".coerce",
    "Route": ".definition", "compile_directives": ".compile", "compile_fql": ".fql_match",
    "compile_tree": ".fql_match", "holds": ".fql_match", "load_definition": ".definition", "matches": ".fql_match",
    "parse_fql": ".fql", "transform": ".directives",
}  # fmt: skip

__all__ = [
    "Condition",
    "Definition",
    "DefinitionError",
    "FqlCrash",
    "FqlError",
    "Group",
    "MappingError",
    "PayloadRefused",
    "Route",
    "compile_directives",
    "compile_fql",
    "compile_tree",
    "holds",
    "load_definition",
    "matches",
    "parse_fql",
    "transform",
]


def __getattr__(name: str) -> Any:
    """Each public name is imported when it is asked for: a clean mapping's triggers need a part of it."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name], __name__), name)
