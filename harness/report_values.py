"""JSON values on a screen: on a line where they fit, laid open where they don't, or as what differs between two."""

import json
from collections.abc import Iterator
from itertools import zip_longest
from textwrap import wrap

from ..dsl.json_text import layout_json
from ..dsl.nodes import Json

LONGEST = 2000  # characters of a value that a screen shows


def shown_json(value: object) -> str:
    """A value as JSON on a line, cut where it is long."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}… ({len(text):,} characters)"


def json_lines(value: object, width: int) -> list[str]:
    """A value as JSON over lines, as few as fit into the width; cut where it is long."""
    text = shown_json(value)
    if len(text) <= width or text.endswith(" characters)"):
        return [text]
    return layout_json(text, width).split("\n")


def text_lines(text: str, width: int) -> list[str]:
    """Words over lines; what is JSON as JSON."""
    if text.startswith(("{", "[")) and len(text) > width:
        return layout_json(text, width).split("\n")
    return wrap(text, max(width, 20), break_long_words=False, break_on_hyphens=False)


def differences(wanted: Json, given: Json, place: str = "") -> Iterator[str]:
    """What differs between two values, a place a line: `- items[0].price: 5` in the first, `+ …` in the second."""
    match wanted, given:
        case dict(), dict():
            for key in {**wanted, **given}:
                where = f"{place}.{key}" if place else key
                yield from _pair(key in wanted, wanted.get(key), key in given, given.get(key), where)
        case list(), list():
            for index, (one, two) in enumerate(zip_longest(wanted, given)):
                yield from _pair(index < len(wanted), one, index < len(given), two, f"{place}[{index}]")
        case _:
            yield from _pair(True, wanted, True, given, place)


def _pair(has_one: bool, one: Json, has_two: bool, two: Json, place: str) -> Iterator[str]:
    if has_one and has_two and isinstance(one, dict | list) and type(one) is type(two):
        yield from differences(one, two, place)
    elif not (has_one and has_two and json.dumps(one) == json.dumps(two)):
        if has_one:
            yield f"- {place}: {shown_json(one)}"
        if has_two:
            yield f"+ {place}: {shown_json(two)}"
