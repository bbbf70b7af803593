"""`find`: every match of an RFC 9535 path, by the same generated code that mappings run."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from ...dsl.build_path import parse_path
from ...dsl.diagnostics import Diagnostic, MappingError
from ...dsl.nodes import Path
from ...dsl.problems import CellProblem
from ...dsl.source import Source, excerpt
from . import prelude
from .emit import emit_query
from .iregexp import regexp_matches, regexp_searches
from .plain import Match, select_matches
from .prelude import JsonValue

_BUILTINS = (dict, float, int, isinstance, len, list, str, type)
_PRELUDE = ("NOTHING", "at_most", "below", "children", "dotted", "less", "only", "same")
_ESCAPES = {"\b": r"\b", "\t": r"\t", "\n": r"\n", "\f": r"\f", "\r": r"\r", "'": r"\'", "\\": r"\\"}
_ESCAPED = re.compile(r"[\x00-\x1f'\\]")


def find(path: str, value: JsonValue) -> list[JsonValue]:
    """Every match of a path in a JSON value, in the path's order.

    Shape:  find("$.a[*].b", {"a": [{"b": 1}, {"b": 2}]}) -> [1, 2]
    Errors: MappingError where the text is no path
    Source: RFC 9535, with nothing added
    """
    return _query(path)(value, value)


def find_paths(path: str, value: JsonValue) -> list[str]:
    """The normalised path of every match, in the same order.

    Shape:  find_paths("$.a[-1]", {"a": [7, 8]}) -> ["$['a'][1]"]
    Errors: MappingError where the text is no path
    Source: RFC 9535, 2.7
    """
    return [_normalised(match) for match in select_matches(_parse(path), value, value)]


@lru_cache(maxsize=512)
def _query(text: str) -> Callable[[JsonValue, JsonValue], list[JsonValue]]:
    namespace: dict[str, Any] = {"__builtins__": {}, "re": re}
    namespace.update((builtin.__name__, builtin) for builtin in _BUILTINS)
    namespace.update((name, getattr(prelude, name)) for name in _PRELUDE)
    namespace.update((function.__name__, function) for function in (regexp_matches, regexp_searches))
    exec(compile("\n".join(emit_query(_parse(text), "query")), f"<path {text}>", "exec"), namespace)
    return namespace["query"]


@lru_cache(maxsize=512)
def _parse(text: str) -> Path:
    source = Source("path", text)
    try:
        return parse_path(excerpt(source, 0, len(text)), strict=True)
    except CellProblem as problem:
        span = excerpt(source, 0, len(text)).span(problem.start, problem.end)
        raise MappingError((Diagnostic(problem.code, problem.message, source, span, problem.hint),)) from None


def _normalised(match: Match) -> str:
    steps: list[str] = []
    while match.parent is not None:
        steps.append(f"['{_ESCAPED.sub(_escape, match.key)}']" if isinstance(match.key, str) else f"[{match.key}]")
        match = match.parent
    return "$" + "".join(reversed(steps))


def _escape(found: re.Match[str]) -> str:
    return _ESCAPES.get(found[0]) or f"\\u{ord(found[0]):04x}"
