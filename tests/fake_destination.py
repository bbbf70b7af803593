"""A destination of plain Python, for tests of what lies around a mapping."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from atpath.compiler.prelude import Rejected

Object = dict[str, Any]


@dataclass
class FakeAction:
    """What `make` gives is the payload, None means that the trigger doesn't hold; it may raise Rejected."""

    make: Callable[[Object], Object | list[Object] | None]
    deliver: tuple[str, ...] | None = ("heap", "track")


@dataclass
class FakeDestination:
    actions: Mapping[str, FakeAction]
    settings: Object = field(default_factory=lambda: {"appId": "11"})
    name: str = "fake"
    drops: Counter[tuple[str, str]] = field(default_factory=Counter)

    def route(self, event: Object) -> list[tuple[str, Object | Rejected]]:
        results: list[tuple[str, Object | Rejected]] = []
        for name, action in self.actions.items():
            try:
                made = action.make(event)
            except Rejected as rejected:
                results.append((name, rejected))
                continue
            if made is not None:
                results += [(name, payload) for payload in (made if isinstance(made, list) else [made])]
        return results


def same(event: Object) -> Object:
    """The event itself as the payload."""
    return dict(event)
