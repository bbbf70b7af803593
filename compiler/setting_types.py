"""What makes a value fit each setting of a mapping, in words that need no syntax tree."""

from ..dsl import nodes as n
from .resolved import Resolved

_PLAIN = ("string", "secret", "number", "integer", "boolean")


def setting_types(resolved: Resolved) -> dict[str, str | list[n.Scalar]]:
    """What makes a value fit each setting: the name of a prelude function, or the values that it may have."""
    types: dict[str, str | list[n.Scalar]] = {}
    for row in resolved.settings:
        match row.type.value:
            case n.NamedType(name) if name in _PLAIN:
                types[row.name] = f"as_{name.replace('secret', 'string')}"
            case n.LiteralType(values):
                types[row.name] = list(values)
            case _:
                pass
    return types
