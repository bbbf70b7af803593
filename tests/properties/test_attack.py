"""Nothing of a mapping reaches the generated code but as a constant, whatever it is called."""

import ast
import json

from atpath.compiler import load_text
from hypothesis import example, given, settings
from hypothesis import strategies as st

NASTY = st.sampled_from(
    ["'", '"', "\\", "\n", "{", "}", "$", "#", "'''", '"""', "import os", "class", "None", "payload", "event", "run",
     "EMPTY", "route", "__import__('os')", "é", "名", "\u2028", "\x7f", "%s", "{0}", "\\n", "]", "0", " ",
     "f'{x}'", "attempt"]
)  # fmt: skip
words = st.lists(NASTY | st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=4), max_size=4).map(
    "".join
)


def cell(text: str) -> str:
    """A text as a literal inside a table cell."""
    return json.dumps(text, ensure_ascii=True).replace("|", "\\|")


@settings(max_examples=200, deadline=None)
@given(title=words, field=words.filter(bool), name=words, literal=words, about=words, key=words)
@example(title='"""', field="'] = 1; x['", name="']", literal="'", about="\\", key="__class__")
def test_hostile_texts_are_constants(title: str, field: str, name: str, literal: str, about: str, key: str) -> None:
    literal = literal.replace("{{", "{ {")
    key = key.lstrip("@")  # a key with an @ is a directive's
    text = f"""destination d {json.dumps(title)}
action act {json.dumps(title)}
about {json.dumps(about)}
when {json.dumps(literal)} != {json.dumps(literal)} or type = "x" or $[{json.dumps(name)}] = {json.dumps(literal)}
| field           | type | source            | description              |
| --------------- | ---- | ----------------- | ------------------------ |
| {cell(field)} | any | $[{cell(name)}] | {" ".join(about.replace("|", "").split())} |
| plain | any | {{{cell(key)}: {cell(literal)}}} | |
| within.{cell(field)} | {cell(literal)} | {cell(literal)} | |
"""
    destination = load_text(text)
    event = {"type": "x", name: [1]} if name != "type" else {"type": "x"}
    ((_, payload),) = destination.route(event)
    assert payload["plain"] == {key: literal}
    assert payload[field] == event[name] if field not in ("plain", "within") else True
    assert payload["within"] == {field: literal}
    module: dict[str, object] = {}
    exec(compile(destination.python, "module", "exec"), module)
    assert module["act"](event, module["Run"]()) == payload  # type: ignore[operator]
    calls = {
        n.func.id
        for n in ast.walk(ast.parse(destination.python))
        if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)
    }
    assert not calls & {"eval", "exec", "__import__", "open", "compile"}
