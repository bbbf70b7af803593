"""Definitions that are right and unusual: nothing of them is lost, and they mean what they meant."""

from typing import Any

import pytest
from atpath.compiler import MappingError, Rejected, load_text
from atpath.compiler.exchange import import_definition, unkept
from atpath.dsl.format import format_mapping
from atpath.dsl.parser import parse
from atpath.dsl.source import Source
from birdhouse import definition, text_of

EVENT = {"type": "track", "a": {"x": {}}}


def kept(value: dict[str, Any]) -> str:
    """The text of a definition, of which every bit comes back from the text too."""
    text = text_of(value)
    parsed = parse(Source("birdhouse.map", text))
    assert not parsed.diagnostics
    assert format_mapping(parsed.mapping) == text
    assert unkept(value, import_definition(value)) == unkept(value, parsed.mapping) == ()
    return text


def test_an_object_inside_a_shape_is_not_required_because_a_member_is():
    inner = {"type": "object", "properties": {"y": {"type": "string", "required": True}}}
    field = {"type": "object", "properties": {"x": inner, "z": {"type": "string"}}, "default": {"@path": "$.a"}}
    text = kept(definition(f=field))
    nest = load_text(text, "birdhouse.map").actions["nest"]
    assert nest({"type": "track", "a": {"z": "t"}}) == {"f": {"z": "t"}}
    with pytest.raises(Rejected, match="'y'"):
        nest(EVENT)


@pytest.mark.parametrize("key", ["null", "a b", "a|b", "<br>", "# a", "a\nb", "0", "if", "é", "a..b", "$a"])
@pytest.mark.parametrize("name", ["required", "depends_on"])
def test_conditions_on_fields_of_any_name(key: str, name: str):
    condition = {"conditions": [{"fieldKey": key, "operator": "is", "value": ["x", "y"]}]}
    kept(definition(f={"type": "string", name: condition}, **{key: {"type": "string"}}))


def test_an_action_whose_key_is_no_name():
    value = definition(f={"type": "string", "default": {"@path": "$.type"}})
    value["actions"][0]["key"] = "2nd nest"
    mapping = load_text(kept(value), "birdhouse.map")
    assert mapping.route(EVENT) == [("_2nd_nest", {"f": "track"})]


def test_two_actions_of_one_key_are_refused():
    action = 'action {}\nextra {{"key": "x"}}\n| field | type |\n| f | string |\n'
    text = f'semantics segment\ndestination d "D"\n\n{action.format("a")}\n{action.format("b")}'
    with pytest.raises(MappingError, match="two actions are called 'x'"):
        load_text(text, "x.map")


def test_a_preset_without_a_mapping_in_a_definition_that_is_refused():
    value = definition(f={"type": "string", "default": {"@case": {"operator": "lower", "value": 1}}})
    value["presets"] = [{"name": "P", "type": "automatic", "subscribe": 'type = "page"', "partnerAction": "nest"}]
    with pytest.raises(MappingError):
        load_text(kept(value), "birdhouse.map")


@pytest.mark.parametrize("trigger", ["", "  "])
def test_an_empty_trigger_is_never(trigger: str):
    value = definition(f={"type": "string"})
    value["actions"][0]["defaultSubscription"] = trigger
    assert "when never" in kept(value)
