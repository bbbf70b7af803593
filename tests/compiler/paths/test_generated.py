"""The Python that a path becomes: its text, what it needs, and that nothing of a path leaks into it."""

import ast
import builtins

import pytest
from atpath.compiler import find
from atpath.compiler.paths import iregexp, prelude
from atpath.compiler.paths.emit import emit_query
from atpath.compiler.paths.plain import select
from atpath.dsl import nodes as n
from atpath.dsl.build_path import parse_path
from atpath.dsl.source import Source, excerpt

GOLDEN = {
    "names": "$.a[*].b",
    "descendants": "$..b",
    "filter": "$.items[?@.price < 10].name",
    "several_selectors": "$.a['x', -1, 1:].b",
    "conditions": "$[?@.kind == 'x' && (@.n != 1 || !@.ok) && @.z == null]",
    "root_in_filter": "$.items[?@.price > $.limits.price && @.id == @.ref]",
    "functions": "$[?match(@.sku, '[A-Z]{2}.*') && count(@.tags[*]) > 2 && length(@.sku) <= value(@..max)]",
    "slices": "$[1:3][::-1]",
    "long": "$" + "[*]..a" * 4,
}


def _path(text: str) -> n.Path:
    return parse_path(excerpt(Source("path", text), 0, len(text)))


def _function(path: n.Path):
    namespace = {"re": __import__("re"), **vars(prelude), **vars(iregexp)}
    exec("\n".join(emit_query(path, "query")), namespace)
    return namespace["query"]


@pytest.mark.parametrize("title", GOLDEN)
def test_text(title, golden):
    path = GOLDEN[title]
    golden(f"paths/{title}.want.py", f"# {path}\n" + "\n".join(emit_query(_path(path), "query")) + "\n")


def test_the_same_path_gives_the_same_text():
    path = _path(GOLDEN["functions"])
    assert emit_query(path, "query") == emit_query(path, "query")


@pytest.mark.parametrize("path", GOLDEN.values())
def test_names_are_few_and_known(path):
    tree = ast.parse("\n".join(emit_query(_path(path), "query")))
    stored = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    inner = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - stored - inner
    parameters = {argument.arg for argument in ast.walk(tree) if isinstance(argument, ast.arg)}
    known = {"re", *vars(prelude), *vars(iregexp), *vars(builtins)}
    assert used - parameters <= known


HOSTILE = (
    "'",
    '"',
    "\\",
    "\n",
    "{}",
    "');import os#",
    '"""',
    "class",
    "__import__('os')",
    "é\u2028",
    "\x00",
    "v1",
    "found",
)


@pytest.mark.parametrize("name", HOSTILE)
def test_names_texts_and_patterns_are_constants(name):
    here = n.Path("@", (n.Segment((n.NameSelector(name),)),))
    wanted = n.FilterCompare(here, "==", n.FilterLiteral(name))
    pattern = n.FilterCall("search", (here, n.FilterLiteral("[^x]|" + name)))
    both = n.FilterSelector(n.FilterAnd((wanted, n.FilterOr((pattern, wanted)))))
    path = n.Path("$", (n.Segment((n.NameSelector(name),)), n.Segment((both,)), n.Segment((n.NameSelector(name),))))
    value = {name: [{name: name}, {name: "other"}, {}]}
    assert _function(path)(value, value) == select(path, value, value) == [name]
    constants = [
        node.value for node in ast.walk(ast.parse("\n".join(emit_query(path, "q")))) if isinstance(node, ast.Constant)
    ]
    assert name in constants


def test_the_event_and_the_value_in_scope():
    value, event = {"items": [{"id": 1}, {"id": 2}], "id": 2}, {"id": 1, "items": []}
    assert _function(_path("$.items[?@.id == $.id].id"))(value, event) == [2]
    assert _function(_path("$.items[?@.id == $$.id].id"))(value, event) == [1]
    assert _function(_path("$$.items[*]"))(value, event) == []


def test_an_index_after_a_dot_reads_lists_and_objects():
    path = _path("$.*.1.a")
    value = [[0, {"a": "item"}], {"1": {"a": "member"}}, [0], {"a": 1}, "text", None]
    assert _function(path)(value, value) == ["item", "member"]


def test_a_root_value_is_looked_up_once():
    lines = emit_query(_path("$..[?@.a == $.x.y || @.b == $.x.y]"), "query")
    assert sum("'y'" in line for line in lines) == 1


def test_true_and_1_are_told_apart_in_one_path():
    value = [{"a": True, "n": "yes"}, {"a": 1, "n": "one"}]
    assert find("$[?@.a == 1].n", value) == ["one"]
    assert find("$[?@.a == true].n", value) == ["yes"]
    assert find("$[?count($[?@.a == 1]) == count($[?@.a == true]) && @.a == true].n", value) == ["yes"]
