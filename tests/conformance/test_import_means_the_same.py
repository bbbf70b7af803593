"""A definition that was imported, formatted and loaded gives what the definition itself gives."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from atpath.compiler import Action, Destination, Rejected, load_text
from atpath.compiler.exchange import import_definition
from atpath.compiler.segment import Definition, FqlCrash, MappingError, PayloadRefused, Route, load_definition
from atpath.dsl.format import format_mapping
from shared import shared


def records(name: str) -> Iterator[dict[str, Any]]:
    """The records of a file of the reference data."""
    return map(json.loads, shared(f"conformance/{name}.ndjson").read_bytes().splitlines())


def outcome(route: Route, event: dict[str, Any]) -> str:
    """The payload of a route, or why there is none."""
    try:
        return json.dumps(route.payload(event))
    except (MappingError, PayloadRefused) as error:
        return f"refused: {error}"


def fires(route: Route, event: dict[str, Any]) -> bool:
    try:
        return route.matches(event)
    except FqlCrash:
        return False


def of_definition(definition: Definition, event: dict[str, Any]) -> list[tuple[str, str]]:
    """What each preset that fires gives, and each action that has none: Segment runs the others through theirs."""
    own = {route.action for route in definition.presets}
    routes = (*(route for key, route in definition.actions.items() if key not in own), *definition.presets)
    return sorted((route.action, outcome(route, event)) for route in routes if fires(route, event))


def of_mapping(mapping: Destination, event: dict[str, Any]) -> list[tuple[str, str]]:
    """The same of the mapping file that the definition became."""
    return sorted((name, told(result)) for name, result in mapping.route(event))


def told(result: Any) -> str:
    """A result of a mapping as `outcome` tells one."""
    return f"refused: {result.reason}" if isinstance(result, Rejected) else json.dumps(result)


def by_itself(action: Action, event: dict[str, Any]) -> str:
    """What an action gives whether or not it fires."""
    try:
        return told(action(event))
    except Rejected as rejected:
        return told(rejected)


def test_an_imported_definition_routes_events_as_the_definition_does(capsys: pytest.CaptureFixture[str]) -> None:
    definitions = {definition["slug"]: definition for definition in records("facts")}
    events: dict[str, list[dict[str, Any]]] = {slug: [] for slug in definitions}
    for vector in records("mapping"):
        events[vector["destination"]].append(vector["event"])
    payloads = refusals = 0
    for slug, definition in definitions.items():
        original = load_definition(definition)
        imported = load_text(format_mapping(import_definition(definition)), f"{slug}.map")
        for event in events[slug]:
            wanted = of_definition(original, event)
            assert of_mapping(imported, event) == wanted, (slug, event)
            for key, route in original.actions.items():
                if fires(route, event):
                    assert by_itself(imported.actions[key], event) == outcome(route, event), (slug, key, event)
            refused = sum(text.startswith("refused: ") for _, text in wanted)
            payloads, refusals = payloads + len(wanted) - refused, refusals + refused
    with capsys.disabled():
        print(
            f"\n{len(definitions)} definitions imported: {payloads:,} payloads and {refusals:,} refusals are the same"
        )
    assert payloads > 100  # the events are made for these triggers: most fire something
    assert refusals > 10
