"""One expression or condition by itself, as a callable: for trying things out."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from ..dsl import nodes as n
from ..dsl.build import parse_condition, parse_expr
from ..dsl.codes import Code
from ..dsl.diagnostics import Diagnostic, MappingError
from ..dsl.problems import CellProblem
from ..dsl.source import Excerpt, Source, excerpt
from .loader import compile_resolved
from .names import check_names
from .resolved import Resolved, ResolvedAction
from .size import check_size

Json: TypeAlias = Any  # what a JSON text holds
NAME = "value"
_UNREAD = (Code.UNREADABLE, Code.BAD_CONDITION)
_TEST = re.compile(r"(?:not|exists|present|contains|match)\b|!")  # they look like calls of functions


def to_callable(
    text: str,
    scope: Resolved | None = None,
    *,
    settings: Mapping[str, Json] | None = None,
    now: Callable[[], str] | None = None,
) -> Callable[[Json], tuple[Json, ...]]:
    """The value of an expression (or the answer of a condition) for an event: (value,), or () for nothing.

    Shape:  `scope` is a mapping whose lets, shapes, tables and settings the text may use
    Errors: MappingError where the text cannot be read or names what there is not; the callable raises Rejected for an
        event that a shape rejects
    """
    source = Source("<expression>", text, len(scope.sources) if scope else 0)
    row = n.Row(n.FieldName((NAME,)), n.FieldType(n.NamedType("any"), nullable=True), _read(source))
    resolved = _alone(source, row, scope)
    problems = (*check_names(resolved), *check_size(resolved))
    if problems:
        raise MappingError(problems)
    action = compile_resolved(resolved, settings=settings, now=now).actions[NAME]

    def call(event: Json) -> tuple[Json, ...]:
        payload = action(event)
        return (payload[NAME],) if NAME in payload else ()

    return call


def _read(source: Source) -> n.Expr:
    cell = excerpt(source, 0, len(source.text)).strip()
    readings: list[Callable[[Excerpt], n.Expr]] = [parse_expr, _answer]
    if _TEST.match(cell.text):
        readings.reverse()
    problems: list[CellProblem] = []
    for read in readings:
        try:
            return read(cell)
        except CellProblem as problem:
            problems.append(problem)
    # The reading that came further says more, but for one that could be read and means nothing.
    problem = max(problems, key=lambda p: (p.code not in _UNREAD, p.start))
    span = cell.span(problem.start, problem.end)
    raise MappingError((Diagnostic(problem.code, problem.message, source, span, problem.hint),))


def _answer(cell: Excerpt) -> n.Expr:
    condition = parse_condition(cell)
    yes, no = n.Literal(True, span=cell.whole), n.Literal(False, span=cell.whole)
    return n.If(condition, yes, no, span=cell.whole)


def _alone(source: Source, row: n.Row, scope: Resolved | None) -> Resolved:
    """A mapping of one action that has this row, and the names of the scope."""
    row = replace(row, span=source.span(0, len(source.text)))
    section = n.Action(NAME, NAME, rows=(row,), span=row.span)
    action = ResolvedAction(NAME, NAME, NAME, (), None, None, (row,), None, row.span)
    mapping = n.Mapping(None, (section,), span=row.span)
    if scope is None:
        return Resolved(
            mapping, (source,), NAME, NAME, "", (), (action,), {}, {}, {}, {}, (), (), frozenset()
        )  # fmt: skip
    sources = (*scope.sources, source)
    return replace(scope, mapping=mapping, sources=sources, actions=(action,), examples=(), laws=(), semantics="")
