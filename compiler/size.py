"""How large a mapping is once its lets, shapes and types stand where they are named, and whether that is too much."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ..dsl import nodes as n
from ..dsl.codes import Code
from ..dsl.diagnostics import Diagnostic
from ..dsl.walk import children
from .resolved import Resolved

MOST_LEVELS = 128  # a cell has half of that at most; every pass goes down a few Python frames a level
MOST_NODES = 100_000  # names of names of names double with every line


class _TooDeep(Exception):
    """Nothing below needs to be looked at."""


@dataclass(frozen=True, slots=True)
class _Extent:
    nodes: int
    levels: int


NONE = _Extent(0, 0)


def check_size(resolved: Resolved) -> Iterator[Diagnostic]:
    """E118: a mapping that would be too deep, or too large, to be compiled. One diagnostic says it."""
    measure = _Measure(resolved)
    total = 0
    for node in _roots(resolved):
        try:
            total += measure.extent(node, 0).nodes
        except _TooDeep:
            message = f"with what it names put in, this is more than {MOST_LEVELS} levels deep"
            yield resolved.diagnostic(Code.TOO_LARGE, message, node.span, "take the lets, shapes or types apart")
            return
        if total > MOST_NODES:
            message = f"with what it names put in, this mapping has more than {MOST_NODES:,} parts"
            hint = "names that name others twice double with every line"
            yield resolved.diagnostic(Code.TOO_LARGE, message, node.span, hint)
            return


def _roots(resolved: Resolved) -> Iterator[n.Node]:
    for action in resolved.actions:
        yield from (part for part in (action.when, action.for_each) if part is not None)
        for row in action.rows:
            yield from (part for part in (row.type, row.source) if part is not None)


@dataclass(slots=True)
class _Measure:
    """Measures each let and shape once. Names in a circle, which are reported elsewhere, count as nothing."""

    resolved: Resolved
    known: dict[str, _Extent] = field(default_factory=dict[str, _Extent])
    open: set[str] = field(default_factory=set[str])

    def extent(self, node: n.Node, above: int) -> _Extent:
        """Errors: _TooDeep where `above` and what is below are too many levels together."""
        if above > MOST_LEVELS:
            raise _TooDeep
        match node:
            case n.Ref(name) | n.NamedType(name):
                return self._named(name, above)
            case n.Object() | n.List() | n.Call() | n.If() | n.Each() | n.Pipe() | n.Coalesce() | n.ListType():
                below = self._all(children(node), above + 1)
                return _Extent(below.nodes + 1, below.levels + 1)
            case _:
                below = self._all(children(node), above)
                return _Extent(below.nodes + 1, below.levels)

    def _all(self, nodes: Iterable[n.Node], above: int) -> _Extent:
        extents = [self.extent(node, above) for node in nodes]
        return _Extent(sum(e.nodes for e in extents), max((e.levels for e in extents), default=0))

    def _named(self, name: str, above: int) -> _Extent:
        if name in self.open:
            return NONE
        if name not in self.known:
            self.open.add(name)
            below = self._all(self._behind(name), above + 1)
            self.open.discard(name)
            self.known[name] = _Extent(below.nodes + 1, below.levels + 1)
        if above + self.known[name].levels > MOST_LEVELS:
            raise _TooDeep
        return self.known[name]

    def _behind(self, name: str) -> Iterator[n.Node]:
        let, shape = self.resolved.lets.get(name), self.resolved.shapes.get(name)
        if let is not None:
            yield let.value
        elif shape is not None:
            for row in shape.rows:
                yield from (part for part in (row.type, row.source) if part is not None)
