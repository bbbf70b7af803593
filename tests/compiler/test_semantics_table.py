"""docs/semantics.md: what every operator gives of every kind of value, as both engines give it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from atpath.compiler import Rejected, load_text
from atpath.compiler.prelude import Run
from atpath.compiler.reference import Reference

PAGE = Path(__file__).parents[2] / "docs" / "semantics.md"
NOW = "2024-01-01T00:00:00.000Z"
KINDS: tuple[tuple[str, dict[str, object]], ...] = (
    ("nothing", {}),
    ("null", {"v": None}),
    ("false", {"v": False}),
    ("0", {"v": 0}),
    ('""', {"v": ""}),
    ("text", {"v": "Ab c"}),
    ("number", {"v": 1.5}),
    ("list", {"v": [1, "b"]}),
    ("object", {"v": {"k": 1}}),
)
EXPRESSIONS = (
    "$.v", "$.v.k", "$.v[0]", "$.v.0", "$.v[*]", '$.v ?? "other"', 'first_present($.v, "other")',
    'if exists($.v) then "yes" else "no"', 'if present($.v) then "yes" else "no"', 'if $.v = null then "yes" else "no"',
    'if $.v = 0 then "yes" else "no"', 'if $.v != "Ab c" then "yes" else "no"', 'if $.v < 1 then "yes" else "no"',
    'if contains(v, "b") then "yes" else "no"', 'if match(v, "A*") then "yes" else "no"',
    'if $.v in (0, "", null) then "yes" else "no"', "each $.v -> $", "each $.v -> {x: $.k}", "$.v -> [$]", "{a: $.v}",
    "[$.v]",
    '"<{{v}}>"', "lower($.v)", "upper($.v)", "trim($.v)", 'replace($.v, "b", "x")', 'split($.v, " ")', 'join($.v, "-")',
    "slice($.v, 0, 1)", "count($.v)", "first($.v)", "merge($.v, {a: 1})", 'omit($.v, "k")', 'pick($.v, "k")',
    'flatten($.v, ".")', "to_json($.v)", "from_json($.v)", "drop_null($.v)", "number($.v)", "integer($.v)", "text($.v)",
    "round($.v)", "add($.v, 1)", "subtract($.v, 1)", "multiply($.v, 2)", "divide($.v, 2)", "sum($.v)", "epoch($.v)",
    'date($.v, "YYYY")', "sha256($.v) -> slice($, 0, 6)", "md5($.v) -> slice($, 0, 6)", 'lookup($.v, Names)',
    'lookup($.v, Names, else: "?")',
)  # fmt: skip
TYPES = (
    "any", "string", "string(2)", "number", "integer", "boolean", "datetime", "date", "email", "uri", "object", "array",
    '"Ab c" or 0', "string[]", "number[]", "string nullable", "string required", "string required nullable",
)  # fmt: skip
LOOKUP = 'table Names\n| from | to |\n| --- | --- |\n| 0, "Ab c" | "named" |\n'


def outcomes(kind: str, source: str) -> Iterator[str]:
    """The field's value for every kind of value, after both engines agreed on it."""
    table = f"| field | type | source |\n| --- | --- | --- |\n| f | {kind} | {source} |\n"
    text = f"destination d\n{LOOKUP}\naction a\n{table}"
    destination = load_text(text, now=lambda: NOW)
    reference = Reference(destination.resolved, Run(lambda: NOW, {}))
    for _, event in KINDS:
        ((_, compiled),) = destination.route(event)
        ((_, plain),) = reference.route(event)
        assert repr(compiled) == repr(plain), (source, event)
        if isinstance(compiled, Rejected):
            yield compiled.code
        else:
            yield json.dumps(compiled["f"], ensure_ascii=False) if "f" in compiled else "–"


def page() -> str:
    """The whole page."""
    head = f"| | {' | '.join(name for name, _ in KINDS)} |\n|{' --- |' * (len(KINDS) + 1)}\n"
    values = ", ".join(f"`{json.dumps(event['v'])}`" for _, event in KINDS[5:])
    lines = [
        "# What gives what\n",
        "Every operator on every kind of value, as the compiled code and the plain evaluator both give it. This page",
        "is written by a test (`pytest tests/compiler/test_semantics_table.py --update-golden`), which fails where it",
        f"is out of date. The text, number, list and object are {values}. A dash means nothing: the field is left",
        "out.\n",
        "## Expressions\n",
        "A field of type `any` with each source:\n",
        head + "\n".join(_row(source, "any", source) for source in EXPRESSIONS) + "\n",
        "## Types\n",
        "The source `$.v` in a field of each type; E201 and E202 are rejections:\n",
        head + "\n".join(_row(kind, kind, "$.v") for kind in TYPES) + "\n",
    ]
    return "\n".join(lines)


def _row(label: str, kind: str, source: str) -> str:
    cells = " | ".join(cell.replace("|", "\\|") for cell in outcomes(kind, source))
    return f"| `{label}` | {cells} |"


def test_the_page_is_what_the_engines_give(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--update-golden"):
        PAGE.write_text(page(), "utf-8", newline="\n")
    assert PAGE.read_text("utf-8") == page(), "`pytest --update-golden` writes the page again"
