"""A type's dotted rows are members of members, whichever way the mapping runs."""

import json
from typing import Any

import pytest
from atpath.compiler import load_text
from atpath.compiler.outcome import check_source
from atpath.compiler.prelude import Run
from atpath.compiler.reference import Reference
from atpath.dsl.source import Source

MAPPING = """\
destination d

action a
| field | type | source  |
| ----- | ---- | ------- |
| f     | Box  | $.value |

shape Box{closed}
| field   | type            |
| ------- | --------------- |
"""


def fitted(rows: str, value: Any, closed: bool = False) -> Any:
    """What every engine makes of a value."""
    destination = load_text(MAPPING.format(closed=" closed" if closed else "") + rows)
    event = {"value": value}
    ((_, payload),) = destination.route(event)
    assert Reference(destination.resolved, Run()).route(event) == [("a", payload)]
    lines, _ = destination.map_lines(json.dumps(event).encode() + b"\n")
    assert json.loads(lines) == {"action": "a", "payload": payload}
    return payload.get("f")


NUMBER = "| y.z | number |\n"
DEEP = "| a | string |\n| y.z.w | number required |\n| y.v | string |\n"


@pytest.mark.parametrize(
    ("rows", "closed", "value", "wanted"),
    [
        (NUMBER, False, {"y": {"z": "1", "q": 2}, "z": "no"}, {"y": {"z": 1, "q": 2}, "z": "no"}),
        (NUMBER, True, {"y": {"z": "1", "q": 2}, "z": "no"}, {"y": {"z": 1}}),
        (NUMBER, False, {"y": {"z": "x"}}, {"y": {}}),
        (NUMBER, False, {"y": 5, "b": 1}, {"b": 1}),
        (NUMBER, False, {"b": 1}, {"b": 1}),
        (DEEP, True, {"a": 1, "y": {"z": {"w": 2}, "v": 3}}, {"a": "1", "y": {"z": {"w": 2}, "v": "3"}}),
        (DEEP, True, {"a": 1, "y": {"z": {}}}, None),
        (DEEP, True, {"a": 1}, None),
        ("| y | object nullable |\n" + NUMBER, True, {"y": None}, {"y": None}),
        ('| "y.z" | number |\n', True, {"y.z": "1", "y": {"z": 2}}, {"y.z": 1}),
    ],
)
def test_dotted_rows(rows: str, closed: bool, value: Any, wanted: Any) -> None:
    assert fitted(rows, value, closed) == wanted


def test_a_member_of_what_is_no_object_is_told_of() -> None:
    text = MAPPING.format(closed="") + "| y | string |\n| y.z | number |\n"
    assert "E125" in [each.code for each in check_source(Source("a.map", text))]
