"""What of a mapping Segment's JSON says, and the list of what it cannot say."""

import json

from birdhouse import exported

HEAD = 'semantics segment\ndestination birdhouse "Birdhouse"\n\n'


def listed(text: str) -> list[tuple[str, str, str]]:
    """(code, message, the text that it is about) of everything that is not in the JSON."""
    return [(d.code, d.message, text[d.span.start : d.span.end]) for d in exported(text)[1]]


def test_rows_of_use_and_members_without_their_object():
    text = HEAD + (
        "rows common\n| field | type | source |\n| - | - | - |\n| id | string required | $.userId |\n"
        "action nest \"Nest\"\nuse common\n"
        "| field | type | source |\n| - | - | - |\n| a.b | string | $.x |\n| a.c | string | |\n"
    )  # fmt: skip
    definition, found = exported(text)
    assert found == ()
    assert definition["actions"][0]["defaultSubscription"] == 'type != ""'
    assert definition["actions"][0]["fields"] == {
        "id": {"type": "string", "required": True, "default": {"@path": "$.userId"}},
        "a": {
            "type": "object",
            "default": {"b": {"@path": "$.x"}},
            "properties": {"b": {"type": "string"}, "c": {"type": "string"}},
        },
    }


def test_an_object_with_a_source_of_its_own_and_members_is_merged():
    text = (
        HEAD + "action nest\n| field | type | source |\n| - | - | - |\n| a | object | $.x |\n| a.b | string | $.y |\n"
    )
    assert exported(text)[0]["actions"][0]["fields"]["a"]["default"] == {
        "@merge": {"objects": [{"@path": "$.x"}, {"b": {"@path": "$.y"}}], "direction": "right"}
    }


def test_shapes_and_lets_are_written_out():
    text = HEAD + (
        "let id = $.userId ?? $.anonymousId\nshape Item\n| field | source |\n| - | - |\n| x.y | $.z |\n| w | id |\n"
        "action nest\n| field | type | source |\n| - | - | - |\n| list | object[] | each $.items -> Item |\n"
    )  # fmt: skip
    either = {
        "@if": {"exists": {"@path": "$.userId"}, "then": {"@path": "$.userId"}, "else": {"@path": "$.anonymousId"}}
    }
    assert exported(text)[0]["actions"][0]["fields"]["list"]["default"] == {
        "@arrayPath": ["$.items", {"x": {"y": {"@path": "$.z"}}, "w": either}]
    }


def test_everything_that_it_cannot_say_is_listed_with_its_place():
    text = HEAD + (
        "action nest\nwhen exists(anonymousId)\nfor each $.items\n| field | type | source |\n| - | - | - |\n"
        "| a | string(5) required if b < 3 | now() |\n| b | array | $.b[*] |\n"
        "| c | string[][] | 1 |\n| * | object | $.x |\n"
    )  # fmt: skip
    assert listed(text) == [
        ("W310", "Segment's triggers cannot read `anonymousId`", "anonymousId"),
        ("W310", "Segment's actions make one payload of an event", "$.items"),
        ("W310", "Segment has no such condition for a required field", "b < 3"),
        ("W310", "Segment has no directive for `now(…)`", "now()"),
        ("W310", "Segment has no type `array`", "array"),
        ("W310", "Segment has no such path", "$.b[*]"),
        ("W310", "Segment has no lists of lists", "string[]"),
        ("W310", "Segment's mappings cannot spread an object over a payload", "*"),
    ]
    assert exported(text)[0]["actions"][0] == {
        "key": "nest",
        "fields": {
            "a": {"type": "string"},
            "b": {"type": "object"},
            "c": {"type": "object", "multiple": True, "default": 1},
        },
    }


def test_what_has_no_place_in_a_definition_is_noted():
    text = (
        'destination birdhouse "Birdhouse"\n\n'
        "action nest\ndeliver heap track\n| field | type |\n| - | - |\n| a | string |\n\n"
        'example "one"\ngiven {}\nexpect nothing\n\nlaw "two"\na = null\n'
    )
    assert [(code, message) for code, message, _ in listed(text)] == [
        ("I410", "Segment's engine has rules of its own for odd values"),
        ("I410", "Segment's definition does not say how a payload is delivered"),
        ("I410", "a definition of Segment's has no examples"),
        ("I410", "a definition of Segment's has no laws"),
    ]


def test_what_cannot_be_said_is_said_once_with_what_to_write():
    row = "| field | source |\n| - | - |\n| x | if present(properties.name) then $.type |\n"
    preset = '\npreset "P" of a\nwhen type = "track"\n'
    _, found = exported(f'{HEAD}action a "A"\n{row}{preset}')
    hints = [(d.message, d.hint) for d in found if d.code == "W310"]
    assert hints == [("a bare name is no source", "write `$.properties.name`")]


def test_a_definition_is_json():
    definition, _ = exported(HEAD + 'settings\n| name | type | default |\n| - | - | - |\n| a | "x" or "y" | "x" |\n')
    assert json.loads(json.dumps(definition))["settings"] == [
        {"key": "a", "type": "string", "choices": ["x", "y"], "default": "x"}
    ]


def test_a_shape_that_holds_itself_is_written_once():
    text = 'semantics segment\ndestination d "D"\n\naction a "A"\n| field | type | source |\n'
    text += "| f | Tree | $.f |\n\nshape Tree\n"
    definition, found = exported(text + "| field | type |\n| name | string |\n| left | Tree |\n| all | Tree[] |\n")
    (action,) = definition["actions"]
    members = action["fields"]["f"]["properties"]
    assert [(name, member["type"]) for name, member in members.items()] == [
        ("name", "string"), ("left", "object"), ("all", "object"),
    ]  # fmt: skip
    assert [d.message for d in found] == ["Segment's fields cannot hold themselves, as `Tree` does"] * 2
