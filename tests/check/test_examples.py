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
