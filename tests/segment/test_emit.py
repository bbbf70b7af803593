"""The Python text that a mapping becomes."""

import ast
import sys

import pytest
from atpath.compiler.segment import MappingError, compile_directives, transform
from atpath.compiler.segment.compile import emit_directives
from atpath.compiler.segment.text import split_template

WANT = """\
def run(event):
    event = as_data(event)
    v1 = {}
    v2 = event.get('user', U)
    v3 = v2.get('name', U) if type(v2) is dict else member(v2, 'name')
    if v3 is not U and v3 is not None:
        v4 = v3
    else:
        v5 = event.get('id', U)
        v4 = v5
    if v4 is not U: v1['who'] = v4
    v6 = ''.join(('Hi ', v3 if type(v3) is str else placeholder_text(v3), '!'))
    v1['greeting'] = v6
    return v1
"""


def test_paths_are_read_once_and_branches_read_as_written() -> None:
    path = {"@path": "$.user.name"}
    mapping = {
        "who": {"@if": {"exists": path, "then": path, "else": {"@path": "$.id"}}},
        "greeting": {"@template": "Hi {{user.name}}!"},
    }
    assert emit_directives(mapping).startswith(WANT)


def test_the_same_mapping_gives_the_same_text() -> None:
    mapping = {"b": {"@path": "$.x"}, "a": {"@merge": {"direction": "left", "objects": [{"q": 1}, {"@path": "$.y"}]}}}
    assert emit_directives(mapping) == emit_directives(dict(mapping))


@pytest.mark.parametrize(
    "name",
    [
        "it's",
        'quo"te',
        "new\nline",
        "{brace}",
        "class",
        "ключ",
        "'); raise SystemExit #",
        "\\",
        "v1",
        "\u2028",
        "U",
        "\0",
    ],
)
def test_no_word_of_the_mapping_is_read_as_code(name: str) -> None:
    template = {"@template": f"{{{{{name}}}}}{name}"}
    mapping = {name: {"@path": f"$.{name}"}, "t": template, "l": [{name: {"@literal": name}}]}
    event = {name: name}
    assert compile_directives(mapping)(event) == transform(mapping, event)
    ast.parse(emit_directives(mapping))


def test_a_branch_nested_deeper_than_python_indents_becomes_functions() -> None:
    node: object = {"@path": "$.a"}
    for _ in range(60):
        node = {"@if": {"exists": {"@path": "$.b"}, "else": node}}
    text = emit_directives({"out": node})
    assert "def part" in text
    assert compile_directives({"out": node})({"a": 1}) == {"out": 1}


def test_a_mapping_deeper_than_python_recurses_is_refused() -> None:
    node: object = 1
    for _ in range(sys.getrecursionlimit()):
        node = {"@literal": [node]}
    for run in (compile_directives, lambda mapping: transform(mapping, {})):
        with pytest.raises(MappingError, match="Maximum call stack size exceeded"):
            run({"out": node})


def test_an_event_deeper_than_python_recurses_is_refused() -> None:
    event: dict[str, object] = {}
    for _ in range(sys.getrecursionlimit() * 2):
        event = {"a": event}
    mapping = {"out": {"@json": {"mode": "encode", "value": {"@path": "$."}}}}
    with pytest.raises(MappingError, match="Maximum call stack size exceeded"):
        compile_directives(mapping)(event)


def test_a_template_is_cut_where_that_is_safe() -> None:
    assert split_template("Hi {{ a.b }}!") == [("Hi ", None), ("", "a.b"), ("!", None)]
    assert split_template("{{{a}}}") is None
