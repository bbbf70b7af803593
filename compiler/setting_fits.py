"""Settings made to fit their types: a command line gives texts, whatever the table says."""

from collections.abc import Mapping
from typing import Any

from . import prelude


def fit_settings(types: Mapping[str, str | list[Any]], given: Mapping[str, Any]) -> dict[str, Any]:
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
