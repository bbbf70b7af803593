"""The settings that a mapping is tested under: values made up where there are none, and then each other choice."""

from collections.abc import Iterator
from dataclasses import replace

from ..compiler.destination import Destination
from ..dsl import nodes as n
from ..dsl.nodes import Json
from .fill import fitting

MOST_VARIANTS = 12


def with_settings(destination: Destination) -> Destination:
    """The mapping with values made up for settings that have none, so that what they fill is looked at too."""
    rows = destination.resolved.settings
    made_up = {row.name: fitting(row.type.value, number) for number, row in enumerate(rows)}
    values = made_up | {name: value for name, value in destination.settings.items() if value is not None}
    return replace(destination, settings=values)


def variants(destination: Destination) -> tuple[dict[str, Json], ...]:
    """Settings that differ from the mapping's in one value each.

    Shape:  each other choice of a switch and of a list of choices, and nothing for what is not required and has no
            default; a value that the user gave stays
    """
    found: list[dict[str, Json]] = []
    for number, row in enumerate(destination.resolved.settings):
        default = row.default.value if isinstance(row.default, n.Literal) else None
        made_up = fitting(row.type.value, number)
        value = destination.settings.get(row.name)
        if value in (None, default, made_up):
            found += [{row.name: other} for other in _others(row, made_up if value is None else value)]
    return tuple(found[:MOST_VARIANTS])


def _others(row: n.SettingRow, value: Json) -> Iterator[Json]:
    match row.type.value:
        case n.NamedType("boolean"):
            yield not value
        case n.LiteralType(values):
            yield from (other for other in values if other != value)
        case _:
            if row.type.required is not True and row.default is None:
                yield None
