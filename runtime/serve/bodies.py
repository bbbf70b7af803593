"""Request bodies: how large, how deep and how compressed one may be, before anything is parsed."""

import zlib
from dataclasses import dataclass

from ..json_text import Object, Unreadable, decode_event, is_deeper


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one upload may be.

    Units: bytes, uncompressed, for a body and an event; events in a body; objects and arrays inside one another;
           seconds for a body to arrive
    Source: Segment's HTTP API, but for depth and time
    """

    body: int = 500 * 1024
    event: int = 32 * 1024
    events: int = 2_500
    depth: int = 64
    seconds: float = 30.0


class Refused(Exception):
    """An upload that is not taken: the status, a word for programs, a sentence for people."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


def parse_body(data: bytes, encoding: str, limits: Limits) -> Object:
    """The JSON object in a body.

    Shape:  `encoding` is the Content-Encoding, "" or "gzip"
    Errors: Refused: 413 too large, 415 another encoding, 400 all else
    """
    text = _decompress(data, encoding.strip().lower(), limits.body)
    if is_deeper(text, limits.depth):
        raise Refused(400, "too_deep", f"more than {limits.depth} objects and arrays inside one another")
    value = decode_event(text)
    if isinstance(value, Unreadable):
        raise Refused(400, "invalid_json", value.reason.replace("the line", "the body"))
    return value


def _decompress(data: bytes, encoding: str, limit: int) -> bytes:
    match encoding:
        case "" | "identity":
            text = data
        case "gzip" | "x-gzip":
            try:
                text = zlib.decompressobj(wbits=31).decompress(data, limit + 1)
            except zlib.error as error:
                raise Refused(400, "invalid_gzip", f"the body is no gzip: {error}") from error
        case _:
            raise Refused(415, "unsupported_encoding", "a body is plain or gzip")
    if len(text) > limit:
        raise Refused(413, "too_large", f"a body has at most {limit:,} bytes, uncompressed")
    return text
