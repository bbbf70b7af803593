"""`*`: what is spread over a payload, in both engines."""

from typing import Any

import pytest
from atpath.compiler import Rejected, load_text
from atpath.compiler.prelude import Run
from atpath.compiler.reference import Reference


def mapped(kind: str, event: dict[str, Any]) -> Any:
    """What both engines give, rejections as their codes."""
    text = f'destination d "D"\n\naction a "A"\n| field | type | source |\n| * | {kind} | $.x |\n| b | any | $.b |\n'
    destination = load_text(text, "x.map")
    told = [
        [result.code if isinstance(result, Rejected) else result for _, result in engine.route(event)]
        for engine in (destination, Reference(destination.resolved, Run()))
    ]
    assert told[0] == told[1]
    return told[0][0]


@pytest.mark.parametrize("kind", ["object", "object required", "object required if b = 1", "string required if b = 1"])
def test_nothing_asks_for_what_is_spread(kind: str):
    assert mapped(kind, {"b": 1}) == {"b": 1}
    assert mapped(kind, {"b": 1, "x": {"b": 2, "c": 3}}) == {"b": 1, "c": 3}


def test_what_is_spread_and_no_object():
    assert mapped("object", {"x": "text"}) == mapped("object required if b != 1", {"x": "text"}) == {}
    assert mapped("object required", {"x": "text"}) == "E202"
