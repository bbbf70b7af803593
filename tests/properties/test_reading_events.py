"""Whatever bytes a file holds: each line is an event or a dead letter, and no byte of it is lost."""

import base64
import io
import json
from typing import Any

from atpath.runtime.events import DeadLetter, read_chunks, read_event, split_lines
from atpath.runtime.json_text import MAX_DEPTH, decode_event, encode
from hypothesis import given
from hypothesis import strategies as st

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)
LINES = st.binary(max_size=40) | st.sampled_from([b"{}", b'{"a":1}', b"[1]", b'"\\ud800"', b"{" * 300, b"1" * 400])


@given(st.lists(LINES), st.integers(1, 50))
def test_each_line_is_an_event_or_a_dead_letter(lines: list[bytes], size: int):
    text = b"\n".join(lines)
    seen = b""
    for chunk in read_chunks(io.BytesIO(text), size, max_line=10_000):
        for line in split_lines(chunk):
            assert text[line.offset : line.offset + line.length] == line.data
            assert text[: line.offset].count(b"\n") == line.number - 1
            seen += line.data
            check_kept(read_event(line), line.data)
    kept = text.removeprefix(b"\xef\xbb\xbf")
    assert seen == b"".join(part.removesuffix(b"\r") for part in kept.split(b"\n") if part.strip(b" \t\r\f\v"))


def check_kept(result: Any, data: bytes) -> None:
    """An event is the line's; a dead letter has the line in it, byte for byte."""
    if isinstance(result, DeadLetter):
        written = json.loads(encode(result.to_json()))
        raw = base64.b64decode(written["base64"]) if "base64" in written else written["raw"].encode()
        assert raw == data
    else:
        assert result == json.loads(data)


@given(st.dictionaries(st.text(), JSON))
def test_an_event_survives_reading_and_writing(event: Any):
    read = decode_event(json.dumps(event, ensure_ascii=False).encode())
    assert read == event
    assert decode_event(encode(read)) == event


@given(st.integers(1, 2 * MAX_DEPTH))
def test_depth_is_judged_exactly(depth: int):
    text = b'{"a":' * depth + b"1" + b"}" * depth
    assert isinstance(decode_event(text), dict) == (depth <= MAX_DEPTH)
