"""Where a plain value stands in a directive, and whether it has to be wrapped in `@literal` there."""

from enum import Enum, auto

from ..nodes import Json


class Position(Enum):
    """What Segment's engine takes in a place without more ado."""

    ANY = auto()  # whatever there is
    TRUTHY = auto()  # no 0, "", false or null: those count as not given
    TEXT = auto()  # a directive, or a text that is not empty
    ROOT = auto()  # a directive: a text would be read as a path
    OBJECT = auto()  # a directive or an object
    SHAPE = auto()  # the same, but not {}


def needs_literal(value: Json, position: Position) -> bool:
    """True if the engine would refuse the value there, or take it for something else."""
    match position:
        case Position.ANY:
            return False
        case Position.TRUTHY:
            return not isinstance(value, dict | list) and not value
        case Position.TEXT:
            return not is_directive(value) and not (isinstance(value, str) and value)
        case Position.ROOT:
            return not is_directive(value)
        case Position.OBJECT:
            return not isinstance(value, dict)
        case Position.SHAPE:
            return not isinstance(value, dict) or not value


def is_directive(value: Json) -> bool:
    """True of an object with an `@` key."""
    return isinstance(value, dict) and any(key.startswith("@") for key in value)
