"""The settings of an example are held against the mapping's table."""

import pytest
from atpath.compiler.outcome import check_source
from atpath.dsl.source import Source

MAPPING = """\
destination d

settings
| name  | type            | default |
| ----- | --------------- | ------- |
| appId | string required |         |
| batch | number(1..100)  | 5       |
| key   | secret          |         |

action a
| field | type   | source         |
| ----- | ------ | -------------- |
| batch | number | settings.batch |
| app   | string | settings.appId |
| key   | string | settings.key   |

example "one"
with   {settings}
given  {{"type": "track", "appID": 1}}
expect a {{}}
"""


@pytest.mark.parametrize(
    ("settings", "place", "message", "hint"),
    [
        ('{"nope": 1}', '"nope"', "there is no setting `nope`", "settings are appId, batch, key"),
        ('{"appID": "1"}', '"appID"', "there is no setting `appID`", "did you mean `appId`?"),
        ('{"batch": 500}', '"batch"', "500 is not", ""),
        ('{"batch": "many"}', '"batch"', '"many" is not', ""),
        ('{"key": {"a": 1}}', '"key"', "this is not", ""),
    ],
)
def test_settings_that_a_mapping_does_not_take(settings: str, place: str, message: str, hint: str) -> None:
    text = MAPPING.format(settings=settings)
    (found,) = [each for each in check_source(Source("a.map", text)) if each.code == "E127"]
    assert text[found.span.start : found.span.end] == place
    assert text.index("\nwith") < found.span.start < text.index("\ngiven")
    assert (found.message[: len(message)], found.hint) == (message, hint)


@pytest.mark.parametrize("settings", ["{}", '{"appId": "1"}', '{"appId": "1", "batch": 7}', '{"batch": 1.5}'])
def test_settings_that_it_takes(settings: str) -> None:
    found = check_source(Source("a.map", MAPPING.format(settings=settings)))
    assert not [each for each in found if each.code == "E127"]


HEAD = """\
destination d

table Sizes
| from | to |
| ---- | -- |
{keys}

action a
{deliver}| field | type | source                      |
| ----- | ---- | --------------------------- |
| size  | any  | lookup($.properties, Sizes) |

"""


def told(tests: str = "", keys: str = '| "s" | 1 |', deliver: str = "") -> list[tuple[str, str, str]]:
    """The codes that are new here, with the text that they stand at."""
    text = HEAD.format(keys=keys, deliver=deliver) + tests
    found = check_source(Source("a.map", text))
    codes = ("E131", "W314", "W305", "W315")
    return [(str(d.code), text[d.span.start : d.span.end], d.hint) for d in found if d.code in codes]


def example(*expects: str, title: str = "one") -> str:
    return f'example "{title}"\ngiven  {{"type": "track"}}\n' + "".join(f"expect {e}\n" for e in expects) + "\n"


def test_an_example_that_cannot_hold() -> None:
    nothing, code = told(example("a {}", "nothing", "a rejected E999"))
    assert nothing[:2] == ("E131", "expect nothing")
    assert code == ("E131", "expect a rejected E999", "a mapping rejects with E201, E202, E203, E205")
    assert told(example("a rejected E102")) == [("E131", "expect a rejected E102", "did you mean `E202`?")]
    assert told(example("nothing", "a {}"))[0][:2] == ("E131", "expect nothing")
    for expects in (("nothing",), ("a {}", "a {}"), ("a rejected E201", "a rejected E202"), ("a rejected E205",)):
        assert not told(example(*expects))


def test_names_that_are_given_twice() -> None:
    law = 'law "{}" for a\nsize != null\n\n'
    two = told(example("a {}", title="x") + example("a {}", title="y") + example("nothing", title="x"))
    assert two == [("W314", 'example "x"', "give it a name of its own; the first is on line 13")]
    assert [found[:2] for found in told(law.format("x") + law.format("x"))] == [("W314", 'law "x" for a')]
    assert not told(example("a {}", title="x") + law.format("x"))


@pytest.mark.parametrize(
    ("keys", "place"),
    [
        ('| "s" | 1 |\n| "m", "s" | 2 |', '"s"'),
        ("| 1 | 1 |\n| 1.0 | 2 |", "1.0"),
        ("| null, null | 1 |", "null"),
        ('| true | 1 |\n| 1 | 2 |\n| false, 0 | 3 |\n| "1" | 4 |', ""),
    ],
)
def test_a_key_that_stands_in_the_table_before(keys: str, place: str) -> None:
    assert [found[:2] for found in told(keys=keys)] == ([("W305", place)] if place else [])


@pytest.mark.parametrize(
    ("deliver", "hint"),
    [
        ("heap", "write `deliver heap track` or `deliver heap users`"),
        ("heap foo", "write `deliver heap track` or `deliver heap users`"),
        ("heap trak", "did you mean `deliver heap track`?"),
        ("heap track", ""),
        ("heap users", ""),
        ("braze track", ""),
        ("warehouse", ""),
    ],
)
def test_calls_of_a_destination_that_ships(deliver: str, hint: str) -> None:
    wanted = [("W315", f"deliver {deliver}", hint)] if hint else []
    assert told(deliver=f"deliver {deliver}\n") == wanted


def test_a_profile_of_ones_own_lists_limits_and_not_all_calls() -> None:
    profile = 'title = "H"\n[bulk]\nitems = 1\nrequest_bytes = 1\nitem_bytes = 1\n[key]\nshortest = 1\n[track.a]\n'
    text = HEAD.format(keys='| "s" | 1 |', deliver="deliver heap foo\n")
    found = check_source(Source("a.map", text), {"heap.profile.toml": profile}.get)
    assert not [each for each in found if each.code in ("W315", "E111")]
