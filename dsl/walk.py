"""Going over a tree: a node's children, and all nodes below it."""

from collections.abc import Iterator
from dataclasses import fields
from functools import cache

from .nodes import Node


@cache
def _fields(kind: type[Node]) -> tuple[str, ...]:
    return tuple(f.name for f in fields(kind) if f.name not in ("span", "comments", "trailing"))


def children(node: Node) -> Iterator[Node]:
    """The nodes directly below, in the order of their fields."""
    for name in _fields(type(node)):
        value: object = getattr(node, name)
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple):
            for item in value:  # pyright: ignore[reportUnknownVariableType]
                if isinstance(item, Node):
                    yield item


def walk(node: Node) -> Iterator[Node]:
    """A node and all below it, parents first, in order."""
    todo = [node]
    while todo:
        top = todo.pop()
        yield top
        todo += reversed(list(children(top)))
