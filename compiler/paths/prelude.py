"""What generated queries call. Needs nothing, so its text can stand in a module of its own."""

from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias, TypeGuard, Union

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"


class Nothing:
    """What a path gives that finds nothing; equal only to itself."""

    def __repr__(self) -> str:
        return "NOTHING"


NOTHING: Final = Nothing()
Found: TypeAlias = Union["JsonValue", Nothing]


def children(value: JsonValue) -> Iterable[JsonValue]:
    """The members' values of an object, the items of a list, and none of anything else."""
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def below(value: JsonValue) -> Iterator[JsonValue]:
    """The value and every object and list in it, each before what it holds (RFC 9535, 2.5.2)."""
    todo = [value]
    while todo:
        value = todo.pop()
        yield value
        if isinstance(value, dict):
            todo += [child for child in reversed(value.values()) if isinstance(child, (dict, list))]
        elif isinstance(value, list):
            todo += [child for child in reversed(value) if isinstance(child, (dict, list))]


def dotted(value: JsonValue, index: int) -> Found:
    """What `.0` reads: a list's item, or an object's member of that name."""
    if isinstance(value, dict):
        return value.get(str(index), NOTHING)
    return value[index] if isinstance(value, list) and index < len(value) else NOTHING


def only(matches: list[JsonValue]) -> Found:
    """The function `value`: the one match, nothing where there are none or several."""
    return matches[0] if len(matches) == 1 else NOTHING


def same(left: Found, right: Found) -> bool:
    """`==`, at any depth: 1 is 1.0 but not true, and the order of members is of no account."""
    pairs = [(left, right)]
    while pairs:
        a, b = pairs.pop()
        if isinstance(a, dict) and isinstance(b, dict):
            if a.keys() != b.keys():
                return False
            pairs += [(a[name], b[name]) for name in a]
        elif isinstance(a, list) and isinstance(b, list):
            if len(a) != len(b):
                return False
            pairs += zip(a, b, strict=True)
        elif a != b or isinstance(a, bool) != isinstance(b, bool):
            return False
    return True


def less(left: Found, right: Found) -> bool:
    """`<`: of two numbers or two texts (by code points); false of anything else."""
    if isinstance(left, str) and isinstance(right, str):
        return left < right
    return is_number(left) and is_number(right) and left < right


def at_most(left: Found, right: Found) -> bool:
    """`<=`: less, or the same, which any two values can be."""
    return less(left, right) or same(left, right)


def is_number(value: object) -> TypeGuard[int | float]:
    """True and false are no numbers."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)
