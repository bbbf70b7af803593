"""What needs itself is told; nothing that looks into it goes round for ever."""

import pytest
from atpath.compiler.outcome import check_source
from atpath.dsl.source import Source

HEAD = 'destination d "D"\n\naction a "A"\n| field | type | source |\n| f | string | x ?? "never" |\n\n'


@pytest.mark.parametrize(
    "lets",
    [
        'let x = x ?? "other"',
        "let x = if $.type = null then x else x",
        "let x = merge(y, {a: 1}) ?? x\nlet y = [x] -> x",
        "let x = y ?? z\nlet y = z ?? x\nlet z = x ?? y",
    ],
)
def test_lets(lets: str):
    codes = [d.code for d in check_source(Source("x.map", f"{HEAD}{lets}\n"))]
    assert "E112" in codes
