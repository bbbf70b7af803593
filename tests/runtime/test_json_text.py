"""What is accepted as an event, and what a person is told about the rest."""

import json

import pytest
from atpath.runtime.codes import EventCode
from atpath.runtime.json_text import MAX_DEPTH, Unreadable, canonical, decode_event, encode


def nested(depth: int) -> bytes:
    """An event of that depth: the object itself, then arrays."""
    return b'{"a":' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"}"


@pytest.mark.parametrize(
    ("text", "event"),
    [
        (b"{}", {}),
        (b' {"a": 1}\r', {"a": 1}),
        (b'{"a": 1, "a": 2}', {"a": 2}),
        (b'{"n": 123456789012345678901234567890}', {"n": 123456789012345678901234567890}),
        (b'{"n": -9007199254740993}', {"n": -9007199254740993}),
        (b'{"n": 1.7976931348623157e308}', {"n": 1.7976931348623157e308}),
        (b'{"n": 1e-400}', {"n": 0.0}),
        (b'{"a": "\\ud83d\\ude00\\u0000"}', {"a": "😀\0"}),
        (b'{"digits": "%s"}' % (b"9" * 400), {"digits": "9" * 400}),
        (b'{"n": %s}' % (b"9" * 308), {"n": 10**308 - 1}),
        (b'{"a": "%s"}' % (b"{[" * 500), {"a": "{[" * 500}),
        (b'{"a": [%s[]]}' % (b"[]," * 500), {"a": [[]] * 501}),
    ],
)
def test_an_event_is_read_exactly(text: bytes, event: object):
    assert decode_event(text) == event


@pytest.mark.parametrize(
    ("text", "code", "reason"),
    [
        (b"nonsense", EventCode.NO_JSON, "no JSON: expecting value at column 1"),
        (b'{"a": 1', EventCode.NO_JSON, "no JSON: expecting ',' delimiter at column 8"),
        (b'{"a": 1,}', EventCode.NO_JSON, None),
        (b'{"a": "x', EventCode.NO_JSON, "no JSON: unterminated string at column 7"),
        (b'{"a": "\x01"}', EventCode.NO_JSON, "no JSON: invalid control character at column 8"),
        (b"{'a': 1}", EventCode.NO_JSON, None),
        (b'{"a": 1} {"b": 2}', EventCode.NO_JSON, "no JSON: extra data at column 10"),
        (b'{"a": NaN}', EventCode.NO_JSON, "NaN is no JSON number"),
        (b'{"a": -Infinity}', EventCode.NO_JSON, "-Infinity is no JSON number"),
        (b'{"a": 1}\x00', EventCode.NO_JSON, None),
        (b"[]", EventCode.NO_OBJECT, "the line is an array, not an object"),
        (b'"text"', EventCode.NO_OBJECT, "the line is a text, not an object"),
        (b"null", EventCode.NO_OBJECT, "the line is null, not an object"),
        (b"true", EventCode.NO_OBJECT, "the line is true, not an object"),
        (b"-1.5", EventCode.NO_OBJECT, "the line is a number, not an object"),
        (b'{"a": "caf\xe9"}', EventCode.NO_UTF8, "byte 11 of the line is no UTF-8"),
        (b'{"a": "\xed\xa0\xbd"}', EventCode.NO_UTF8, "byte 8 of the line is no UTF-8"),
        (b'{"a": "\\ud83d"}', EventCode.HALF_SURROGATE, None),
        (b'{"\\udc00": 1}', EventCode.HALF_SURROGATE, None),
        (b'{"n": 1e400}', EventCode.NUMBER_RANGE, None),
        (b'{"n": %s}' % (b"1" * 400), EventCode.NUMBER_RANGE, None),
        (b'{"n": %s}' % (b"9" * 309), EventCode.NUMBER_RANGE, None),
        (b'{"n": [{"m": -%s}]}' % (b"9" * 309), EventCode.NUMBER_RANGE, None),
        (b'{"n": %s}' % (b"1" * 5000), EventCode.NUMBER_RANGE, None),
        (nested(10_000), EventCode.TOO_DEEP, f"more than {MAX_DEPTH} objects and arrays inside one another"),
        (b"[" * 10_000, EventCode.TOO_DEEP, None),
        (b'{"a":' * 300 + b"1" + b"}" * 300, EventCode.TOO_DEEP, None),
    ],
)
def test_what_is_no_event_is_refused_in_words(text: bytes, code: EventCode, reason: str | None):
    refused = decode_event(text)
    assert isinstance(refused, Unreadable)
    assert refused.code == code
    assert reason is None or refused.reason == reason


def test_depth_counts_containers_inside_one_another():
    assert isinstance(decode_event(nested(MAX_DEPTH)), dict)
    assert isinstance(decode_event(nested(MAX_DEPTH + 1)), Unreadable)


def test_what_is_accepted_can_be_converted_and_written_again():
    event = decode_event(b'{"n": %s, "f": 0.1, "t": "\\u20ac"}' % (b"9" * 308))
    assert isinstance(event, dict)
    assert float(event["n"]) == 1e308  # type: ignore[arg-type]
    assert json.loads(encode(event)) == event


def test_what_only_a_mapping_can_make_is_written_all_the_same():
    assert encode({"half": "\ud83d"}) == b'{"half":"\\ud83d"}'


def test_the_canonical_form_does_not_depend_on_the_order_of_keys():
    assert canonical({"b": {"y": 1, "x": "é"}, "a": []}) == canonical({"a": [], "b": {"x": "é", "y": 1}})
    assert canonical({"a": 1}) != canonical({"a": "1"})
