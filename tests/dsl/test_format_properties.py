"""What is formatted is parsed to the same tree, and formatting twice is formatting once."""

from collections.abc import Callable
from typing import TypeVar

from atpath.dsl import nodes as n
from atpath.dsl.build import parse_condition, parse_expr, parse_type
from atpath.dsl.format import format_condition, format_expr, format_mapping, format_path, format_type, ordered
from atpath.dsl.parser import parse
from atpath.dsl.source import Excerpt, Source
from hypothesis import given
from strategies import trees

T = TypeVar("T", bound=n.Node)


def cell(text: str) -> Excerpt:
    return Excerpt(text, ((0, 0),))


def round_trip(node: T, write: Callable[[T], str], read: Callable[[Excerpt], T]) -> None:
    text = write(node)
    again = read(cell(text))
    assert again == node
    assert repr(again) == repr(node)  # True == 1 == 1.0
    assert write(again) == text
    assert "\n" not in text


@given(trees.paths())
def test_paths(path: n.Path):
    round_trip(path, format_path, parse_expr)  # type: ignore[arg-type]


@given(trees.expressions())
def test_expressions(node: n.Expr):
    round_trip(node, format_expr, parse_expr)


@given(trees.conditions())
def test_conditions(node: n.Condition):
    round_trip(node, format_condition, parse_condition)


@given(trees.field_types())
def test_types(node: n.FieldType):
    round_trip(node, format_type, parse_type)


@given(trees.mappings())
def test_mappings(mapping: n.Mapping):
    text = format_mapping(mapping)
    parsed = parse(Source("x.map", text))
    assert not parsed.diagnostics
    assert parsed.mapping == ordered(mapping)
    assert repr(parsed.mapping) == repr(ordered(mapping))
    assert format_mapping(parsed.mapping) == text
