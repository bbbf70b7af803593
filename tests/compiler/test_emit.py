"""The generated source of whole mappings, as people read it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from atpath.compiler import load, load_text
from atpath.compiler.code import known_names
from atpath.compiler.emit import emit
from atpath.compiler.emit.prelude_text import parts
from atpath.compiler.optimise import optimise_for_dicts

BENCH = Path(__file__).parents[2] / "bench"


@pytest.mark.parametrize("name", ["heap", "braze", "t2"])
def test_the_source_is_what_a_person_would_sign(name: str, golden: Callable[[str, str], None]) -> None:
    destination = load(BENCH / "t2.map" if name == "t2" else name)
    assert destination.program is not None
    text = emit(optimise_for_dicts(destination.program)).text.lstrip("\n")
    assert destination.python.endswith(text)
    golden(f"emit/{name}.want.py", text)


def test_nothing_asks_for_what_is_spread() -> None:
    rows = "| b | string | $.b |\n| * | object required if exists(b) | $.t |\n"
    destination = load_text(f"destination d\naction a\n| field | type | source |\n| --- | --- | --- |\n{rows}")
    assert destination.route({"b": "x"}) == [("a", {"b": "x"})]


def test_the_prelude_that_is_cut_out_has_the_names_that_loaded_text_sees() -> None:
    assert frozenset[str]().union(*(part.bound for part in parts())) == known_names().keys()
