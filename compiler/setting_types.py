"""What makes a value fit each setting of a mapping, in words that need no syntax tree."""

from ..dsl import nodes as n
from .resolved import Resolved

_PLAIN = ("string", "secret", "number", "integer", "boolean")


def setting_types(resolved: Resolved) -> dict[str, str | list[n.Scalar]]:
    """What makes a value fit each setting: the name of a prelude function, "json", or the values that it may have."""
    types: dict[str, str | list[n.Scalar]] = {}
    for row in resolved.settings:
        match row.type.value:
            case n.NamedType(name) if name in _PLAIN:
                types[row.name] = f"as_{name.replace('secret', 'string')}"
            case n.LiteralType(values):
                types[row.name] = list(values)
            case n.ListType() | n.NamedType("object" | "array"):
                types[row.name] = "json"
            case _:
                pass
    return types


def plain_settings(resolved: Resolved) -> tuple[str, ...]:
    """The settings whose values are right if they can be made to fit: their types have no bounds."""
    types = setting_types(resolved)
    bounds = {row.name: row.type.value for row in resolved.settings if isinstance(row.type.value, n.NamedType)}
    return tuple(
        name for name in types if name not in bounds or (bounds[name].low is None and bounds[name].high is None)
    )
