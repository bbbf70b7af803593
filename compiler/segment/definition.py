"""A destination as Segment defines it: presets and actions that take an event and give a payload."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

from .coerce import coerce_payload
from .compile import compile_directives
from .fql_match import compile_fql
from .schema import DefinitionError, Schema, object_schema
from .values import Json, is_array, is_object

Event: TypeAlias = dict[str, Json]


@dataclass(frozen=True, slots=True)
class Route:
    """A way from an event to a payload: a preset, or an action by its own defaults.

    Shape:  name: the preset's name, or the action's key; action: the action's key
            trigger: FQL, None where no event fires it; mapping: field -> mapping, overrides laid over it
    """

    name: str
    action: str
    trigger: str | None
    mapping: Mapping[str, Json]
    schema: Schema
    _test: Callable[[Event], bool]
    _run: Callable[[Event], Json]

    def matches(self, event: Event) -> bool:
        """Whether the event fires this; FqlCrash where Segment's test throws."""
        return self._test(event)

    def transform(self, event: Event) -> Json:
        """The mapping resolved, before validation; MappingError where the engine throws."""
        return self._run(event)

    def payload(self, event: Event) -> dict[str, Json]:
        """What the action gets: the mapping resolved, validated and coerced.

        Errors: MappingError where the engine throws, PayloadRefused where validation does
        """
        return coerce_payload(self.schema, self._run(event))


@dataclass(frozen=True, slots=True)
class Definition:
    """A destination: its actions by key, its presets in order."""

    slug: str
    actions: Mapping[str, Route]
    presets: tuple[Route, ...]


def load_definition(definition: dict[str, Json], overrides: dict[str, Json] | None = None) -> Definition:
    """Compile a destination's definition.

    Shape:  {"slug": …, "actions": [{"key", "defaultSubscription"?, "fields": {…}}],
             "presets": [{"name", "partnerAction", "subscribe"?, "mapping"}]}; a field's "label" names it in messages
            overrides: field -> mapping, laid over every mapping
    Errors: DefinitionError, and MappingError where a mapping is refused
    """
    laid = overrides or {}
    actions: dict[str, Route] = {}
    for action in _records(definition, "actions"):
        key = _text(action, "key")
        if key in actions:
            raise DefinitionError(f"two actions are called {key!r}")
        mapping = _defaults(action) | laid
        actions[key] = _route(key, key, action, "defaultSubscription", mapping, object_schema(action.get("fields", {})))
    presets: list[Route] = []
    for preset in _records(definition, "presets"):
        name, key = _text(preset, "name"), _text(preset, "partnerAction")
        if key not in actions:
            continue  # a browser plug-in's: real definitions name actions that only the web library has
        mapping = preset.get("mapping", {}) | laid
        presets.append(_route(name, key, preset, "subscribe", mapping, actions[key].schema))
    return Definition(definition.get("slug", ""), MappingProxyType(actions), tuple(presets))


def _records(definition: dict[str, Json], name: str) -> list[dict[str, Json]]:
    records = definition.get(name, [])
    if not is_array(records) or not all(is_object(record) for record in records):
        raise DefinitionError(f"{name!r} is not a list of objects")
    return records


def _defaults(action: dict[str, Json]) -> dict[str, Json]:
    """Every top-level field's default; defaults of members take no part."""
    fields: dict[str, dict[str, Json]] = action.get("fields", {})
    return {key: field["default"] for key, field in fields.items() if "default" in field}


def _never(event: Event) -> bool:
    return False


def _text(record: dict[str, Json], name: str) -> str:
    text = record.get(name)
    if not isinstance(text, str):
        raise DefinitionError(f"an action or a preset has no {name!r}")
    return text


def _route(
    name: str, action: str, record: dict[str, Json], trigger_name: str, mapping: dict[str, Json], schema: Schema
) -> Route:
    trigger = record.get(trigger_name)
    if trigger is not None and not isinstance(trigger, str):
        raise DefinitionError(f"the trigger of {name!r} is no text")
    test = compile_fql(trigger) if trigger else _never
    return Route(name, action, trigger, MappingProxyType(mapping), schema, test, compile_directives(mapping))
