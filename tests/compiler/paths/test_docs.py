"""The examples of docs/paths.md, run."""

import json
import re
from pathlib import Path

import pytest
from atpath.compiler import find, find_paths
from atpath.compiler.paths.emit import emit_query
from atpath.dsl.build_path import parse_path
from atpath.dsl.format_path import format_path
from atpath.dsl.source import Source, excerpt

PAGE = (Path(__file__).parents[3] / "docs" / "paths.md").read_text("utf-8")
EVENT = json.loads(re.search(r"```json\n(.*?)```", PAGE, re.S)[1])
ROWS = re.findall(r"^\| `(\$.*?)` \| .* \| `(\[.*\])` \|$", PAGE, re.M)
CELLS = re.findall(r"^\| `(\$\S.*?)` \| `(\$.*?)`", PAGE, re.M)


def _path(text):
    return parse_path(excerpt(Source("path", text), 0, len(text)))


def test_all_rows_are_seen():
    assert len(ROWS) == 27 and len(CELLS) == 1


@pytest.mark.parametrize(("path", "want"), ROWS)
def test_row(path, want):
    assert json.dumps(find(path.replace("\\|", "|"), EVENT)) == json.dumps(json.loads(want))


@pytest.mark.parametrize(("cell", "means"), CELLS)
def test_cell(cell, means):
    assert format_path(_path(cell)) == means


def test_python():
    assert find_paths("$.products[*].price", EVENT)[0] == "$['products'][0]['price']"
    (shown,) = re.findall(r"```python\n(def query.*?)```", PAGE, re.S)
    assert shown == "\n".join(emit_query(_path("$.products[?@.price < 10].sku"), "query")) + "\n"
