"""Mappings that would not end, or not fit: said before anything is compiled, and what is allowed compiles."""

import pytest
from atpath.compiler.loader import load_text
from atpath.compiler.outcome import check_source
from atpath.compiler.prelude import Run
from atpath.compiler.reference import Reference
from atpath.dsl.diagnostics import Severity
from atpath.dsl.source import Source

EVENT = {"type": "track", "a": 1}


def mapping(source: str, above: str = "", *, field: str = "f", kind: str = "any") -> str:
    head = f'destination d "D"\n\n{above}\naction a "A"\n'
    return f"{head}| field | type | source |\n| - | - | - |\n| {field} | {kind} | {source} |\n"


def chain(lines: int, form: str, first: str = "$.a") -> str:
    """Lets that name the one before; `~` is that one."""
    return f"let l0 = {first}\n" + "".join(
        f"let l{i} = {form.replace('~', f'l{i - 1}')}\n" for i in range(1, lines + 1)
    )


def shapes(count: int, *names: str, columns: str = "source", cell: str = "$ -> {}") -> str:
    """Shapes that hold the next one under each name."""
    head = f"| field | {columns} |\n| - | - |\n"
    body = "".join(
        f"shape S{i}\n{head}" + "".join(f"| {name} | {cell.format(f'S{i + 1}')} |\n" for name in names) + "\n"
        for i in range(count)
    )
    return f"{body}shape S{count}\n{head}| end | {'$.a' if columns == 'source' else 'string'} |\n"


DEEP = "with what it names put in, this is more than 128 levels deep"
LARGE = "with what it names put in, this mapping has more than 100,000 parts"


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        (mapping("l39", chain(39, "[~, ~]")), "E118", LARGE),
        (mapping("l39", chain(39, f"{'lower(' * 50}~{')' * 50}")), "E118", DEEP),
        (mapping("l2000", chain(2000, "~")), "E118", DEEP),
        (mapping("$ -> S0", shapes(1500, "x")), "E118", DEEP),
        (mapping("$ -> S0", shapes(30, "x", "y")), "E118", LARGE),
        (mapping("$.a", shapes(1500, "x", columns="type", cell="{}"), kind="S0"), "E118", DEEP),
        (mapping("$" + ".a" * 5000), "E012", "this path has 5000 steps; at most 256 are read"),
        (mapping('"' + "{{a}}" * 5000 + '"'), "E012", "this text has 5000 placeholders; at most 256 are read"),
        (mapping("$.a", kind="string" + "[]" * 3000), "E012", "this is nested 3000 deep; at most 64 are read"),
        (mapping("$.a", field=".".join("a" * 5000)), "E012", "this name has 5000 parts; at most 64 are read"),
    ],
    ids=["doubling lets", "deep lets", "aliases", "a chain of shapes", "doubling shapes", "a chain of types",
         "a long path", "a long template", "lists of lists", "a long name"],
)  # fmt: skip
def test_what_is_too_large_is_said(text: str, code: str, message: str):
    (found,) = (d for d in check_source(Source("a.map", text)) if d.severity is Severity.ERROR)
    assert (found.code, found.message) == (code, message)


@pytest.mark.parametrize(
    "text",
    [
        mapping("l2", chain(2, f"{'lower(' * 60}~{')' * 60}")),
        mapping("l2", chain(2, f"{'lower($.b ?? ' * 31}~{')' * 31}")),
        mapping("l120", chain(120, "~")),
        mapping("l2", chain(2, f"{'[' * 60}~{']' * 60}")),
        mapping("l2", chain(2, f"{'if $.a = 1 then ' * 60}~")),
        mapping("l3", chain(3, f"{'each [1] -> ' * 30}~")),
        mapping("$ -> S0", shapes(40, "x")),
        mapping("$.a", shapes(120, "x", columns="type", cell="{}"), kind="S0"),
        mapping("$" + ".a" * 250),
        mapping('"' + "{{a}}" * 256 + '"'),
        mapping("$.a", kind="string" + "[]" * 64),
        mapping("$.a", field=".".join("a" * 64)),
    ],
    ids=["calls", "arms", "aliases", "lists", "ifs", "eachs", "shapes", "types", "a path", "a template",
         "lists of lists", "a name"],
)  # fmt: skip
def test_what_is_allowed_compiles(text: str):
    destination = load_text(text)
    assert destination.route(EVENT) == Reference(destination.resolved, Run(None, {})).route(EVENT)


def test_a_shape_may_hold_itself():
    tree = "shape Tree\n| field | type |\n| - | - |\n| leaf | string |\n| below | Tree[] |\n"
    text = mapping("$.a", tree, kind="Tree")
    event = {"a": {"leaf": 1, "below": [{"leaf": 2}]}}
    assert load_text(text).route(event) == [("a", {"f": {"leaf": "1", "below": [{"leaf": "2"}]}})]
