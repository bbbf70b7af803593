"""`atpath eval`: expressions and conditions tried out on events."""

from pathlib import Path

import pytest
from command import atpath

EVENT = (
    '{"type": "track", "event": "Order", "traits": {"email": "A@example.com"}, '
    '"properties": {"total": 12.5, "n": null}}'
)


@pytest.mark.parametrize(
    ("expression", "shown"),
    [
        ("$.traits.email", '"A@example.com"'),
        ("lower($.traits.email)", '"a@example.com"'),
        ("$.traits.phone", "nothing"),
        ("$.properties.n", "null"),
        ("null", "null"),
        ('$.traits.phone ?? "none"', '"none"'),
        ('"{{event}}: {{properties.total}}"', '"Order: 12.5"'),
        ("{a: $.event, b: [1, true]}", '{"a": "Order", "b": [1, true]}'),
        ("$.properties.*", "[12.5, null]"),
        ('type = "track" and properties.total > 12', "true"),
        ('type = "page"', "false"),
        ("not (exists(userId))", "true"),
        ("now()", '"2024-05-01T09:30:00.000Z"'),
    ],
)
def test_what_it_prints(expression: str, shown: str):
    done = atpath("eval", expression, EVENT, "--now", "2024-05-01T09:30:00Z")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{shown}\n", "")


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("$.a[", ["error[E006]", "--> <expression>:1:"]),
        ("lowr($.a)", ["error[E104]: there is no function `lowr`", "did you mean `lower`?"]),
        ("userId", ["error[E106]", "write `$.userId`"]),
        ('type == "a"', ["equality is written `=`"]),
        ("", ["error["]),
    ],
)
def test_what_it_cannot_read(expression: str, words: list[str]):
    done = atpath("eval", expression, "{}")
    assert (done.returncode, done.stdout) == (1, "")
    for word in words:
        assert word in done.stderr


def test_a_file_of_events_and_what_is_none(tmp_path: Path):
    (tmp_path / "events.ndjson").write_text('{"a": 1}\nno event\n{"a": "x"}\n')
    done = atpath("eval", "$.a", "events.ndjson", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, '1\n"x"\n')
    assert done.stderr.startswith("line 2: ")


def test_standard_input():
    assert atpath("eval", "$.a", "-", stdin=b'{"a": 1}\n{}\n').stdout == "1\nnothing\n"


def test_the_names_of_a_mapping(tmp_path: Path):
    (tmp_path / "shop.map").write_text(
        'destination d "D"\n\nsettings\n| name | type | default |\n| --- | --- | --- |\n'
        '| currency | string | "USD" |\n\n'
        "let who = $.userId ?? $.anonymousId\n\n"
        "shape Item\n| field | type | source |\n| --- | --- | --- |\n| sku | string | $.sku |\n\n"
        'table Size\n| from | to |\n| --- | --- |\n| "s" | "small" |\n'
    )
    event = '{"anonymousId": "a1", "size": "s", "items": [{"sku": 1}]}'
    for expression, shown in (
        ("who", '"a1"'),
        ("settings.currency", '"USD"'),
        ("lookup($.size, Size)", '"small"'),
        ("each $.items -> Item", '[{"sku": "1"}]'),
    ):
        done = atpath("eval", expression, event, "--mapping", "shop.map", cwd=tmp_path)
        assert (done.stdout, done.stderr) == (f"{shown}\n", "")
    set_ = atpath("eval", "settings.currency", "{}", "--mapping", "shop.map", "--set", "currency=EUR", cwd=tmp_path)
    assert set_.stdout == '"EUR"\n'


def test_no_event(tmp_path: Path):
    done = atpath("eval", "$.a", "nowhere.ndjson", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "nowhere.ndjson: no such file" in done.stderr and "give an event as JSON" in done.stderr


def test_an_event_that_a_shape_rejects(tmp_path: Path):
    (tmp_path / "shop.map").write_text(
        'destination d "D"\n\nshape P\n| field | type | source |\n| --- | --- | --- |\n'
        "| sku | string required | $.sku |\n"
    )
    events = b'{"p": {"sku": 1}}\n{"p": {}}\n{}\n'
    done = atpath("eval", "$.p -> P", "-", "--mapping", "shop.map", stdin=events, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, '{"sku": "1"}\nnothing\n')
    assert done.stderr == "line 2: rejected, E201: `P.sku` is required, and there is no value for it\n"
