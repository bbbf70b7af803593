"""The values that generated events hold: what fits a place, what is near its bounds, and what is odd there."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from ..compiler.schema import Place
from ..dsl import nodes as n
from ..dsl.nodes import Json
from .fill import Way, fitting

ValueKind: TypeAlias = Literal[
    "fit", "absent", "null", "empty", "falsy", "wrong", "boundary", "hostile", "text", "number"
]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One value for a place. `text` and `number` are drawn anew each time; `absent` takes the place out."""

    kind: ValueKind
    value: Json = None


ABSENT: Final = Candidate("absent")
NULL: Final = Candidate("null", None)

HOSTILE: Final[tuple[str, ...]] = (
    "\u00e9\u4e16\U0001f600", "e\u0301\u200d\u202eabc", "\x00\x07\x1b[31m", "line\nbreak\r\n\ttab",
    '"quoted" \\ \'single\'',
    "{{userId}} ${x} $.a", "null", "undefined", "NaN", "0", "-1", "true", " padded ", "\ufeffbom", "\u2028", "a.b[0]|c",
)  # fmt: skip
FALSY: Final[tuple[Json, ...]] = (0, False, -0.0, "")
EMPTY: Final[tuple[Json, ...]] = ({}, [])
WRONG: Final[tuple[Json, ...]] = (
    12, 1.5, -3, 2**53, 1e300, True, "12", "true", "text", {"k": "v"}, {"k": {"l": [1]}}, ["x"], [{"k": 1}, None], [[]],
)  # fmt: skip
TIMES: Final[tuple[str, ...]] = (
    "2024-02-29T23:59:59.999Z", "2024-02-30T00:00:00Z", "2024-01-01", "1704067200", "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999Z", "2024-06-01T12:00:00+14:00",
)  # fmt: skip

# What stands under a name in real events. Source: Segment's Spec, Common Fields and its semantic events.
_NAMED: Final[dict[str, tuple[Json, ...]]] = {
    "messageId": ("ajs-next-1704067200-a1", "api-2f3c9d10", "msg-000001"),
    "anonymousId": ("507f191e-810c-4172-9de8-60ea00000001", "anon-7f3a"),
    "userId": ("97980cfea0067", "u-1001", "ada@example.com"),
    "event": ("Order Completed", "Product Viewed", "Signed Up"),
    "name": ("Home", "Pricing", "Ada Lovelace"),
    "email": ("ada@example.com", "grace@example.org"),
    "phone": ("+14155550101",),
    "currency": ("USD", "EUR"),
    "price": (19.99, 5, 0.5),
    "quantity": (1, 3),
    "revenue": (39.98, 120),
    "url": ("https://example.com/pricing?utm_source=news",),
    "path": ("/pricing",),
    "ip": ("203.0.113.7",),
    "locale": ("en-US",),
    "userAgent": ("Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/125.0",),
    "type": ("track", "page", "identify", "screen", "group", "alias"),
    "groupId": ("g-42",),
    "previousId": ("anon-7f3a",),
    "properties": ({"plan": "pro", "price": 19.99}, {"title": "Home", "tags": ["a", "b"]}),
    "traits": ({"email": "ada@example.com", "plan": "pro"}, {"name": "Ada Lovelace", "age": 36}),
    "products": ([{"product_id": "p1", "name": "Pen", "price": 2.5, "quantity": 2}],),
    "context": ({"ip": "203.0.113.7", "library": {"name": "analytics.js", "version": "2.11.1"}},),
}
_TIME_WORDS = ("timestamp", "sentat", "receivedat", "createdat", "birthday", "time", "date")
_TIME: Final[tuple[Json, ...]] = ("2024-05-01T09:30:00.000Z", "2023-12-31T23:59:59.500Z")

# Real-looking parts of events, put where the mapping does not read.
NOISE: Final[tuple[tuple[Way, tuple[Json, ...]], ...]] = (
    (("context", "library"), ({"name": "analytics.js", "version": "2.11.1"}, {"name": "py", "version": "2.3.2"})),
    (("context", "ip"), ("203.0.113.7", "2001:db8::1")),
    (("context", "userAgent"), _NAMED["userAgent"]),
    (("context", "locale"), ("en-US", "de-DE")),
    (("context", "page"), ({"path": "/pricing", "referrer": "", "title": "Pricing", "url": "https://example.com"},)),
    (("context", "campaign"), ({"name": "spring", "source": "news", "medium": "email"},)),
    (("context", "device"), ({"id": "B5372DB0", "type": "ios", "advertisingId": "7A3CBEA0"},)),
    (("context", "timezone"), ("Europe/Berlin",)),
    (("integrations",), ({"All": True}, {"All": False, "Heap": True})),
    (("sentAt",), _TIME), (("receivedAt",), _TIME), (("originalTimestamp",), _TIME),
    (("channel",), ("browser", "server")),
    (("version",), (2, "1.1")),
    (("writeKey",), ("wk_1",)),
    (("_metadata",), ({"bundled": ["Segment.io"], "unbundled": []},)),
    (("notRead",), ({"deep": {"er": [1, 2, {"x": None}]}}, "\u00e9\U0001f600", 0)),
)  # fmt: skip


def plain_values(way: Way, types: Iterable[n.ValueType]) -> tuple[Json, ...]:
    """Values that fit the fields that read a place, or that stand under its name in real events; never none."""
    kinds = list(types)
    name = next((key for key in reversed(way) if isinstance(key, str)), "")
    named = _NAMED.get(name, ())
    if not named and any(word in name.lower() for word in _TIME_WORDS):
        return _distinct([*_TIME, *(fitting(kind, 0) for kind in kinds)])
    fits = [value for kind in kinds if _is_telling(kind) for value in (fitting(kind, 0), fitting(kind, 3))]
    chosen = [value for value in named if not kinds or any(_suits(kind, value) for kind in kinds)]
    return _distinct([*chosen, *fits, *named] or [f"{name or 'item'} 1", f"{name or 'item'} 2"])


def _is_telling(kind: n.ValueType) -> bool:
    return not (isinstance(kind, n.NamedType) and kind.name in ("any", "string", "secret") and kind.low is None)


def _suits(kind: n.ValueType, value: Json) -> bool:
    """Roughly: a value of a name is offered where it is of the field's kind."""
    match kind:
        case n.NamedType("string" | "secret" | "datetime" | "date" | "email" | "uri"):
            return isinstance(value, str)
        case n.NamedType("number" | "integer"):
            return isinstance(value, int | float) and not isinstance(value, bool)
        case n.NamedType("object"):
            return isinstance(value, dict)
        case n.NamedType("array") | n.ListType():
            return isinstance(value, list)
        case n.NamedType("any"):
            return True
        case _:
            return False


def candidates(
    way: Way, types: Iterable[n.ValueType], constants: Iterable[Json], place: Place | None
) -> tuple[Candidate, ...]:
    """What may stand at a place: what fits first, then what is odd.

    Shape:  types: those of the fields that read it; constants: what the mapping compares it with;
            place: what a source schema says of it, None where there is none
    """
    kinds = list(types)
    found = [Candidate("fit", value) for value in plain_values(way, kinds)]
    if place is not None and place.values:
        found = [*(Candidate("fit", value) for value in sorted(place.values)), *found]
    found += [Candidate("fit", value) for value in constants]
    found += [ABSENT, NULL, Candidate("text"), Candidate("number")]
    found += [Candidate("empty", value) for value in EMPTY] + [Candidate("falsy", value) for value in FALSY]
    found += [Candidate("boundary", edge) for kind in kinds for edge in edges(kind)]
    found += [Candidate("wrong", value) for value in WRONG] + [Candidate("hostile", value) for value in HOSTILE]
    if any(isinstance(kind, n.NamedType) and kind.name in ("datetime", "date") for kind in kinds):
        found += [Candidate("boundary", value) for value in TIMES]
    return tuple({repr(c): c for c in found}.values())


def edges(kind: n.ValueType) -> Iterator[Json]:
    """Values at, just under and just over what a type takes."""
    match kind:
        case n.LiteralType(values):
            yield from values
            yield from (value.swapcase() for value in values if isinstance(value, str))
        case n.ListType(item):
            for edge in edges(item):
                yield list[Json]([edge])
        case n.NamedType("number" | "integer", low, high):
            for bound in (low, high):
                if bound is not None:
                    yield from (bound - 1, bound, bound + 1, str(bound))
        case n.NamedType(_, low, high):
            for bound in (low, high):
                if bound is not None and 0 < bound <= 100_000:
                    yield from ("x" * (int(bound) + more) for more in (-1, 0, 1))
                    yield "\U0001f600" * (int(bound) + 1)


def _distinct(values: Iterable[Json]) -> tuple[Json, ...]:
    return tuple({repr(value): value for value in values}.values())
