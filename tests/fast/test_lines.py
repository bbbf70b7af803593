"""The fast way from lines to lines gives what the plain way gives, whatever the lines hold."""

import io
import json
from pathlib import Path

import pytest
from atpath.compiler import Destination, load, load_text
from atpath.compiler.fast.emit import exclusive
from atpath.runtime.events import DeadLetter, read_chunks
from atpath.runtime.run import Tally, run
from hypothesis import given, note, settings
from hypothesis import strategies as st
from strategies import programs

NOW = "2024-01-01T00:00:00.000Z"
BENCH = Path(__file__).parents[2] / "bench"

SOURCES = (
    "$.a", "$.b", "$.a.b", "$.c.a", "$.c.b.a", "$.properties", "$.traits", "$.traits.a", "$.a ?? $.b", "$.c.a ?? $.c.b",
    '$.a ?? "text"', "$.a ?? now()", "first_present($.a, $.b)", '"{{a}} and {{c.a}}"',
    "\"it's {x} \\\"{{a}}\\\" 100%s \\\\{{c.a}}\"", "settings.region", '"constant"',
    "1.5", "(if exists($.a) then $.b)", '(if type = "a" then $.a else $.c.a)', "(each $.items -> Item)", "$ -> Item",
    "($.c -> Item)", "$ -> Same", "($.c -> Same)", "(each $.items -> Same)",
    "{x: $.a, y: $.c.a}", "(each $.items -> {x: $.a, y: $$.b})",
)  # fmt: skip
TYPES = (
    "string", "number", "integer", "boolean", "datetime", "date", "email", "uri", "object", "array", "any", "string(3)",
    "string(2..4)", "number(0..10)", '"a" or "12"', "object[]", "string[]",
)  # fmt: skip
TRIGGERS = (
    "", 'when type = "a"', 'when type = "a" or type = "12"', "when exists($.a)", 'when type != "a"', "when a = 1",
    'when type in ("a", "12") and present($.b)', "when b = null", 'when type in ("b", "c")',
)  # fmt: skip
SHARED = """
settings
| name   | type   | default |
| ------ | ------ | ------- |
| region | string | "US"    |

shape Item
| field | type            | source |
| ----- | --------------- | ------ |
| a     | string nullable | $.a    |
| n     | number          | $.b    |

shape Same
| field | type            | source |
| ----- | --------------- | ------ |
| a     | string nullable | $.a    |
| b     | any             | $.b    |
"""


@st.composite
def mappings(draw: st.DrawFn) -> str:
    """Mappings that mostly have a fast way."""
    actions = ""
    for name in ("one", "two")[: draw(st.integers(1, 2))]:
        rows = ["| field | type | source |", "| --- | --- | --- |"]
        for field in draw(
            st.lists(st.sampled_from(("f1", "f2", "f3", "f4", "o.p", "o.q")), min_size=1, max_size=2, unique=True)
        ):
            kind = draw(st.sampled_from(TYPES)) + draw(st.sampled_from(("", "", " nullable", " required")))
            rows.append(f"| {field} | {kind} | {draw(st.sampled_from(SOURCES))} |")
        actions += f"\naction {name}\n{draw(st.sampled_from(TRIGGERS))}\n" + "\n".join(rows) + "\n"
    return f"destination d\n{SHARED}{actions}"


RAW = (
    rb'"\ud800"',
    rb'"\udc00"', rb'"\ud83d\ude00"', b'"\xff"', b'"\xc3\xa9"', b'"\xed\xa0\x80"', b"NaN", b"-0", b"1E5", b"1.0",
    b"12345678901234567890", b"0.1000000000000000055511151231257827", b"01", b'"\\q"', b'"a\tb"', b"tru", b"[1,]",
    b'{"a":1,"a":2}', rb'{"\u0061":"x"}', b'{"a" : [ ] }', b'"12" ', b"[{}]", b"[[1], null]", b'"2024-13-01"',
    b'"2024-05-01T10:00:00.000Z"', b'"2024-05-01T10:00:00+05:00"', b'"2024-05-01T10:00+05:00"', b'"2024-05-01"', b'""',
)  # fmt: skip
members = st.sampled_from(("a", "b", "c", "type", "properties", "traits", "items"))
keys = st.sampled_from((b'"a"', b'"b"', b'"c"', b'"type"', b'"properties"', b'"items"', rb'"\u0061"', b'"t\\u0079pe"'))


def _text(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


texts = st.one_of(
    st.sampled_from(RAW), programs.values.map(_text), st.dictionaries(members, programs.scalars).map(_text)
)
objects = st.lists(st.tuples(keys, texts), max_size=5).map(
    lambda pairs: b"{" + b", ".join(key + b":" + text for key, text in pairs) + b"}"
)
events = st.dictionaries(members, programs.values, max_size=6).map(_text)
lines = st.one_of(
    events, events, objects, st.sampled_from((b"", b"  ", b"\x0c", b"[]", b"1", b"{} {}", b'{"a":', b"}", b"\r"))
)


def outcome(destination: Destination, data: bytes, fast: bool) -> tuple[object, ...]:
    """All that a run leaves behind; payloads in a canonical form."""
    destination.run.drops.clear()
    output, letters, tally = io.BytesIO(), list[DeadLetter](), Tally()
    mapper = destination.line_mapper() if fast else None
    run(destination, read_chunks(io.BytesIO(data), 300), output, letters.append, tally, mapper)
    payloads = [json.dumps(json.loads(line)) for line in output.getvalue().splitlines()]
    tally.matched += {}  # no action is counted as never matched
    return payloads, [letter.to_json() for letter in letters], tally, dict(destination.drops)


@given(mappings(), st.lists(lines, min_size=1, max_size=8), st.booleans())
def test_the_fast_way_is_the_plain_way(text: str, chunk: list[bytes], strict: bool) -> None:
    destination = load_text(text, now=lambda: NOW, strict=strict)
    note(text)
    data = b"\n".join(chunk) + b"\n"
    assert outcome(destination, data, True) == outcome(destination, data, False)


@given(programs.mappings(), st.lists(programs.events.map(_text), min_size=1, max_size=4))
def test_whatever_the_mapping(text: str, chunk: list[bytes]) -> None:
    destination = load_text(text, now=lambda: NOW)
    data = b"\n".join(chunk)
    assert outcome(destination, data, True) == outcome(destination, data, False)


EVENT: dict[str, object] = {
    "type": "track", "messageId": "m", "userId": "u", "anonymousId": "a", "event": "e", "name": "n",
    "timestamp": "2024-05-01T10:00:00.000Z", "properties": {"price": 1.5, "products": [{"price": 1}]},
    "context": {"traits": {"email": "x@y"}, "app": {"name": "n"}, "device": {"id": "d"}, "page": {"url": "u"}},
}  # fmt: skip


@pytest.mark.parametrize("name", [str(BENCH / "t1.map"), str(BENCH / "t2.map"), "heap"])
@settings(max_examples=40)
@given(data=st.data())
def test_events_with_one_part_changed(name: str, data: st.DataObject) -> None:
    destination = load(name, now=lambda: NOW)
    assert destination.line_mapper() is not None
    changed = []
    for _ in range(data.draw(st.integers(1, 3))):
        key = data.draw(st.sampled_from(sorted(EVENT)))
        parts = [_text(k) + b":" + (data.draw(texts) if k == key else _text(v)) for k, v in EVENT.items()]
        changed.append(b"{" + b",".join(parts) + b"}")
    text = b"\n".join(changed)
    assert outcome(destination, text, True) == outcome(destination, text, False)


@pytest.mark.parametrize(
    ("one", "other", "alone"),
    [
        ('type = "a"', 'type = "b"', True),
        ('type = "a"', 'type = "a"', False),
        ('type = "a"', 'event = "b"', False),
        ('type in ("a", "b")', 'type = "c" or type in ("d", "e")', True),
        ('type in ("a", "b")', 'type in ("b", "c")', False),
        ('type = "a" and b = 1', 'exists($.b) and type = "c"', True),
        ('type = "a" or b = 1', 'type = "c"', False),
        ('type != "a"', 'type = "a"', False),
        ("type in (1, 2)", 'type = "a"', False),
    ],
)
def test_actions_of_which_one_fires_at_most(one: str, other: str, alone: bool) -> None:
    table = "| field | type | source |\n| --- | --- | --- |\n| f | any | $.a |\n"
    program = load_text(f"destination d\naction one\nwhen {one}\n{table}\naction two\nwhen {other}\n{table}").program
    assert program is not None
    assert exclusive(list(program.builds)) is alone


def test_most_generated_mappings_have_a_fast_way() -> None:
    """Else the properties above would hold of the plain way alone."""
    found = [source for source in SOURCES if _has_plan(f"| f | any | {source} |")]
    assert set(SOURCES) - set(found) <= {"(if exists($.a) then $.b)"}


def _has_plan(row: str) -> bool:
    table = f"| field | type | source |\n| --- | --- | --- |\n{row}\n"
    return load_text(f"destination d\n{SHARED}\naction one\n{table}").line_mapper() is not None


def test_what_is_copied_keeps_its_text() -> None:
    destination = load("heap", now=lambda: NOW)
    part = b'{"z":1.10,"a":"\\u00e9","z":1E2,"deep":' + b"[" * 300 + b"]" * 300 + b',"far":1e400}'
    line = b'{"type":"track","messageId":"m","properties":' + part + b"}"
    text, rejections = destination.map_lines(line)
    assert part in text
    assert rejections == ()


def test_rejections_have_their_lines() -> None:
    text, rejections = load("heap").map_lines(
        b'{"type":"page"}\n\n{"type":"group"}\nx\n{"type":"page","messageId":"m"}'
    )
    assert [(r.line, r.action, r.code) for r in rejections] == [(1, "trackEvent", "E201"), (4, None, "E210")]
    assert [json.loads(line)["payload"]["message_id"] for line in text.splitlines()] == ["m"]


@pytest.mark.parametrize("name", ['x"y', "a\\b", "tab\tbed"])
def test_a_name_that_json_escapes_goes_the_plain_way(name: str) -> None:
    quoted = json.dumps(name)
    row = f"| {quoted} | string | $[{quoted}] |"
    destination = load_text(f"destination d\naction a\n| field | type | source |\n| --- | --- | --- |\n{row}\n")
    output, rejections = destination.map_lines(json.dumps({name: "v"}).encode() + b"\n")
    assert json.loads(output) == {"action": "a", "payload": {name: "v"}}
    assert rejections == ()


def test_a_mapping_without_actions_maps_nothing() -> None:
    assert load_text("destination d\n").map_lines(b'{"a": 1}\n') == (b"", ())
