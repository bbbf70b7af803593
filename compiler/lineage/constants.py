"""What functions make of constants: it is worked out."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from math import prod

from ...dsl.nodes import Json, Scalar
from .. import ir, prelude, prelude_functions
from .held import ABSENT, NEVER, Held, made_of, union
from .origins import GONE, How, Kind
from .texts import kind_of

_FEW = 100
OF_ALL = ("add", "subtract", "multiply", "divide")  # of all their arguments: nothing where one is none that they take


def of_constants(call: ir.Apply, given: Sequence[Held], how: How) -> Held | None:
    """What a call gives if all that it is given is constants, and not too many to go through; else None."""
    if not (all(held.known for held in given) and prod(len(held.known) for held in given) <= _FEW):
        return None
    found = union(_of_constants(call, values) for values in product(*(held.known for held in given)))
    if found is not NEVER:
        whole = made_of(given, found.kinds, how)
        found = replace(found, inside=whole.inside, deciding=whole.deciding)
    return found.also(Kind.NOTHING) if any(held.kinds & GONE for held in given) else found


def _of_constants(call: ir.Apply, values: Sequence[Scalar]) -> Held:
    """The constant that a function of constants gives."""
    function, options = getattr(prelude_functions, f"fn_{call.name}"), dict(call.options)
    if call.name in OF_ALL:
        found = function([*values])
    elif call.name == "replace":
        found = function(*values, ignorecase=options["ignorecase"], every=options["global"])
    else:
        found = function(*values, **options)
    if found is None:
        return Held(made=Kind.NULL) if call.name == "from_json" else ABSENT
    return ABSENT if found is prelude.NOTHING else _constant(found)


def _constant(value: Json) -> Held:
    """What is the same whatever the event."""
    match value:
        case dict():
            return Held(made=Kind.OBJECT, members={key: _constant(below) for key, below in value.items()})
        case list():
            return Held(made=Kind.LIST, items=union(map(_constant, value)))
        case _:
            return Held(made=kind_of(value), known=() if value is None else (value,))
