"""Settings come to a mapping as their types have them, wherever they were given."""

from pathlib import Path

import pytest
from atpath.compiler import load_text
from atpath.compiler.cache import open_mapping

TEXT = """destination d
settings
| name   | type           | default |
| ------ | -------------- | ------- |
| hashed | boolean        | false   |
| level  | 1 or 2 or "x"  | 1       |
| name   | string         |         |

action a
| field  | type | source                                               |
| ------ | ---- | ---------------------------------------------------- |
| hashed | any  | if settings.hashed = true then "hashed" else "plain" |
| level  | any  | settings.level                                       |
| name   | any  | settings.name                                        |
"""


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({}, {"hashed": "plain", "level": 1}),
        ({"hashed": "true", "level": "2", "name": "5"}, {"hashed": "hashed", "level": 2, "name": "5"}),
        ({"hashed": True, "level": "x"}, {"hashed": "hashed", "level": "x"}),
        ({"hashed": "maybe"}, {"hashed": "plain", "level": 1}),
    ],
)
def test_a_text_is_made_to_fit(tmp_path: Path, given: dict[str, object], wanted: dict[str, object]) -> None:
    assert load_text(TEXT, settings=given).route({}) == [("a", wanted)]
    path = tmp_path / "d.map"
    path.write_text(TEXT)
    for _ in ("compiled", "kept from the run before"):
        opened = open_mapping(str(path), settings=given)
        assert opened.route({}) == [("a", wanted)]
