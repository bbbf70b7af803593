"""Generated text as functions: the names that it sees, and the places in the mapping that it comes from."""

import ast
import builtins
import linecache
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from types import CodeType, ModuleType
from typing import Any

from ..dsl.source import Source, Span

_BUILTINS = (
    "bool", "dict", "enumerate", "float", "int", "isinstance", "len", "list", "max", "min", "range", "reversed", "str",
    "type",
)  # fmt: skip
_HOMES = (".prelude", ".prelude_functions", ".paths.prelude", ".paths.iregexp")


@cache
def known_names() -> dict[str, str]:
    """Every name of the prelude that generated text may use, with the first module that has it."""
    return {name: home for home in reversed(_HOMES) for name in vars(_module(home)) if not name.startswith("__")}


def used_names(text: str) -> dict[str, str]:
    """Those that a text does use."""
    used = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
    return {name: home for name, home in sorted(known_names().items()) if name in used}


def namespace_of(names: dict[str, str]) -> dict[str, Any]:
    """What generated text sees: few builtins, and these names."""
    namespace: dict[str, Any] = {"__builtins__": {name: getattr(builtins, name) for name in _BUILTINS}}
    for name, home in names.items():
        if home not in _HOMES:
            raise ValueError(f"{home} is no home of the prelude's names")
        namespace[name] = getattr(_module(home), name)
    return namespace


@cache
def _module(home: str) -> ModuleType:
    return import_module(home, __package__)


def code_of(text: str, spans: Sequence[Span], source: Source) -> CodeType:
    """The text compiled so that tracebacks and profiles point at the mapping."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt | ast.expr | ast.arg | ast.keyword | ast.excepthandler):
            span = spans[node.lineno - 1]
            own = span.file == 0
            start = source.locate(span.start) if own else (1, 0)
            end = source.locate(span.end) if own else (1, 0)
            node.lineno, node.col_offset = start
            node.end_lineno, node.end_col_offset = max(start, end)
    linecache.cache[source.name] = (len(source.text), None, source.text.splitlines(True), source.name)
    return compile(tree, source.name, "exec")
