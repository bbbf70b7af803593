"""Events in, payloads out, Heap at the end."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .bulk import Target, TargetError
    from .delivery.client import Heap, Outcome
    from .events import DeadLetter, DeadLetterFile, EventFile, EventsError
    from .run import Mapped, Tally
    from .send import Sent
    from .serve.outlets import event_app
    from .standin import Standin

__all__ = [
    "DeadLetter",
    "DeadLetterFile",
    "EventFile",
    "EventsError",
    "Heap",
    "Mapped",
    "Outcome",
    "Sent",
    "Standin",
    "Tally",
    "Target",
    "TargetError",
    "event_app",
]

# A name's module is imported when the name is asked for: who runs a mapping over a file does without HTTP.
_HOMES = {
    "DeadLetter": "events",
    "DeadLetterFile": "events",
    "EventFile": "events",
    "EventsError": "events",
    "Heap": "delivery.client",
    "Mapped": "run",
    "Outcome": "delivery.client",
    "Sent": "send",
    "Standin": "standin",
    "Tally": "run",
    "Target": "bulk",
    "TargetError": "bulk",
    "event_app": "serve.outlets",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)
