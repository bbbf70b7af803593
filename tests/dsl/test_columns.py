"""Lines on a screen: never wider than it, and every sign under its character."""

from atpath.dsl.columns import TAB, Line, draw_line
from atpath.dsl.diagnostics import Diagnostic
from atpath.dsl.render import render
from atpath.dsl.source import Source, Span
from hypothesis import given
from hypothesis import strategies as st

CHARACTERS = st.sampled_from("ab |\t") | st.sampled_from("日é\u0301👍\u200b\x1b\u00ad") | st.characters(codec="utf-8")
WIDTHS = {"日": 2, "👍": 2, "\u0301": 0}


def width(text: str) -> int:
    return sum(WIDTHS.get(c, 1) for c in text)


@given(st.text(st.sampled_from("ab |日\u0301👍"), max_size=200), st.data(), st.integers(30, 120))
def test_signs_stand_under_their_characters(text: str, data: st.DataObject, room: int):
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 10)))
    drawn = draw_line(text, [Line(start, end, "^")], room)
    assert width(drawn.text) <= room
    (signs,) = drawn.below
    left = len(signs) - len(signs.lstrip())
    marked = text[start:end]
    assert len(signs) - left == max(width(marked), 1)
    # What is drawn above the signs is what they mark.
    at, above = 0, ""
    for character in drawn.text:
        if left <= at < len(signs) and not (character == "\u0301" and at == left and not above):
            above += character
        at += WIDTHS.get(character, 1)
    assert not marked.replace("\u0301", "") or above.replace("\u0301", "") == marked.replace("\u0301", "")


@given(st.text(CHARACTERS, max_size=300), st.data(), st.integers(40, 120))
def test_no_line_is_wider_than_the_screen(text: str, data: st.DataObject, room: int):
    source = Source("a.map", text)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    screen = render(
        Diagnostic("E001", "this is wrong", source, Span(start, end), hint="do it in another way"), width=room
    )
    assert screen.endswith("\n")
    for line in screen.splitlines():
        if not line.startswith("error"):
            assert len(line) <= room


def test_tabs_are_wide():
    drawn = draw_line("\ta", [Line(1, 2, "^")], 80)
    assert drawn.text == " " * TAB + "a"
    assert drawn.below == (" " * TAB + "^",)


def test_the_place_is_kept_where_the_line_is_cut():
    drawn = draw_line("x" * 500 + "here" + "y" * 500, [Line(500, 504, "^")], 60)
    assert drawn.text[0] == drawn.text[-1] == "…"
    at = drawn.text.index("here")
    assert drawn.below == (" " * at + "^^^^",)
