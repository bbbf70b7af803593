"""RudderStack's rows as a mapping: what its payloads are, and what is said to be lost."""

from typing import Any

import pytest
from atpath.compiler import Rejected
from atpath.compiler.exchange import NoDefinition, import_rows
from atpath.compiler.loader import load_text
from atpath.dsl.format import format_mapping

EVENT = {
    "userId": "", "anonymousId": "anon", "event": "Egg Laid", "timestamp": "2024-03-01T10:00:00.000Z",
    "context": {"traits": {"email": " Finch@Example.com ", "gender": "F", "born": "1990-04-30"}},
    "properties": {
        "price": 2.5, "count": "3", "none": None, "zero": 0, "no": False, "revenue": "$12.345", "site": "https://a.example",
        "list": [{"id": "first"}], "nested": {"a": {"b": 1}, "c": 2}, "word": "yes",
    },
}  # fmt: skip


def row(source: Any, metadata: dict[str, Any] | None = None, key: str = "x", **more: Any) -> dict[str, Any]:
    made = {"sourceKeys": source, "destKey": key, "required": False} | more
    return made | ({"metadata": metadata} if metadata else {})


def payload(*rows: Any, generic: dict[str, Any] | None = None) -> tuple[Any, list[str]]:
    """What the mapping makes of the event, through its text; and the sentences on what is lost."""
    mapping, losses = import_rows(rows, "birdhouse", generic)
    ((_, result),) = load_text(format_mapping(mapping)).route(EVENT)
    return result, [loss.message for loss in losses]


@pytest.mark.parametrize(
    ("source", "metadata", "want"),
    [
        ("event", None, "Egg Laid"),
        ("properties.list.0.id", None, "first"),
        (["userId", "properties.none", "anonymousId"], None, "anon"),  # "" and null are passed over
        (["properties.zero", "event"], None, 0),
        (["properties.no", "event"], None, False),
        ("timestamp", {"type": "timestamp"}, 1709287200000),
        ("timestamp", {"type": "timestamp", "typeFormat": "YYYY-MM-DD"}, "2024-03-01"),
        ("timestamp", {"type": "microSecondTimestamp"}, 1709287200000000),
        ("properties.price", {"type": "toString"}, "2.5"),
        ("properties.count", {"type": "toNumber"}, 3),
        ("context.traits.email", {"type": ["trim", "toLower"]}, "finch@example.com"),
        ("properties.nested", {"type": "jsonStringify"}, '{"a":{"b":1},"c":2}'),
        ("properties.no", {"type": "IsBoolean"}, True),  # as there
        ("event", {"type": "IsBoolean"}, False),
        ("properties.list", {"type": "IsArray"}, [{"id": "first"}]),
        ("properties.site", {"type": "domainUrl"}, "a.example"),
        ("context.traits.born", {"type": "dobInMMDD"}, "04/30"),
        ("event", {"template": " Bird: {{value}}! "}, "Bird: Egg Laid!"),
        (["userId", "event"], {"template": "{{{value}}}"}, "Egg Laid"),
        ("properties.nested", {"excludes": ["a"]}, {"c": 2}),
        ("context.traits.gender", {"multikeyMap": [{"sourceVal": ["f", "F"], "destVal": "female"}]}, "female"),
        ("properties.word", {"allowedKeyCheck": [{"sourceVal": ["yes", "no"]}]}, "yes"),
        ("event", {"allowedKeyCheck": [{"type": "toLowerCase", "sourceVal": ["egg laid"]}]}, "egg laid"),
        ("properties.none", {"defaultValue": "d"}, "d"),
        ("properties.none", {"defaultValue": "d", "type": "toLower"}, "d"),
        ("event", {"defaultValue": "d", "type": "toLower"}, "egg laid"),
        (
            {
                "operation": "multiplication",
                "args": [{"sourceKeys": "properties.price"}, {"sourceKeys": "properties.count"}],
            },
            None,
            7.5,
        ),
        (
            {
                "operation": "addition",
                "args": [{"sourceKeys": "properties.none", "defaultVal": 1}, {"sourceKeys": "properties.price"}],
            },
            None,
            3.5,
        ),
    ],
)  # fmt: skip
def test_a_value(source: Any, metadata: dict[str, Any] | None, want: Any):
    assert payload(row(source, metadata))[0] == {"x": want}


@pytest.mark.parametrize(
    ("source", "metadata"),
    [
        ("userId", None),
        ("properties.none", {"template": "{{value}}"}),
        ("userId", {"defaultValue": "d"}),  # "" is a value there, and left out in the end
        ("event", {"multikeyMap": [{"sourceVal": ["other"], "destVal": "x"}]}),
        ("event", {"allowedKeyCheck": [{"sourceVal": ["other"]}]}),
        ("properties.missing", {"type": "IsBoolean"}),
    ],
)
def test_no_value(source: Any, metadata: dict[str, Any] | None):
    assert payload(row(source, metadata)) == ({}, [])
    assert isinstance(payload(row(source, metadata, required=True))[0], Rejected)


def test_fields_of_fields_names_with_signs_and_a_field_that_is_there_twice():
    rows = (
        row("event", key="$name"),
        row("event", key="a.b"),
        row("userId", key="a.c"),
        row("properties.none", key="$name"),
    )
    assert payload(*rows) == ({"$name": "Egg Laid", "a": {"b": "Egg Laid"}}, [])


def test_names_of_the_generic_map():
    used = row("idOf", sourceFromGenericMap=True)
    assert payload(used, generic={"idOf": ["userId", "anonymousId"]}) == ({"x": "anon"}, [])
    assert payload(used) == ({}, ["`idOf` is a name of the generic map, which was not given"])


@pytest.mark.parametrize(
    ("lossy", "message"),
    [
        (row("event", key=""), "a row without a `destKey` puts its members into the payload itself"),
        (row("event", key="list[0].name"), "a field has no index"),
        (row("event", surprise=1), "there is no `surprise` in a row"),
        (row("event", {"surprise": 1}), "there is no `surprise` of metadata"),
        (row("event", {"validateTimestamp": {}}), "there is no `validateTimestamp` of metadata"),
        (row("event", {"type": "getFbGenderVal"}), "the type `getFbGenderVal` is not carried over"),
        (row("event", {"template": "{{#if value}}x{{/if}}"}), "is not carried over"),
        (row([], None), "the source `[]` is none that RudderStack documents"),
        (row({"operation": "power", "args": []}), "is none that RudderStack documents"),
        (row("properties.revenue", {"type": "numberForRevenue"}), "a revenue that is no number fails the event there"),
        (row("event", {"strictMultiMap": [{"sourceVal": ["a"], "destVal": "b"}]}), "fails the event there"),
        (row("event", {"multikeyMap": [{"sourceVal": "a"}]}), "an entry of a lookup is not carried over"),
        (row("event", {"allowedKeyCheck": [{"sourceVal": "a"}]}), "it wants a list `sourceVal`"),
        (row("event", {"defaultValue": {"a": 1}}), "a default that is an object or a list"),
    ],
    ids=lambda v: v[:40] if isinstance(v, str) else "",
)
def test_what_it_cannot_carry_is_said(lossy: Any, message: str):
    _, losses = import_rows([lossy], "birdhouse")
    assert [message in loss.message for loss in losses] == [True]
    assert losses[0].row == lossy["destKey"]


def test_a_revenue():
    assert payload(row("properties.revenue", {"type": "numberForRevenue"}))[0] == {"x": 12.35}


def test_what_is_no_row_is_refused():
    with pytest.raises(NoDefinition, match="no object"):
        import_rows(["x"], "birdhouse")
