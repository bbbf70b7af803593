"""Segment's exact semantics, quirks and all: mappings, triggers and payload validation over plain JSON.

What a mapping that says `semantics segment` means; docs/segment.md has the quirks.
"""

from .coerce import PayloadRefused
from .compile import compile_directives
from .definition import Definition, Route, load_definition
from .directives import transform
from .errors import MappingError
from .fql import Condition, Group, parse_fql
from .fql_match import FqlCrash, compile_fql, compile_tree, holds, matches
from .fql_tokens import FqlError
from .schema import DefinitionError

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
