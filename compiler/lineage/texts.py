"""Which types the texts fit that a mapping spells out, as a whole or in part."""
# (The prelude is untyped on purpose.)
# pyright: reportUnknownMemberType=false

from collections.abc import Iterable

from ...dsl.nodes import Scalar
from .. import prelude, prelude_functions
from .origins import CONTAINER, GONE, NONE, TEXT, Kind

_NUMBER_SIGNS = frozenset("0123456789+-.eE")
_TIME_SIGNS = frozenset("0123456789-:TZ+., ")
_STEP = 37 * 86_400_000 + 5 * 3_600_000 + 61_001  # goes through months, days, hours, minutes, seconds and fractions
_MOMENTS = (
    0,
    -62_000_000_000_000,
    *range(1709287323456, 1709287323456 + 120 * _STEP, _STEP),
)  # each part with every first digit


def kind_of(value: Scalar) -> Kind:
    """What a constant is."""
    match value:
        case None:
            return Kind.NULL
        case bool():
            return Kind.BOOLEAN
        case str():
            return _of_text(value)
        case _:
            return Kind.NUMBER


def _of_text(text: str) -> Kind:
    fits = (
        (Kind.DIGITS, prelude.as_number(text) is not None),
        (Kind.FLAG, prelude.as_boolean(text) is not None),
        (Kind.TIME, prelude.as_datetime(text) is not None),
        (Kind.MAIL, prelude.as_email(text) is not None),
        (Kind.LINK, prelude.as_uri(text) is not None),
    )
    found = NONE
    for kind, fit in fits:
        found |= kind if fit else NONE
    return found or Kind.PLAIN


def around(literals: Iterable[str]) -> Kind:
    """What a text can be that has these texts in it."""
    parts = tuple(literals)
    whole = "".join(parts)
    spaced = any(sign.isspace() for sign in whole)
    ruled_out = (
        (Kind.DIGITS, not _NUMBER_SIGNS.issuperset("".join(whole.split()))),
        (Kind.FLAG, not all(part in "true" or part in "false" for part in parts)),
        (Kind.TIME, not _TIME_SIGNS.issuperset(whole)),
        (Kind.MAIL, spaced or whole.count("@") > 1),
        (Kind.LINK, spaced),
    )
    found = TEXT
    for kind, out in ruled_out:
        found &= ~kind if out else TEXT
    return found


def brackets(kinds: Kind) -> tuple[str, ...]:
    """What is in the JSON of such values, whichever it is."""
    return {Kind.OBJECT: ("{", "}"), Kind.LIST: ("[", "]")}.get(kinds, ())


def is_foreign(text: str) -> bool:
    """Whether no sign of a text, in whatever letters, is one of a number or time."""
    return text.isascii() and not (_NUMBER_SIGNS | _TIME_SIGNS) & set(text.lower() + text.upper())


def dated(form: str) -> Kind:
    """What a time is that is written in this form."""
    found = NONE
    for moment in _MOMENTS:
        found |= kind_of(prelude_functions.fn_date(moment, form))
    return found


def shortest(form: str) -> int:
    """How many characters a time has that is written in this form."""
    return len(str(prelude_functions.fn_date(0, form)))


def as_json(kinds: Kind) -> Kind:
    """What the JSON of such values is."""
    found = NONE
    for kind, text in ((Kind.NUMBER, Kind.DIGITS), (Kind.BOOLEAN, Kind.FLAG), (Kind.NULL, Kind.PLAIN)):
        found |= text if kinds & kind else NONE
    return found | (Kind.PLAIN | Kind.MAIL if kinds & (TEXT | Kind.LIST | Kind.OBJECT) else NONE)


def as_text(kinds: Kind) -> Kind:
    """What the text is that a template shows such a value as."""
    found = kinds & TEXT | (Kind.PLAIN if kinds & Kind.NUMBER else NONE)  # of very many digits
    for kind, text in ((Kind.NUMBER, Kind.DIGITS), (Kind.BOOLEAN, Kind.FLAG), (GONE, Kind.PLAIN)):
        found |= text if kinds & kind else NONE
    return found | (Kind.PLAIN | Kind.MAIL if kinds & CONTAINER else NONE)


def from_json(kinds: Kind) -> Kind:
    """What such texts are as JSON."""
    found = Kind.NOTHING
    for text, kind in ((Kind.DIGITS, Kind.NUMBER), (Kind.FLAG, Kind.BOOLEAN)):
        found |= kind if kinds & text else NONE
    return found | (Kind.NULL | TEXT | Kind.LIST | Kind.OBJECT if kinds & (Kind.PLAIN | Kind.MAIL) else NONE)
