"""A whole destination: triggers, mappings and rules together."""

from typing import Any

import pytest
from atpath.compiler.segment import DefinitionError, MappingError, PayloadRefused, load_definition
from atpath.compiler.segment.coerce import coerce_payload
from atpath.compiler.segment.schema import object_schema

RADIO: dict[str, Any] = {
    "slug": "radio",
    "actions": [
        {
            "key": "play",
            "defaultSubscription": 'event = "Play"',
            "fields": {
                "song": {"type": "string", "required": True, "default": {"@path": "$.properties.song"}},
                "volume": {"type": "integer", "default": {"@path": "$.properties.volume"}},
                "tags": {"type": "string", "multiple": True},
            },
        },
        {"key": "stop", "fields": {}},
    ],
    "presets": [
        {"name": "Loud", "partnerAction": "play", "subscribe": "properties.volume > 5", "mapping": {"song": "any"}},
        {"name": "Bought", "partnerAction": "play", "eventSlug": "bought", "mapping": {}},
    ],
}
EVENT = {"event": "Play", "properties": {"song": 5, "volume": "11"}}


def test_an_action_runs_its_defaults() -> None:
    play = load_definition(RADIO).actions["play"]
    assert play.matches(EVENT)
    assert play.transform(EVENT) == {"song": 5, "volume": "11"}
    assert play.payload(EVENT) == {"song": "5", "volume": 11}


def test_a_preset_has_its_own_trigger_and_mapping() -> None:
    loud, bought = load_definition(RADIO).presets
    assert (loud.name, loud.action, loud.payload({})) == ("Loud", "play", {"song": "any"})
    assert not loud.matches(EVENT)  # "11" is no number
    assert loud.matches({"properties": {"volume": 11}})
    assert not bought.matches(EVENT)


def test_a_preset_of_an_action_that_is_not_there_is_left_out() -> None:
    elsewhere = {"name": "Elsewhere", "partnerAction": "nope", "subscribe": 'type = "track"'}
    assert load_definition({**RADIO, "presets": [elsewhere]}).presets == ()


def test_overrides_are_laid_over_every_mapping() -> None:
    radio = load_definition(RADIO, {"tags": "one", "unknown": 1})
    assert radio.presets[0].payload({}) == {"song": "any", "tags": ["one"]}
    assert radio.actions["play"].payload(EVENT)["tags"] == ["one"]


def test_a_payload_that_breaks_a_rule_is_refused() -> None:
    with pytest.raises(PayloadRefused, match="missing the required field 'song'"):
        load_definition(RADIO).actions["play"].payload({})


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"presets": [{"name": "X"}]}, DefinitionError, "has no 'partnerAction'"),
        ({"actions": [{"fields": {}}], "presets": []}, DefinitionError, "has no 'key'"),
        ({"actions": {}}, DefinitionError, "'actions' is not a list"),
        ({"actions": [{"key": "a", "fields": {"f": {}}}], "presets": []}, DefinitionError, "field 'f' has no type"),
        (
            {"actions": [{"key": "a", "fields": {"f": {"type": "string", "format": "x"}}}], "presets": []},
            DefinitionError,
            "unknown format, 'x'",
        ),
        (
            {"actions": [{"key": "a", "fields": {"f": {"type": "string", "default": {"@nope": 1}}}}], "presets": []},
            MappingError,
            "/f has an invalid directive: @nope",
        ),
    ],
)
def test_a_definition_that_can_t_be_used_says_why(change: dict[str, Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        load_definition({**RADIO, **change})


@pytest.mark.parametrize(
    ("operator", "payload", "is_refused"),
    [
        ("is", {"o": {"a": "x"}}, True),
        ("is", {"o": {"a": None}}, True),
        ("is", {"o": {}}, False),
        ("is_not", {"o": {"a": "x"}}, False),
        ("is_not", {"o": {}}, False),
    ],
)
def test_required_under_a_condition_of_a_member_without_a_value(
    operator: str, payload: dict[str, Any], is_refused: bool
) -> None:
    required = {"conditions": [{"fieldKey": "o.a", "operator": operator}]}
    schema = object_schema({"o": {"type": "object"}, "f": {"type": "string", "required": required}})
    if is_refused:
        with pytest.raises(PayloadRefused, match="missing the required field 'f'"):
            coerce_payload(schema, payload)
    else:
        assert coerce_payload(schema, payload) == payload


@pytest.mark.parametrize(
    ("name", "good", "bad", "told"),
    [
        ("hostname", ["a.test", "A-1.b.", "x" * 63], ["-a", "a..b", "x" * 64, "a_b", "a\n"], "hostname string"),
        ("ipv6", ["::", "::1", "1:2:3:4:5:6:7:8", "::ffff:1.2.3.4"], ["1", ":::", "::1%eth0", "::01.2.3.4"], "IPv6"),
        ("uuid", ["123e4567-e89b-12d3-a456-42661417400A", f"urn:uuid:{'0' * 8}-0000-0000-0000-{'0' * 12}"],
         ["123e4567e89b12d3a45642661417400a", "123e4567-e89b-12d3-a456-42661417400g"], "uuid string"),
    ],
)  # fmt: skip
def test_formats_that_few_definitions_have(name: str, good: list[str], bad: list[str], told: str) -> None:
    field = {"type": "string", "format": name, "default": {"@path": "$.v"}}
    action = load_definition({"actions": [{"key": "a", "fields": {"f": field}}], "presets": []}).actions["a"]
    assert [action.payload({"v": text}) for text in good] == [{"f": text} for text in good]
    for text in bad:
        with pytest.raises(PayloadRefused, match=told):
            action.payload({"v": text})
