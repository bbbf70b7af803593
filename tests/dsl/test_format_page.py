"""The page about the canonical form says what the formatter does."""

import re
from pathlib import Path

from atpath.dsl.format import format_mapping
from atpath.dsl.parser import parse
from atpath.dsl.source import Source

PAGE = (Path(__file__).parents[2] / "docs" / "format.md").read_text("utf-8")


def test_its_example():
    before, after = (re.search(rf"````{word}\n(.*?)````", PAGE, re.S) for word in ("before", "after"))
    assert before and after
    parsed = parse(Source("x.map", before[1]))
    assert not parsed.diagnostics
    assert format_mapping(parsed.mapping) == after[1]
