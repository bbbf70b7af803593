"""What a destination takes, as data: NAME.profile.toml, for mappings that say `deliver NAME …`."""

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec

SUFFIX = ".profile.toml"
Kind = TypeVar("Kind")
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

    def most(self, call: str, field: str, what: Literal["longest", "longest_name", "longest_value"]) -> int:
        """A limit that has to be there. Errors: BadProfile"""
        found: int | None = getattr(self.calls.get(call, {}).get(field), what, None)
        if found is None:
            raise BadProfile(f"no `{what}` of `{call}.{field}`")
        return found


def parse_profile(text: str) -> Profile:
    """The profile in a text. Errors: BadProfile"""
    try:
        data: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadProfile(f"no TOML: {error}") from error
    own = {name: data.pop(name) for name in ("title", "bulk", "key") if name in data}
    calls = {
        call: {field: _converted(limits, Limits, f"{call}.{field}") for field, limits in fields.items()}
        for call, fields in _converted(data, dict[str, dict[str, Any]], "calls").items()
    }
    return _converted(own | {"calls": calls}, Profile, "profile")


def _converted(data: Any, kind: type[Kind], name: str) -> Kind:
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        raise BadProfile(str(error).replace("$", name)) from error


@lru_cache
def shipped_profile(name: str) -> Profile | None:
    """The profile that ships under a name; None where there is none."""
    path = MAPPINGS / f"{name}{SUFFIX}"
    return parse_profile(path.read_text("utf-8")) if path.is_file() else None


def get_profile(name: str) -> Profile:
    """The profile that ships under a name. Errors: BadProfile where there is none"""
    profile = shipped_profile(name)
    if profile is None:
        raise BadProfile(f"no profile ships as {name}{SUFFIX}")
    return profile
