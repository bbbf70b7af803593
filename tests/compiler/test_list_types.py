"""Items of a list that its type does not take are left out, and told."""

from typing import Any

import pytest
from atpath.compiler import Rejected, load_text
from atpath.compiler.prelude import Run
from atpath.compiler.reference import Reference

MAPPING = "destination d\naction a\n| field | type | source |\n| --- | --- | --- |\n| f | {} | $.value |\n"


@pytest.mark.parametrize(
    ("kind", "value", "wanted", "drops"),
    [
        ("string[]", [1, None, {"a": 1}, "b"], ["1", "b"], {("f", "an item is no string"): 1}),
        ("string[] required nullable", [[], {}], [], {("f", "an item is no string"): 2}),
        ('("a" or "b")[]', ["a", "c"], ["a"], {("f", 'an item is no "a" or "b"'): 1}),
        ("number(0..10)[]", [5, 11], [5], {("f", "an item is no number(0..10)"): 1}),
        ("string[]", [None, "b"], ["b"], {}),
        ("string[]", "b", ["b"], {}),
        ("array", [None, {}], [None, {}], {}),
        ("any[]", [None, {}], [{}], {}),
    ],
)
def test_items_that_do_not_fit(kind: str, value: Any, wanted: Any, drops: dict[tuple[str, str], int]) -> None:
    destination = load_text(MAPPING.format(kind))
    assert destination.route({"value": value}) == [("a", {"f": wanted})]
    assert destination.drops == drops
    reference = Reference(destination.resolved, Run())
    assert reference.route({"value": value}) == [("a", {"f": wanted})]
    assert reference.run.drops == drops


def test_strict_takes_no_such_item() -> None:
    destination = load_text(MAPPING.format("string[]"), strict=True)
    ((_, rejected),) = destination.route({"value": ["a", {}]})
    assert isinstance(rejected, Rejected)
    assert (rejected.code, rejected.row) == ("E203", "f")
    assert rejected.reason == 'an item of `f` is no string: ["a",{}]'
