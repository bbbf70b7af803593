"""A chunk of NDJSON mapped in memory: payloads as lines, rejections as a list."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import msgspec

from ..prelude import Rejected
from .lines import LineMapper

Route: TypeAlias = Callable[[Any], list[tuple[str, Any]]]

NO_EVENT = "E210"


@dataclass(frozen=True, slots=True)
class Rejection:
    """An event that an action rejects, or (action None) a line that holds no event.

    Shape:  `line` counts from 1; `event` is the line as it stands
    """

    line: int
    action: str | None
    row: str | None
    code: str
    reason: str
    event: bytes


def map_chunk(route: Route, mapper: LineMapper | None, chunk: bytes) -> tuple[bytes, tuple[Rejection, ...]]:
    """Every line's payloads, each a line, and what was rejected."""
    lines = io.BytesIO(chunk).readlines()
    rejections: list[Rejection] = []

    def plain(number: int) -> bytes:
        return _map_line(route, lines[number], number + 1, rejections)

    if mapper is None:
        text = b"".join(map(plain, range(len(lines))))
    else:
        text, _ = mapper.map_lines(lines, plain)
    return text, tuple(rejections)


def _map_line(route: Route, data: bytes, line: int, rejections: list[Rejection]) -> bytes:
    if data.isspace():
        return b""
    try:
        event = msgspec.json.decode(data)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        rejections.append(Rejection(line, None, None, NO_EVENT, str(error), data))
        return b""
    if type(event) is not dict:
        rejections.append(Rejection(line, None, None, NO_EVENT, "the line is JSON, but no object", data))
        return b""
    results: list[dict[str, Any]] = []
    for action, result in route(event):
        if isinstance(result, Rejected):
            rejections.append(Rejection(line, action, result.row, result.code, result.reason, data))
        else:
            results.append({"action": action, "payload": result})
    return msgspec.json.Encoder().encode_lines(results)
