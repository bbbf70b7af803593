"""What the functions of the language make of what their arguments hold."""

from collections.abc import Sequence
from dataclasses import replace

from .. import ir, prelude, prelude_functions
from .constants import OF_ALL, of_constants
from .held import ABSENT, Held, decides, made_of, union
from .origins import ANY_ITEM, ANYTHING, CONTAINER, GONE, NONE, SCALAR, TEXT, VALUE, How, Kind
from .texts import around, as_json, as_text, brackets, dated, from_json, is_foreign, kind_of, shortest

_NUMERIC = Kind.NUMBER | Kind.DIGITS
_TIMELY = Kind.NUMBER | Kind.TIME
_HEX = Kind.DIGITS | Kind.PLAIN

# What a function takes, what it gives, and what is left of the value in it. What is "derived" holds nothing of what
# goes in, or nothing that can be read back.
SIMPLE: dict[str, tuple[Kind, Kind, How]] = {
    "lower": (TEXT, TEXT, "copy"),
    "upper": (TEXT, TEXT, "copy"),
    "trim": (TEXT, TEXT, "copy"),
    "replace": (TEXT, TEXT, "copy"),
    "text": (SCALAR, TEXT, "copy"),
    "join": (Kind.LIST, TEXT, "copy"),
    "number": (_NUMERIC, Kind.NUMBER, "copy"),
    "integer": (_NUMERIC, Kind.NUMBER, "copy"),
    "count": (TEXT | CONTAINER, Kind.NUMBER, "derived"),
    "sha256": (SCALAR, _HEX, "derived"),
    "md5": (SCALAR, _HEX, "derived"),
    "epoch": (_TIMELY, Kind.NUMBER, "derived"),
    "date": (_TIMELY, TEXT, "derived"),
    "sum": (Kind.LIST, Kind.NUMBER, "derived"),
    "round": (_NUMERIC, Kind.NUMBER, "derived"),
    "add": (_NUMERIC, Kind.NUMBER, "derived"),
    "subtract": (_NUMERIC, Kind.NUMBER, "derived"),
    "multiply": (_NUMERIC, Kind.NUMBER, "derived"),
    "divide": (_NUMERIC, Kind.NUMBER, "derived"),
}
_LEAST = {"sha256": 64, "md5": 32}  # characters
_ROOM = ((Kind.LINK, 3), (Kind.MAIL, 3), (Kind.FLAG, 4), (Kind.TIME, 10))  # characters at least
_CASING = ("lower", "upper", "trim")
_OF_CONSTANTS = ("slice", "split", "from_json", "to_json")  # what else is worked out
_TOTAL = ("lower", "upper", "trim", "replace", "text", "count", "sha256", "md5", "join")


_OTHERS = {
    "omit": Kind.OBJECT,
    "pick": Kind.OBJECT,
    "flatten": Kind.OBJECT,
    "first": Kind.LIST,
    "slice": TEXT | Kind.LIST,
    "split": TEXT,
    "from_json": TEXT,
    "to_json": VALUE & ~Kind.NULL,
}


def taken_by(name: str) -> tuple[Kind, int]:
    """What a function gives something of, and how many of its arguments have to be that."""
    taken = _OTHERS[name] if name in _OTHERS else SIMPLE[name][0]
    return taken, 100 if name in OF_ALL else 1


def called(call: ir.Apply, given: list[Held]) -> Held:
    """What a call gives. Shape: `given` is what each argument holds."""
    first = given[0]
    if call.name in SIMPLE or call.name in _OF_CONSTANTS:
        found = of_constants(call, given, SIMPLE[call.name][2] if call.name in SIMPLE else "copy")
        if found is not None:
            return found
    names = [a.value for a in call.arguments[1:] if isinstance(a, ir.Const) and isinstance(a.value, str)]
    match call.name:
        case "omit":
            return _or_absent(_omitted(first.only(Kind.OBJECT), names), first, Kind.OBJECT)
        case "pick":
            held = first.only(Kind.OBJECT)
            picked = Held(made=Kind.OBJECT, members={name: held.below(name, Kind.OBJECT) for name in names})
            return _or_absent(replace(picked, deciding=held.deciding), first, Kind.OBJECT)
        case "merge":
            left = dict(call.options).get("direction") == "left"
            objects = _merged([held.only(Kind.OBJECT) for held in (given if left else reversed(given))])
            sure = any(held.kinds == Kind.OBJECT for held in given)
            return union(objects).also(NONE if sure else Kind.NOTHING)
        case "drop_null":
            return first.only(ANYTHING & ~GONE).also(Kind.NOTHING if first.kinds & GONE else NONE)
        case "first":
            return first.only(Kind.LIST).below(0, Kind.LIST).also(Kind.NOTHING)
        case "slice":
            return _or_absent(_slice(first, _bounds(call)), first, Kind.LIST | TEXT)
        case "split":
            parts = made_of([first.only(TEXT)], TEXT)
            return _or_absent(Held(made=Kind.LIST, items=parts), first, TEXT)
        case "flatten":
            lists = dict(call.options).get("omit_arrays") is True
            free = ANYTHING if lists else SCALAR | Kind.NULL
            return _or_absent(made_of([first.only(Kind.OBJECT)], Kind.OBJECT, free=free), first, Kind.OBJECT)
        case "from_json":
            texts = first.only(TEXT)
            words = tuple(filter(_is_verbatim, first.parts))
            kinds = from_json(texts.kinds) & (around(words) | ~TEXT)
            return _or_absent(replace(made_of([texts], kinds, free=ANYTHING), parts=words), first, TEXT)
        case "to_json":
            values = first.only(VALUE & ~Kind.NULL)
            text = replace(made_of([values], as_json(values.kinds)), parts=brackets(values.kinds))
            return _or_absent(text, first, VALUE & ~Kind.NULL)
        case "join":
            held = _simple("join", given[:1])
            listed = first.only(Kind.LIST).below(ANY_ITEM, Kind.LIST)
            return held if listed.kinds & (SCALAR | Kind.NULL) else held.only(Kind.PLAIN | Kind.MAIL | Kind.NOTHING)
        case "divide" if given[1].known and not any(map(prelude.as_number, given[1].known)):
            return ABSENT  # by zero, or by what is no number
        case "count" if first.kinds == Kind.OBJECT and not first.places and not first.free:
            counts = range(len(first.members or {}) + 1)
            return replace(_simple("count", given[:1]), known=tuple(counts))
        case "lower" | "upper" | "trim" | "text" | "replace" | "date":
            return _text(call, first, names)
        case name:
            return _simple(name, given if name in OF_ALL else given[:1])


def _text(call: ir.Apply, first: Held, names: list[str]) -> Held:
    """What a function makes of a text that keeps some of what is known of it; or of a time, in a form that is known."""
    held = _simple(call.name, [first])
    match call.name:
        case "replace" if names and not first.kinds & TEXT & ~(Kind.DIGITS | Kind.TIME) and is_foreign(names[0]):
            return held.only(first.kinds | Kind.NOTHING)  # nothing of it is replaced
        case "replace" if first.parts and names:
            parts = _untouched(first.parts, names[0], exact=dict(call.options).get("ignorecase") is not True)
            return _with_parts(held, parts)
        case "lower" | "upper" | "trim" | "text" if first.parts:
            return _with_parts(held, _as_parts(call.name, first.parts))
        case "date" if names:
            return replace(held.only(dated(names[0]) | Kind.NOTHING), least=shortest(names[0]))
        case _:
            return held


def _simple(name: str, given: list[Held]) -> Held:
    taken, gives, how = SIMPLE[name]
    arguments = [held.only(taken) for held in given]
    if not all(held.kinds for held in arguments):
        return ABSENT
    gives = _cased(arguments[0].kinds) if name in _CASING else gives
    held = replace(made_of(arguments, gives, how), least=_LEAST.get(name, 0))
    sure = name in _TOTAL and all(not one.kinds & ~taken for one in given)
    return held if sure else held.also(Kind.NOTHING)


def _cased(kinds: Kind) -> Kind:
    """What texts are in other letters, or without blanks: one that fits a type fits it still, or none any more."""
    found = kinds | Kind.PLAIN | (Kind.MAIL | Kind.LINK if kinds & (Kind.MAIL | Kind.LINK) else NONE)
    return TEXT if kinds & Kind.PLAIN else found


def joined(items: list[Held], separator: str) -> Held:
    """The text of a list that is written out: with separators, or what is always there alone."""
    sure = [held for held in items if not held.kinds & Kind.NOTHING]
    if not sure or len(items) == 1:
        return made_of(items, TEXT)
    parts = (separator,) * max(1, len(sure) - 1)
    opened = ["[" for held in sure if not held.kinds & ~CONTAINER]
    whole = replace(made_of(items, around((*parts, *opened))), parts=parts)
    if len(sure) > 1:
        return whole
    shown = [prelude.placeholder(value) for value in sure[0].known] + ([""] if sure[0].kinds & Kind.NULL else [])
    if not sure[0].known and sure[0].kinds != Kind.NULL:
        return union([whole, made_of(sure, as_text(sure[0].kinds))])
    either = union([whole, *(Held(made=kind_of(text), known=(text,)) for text in shown)])
    return replace(either, parts=(shown[0],)) if len(shown) == 1 else either


def _is_verbatim(part: str) -> bool:
    """Whether a part of a JSON text stands as it is in the text, if any, that it is the JSON of."""
    return bool(part.strip()) and not set('"\\') & set(part)


def _as_parts(name: str, parts: tuple[str, ...]) -> tuple[str, ...]:
    """What a function that goes over a text sign by sign makes of the texts in it."""
    function = getattr(prelude_functions, f"fn_{name}")
    return tuple(function(part) for part in parts if part.isascii())


def _with_parts(text: Held, parts: tuple[str, ...]) -> Held:
    return replace(text.only(around(parts) | Kind.NOTHING), parts=parts)


def _untouched(parts: tuple[str, ...], old: str, *, exact: bool) -> tuple[str, ...]:
    """The characters of a text that stay where another is replaced in it, one after the other."""
    if exact:
        return tuple(sign for part in parts for sign in part if sign not in old)
    plain = old.isascii()  # beyond ASCII, a sign has more than one other form
    return tuple(
        sign for part in parts for sign in part if plain and sign.isascii() and sign.lower() not in old.lower()
    )


def _merged(objects: list[Held]) -> list[Held]:
    """Objects laid over each other, the uppermost first: what lies below a member that is always there is not seen."""
    hidden: list[str] = []
    seen: list[Held] = []
    for held in objects:
        seen.append(_omitted(held, hidden))
        if held.kinds == Kind.OBJECT and not held.places:
            hidden += [name for name, member in (held.members or {}).items() if not member.kinds & Kind.NOTHING]
    return seen


def _slice(held: Held, bounds: list[int]) -> Held:
    """A part of a text or list, which is empty where it ends before it begins."""
    listed, text = held.only(Kind.LIST), held.only(TEXT)
    parts: list[Held] = []
    if _is_empty(bounds, held.least if held.kinds & ~GONE in TEXT else 0):
        kind = decides(held)  # a list, a text, or nothing
        parts += [Held(made=Kind.LIST, deciding=kind)] if listed.kinds else []
        parts += [Held(made=kind_of(""), known=("",), deciding=kind)] if text.kinds else []
        return union(parts)
    items = listed.below("*", Kind.LIST).only(VALUE)
    parts += [Held(made=Kind.LIST, items=items, deciding=held.deciding)] if listed.kinds else []
    return union([*parts, _sliced(text, bounds)] if text.kinds else parts)


def _bounds(call: ir.Apply) -> list[int]:
    return [a.value for a in call.arguments[1:] if isinstance(a, ir.Const) and isinstance(a.value, int)]


def _sliced(text: Held, bounds: list[int]) -> Held:
    """A part of a text: it has what is in the text beyond the ends, and fits no type that asks for more characters."""
    if len(bounds) != 2:
        return made_of([text], TEXT)
    low, high = bounds
    kinds, parts, least, most = TEXT, (), 0, text.most
    if low >= 0 > high:
        backwards = [part[::-1] for part in reversed(_beyond(text.parts, low))]
        parts = tuple(part[::-1] for part in reversed(_beyond(backwards, -high)))
        kinds = around(parts)
    else:
        most = min(most, high - low if (low < 0) == (high < 0) else min(-low, high))
        least = min(text.least, high) - low if 0 <= low < high else 0
        for kind, needed in _ROOM:
            kinds &= TEXT if most >= needed else ~kind
    return replace(made_of([text], kinds), parts=parts, least=max(0, least), most=most)


def _beyond(parts: Sequence[str], count: int) -> list[str]:
    """What of the texts in a text is left without its first characters."""
    left: list[str] = []
    for part in parts:
        left.append(part[count:])
        count = max(0, count - len(part))
    return left


def _is_empty(bounds: list[int], least: int) -> bool:
    """Whether a slice ends where it begins, or before, whatever it is of that has at least so many characters."""
    if len(bounds) != 2:
        return False
    if bounds[0] < 0 < bounds[1]:
        return least + bounds[0] >= bounds[1]
    return bounds[1] == 0 or ((bounds[0] < 0) == (bounds[1] < 0) and bounds[1] <= bounds[0])


def _omitted(held: Held, names: list[str]) -> Held:
    without = frozenset(names)
    places = tuple(replace(place, without=place.without | without) for place in held.places)
    members = held.members
    if members is not None:
        members = {name: member for name, member in members.items() if name not in without}
    return replace(held, places=places, members=members)


def _or_absent(held: Held, given: Held, taken: Kind) -> Held:
    """What comes of a value of the right kind; nothing of any other."""
    if not given.kinds & taken:
        return ABSENT
    return held.also(Kind.NOTHING) if given.kinds & ~taken else held
