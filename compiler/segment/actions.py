"""The routes of a definition as actions of a destination, called as compiled ones are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from ..destination import Action, Event, Payload
from ..prelude import Rejected, Run
from .coerce import PayloadRefused
from .definition import Definition, Route, load_definition
from .errors import MappingError
from .fql_match import FqlCrash
from .values import Json

RouteAll = Callable[[Event, Run], list[tuple[str, Payload | Rejected]]]


@dataclass(frozen=True, slots=True)
class Called:
    """How an action is called.

    Shape:  `preset` says that its route is the definition's next preset, `never` that no event fires it
    """

    key: str
    name: str
    title: str
    deliver: tuple[str, ...]
    preset: bool
    never: bool


def to_actions(called: Sequence[Called], definition: Definition, run: Run) -> dict[str, Action]:
    """The actions by their keys.

    Errors: (of a call) Rejected with E202 for what the engine's payload validation refuses, E205 for what it throws
    """
    return {
        each.key: Action(
            each.key, each.name, each.title, each.deliver, _builder(route), _trigger(each, route), False, run
        )
        for each, route in zip(called, to_routes(called, definition), strict=True)
    }


def to_routes(called: Sequence[Called], definition: Definition) -> list[Route]:
    """The route of each action: by their order, as the definition may call an action otherwise than the mapping."""
    actions, presets = iter(definition.actions.values()), iter(definition.presets)
    return [next(presets if each.preset else actions) for each in called]


def to_late_actions(called: Sequence[Called], exported: dict[str, Json], run: Run) -> dict[str, Action]:
    """The same of a definition that is compiled when the first event comes."""

    @cache
    def actions() -> dict[str, Action]:
        return to_actions(called, load_definition(exported), run)

    def late(each: Called) -> Action:
        def build(event: Event, run: Run) -> Payload:
            return actions()[each.key].build(event, run)

        def fires(event: Event, run: Run) -> bool:
            return not each.never and actions()[each.key].fires(event, run)

        return Action(each.key, each.name, each.title, each.deliver, build, fires, False, run)

    return {each.key: late(each) for each in called}


def to_route_all(actions: dict[str, Action]) -> RouteAll:
    """Each action whose trigger holds, with its payload or its rejection."""

    def route_all(event: Event, run: Run) -> list[tuple[str, Payload | Rejected]]:
        results: list[tuple[str, Payload | Rejected]] = []
        for action in actions.values():
            if action.fires(event, run):
                try:
                    results.append((action.name, action.build(event, run)))
                except Rejected as rejected:
                    results.append((action.name, rejected))
        return results

    return route_all


def _trigger(called: Called, route: Route) -> Callable[[Event, Run], bool]:
    if called.never:  # its definition has a default subscription all the same, for people to start from
        return lambda event, run: False

    def fires(event: Event, run: Run) -> bool:
        try:
            return route.matches(event)
        except FqlCrash:
            return False

    return fires


def _builder(route: Route) -> Callable[[Event, Run], Payload]:
    def build(event: Event, run: Run) -> Payload:
        try:
            return route.payload(event)
        except PayloadRefused as refused:
            raise Rejected("E202", str(refused)) from refused
        except MappingError as error:
            raise Rejected("E205", str(error)) from error

    return build
