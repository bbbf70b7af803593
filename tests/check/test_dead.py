"""Triggers that no event of Segment's fires, in mappings that keep Segment's own text."""

import json

import pytest
from atpath.compiler.check.dead import dead_trigger
from atpath.compiler.check.parting import routes
from atpath.compiler.exchange import export_definition, import_definition
from atpath.compiler.loader import check_text
from atpath.compiler.outcome import check_source
from atpath.dsl.format import format_mapping
from atpath.dsl.source import Source
from shared import shared

FIELDS = {"size": {"type": "string", "default": "large"}}


def dead(trigger: str, *, preset: str = "") -> list[tuple[str, str]]:
    """What is said of an action with this trigger, which runs by itself or has a preset with one of its own."""
    presets = (
        [{"name": "P", "partnerAction": "egg", "subscribe": preset, "mapping": {"size": "small"}}] if preset else []
    )
    action = {"key": "egg", "title": "Egg", "defaultSubscription": trigger, "fields": FIELDS}
    definition = {"slug": "nest", "name": "Nest", "settings": [], "presets": presets, "actions": [action]}
    found = check_source(Source("nest.map", format_mapping(import_definition(definition))))
    return [(each.message, each.hint) for each in found if each.code == "W301"]


@pytest.mark.parametrize("preset", ["", 'type = "page"'])
@pytest.mark.parametrize(
    ("trigger", "hint"),
    [
        ('type = "track" and event == "Egg Laid"', "write `=`"),
        ("type = 'track'", 'write "track"'),
        ("type = \"track\" and event = 'Egg Laid'", 'write "Egg Laid"'),
        ('type = "Track"', 'did you mean "track"?'),
        ('type = "egg"', "types are "),
        ('type = "track" and type = "page"', ""),
    ],
)
def test_a_trigger_that_no_event_of_segments_fires(trigger: str, hint: str, preset: str) -> None:
    ((_, told),) = dead(trigger, preset=preset)
    assert hint in told


@pytest.mark.parametrize(
    "trigger", ['type = "track" or ((event = "a"))', 'type !="track"', 'type = "track" & event = "a"']
)
def test_a_trigger_that_segment_refuses(trigger: str) -> None:
    ((message, _),) = dead(trigger)
    assert message == f"Segment refuses the trigger `{trigger}`: no event fires it"


@pytest.mark.parametrize(
    "trigger",
    [
        'type = "track"',
        'type = "delete"',
        'type != "Track"',
        'event = "Egg = Laid"',
        'event = "Hen\'s"',
        'type = "Track" or type = "track"',
        "event != 'Egg'",
        'contains(event, "=")',
        'type = "track" AND event = "Egg"',
        "properties.on = true",
    ],
)
def test_a_trigger_that_some_event_fires(trigger: str) -> None:
    assert dead(trigger) == dead(trigger, preset='type = "page"') == []


def test_the_dead_triggers_of_the_reference_definitions_and_no_other() -> None:
    found: dict[str, int] = {}
    slips, slipped = ("==", '"Identify"', "'"), 0
    for line in shared("conformance/facts.ndjson").read_bytes().splitlines():
        definition = json.loads(line)
        texts = [action.get("defaultSubscription") or "" for action in definition["actions"]]
        texts += [preset.get("subscribe") or "" for preset in definition["presets"]]
        slipped += sum(any(slip in text for slip in slips) for text in texts)
        resolved = check_text(format_mapping(import_definition(definition)), definition["slug"]).resolved
        for action, _, text in routes(resolved, export_definition(resolved)[0]):
            for each in dead_trigger(resolved, action, text) if text else ():
                found[each.message] = found.get(each.message, 0) + 1
    assert sum(found.values()) == slipped > 0
    assert all(any(slip in message for slip in slips) for message in found)


def test_the_dead_triggers_of_the_reference_vectors_and_no_other() -> None:
    vectors = map(json.loads, shared("conformance/triggers.ndjson").read_bytes().splitlines())
    texts = sorted({vector["fql"] for vector in vectors if vector["source"] == "real"})
    told = {text for text in texts if dead(text)}
    assert told == {text for text in texts if "==" in text or '"Identify"' in text or "'" in text}


def test_a_value_that_no_event_has_is_told_of_once() -> None:
    table = "| field | type | source |\n| --- | --- | --- |\n| size | string | $.userId |\n"
    text = f'destination d\n\naction a\nwhen type = "Identify"\n{table}'
    told = [(each.code, each.message) for each in check_source(Source("a.map", text)) if each.code[0] == "W"]
    assert told == [("W308", 'Segment\'s events never have "Identify" as `type`: this trigger never holds')]
    both = text.replace("when", 'when event = "a" and event = "b" and')
    assert {each.code for each in check_source(Source("a.map", both))} >= {"W308"}
    other = text.replace('"Identify"', '"track" and type = "page"')
    assert {each.code for each in check_source(Source("a.map", other))} >= {"W301"}
    segments = [each.code for each in check_source(Source("a.map", f"semantics segment\n{text}"))]
    assert segments.count("W301") + segments.count("W308") == 1
