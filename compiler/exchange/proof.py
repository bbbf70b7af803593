"""Whether an import kept everything: the definition is exported again and held against the original."""

from collections.abc import Iterator

from ...dsl import nodes as n
from ...dsl.exchange.read import same
from ...dsl.parser import Parsed
from ...dsl.source import Source
from ..resolve import resolve
from .exporting import export_definition


def unkept(definition: dict[str, n.Json], mapping: n.Mapping) -> tuple[str, ...]:
    """JSON pointers (RFC 6901) of what the mapping does not give back as it was; empty if it keeps all."""
    resolved, _ = resolve(Source("", ""), Parsed(mapping, ()), lambda _: None)
    return tuple(_differences(definition, export_definition(resolved)[0], ""))


def _differences(one: n.Json, other: n.Json, place: str) -> Iterator[str]:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in {**one, **other}:
            pointer = f"{place}/{key.replace('~', '~0').replace('/', '~1')}"
            if key in one and key in other:
                yield from _differences(one[key], other[key], pointer)
            else:
                yield pointer
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, (item, kept) in enumerate(zip(one, other, strict=True)):
            yield from _differences(item, kept, f"{place}/{index}")
    elif not same(one, other):
        yield place
