"""All reference definitions in and out again, with the figures."""

import json
import time
from typing import Any

import pytest
from atpath.compiler.exchange import export_definition, import_definition
from atpath.compiler.resolve import resolve
from atpath.dsl import nodes as n
from atpath.dsl.directives import to_directive, to_expr
from atpath.dsl.format import format_mapping
from atpath.dsl.parser import parse
from atpath.dsl.source import Source
from atpath.dsl.walk import walk
from shared import shared


def keys_in(value: Any) -> int:
    """The members of all objects in a JSON value."""
    match value:
        case dict():
            return len(value) + sum(map(keys_in, value.values()))
        case list():
            return sum(map(keys_in, value))
        case _:
            return 0


def out_of_words(mapping: n.Mapping) -> int:
    """The keys that stand in `extra` or in directives as written."""
    texts = [text for node in walk(mapping) if (text := getattr(node, "extra", ""))]
    texts += [node.text for node in walk(mapping) if isinstance(node, n.Directive)]
    return sum(keys_in(json.loads(text)) for text in texts)


def test_every_definition_comes_back_as_it_was(capsys: pytest.CaptureFixture[str]):
    started = time.perf_counter()
    definitions = [json.loads(line) for line in shared("conformance/facts.ndjson").read_bytes().splitlines()]
    keys = outside = rows = directives = 0
    for definition in definitions:
        text = format_mapping(import_definition(definition))
        source = Source(definition["slug"], text)
        parsed = parse(source)
        resolved, found = resolve(source, parsed, lambda _: None)
        assert found == ()
        exported, unsaid = export_definition(resolved)
        assert unsaid == ()
        assert json.dumps(exported) == json.dumps(definition)  # order of keys included
        keys += keys_in(definition)
        outside += out_of_words(parsed.mapping)
        sources = [node.source for node in walk(parsed.mapping) if isinstance(node, n.Row) and node.source is not None]
        rows += len(sources)
        directives += sum(any(isinstance(node, n.Directive) for node in walk(source)) for source in sources)
    took = time.perf_counter() - started
    with capsys.disabled():
        print(
            f"\n{len(definitions)} definitions in and out the same: {1 - outside / keys:.1%} of {keys:,} keys in words;"
            f" {rows - directives:,} rows are expressions, {directives} hold a directive object; {took:.1f} s"
        )
    assert outside / keys <= 0.05


@pytest.mark.parametrize("name", ["mapping", "directives", "fuzz"])
def test_every_mapping_comes_back_as_it_was(name: str):
    for line in shared(f"conformance/{name}.ndjson").read_bytes().splitlines():
        mapping = json.loads(line)["mapping"]
        assert json.dumps(to_directive(to_expr(mapping))) == json.dumps(mapping)
