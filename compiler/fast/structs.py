"""What the generated fast code is made with: structs that decode what is read and encode what is written."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Final, TypeAlias, Union

import msgspec
from msgspec import UNSET, Raw, UnsetType

from ..prelude import DATETIME, EMAIL, URI

Decode: TypeAlias = Callable[[bytes], Any]


class Odd(Exception):
    """Something that the plain way has to look at."""


ODD: Final = Odd()
NULL: Final = Raw(b"null")
EMPTY: Final = ""
# A value's kind shows in its first byte. A Raw has no order, so these compare themselves with its bytes.
OBJECT: Final = bytearray(b"{")
ARRAY: Final = bytearray(b"[")
BEHIND_ARRAY: Final = bytearray(b"\\")
PLAIN: Final = (Odd, msgspec.MsgspecError, UnicodeError, RecursionError)

# An integer that takes more than 64 bits is for the plain way: there is a limit further on.
_Integer: TypeAlias = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
raw: Final[Any] = Raw | UnsetType
text: Final[Any] = str | None | UnsetType
number: Final[Any] = Union[_Integer, float, None, UnsetType]  # noqa: UP007 (`|` takes no Annotated)
integer: Final[Any] = Union[_Integer, None, UnsetType]  # noqa: UP007
boolean: Final[Any] = bool | None | UnsetType
scalar: Final[Any] = Union[str, _Integer, float, bool, None, UnsetType]  # noqa: UP007


# Times come in order: what opens one has mostly opened another, and its fraction of a second was there before.
MOMENT: Final = slice(None, 19)
MOMENTS: Final[set[str]] = set()
FRACTION: Final = slice(19, None)
FRACTIONS: Final[set[str]] = set()
MOST_KNOWN: Final = 4096


def is_datetime(value: str) -> bool:
    """Whether a text is a time; its parts are remembered, any two of which make a time again.

    Shape:  MOMENTS has texts like "2024-05-01T09:30:00", FRACTIONS what stands behind one, such as ".250Z"
    """
    if DATETIME.match(value) is None:
        return False
    if value[16:17] == ":":
        for known, part in ((MOMENTS, value[MOMENT]), (FRACTIONS, value[FRACTION])):
            if len(known) >= MOST_KNOWN:
                known.clear()
            known.add(part)
    return True


def object_of(kind: type) -> Any:
    """The type of a member that is an object (or null)."""
    return kind | None  # pyright: ignore[reportUnknownVariableType]


def list_of(kind: type) -> Any:
    """The type of a member that is a list of objects."""
    return list[kind] | None | UnsetType  # pyright: ignore[reportUnknownVariableType]


def reads(name: str, members: Sequence[tuple[str, str, Any, Any]]) -> type[msgspec.Struct]:
    """A struct of what is read of an object.

    Shape:  members: (attribute, member's name, type, what stands for nothing); whatever else there is is passed over
    """
    fields: list[tuple[str, Any, Any]] = [(attribute, kind, nothing) for attribute, _, kind, nothing in members]
    names = {attribute: member for attribute, member, _, _ in members}
    return msgspec.defstruct(name, fields, frozen=True, gc=False, rename=names)


def writes(name: str, members: Sequence[tuple[str, bool]]) -> type[msgspec.Struct]:
    """A struct that is written as an object with these members, in this order; those that are UNSET are left out.

    Shape:  members: (name, whether null is written; if not, it is left out as well)
    """
    fields: list[tuple[str, Any, Any]] = [
        (f"v{at}", Any, UNSET if null else None) for at, (_, null) in enumerate(members)
    ]
    names = {f"v{at}": member for at, (member, _) in enumerate(members)}
    return msgspec.defstruct(name, fields, gc=False, omit_defaults=True, rename=names)


def line_of(action: str) -> type[msgspec.Struct]:
    """A struct that is written as {"action": …, "payload": …}."""
    return msgspec.defstruct("Line", [("payload", Any)], gc=False, tag_field="action", tag=action)


def decoder(kind: Any) -> Decode:
    """The function that decodes a line (or a Raw) as a struct."""
    return msgspec.json.Decoder(kind).decode


NAMESPACE: Final[dict[str, object]] = {
    "ARRAY": ARRAY, "BEHIND_ARRAY": BEHIND_ARRAY, "DATETIME": DATETIME, "EMAIL": EMAIL, "EMPTY": EMPTY,
    "FRACTION": FRACTION, "FRACTIONS": FRACTIONS, "MOMENT": MOMENT, "MOMENTS": MOMENTS, "NULL": NULL, "OBJECT": OBJECT,
    "ODD": ODD, "PLAIN": PLAIN, "UNSET": UNSET, "URI": URI, "boolean": boolean, "decoder": decoder, "integer": integer,
    "is_datetime": is_datetime, "line_of": line_of, "list_of": list_of, "number": number, "object_of": object_of,
    "raw": raw, "reads": reads, "scalar": scalar, "text": text, "writes": writes,
}  # fmt: skip
