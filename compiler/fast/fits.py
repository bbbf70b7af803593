"""What a value of the fast way is held as, and the conditions under which the plain way has to look at it."""

from dataclasses import dataclass

from ...dsl.nodes import LiteralType, NamedType, Scalar, ValueType
from ..emit.fits import guard
from .needs import INTEGER, NUMBER, RAW, TEXT, WANTED, NoPlan


@dataclass(frozen=True, slots=True)
class Held:
    """An expression and what it can be: `kinds` of the decoded members it may come from, "made" for the rest."""

    text: str
    kinds: frozenset[str]
    always: bool = False  # never nothing or null
    object: bool = False  # if there, an object or null: it was decoded before


def kinds_of(*kinds: str) -> frozenset[str]:
    return frozenset(kinds)


MADE, COPIED, TEXTS = kinds_of("made"), kinds_of(RAW), kinds_of(TEXT)
VALUE = "\0"  # stands for the variable in a condition on it


def misfit(kind: ValueType, held: Held) -> str | None:
    """A condition under which a value that is there is one for the plain way; None: it fits for certain.

    Errors: NoPlan for what takes a closer look
    """
    name = kind.name if isinstance(kind, NamedType) else ""
    if name == "any":
        return None
    if held.kinds == COPIED:
        if name == "object" and held.object:
            return f"{VALUE} == NULL"
        if name == "object":
            return f"not OBJECT <= {VALUE}"
        if name == "array" and isinstance(kind, NamedType) and kind.low is None and kind.high is None:
            return f"not (ARRAY <= {VALUE} and BEHIND_ARRAY > {VALUE})"
        raise NoPlan("a copied value of a scalar type")
    if RAW in held.kinds:
        raise NoPlan("a value that is copied or made")
    known = WANTED.get(name)
    bounds = isinstance(kind, NamedType) and (kind.low is not None or kind.high is not None)
    if held.kinds == TEXTS and name in ("string", "secret") and isinstance(kind, NamedType) and bounds:
        tests = [f"len({VALUE}) > {kind.high!r}"] if kind.high is not None else []
        return " or ".join(tests + ([f"len({VALUE}) < {kind.low!r}"] if kind.low is not None else []))
    whole = kinds_of(NUMBER, INTEGER) if known == NUMBER else kinds_of(known or "")
    if name in ("string", "secret", "number", "integer", "boolean") and held.kinds <= whole and not bounds:
        return None
    if isinstance(kind, LiteralType) and held.kinds == TEXTS:
        return f"{VALUE} not in {kind.values!r}"
    if name in ("email", "uri"):
        return f"type({VALUE}) is not str or not {name.upper()}.match({VALUE})"
    test = guard(kind, VALUE)
    if test is None:
        raise NoPlan("a type that takes a closer look")
    if name == "datetime" and held.kinds == TEXTS:
        return f"({VALUE}[MOMENT] not in MOMENTS or {VALUE}[FRACTION] not in FRACTIONS) and not is_datetime({VALUE})"
    return f"not ({test})"


def constant(kind: ValueType, value: Scalar) -> str:
    """A constant that fits its type, as Python. Errors: NoPlan for one that does not, or not for certain."""
    test = guard(kind, "v")
    scope: dict[str, object] = {"__builtins__": {}, "v": value, "type": type, "str": str, "int": int}
    scope |= {"float": float, "bool": bool, "dict": dict, "list": list, "len": len}
    if isinstance(kind, NamedType) and kind.name == "any":
        return repr(value)
    if value is None or test is None or "DATETIME" in test:
        raise NoPlan("a constant that takes a closer look")
    if not eval(test, scope):
        raise NoPlan("a constant that does not fit")
    return repr(value)


def takes_empty(kind: ValueType) -> bool:
    """Whether the empty text fits a type."""
    return isinstance(kind, NamedType) and kind.name in ("string", "secret") and not kind.low


def missing(held: str, kinds: frozenset[str], skip_empty: bool = False) -> str:
    """A Python condition: a variable is nothing or null (or ""). What is there is mostly not empty: asked first."""
    if kinds <= TEXTS:
        return f"not {held}" if skip_empty else f"not {held} and {held} != ''"
    tests = [f"{held} is UNSET"]
    tests += [f"{held} is None"] if kinds - {RAW} else []
    tests += [f"{held} == NULL"] if RAW in kinds else []
    tests += [f"{held} == ''"] if skip_empty else []
    return " or ".join(tests)
