"""Settings made to fit their types: a command line gives texts, whatever the table says."""

from collections.abc import Mapping
from typing import Any

from ..dsl import nodes as n
from . import prelude
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


def fit_settings(types: Mapping[str, str | list[n.Scalar]], given: Mapping[str, Any]) -> dict[str, Any]:
    """Settings as their types have them: a command line gives "true" for true. What does not fit stays as it is."""
    fitted: dict[str, Any] = {}
    for name, value in given.items():
        how = types.get(name)
        if how is None:
            made = None
        elif isinstance(how, str):
            made = getattr(prelude, how)(value)
        else:
            made = prelude.as_one_of(value, tuple(how))
        fitted[name] = value if made is None else made
    return fitted
