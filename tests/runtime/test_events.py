"""Reading lines: where each stands, and that none is lost, however the bytes are cut."""

import base64
import gzip
import io
import json
from pathlib import Path

import pytest
from atpath.runtime.codes import EventCode
from atpath.runtime.events import (
    Chunk,
    DeadLetter,
    DeadLetterFile,
    EventFile,
    EventsError,
    Line,
    read_chunks,
    read_event,
    split_lines,
)


class Dripping:
    """A stream that gives a few bytes at a time, as a pipe may."""

    def __init__(self, data: bytes, drop: int) -> None:
        self._inner, self._drop = io.BytesIO(data), drop

    def read1(self, size: int = -1, /) -> bytes:
        return self._inner.read(min(size, self._drop))


def lines_of(data: bytes, size: int = 1 << 18, max_line: int = 1 << 24) -> list[Line]:
    chunks = read_chunks(io.BytesIO(data), size, max_line)
    return [line for chunk in chunks for line in split_lines(chunk, max_line)]


def read_all(path: Path) -> list[Line]:
    with EventFile(path) as events:
        return [line for chunk in events.chunks() for line in split_lines(chunk)]


def test_each_line_has_its_number_and_its_place():
    lines = lines_of(b'{"a":1}\n\n  \r\n{"b":2}\r\n{"c":3}')
    assert [(line.number, line.offset, line.data) for line in lines] == [
        (1, 0, b'{"a":1}'),
        (4, 13, b'{"b":2}'),
        (5, 22, b'{"c":3}'),
    ]


@pytest.mark.parametrize("drop", [1, 2, 3, 7, 64])
def test_how_the_bytes_arrive_makes_no_difference(drop: int):
    data = b"\xef\xbb\xbf" + b"".join(b'{"line":%d}\n' % n * (n % 3) for n in range(50)) + b'{"last":1}'
    whole = lines_of(data)
    dripped = [line for chunk in read_chunks(Dripping(data, drop), 16) for line in split_lines(chunk)]
    assert dripped == whole
    assert whole[0].offset == 3
    assert all(data[line.offset :].startswith(line.data) for line in whole)


def test_chunks_end_where_lines_end_and_together_are_the_text():
    data = b"".join(b"%d\n" % n for n in range(1000))
    chunks = list(read_chunks(io.BytesIO(data), 100))
    assert len(chunks) > 10
    assert all(chunk.data.endswith(b"\n") for chunk in chunks)
    assert b"".join(chunk.data for chunk in chunks) == data


@pytest.mark.parametrize("size", [4, 16, 1000])
def test_a_line_that_is_too_long_costs_that_line_alone(size: int):
    long = b"x" * 101
    lines = lines_of(b'{"a":1}\n' + long + b'\n{"b":2}\n{"c":3}\n' + long, size, max_line=100)
    assert [(line.number, line.offset, line.length) for line in lines] == [
        (1, 0, 7),
        (2, 8, 101),
        (3, 110, 7),
        (4, 118, 7),
        (5, 126, 101),
    ]


def test_a_line_that_is_too_long_is_kept_as_far_as_it_goes():
    letter = read_event(Line(b"x" * 10, 7, 1234, 99_000_000))
    assert isinstance(letter, DeadLetter)
    assert letter.code == EventCode.TOO_LONG
    assert "99,000,000 bytes from byte 1,234" in letter.reason
    assert letter.to_json()["raw"] == "x" * 10


def test_ten_megabytes_on_a_line_are_an_event(tmp_path: Path):
    path = tmp_path / "big.ndjson"
    path.write_bytes(b'{"text":"' + b"x" * 10_000_000 + b'"}\n{}\n')
    big, small = read_all(path)
    event = read_event(big)
    assert isinstance(event, dict)
    assert len(str(event["text"])) == 10_000_000
    assert (small.number, read_event(small)) == (2, {})


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n", b" \t\r\n"])
def test_nothing_but_white_space_is_no_event(content: bytes):
    assert lines_of(content) == []


def test_a_byte_order_mark_counts_only_at_the_start():
    first, second = lines_of(b"\xef\xbb\xbf{}\n\xef\xbb\xbf{}\n")
    assert read_event(first) == {}
    letter = read_event(second)
    assert isinstance(letter, DeadLetter)
    assert letter.code == EventCode.NO_JSON


def test_compression_is_seen_from_the_data(tmp_path: Path):
    path = tmp_path / "events.ndjson"
    path.write_bytes(gzip.compress(b'{"a":1}\n') + gzip.compress(b'{"b":2}\n'))
    assert [line.data for line in read_all(path)] == [b'{"a":1}', b'{"b":2}']


@pytest.mark.parametrize("cut", [12, 200])
def test_damaged_compression_is_said_and_what_came_before_it_is_kept(tmp_path: Path, cut: int):
    path = tmp_path / "events.ndjson.gz"
    path.write_bytes(gzip.compress(b'{"a":1}\n' * 100_000)[:cut])
    with EventFile(path) as events, pytest.raises(EventsError, match="the compressed data is damaged"):
        list(events.chunks())


def test_the_size_of_a_file_is_known(tmp_path: Path):
    path = tmp_path / "events.ndjson"
    path.write_bytes(b"{}\n" * 10)
    with EventFile(path) as events:
        list(events.chunks())
        assert (events.size, events.position) == (30, 30)


def test_a_dead_letter_file_comes_into_being_with_its_first_line(tmp_path: Path):
    path = tmp_path / "dead.ndjson"
    with DeadLetterFile(path):
        pass
    assert not path.exists()
    with DeadLetterFile(path) as letters:
        letters.write(DeadLetter(3, "track", "event", "E201", "nothing", event={"a": "é"}))
        letters.write(DeadLetter(4, None, None, EventCode.NO_JSON, "no JSON", raw=b"{"))
    first, second = [json.loads(line) for line in path.read_bytes().splitlines()]
    assert first == {
        "line": 3, "action": "track", "row": "event", "code": "E201", "reason": "nothing", "event": {"a": "é"}
    }  # fmt: skip
    assert second == {
        "line": 4, "action": None, "row": None, "code": "E210", "reason": "no JSON", "raw": "{"
    }  # fmt: skip


def test_bytes_that_are_no_text_are_kept_exactly():
    letter = DeadLetter(1, None, None, EventCode.NO_UTF8, "no UTF-8", raw=b'{"a":"caf\xe9"}').to_json()
    assert letter["raw"] == '{"a":"caf�"}'
    assert base64.b64decode(str(letter["base64"])) == b'{"a":"caf\xe9"}'


def test_a_chunk_of_one_long_line_is_one_line():
    assert list(split_lines(Chunk(b"abc", 5, 70, 4))) == [Line(b"abc", 5, 70, 4)]


def test_what_stands_for_an_open_file_is_neither_renamed_nor_emptied(tmp_path: Path) -> None:
    path = tmp_path / "all.ndjson"
    path.write_bytes(b"earlier\n")
    with path.open("ab") as file:
        with DeadLetterFile(f"/dev/fd/{file.fileno()}") as letters:
            letters.write(DeadLetter(1, None, None, "E210", "no JSON", raw=b"{"))
        assert letters.kept is None
    lines = path.read_bytes().splitlines()
    assert (lines[0], len(lines)) == (b"earlier", 2)
    assert [found.name for found in tmp_path.iterdir()] == ["all.ndjson"]
