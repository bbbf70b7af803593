"""A compiled mapping: actions that are callable on events, and the route over all of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from .prelude import Rejected, Run

if TYPE_CHECKING:
    from . import ir
    from .fast.lines import LineMapper
    from .fast.rejections import Rejection
    from .resolved import Resolved

Event: TypeAlias = dict[str, Any]
Payload: TypeAlias = dict[str, Any]
Clock: TypeAlias = Callable[[], str]


@dataclass(frozen=True, slots=True)
class Action:
    """An action (or preset) of a destination: callable on an event.

    Shape:  `deliver` is the way it goes out, such as ("heap", "track"), () for none; `key` is its name in
        `Destination.actions`, `name` what the output says; `per_item` for each item of a list, not for the event
    """

    key: str
    name: str
    title: str
    deliver: tuple[str, ...]
    build: Callable[..., Any]
    fires: Callable[[Event, Run], bool]
    per_item: bool
    run: Run

    def matches(self, event: Event) -> bool:
        """Whether the trigger holds."""
        return bool(self.fires(event, self.run))

    def __call__(self, event: Event) -> Payload:
        """The payload of an event, whatever the trigger says; of a `for each` action, of one item.

        Errors: Rejected where the event breaks a rule of the action
        """
        return self.build(event, self.run) if not self.per_item else self.build(event, event, self.run)


@dataclass(frozen=True, slots=True)
class Destination:
    """A compiled mapping.

    Shape:  `program` is what the Python text is generated from (None under `semantics segment`, where Segment's own
        rules run); `settings` holds the given values and defaults; `drops` counts {(row, reason): n} of values left
        out or cut since it was loaded
    """

    name: str
    title: str
    actions: dict[str, Action]
    settings: dict[str, Any]
    resolved: "Resolved"
    program: "ir.Program | None"
    run: Run
    _python: Callable[[], str]
    _route: Callable[[Event, Run], list[tuple[str, Payload | Rejected]]]

    @property
    def python(self) -> str:
        """The generated source as a module of its own."""
        return self._python()

    def route(self, event: Event) -> list[tuple[str, Payload | Rejected]]:
        """Each action whose trigger holds with its payload or its rejection, in the mapping's order."""
        return self._route(event, self.run)

    def line_mapper(self) -> "LineMapper | None":
        """The fast way from lines to lines, None where the mapping has more to it than that."""
        from .fast.planning import mapper_of  # only who maps lines pays for it

        return mapper_of(self.program, self.run)

    def map_lines(self, chunk: bytes) -> "tuple[bytes, tuple[Rejection, ...]]":
        """NDJSON to NDJSON.

        Shape:  whole lines, an event each; a line {"action": …, "payload": …} for every payload, and what was
            rejected, in the events' order
        """
        from .fast.rejections import map_chunk

        return map_chunk(self.route, self.line_mapper(), chunk)

    @property
    def drops(self) -> dict[tuple[str, str], int]:
        """What was left out or cut so far: {(row, reason): n}."""
        return self.run.drops
