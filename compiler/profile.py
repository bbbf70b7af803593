"""What a destination takes, as data: NAME.profile.toml, for mappings that say `deliver NAME …`."""

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import msgspec

SUFFIX = ".profile.toml"
MAPPINGS = Path(__file__).resolve().parents[1] / "mappings"


class BadProfile(ValueError):
    """A text that is no profile; the message says where and why."""


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the destination takes of one field of a payload.

    Shape:  longest: a text's; longest_name, longest_value: of the members of an object, at any depth
            forbidden: names, in any casing, that no member may have
            over: what becomes of a longer text: it is cut, or the payload is rejected
    Units:  characters (Unicode code points)
    """

    longest: int | None = None
    longest_name: int | None = None
    longest_value: int | None = None
    forbidden: tuple[str, ...] = ()
    over: Literal["cut", "rejected"] = "cut"


class Bulk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much one request takes."""

    items: int
    request_bytes: int
    item_bytes: int


class Key(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an idempotency key is."""

    shortest: int


class Profile(msgspec.Struct, frozen=True):
    """A destination's limits.

    Shape:  calls: the word after the name in `deliver heap track` -> field -> its limits
    """

    title: str
    bulk: Bulk
    key: Key
    calls: dict[str, dict[str, Limits]]


def parse_profile(text: str) -> Profile:
    """The profile in a text. Errors: BadProfile"""
    try:
        data: dict[str, Any] = tomllib.loads(text)
        own = {name: data.pop(name) for name in ("title", "bulk", "key") if name in data}
        return msgspec.convert(own | {"calls": data}, Profile)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise BadProfile(str(error)) from error


@lru_cache
def shipped_profile(name: str) -> Profile | None:
    """The profile that ships under a name; None where there is none."""
    path = MAPPINGS / f"{name}{SUFFIX}"
    return parse_profile(path.read_text("utf-8")) if path.is_file() else None
