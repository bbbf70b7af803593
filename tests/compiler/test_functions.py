"""Functions on values at the edges: what comes out is JSON, whatever went in."""

import json
from typing import Any

import pytest
from atpath.compiler.evaluate import to_callable
from atpath.dsl.diagnostics import MappingError


def deep(levels: int) -> str:
    return "[" * levels + "]" * levels


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("[1, 2.5]", ([1, 2.5],)),
        ("null", (None,)),
        (deep(200), (json.loads(deep(200)),)),
        (deep(202), ()),
        (deep(20_000), ()),
        ("1e999", ()),
        ("[-1e999]", ()),
        ("9" * 500, ()),
        ("9" * 5_000, ()),
        ('"\\ud83d\\ude00"', ("\N{GRINNING FACE}",)),
        ('{"a": "\\ud800"}', ()),
        ('{"\\udc00": 1}', ()),
        ("NaN", ()),
    ],
    ids=lambda value: str(value)[:20],
)
def test_from_json_keeps_the_rules_for_events(text: str, given: tuple[Any, ...]):
    assert to_callable("from_json($.t)")({"t": text}) == given
    depth = to_callable("drop_null(from_json($.t))")({"t": text})
    json.dumps(depth, allow_nan=False, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    ("number", "digits", "given"),
    [
        (2.25, 1, 2.3),
        (-2.5, 0, -3),
        (1e308, 2, 1e308),
        (1e308, 15, 1e308),
        (1e300, 0, int(1e300)),
        (5, 2, 5),
        (0.5, 0, 1),
    ],
)
def test_round(number: float, digits: int, given: float):
    (found,) = to_callable(f"round($.n, {digits})")({"n": number})
    assert (found, type(found)) == (given, type(given))


@pytest.mark.parametrize(("text", "code"), [('"{{}}"', "E016"), ("$.a[9007199254740993]", "E006"), ('"\\x41"', "E007")])
def test_what_could_be_read_and_means_nothing_is_said_first(text: str, code: str):
    with pytest.raises(MappingError) as raised:
        to_callable(text)
    assert raised.value.diagnostics[0].code == code


def test_only_the_form_of_a_date_may_not_be_empty():
    assert to_callable('date("", "YYYY")')({}) == ()
    with pytest.raises(MappingError, match="E110"):
        to_callable('date($.t, "")')
