"""Settings made to fit their types: a command line gives texts, whatever the table says."""

import json
from collections.abc import Collection, Mapping
from typing import Any

from . import prelude


def fit_settings(types: Mapping[str, str | list[Any]], given: Mapping[str, Any]) -> dict[str, Any]:
    """Settings as their types have them: a command line gives "true" for true. What does not fit stays as it is."""
    made = {name: _fit(types.get(name), value) for name, value in given.items()}
    return {name: value if made[name] is None else made[name] for name, value in given.items()}


def do_fit(types: Mapping[str, str | list[Any]], plain: Collection[str], given: Mapping[str, Any]) -> bool:
    """Whether all settings are of their types; False too where that takes more than `types` say.

    Shape:  `plain` names the settings whose types have no more to them
    """
    return all(name in plain and _fit(types.get(name), value) is not None for name, value in given.items())


def _fit(how: str | list[Any] | None, value: Any) -> Any:
    if how is None:
        return None
    if how == "json":
        return _container(value) if isinstance(value, str) else value
    return getattr(prelude, how)(value) if isinstance(how, str) else prelude.as_one_of(value, tuple(how))


def _container(text: str) -> Any:
    """The object or list that a JSON text is; None for any other text."""
    if not text.lstrip().startswith(("{", "[")):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
