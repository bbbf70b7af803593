"""The generated source of whole mappings, as people read it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from atpath.compiler import load, load_text
from atpath.compiler.code import known_names
from atpath.compiler.emit import emit
from atpath.compiler.emit.prelude_text import parts
from atpath.compiler.optimise import optimise_for_dicts
from atpath.compiler.prelude import Run
from atpath.compiler.reference import Reference

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


@pytest.mark.parametrize("rows", [("o", "o.k", "o.q.r"), ("o.q.r", "o.k", "o")])
def test_rows_of_members_win_whichever_comes_first(rows: tuple[str, ...]) -> None:
    source = {"o": "object | $.a", "o.k": "string | $.b", "o.q.r": "string | $.c"}
    table = "\n".join(f"| {row} | {source[row]} |" for row in rows)
    text = f"destination d\naction a\n| field | type | source |\n| --- | --- | --- |\n{table}\n"
    destination, event = load_text(text), {"a": {"k": 1, "z": 2, "q": {"s": 3}}, "b": "k", "c": "r"}
    wanted = [("a", {"o": {"k": "k", "z": 2, "q": {"r": "r"}}})]
    assert destination.route(event) == Reference(destination.resolved, Run()).route(event) == wanted
    assert destination.route({"a": {"q": {"s": 3}}}) == Reference(destination.resolved, Run()).route(
        {"a": {"q": {"s": 3}}}
    )


def test_the_prelude_that_is_cut_out_has_the_names_that_loaded_text_sees() -> None:
    assert frozenset[str]().union(*(part.bound for part in parts())) == known_names().keys()
