"""`required if`: bare names are the payload's, `$` is the value in scope, `$$` the event."""

from typing import Any

import pytest
from atpath.compiler import Rejected, load_text
from atpath.compiler.prelude import Run
from atpath.compiler.reference import Reference

TABLE = "| field | type | source |\n| id | any required if {} | $.id |\n| kind | any | $.kind |\n"


def outcomes(text: str, event: dict[str, Any]) -> list[Any]:
    """What both engines give: payloads, and rejections as their codes."""
    destination = load_text(text, "x.map")
    told = [
        [result.code if isinstance(result, Rejected) else result for _, result in engine.route(event)]
        for engine in (destination, Reference(destination.resolved, Run()))
    ]
    assert told[0] == told[1]
    return told[0]


@pytest.mark.parametrize(
    ("condition", "wanted"),
    [('$.kind = "a"', ["E201", {"kind": "b"}]), ('kind = "b"', [{"kind": "a"}, "E201"]),
     ('$$.kind = "b"', [{"kind": "a"}, {"kind": "b"}]), ("exists($.items)", [{"kind": "a"}, {"kind": "b"}])],
)  # fmt: skip
def test_for_each_item(condition: str, wanted: list[Any]):
    text = f'destination d "D"\n\naction a "A"\nfor each $.items\n{TABLE.format(condition)}'
    assert outcomes(text, {"kind": "c", "items": [{"kind": "a"}, {"kind": "b"}]}) == wanted


def test_in_a_shape():
    head = 'destination d "D"\n\naction a "A"\n| field | type | source |\n| one | object | $.item -> Item |\n'
    text = f"{head}\nshape Item\n" + TABLE.format('$.kind = "a"')
    assert outcomes(text, {"kind": "a", "item": {"kind": "b"}}) == [{"one": {"kind": "b"}}]
    assert outcomes(text, {"kind": "b", "item": {"kind": "a"}}) == ["E201"]
