"""`find` and `find_paths` over every section of RFC 9535, and over values that are large or deep."""

import json
from pathlib import Path

import pytest
from atpath.compiler import MappingError, find, find_paths
from atpath.compiler.paths.plain import select
from atpath.dsl.build_path import parse_path
from atpath.dsl.source import Source, excerpt

CASES = Path(__file__).parents[2] / "cases" / "paths" / "sections.ndjson"
SECTIONS = [json.loads(line) for line in CASES.read_text("utf-8").splitlines()]


@pytest.mark.parametrize("case", SECTIONS, ids=[case["section"] for case in SECTIONS])
def test_section(case):
    path, value = case["path"], case["value"]
    want = json.dumps(case["want"])  # as text: True is not 1 there
    assert json.dumps(find(path, value)) == want
    assert json.dumps(select(parse_path(excerpt(Source("path", path), 0, len(path))), value, value)) == want
    if "paths" in case:
        assert find_paths(path, value) == case["paths"]


INVALID = """
$.a.
$..
$.a..
$.1a
$.a-b
$.a b
$['a
$["\\x"]
$["\\ud800"]
$["\\ude00\\ud83d"]
$["\\'"]
$['\\"']
$[01]
$[-0]
$[1.0]
$[9007199254740992]
$[-9007199254740992]
$[0:9007199254740992]
$[1:2:3:4]
$[]
$['a',]
$[,0]
$[a]
$["a"0]
$.*a
$..[ ]
$.. a
$. a
$[?]
$[?1]
$[?'a']
$[?true]
$[?@.a = 1]
$[?@.a === 1]
$[?@.a == TRUE]
$[?@.a == 01]
$[?@.a == .5]
$[?@.a == 5.]
$[?@.a == +5]
$[?@.a == [1]]
$[?@.a == {}]
$[?@.* == 1]
$[?@..a == 1]
$[?@['a','b'] == 1]
$[?@[0:1] == 1]
$[?!@.a == 1]
$[?!!@.a]
$[?(@.a == 1]
$[?@.a == 1)]
$[?@.a && ]
$[?@.a &&& @.b]
$[?@.a and @.b]
$[?(@.a) == 1]
$[?length(@.a)]
$[?length(@.*) == 1]
$[?length(@.a, @.b) == 1]
$[?length() == 1]
$[?length (@.a) == 1]
$[?length((@.a)) == 1]
$[?count(1) == 1]
$[?count((@.*)) == 1]
$[?count(length(@)) == 1]
$[?value(@..a)]
$[?match(@.a, 'x') == true]
$[?match(@.a)]
$[?search(@.*, 'x')]
$[?unknown(@.a)]
$[?match(@.a, @.b && @.c)]
$$
$$.a
$.a$
@.a
a
$.items.0
$<br>.a
$.a<br/>
""".strip().splitlines()


@pytest.mark.parametrize("path", ["", " $", "$ ", "$.a\n", "$['\n']", "$.\ud800", "$['\ud800']", *INVALID])
def test_invalid(path):
    with pytest.raises(MappingError) as caught:
        find(path, {})
    diagnostic = caught.value.diagnostics[0]
    assert diagnostic.code in ("E006", "E007")
    assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(path)


def test_the_grammars_break_is_fine_inside_a_text():
    assert find("$['<br>']", {"<br>": 1}) == [1]


def test_one_path_and_many_values():
    for n in range(5):
        assert find("$[*].n", [{"n": n}]) == [n]


def test_deep_values():
    deep, twin = 0, 0
    for _ in range(20_000):
        deep, twin = {"a": [deep]}, {"a": [twin]}
    assert len(find("$..[0]", deep)) == 20_000
    assert find("$[?@.l == @.r].m", [{"l": deep, "r": twin, "m": 1}]) == [1]
    assert find_paths("$[?@.l == @.r].m", [{"l": deep, "r": twin, "m": 1}]) == ["$[0]['m']"]


def test_long_paths():
    value = 1
    for _ in range(500):
        value = {"a": [value]}
    assert find("$" + ".a[0]" * 500, value) == [1]
    assert find("$" + ".a[*]" * 500, value) == [1]
    assert find("$" + "['a','b'][?@ || @ == 1]" * 500, value) == [1]
    assert find_paths("$" + ".*[*]" * 500, value) == ["$" + "['a'][0]" * 500]


def test_filters_with_many_terms():
    terms = " || ".join(f"@.a == {n}" for n in range(2000))
    assert find(f"$[?{terms}].a", [{"a": 1999}, {"a": 2000}]) == [1999]
    assert find("$[?" + " && ".join(["@.a"] * 2000) + "].a", [{"a": 1}]) == [1]


def test_filters_nested_deeply():
    value = 1
    for _ in range(60):
        value = [value]
    assert find("$" + "[?@" * 60 + "]" * 60, value) == value
    assert find("$[?" + "!(" * 60 + "@ == 1" + ")" * 60 + "]", [1]) == [1]
    with pytest.raises(MappingError, match="E012"):
        find("$" + "[?@" * 80 + "]" * 80, value)


def test_big_lists():
    assert len(find("$[?@.n < 5].n", [{"n": n % 10} for n in range(100_000)])) == 50_000
