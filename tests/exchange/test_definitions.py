"""Segment's definitions in and out: each rule on a small destination of our own."""

import json
from typing import Any

import pytest
from atpath.compiler.exchange import NoDefinition, import_definition, unkept
from birdhouse import definition, exported, plain, rows_of, text_of
from hypothesis import given
from strategies.directives import mappings

A, B = {"@path": "$.a"}, {"@path": "$.b"}

# a field and the rows that it is
FIELDS = [
    ({"type": "string"}, ["| f | string |"]),
    ({"type": "string", "required": True, "allowNull": True}, ["| f | string required nullable |"]),
    ({"type": "password"}, ["| f | secret |"]),
    ({"type": "datetime", "default": A}, ["| f | datetime | $.a |"]),
    ({"type": "integer", "multiple": True}, ["| f | integer[] |"]),
    ({"type": "number", "minimum": 0, "maximum": 9.5}, ["| f | number(0..9.5) |"]),
    ({"type": "string", "format": "email"}, ["| f | email |"]),
    ({"type": "string", "choices": ["x", "y"]}, ['| f | "x" or "y" |']),
    ({"type": "number", "choices": [1, 2.5], "multiple": True}, ["| f | (1 or 2.5)[] |"]),
    ({"description": "What it is.", "type": "boolean"}, ["| f | boolean | What it is. |"]),
    (
        {"type": "string", "required": {"conditions": [{"fieldKey": "g", "operator": "is", "value": "x"}]}},
        ['| f | string required if g = "x" |'],
    ),
    (
        {
            "type": "string",
            "required": {
                "match": "any",
                "conditions": [
                    {"fieldKey": "g", "operator": "is_not", "value": None},
                    {"fieldKey": "h", "operator": "is", "value": [1, 2]},
                ],
            },
        },
        ["| f | string required if g != null or h in (1, 2) |"],
    ),
    # what there are no words for stands in `extra`
    ({"type": "text"}, ['| f | string | {"type": "text"} |']),
    ({"type": "integer", "choices": [1]}, ['| f | integer | {"choices": [1]} |']),
    ({"type": "number", "minimum": 5, "maximum": 1}, ['| f | number | {"minimum": 5, "maximum": 1} |']),
    ({"type": "string", "multiple": False}, ['| f | string | {"multiple": false} |']),
    ({"type": "string", "choices": [{"value": "x"}]}, ['| f | "x" | {"choices": [{"value": "x"}]} |']),
    (
        {"type": "string", "depends_on": {"conditions": [{"fieldKey": "g", "operator": "is", "value": True}]}},
        ['| f | string | {"depends_on": "g = true"} |'],
    ),
    (
        {
            "type": "string",
            "depends_on": {"match": "all", "conditions": [{"fieldKey": "g", "operator": "is", "value": 1}]},
        },
        ['| f | string | {"depends_on": {"all": "g = 1"}} |'],
    ),
    ({"type": "string", "default": {"@path": "a.b"}}, ['| f | string | $.a.b | {"$paths": ["a.b"]} |']),
    (
        {"type": "string", "default": {"@merge": {"objects": [A, {"@path": "a"}], "direction": "right"}}},
        ['| f | string | merge($.a, {"@path": "a"}) |'],
    ),
    ({"type": "unheard-of"}, ['| f | any | {"type": "unheard-of"} |']),
    # objects: members are rows, filled from their own sources, where the default is an object of them in order
    (
        {
            "type": "object",
            "properties": {"x": {"type": "string"}, "y": {"type": "number"}},
            "default": {"x": A, "y": B},
        },
        ["| f | object |", "| f.x | string | $.a |", "| f.y | number | $.b |"],
    ),
    (
        {
            "type": "object",
            "properties": {"x": {"type": "object", "properties": {"y": {"type": "string"}}}},
            "default": {"x": {"y": A}},
        },
        ["| f | object |", "| f.x | object |", "| f.x.y | string | $.a |"],
    ),
    (
        {"type": "object", "properties": {"x": {"type": "string", "default": A}}},
        ["| f | object |", '| f.x | string | {"default": {"@path": "$.a"}} |'],
    ),
    # lists of objects, and objects filled as a whole, have a shape
    (
        {
            "type": "object",
            "multiple": True,
            "properties": {"x": {"type": "string"}},
            "default": {"@arrayPath": ["$.a", {"x": B}]},
        },
        ["| f | F[] | each $.a -> {x: $.b} |", "| x | string |"],
    ),
    (
        {"type": "object", "properties": {"x": {"type": "string"}}, "additionalProperties": True, "default": A},
        ["| f | F | $.a |", "| x | string |"],
    ),
    (
        {
            "type": "object",
            "properties": {"x": {"type": "string"}, "y": {"type": "string"}},
            "default": {"y": A, "x": B},
        },
        ["| f | F | {y: $.a, x: $.b} |", "| x | string |", "| y | string |"],
    ),
    ({"type": "object", "properties": {}}, ['| f | object | {"properties": {}} |']),
]


@pytest.mark.parametrize(("field", "rows"), FIELDS, ids=lambda v: json.dumps(v)[:60])
def test_a_field_and_its_rows(field: dict[str, Any], rows: list[str]):
    value = definition(f=field)
    text = text_of(value)
    assert rows_of(text) == rows
    again, found = exported(text)
    assert (plain(again), found) == (plain(value), ())


def test_the_whole_file_of_a_small_destination():
    value = definition(name={"type": "string", "required": True, "default": {"@path": "$.event"}})
    value["settings"] = [{"key": "region", "type": "string", "choices": ["US", "EU"], "default": "US"}]
    assert text_of(value).splitlines() == [
        "semantics segment",
        'destination actions-birdhouse "Birdhouse"',
        "",
        "settings",
        "| name   | type         | default |",
        "| ------ | ------------ | ------- |",
        '| region | "US" or "EU" | "US"    |',
        "",
        'action nest "Nest"',
        'when type = "track"',
        "| field | type            | source  |",
        "| ----- | --------------- | ------- |",
        "| name  | string required | $.event |",
    ]


def test_equal_shapes_are_one_and_others_of_the_name_are_numbered():
    items = {"type": "object", "multiple": True, "properties": {"x": {"type": "string"}}}
    other = {"type": "object", "multiple": True, "properties": {"x": {"type": "number"}}}
    value = definition(items=items)
    value["actions"] += [{"key": "b", "fields": {"items": items}}, {"key": "c", "fields": {"items": other}}]
    text = text_of(value)
    assert rows_of(text)[:3] == ["| items | Items[] |", "| items | Items[] |", "| items | Items2[] |"]
    assert exported(text) == (value, ())


def test_a_preset_has_the_rows_in_which_it_differs():
    value = definition(
        a={"type": "string", "default": A},
        b={"type": "string", "default": B},
        c={
            "type": "object",
            "properties": {"x": {"type": "string"}, "y": {"type": "string"}},
            "default": {"x": A, "y": B},
        },
        d={"type": "string"},
    )
    value["presets"] = [
        {"name": "Same", "type": "automatic", "subscribe": 'type = "page"', "partnerAction": "nest",
         "mapping": {"a": A, "b": B, "c": {"x": A, "y": B}}},
        {"name": "Other", "type": "automatic", "subscribe": 'type = "page"', "partnerAction": "nest",
         "mapping": {"a": "text", "c": {"x": B}, "d": A}},
        {"name": "Whole", "type": "specificEvent", "eventSlug": "left_nest", "partnerAction": "nest",
         "mapping": {"a": A, "b": B, "c": A, "unknown": 1}},
    ]  # fmt: skip
    text = text_of(value)
    after = text[text.index('preset "Same"') :]
    assert rows_of(after) == [
        '| a | "text" |', "| b |", "| c.x | $.b |", "| c.y |", "| d | $.a |",
        "| c.x |", "| c.y |", "| c | $.a |", "| unknown | any | 1 |",
    ]  # fmt: skip
    again, found = exported(text)
    assert (plain(again), found) == (plain(value), ())


def test_an_action_that_has_presets_fires_through_them_alone():
    value = definition(a={"type": "string"})
    preset = {"name": "P", "type": "automatic", "subscribe": 'type = "page"', "partnerAction": "nest", "mapping": {}}
    value["presets"] = [preset]
    text = text_of(value)
    assert 'when never\nextra {"defaultSubscription": "type = \\"track\\""}' in text
    assert 'preset "P" of nest\nwhen type = "page"' in text
    assert exported(text) == (value, ())
    value["actions"][0]["defaultSubscription"] = 'type = "page"'  # the first preset's: nothing to keep
    assert "extra" not in text_of(value)
    assert exported(text_of(value)) == (value, ())


def test_presets_of_no_action_and_in_any_order_keep_their_places():
    value = definition(a={"type": "string"})
    value["actions"].append({"key": "other", "fields": {}})
    value["presets"] = [
        {"name": name, "type": "automatic", "subscribe": 'type = "page"', "partnerAction": of, "mapping": {}}
        for name, of in (("1", "other"), ("2", "gone"), ("3", "nest"), ("4", "other"), ("5", "gone"))
    ]
    assert exported(text_of(value)) == (value, ())


@pytest.mark.parametrize(
    ("fql", "when", "kept"),
    [
        ('type = "track" and event = "A"', 'type = "track" and event = "A"', False),
        ('type="track"', 'type = "track"', True),
        ('type = "track" AND event = "A"', 'type = "track" and event = "A"', True),
        ('type = "a" and event = "b" or name = "c"', 'type = "a" or event = "b" or name = "c"', True),
        ('type = "track" and (event = "A" or event = "B")', 'type = "track" and (event = "A" or event = "B")', False),
        ("event == \"A\"", 'event = "="', True),
        ("type = 'track'", "type = \"'track'\"", True),
        ("properties.n != 5 and !contains(event, \"x\")", 'properties.n != 5 and !contains(event, "x")', False),
        ("&", "never", True),
    ],
)  # fmt: skip
def test_a_trigger_says_what_the_engine_reads_and_its_text_is_kept(fql: str, when: str, kept: bool):
    value = definition(a={"type": "string"})
    value["actions"][0]["defaultSubscription"] = fql
    text = text_of(value)
    assert f"\nwhen {when}\n" in text
    assert ("extra {" in text) is kept
    assert exported(text) == (value, ())


def test_a_trigger_or_type_that_was_edited_since_goes_before_what_was_kept():
    value = definition(a={"type": "text", "required": True})
    value["actions"][0]["defaultSubscription"] = 'type="track"'
    text = text_of(value).replace('when type = "track"', 'when type = "page"').replace("string required", "number")
    again, _ = exported(text)
    assert again["actions"][0]["defaultSubscription"] == 'type = "page"'
    assert again["actions"][0]["fields"]["a"] == {"type": "number"}


def test_what_is_not_required_and_says_so():
    value = definition(
        a={"type": "string", "required": False}, b={"type": "string"}, c={"type": "string", "required": False}
    )
    text = text_of(value)
    assert 'extra {"$optional": true}' in text
    assert rows_of(text) == ["| a | string |", '| b | string | {"$without": ["required"]} |', "| c | string |"]
    assert exported(text) == (value, ())


def test_settings_of_audiences_and_names_that_are_none():
    value = definition(**{"a b": {"type": "string"}})
    value["settings"] = [{"key": "api key", "type": "password", "required": True}]
    value["audience_settings"] = [{"key": "account", "type": "string"}]
    value["actions"][0]["key"] = "1st action"
    text = text_of(value)
    assert rows_of(text) == [
        '| api_key | secret required | {"key": "api key"} |',
        '| account | string | {"$audience": true} |',
        '| "a b" | string |',
    ]
    assert exported(text) == (value, ())


@given(mappings)
def test_any_default_comes_back_as_it_was(mapping: Any):
    value = definition(f={"type": "object", "default": mapping})
    assert unkept(value, import_definition(value)) == ()


@given(mappings)
def test_any_preset_comes_back_as_it_was(mapping: Any):
    member = {"type": "object", "properties": {"a": {"type": "string"}, "0": {"type": "string"}}}
    value = definition(f=member | {"default": {"a": A}}, g=member)
    preset = {"name": "P", "type": "automatic", "subscribe": 'type = "page"', "partnerAction": "nest"}
    value["presets"] = [preset | {"mapping": {"f": mapping, "g": mapping}}]
    assert unkept(value, import_definition(value)) == ()


def test_what_cannot_be_kept_is_named():
    value = definition(**{"a": {"type": "object", "properties": {"b": {"type": "string"}}}, "a.b": {"type": "string"}})
    value["presets"] = [{"name": "P", "partnerAction": "nest", "mapping": {}, "type": "automatic", "$note": 1}]
    assert unkept(value, import_definition(value)) == ("/presets/0/$note", "/actions/0/fields/a/properties")


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ({"actions": 1}, "`actions` is no list of objects"),
        ({"actions": [{"title": "x"}]}, "`key` is no text"),
        ({"actions": [{"key": "a", "fields": []}]}, "`fields` of the action 'a' is no object"),
        ({"actions": [], "name": "x"}, "`slug` is no text"),
    ],
)
def test_what_is_no_definition_is_refused(broken: dict[str, Any], message: str):
    with pytest.raises(NoDefinition, match=message):
        import_definition(broken)
