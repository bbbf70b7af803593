"""How a mapping, or a run of one, fails."""

from typing import Literal

Kind = Literal["validation", "runtime"]


class MappingError(Exception):
    """A mapping that Segment's engine refuses, or an event on which it throws.

    Shape:  kind "validation": refused before anything is resolved; "runtime": thrown while resolving
            messages: the engine's own words, one a problem; str() joins them with " | "
    """

    def __init__(self, kind: Kind, messages: tuple[str, ...]) -> None:
        super().__init__(" | ".join(messages))
        self.kind: Kind = kind
        self.messages = messages


def fail(message: str) -> MappingError:
    """A run-time error with one message, to be raised."""
    return MappingError("runtime", (message,))
