"""What kind of JSON a value of any shape is, in words that a type checker follows."""

from typing import Any, TypeAlias, TypeGuard

Json: TypeAlias = Any  # what a mapping makes of an event, right or wrong


def is_object(value: object) -> TypeGuard[dict[str, Json]]:
    """True for an object."""
    return isinstance(value, dict)


def is_list(value: object) -> TypeGuard[list[Json]]:
    """True for a list."""
    return isinstance(value, list)
