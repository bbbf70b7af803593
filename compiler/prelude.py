"""What generated code calls, beside paths/prelude.py: pure functions of the standard library alone.

A compiled module carries a copy of this text, so it imports nothing of this project. Every function takes JSON
values; None stands for nothing and null where the two need not be told apart, NOTHING where they must.
"""
# pyright: basic
# (Untyped on purpose: the text is part of generated modules, where annotations would only be noise.)

import json
import math
import re
from datetime import UTC, datetime

from .paths.prelude import NOTHING

EMPTY = {}  # read in place of what is no object; never written to


class Rejected(Exception):
    """An event that breaks a rule of one action: it has no payload there.

    Shape:  code "E201", reason in words, row the field's name (None where no row is to blame)
    """

    def __init__(self, code, reason, row=None):
        super().__init__(f"{code}: {reason}")
        self.code = code
        self.reason = reason
        self.row = row


class Run:
    """What a run gives the generated code: the clock, the settings, and where to note what was left out.

    Shape:  `drops` counts {(row, reason): n}; `strict` makes a value that does not fit a rejection
    """

    __slots__ = ("clock", "drops", "settings", "strict")

    def __init__(self, clock=None, settings=None, strict=False):
        self.clock = clock or utc_now
        self.settings = settings or {}
        self.strict = strict
        self.drops = {}

    def now(self):
        """The time of the run, as ISO 8601 in UTC with milliseconds."""
        return self.clock()

    def note(self, row, reason):
        """Count a value that was left out or changed."""
        key = (row, reason)
        self.drops[key] = self.drops.get(key, 0) + 1

    def misfit(self, value, kind, row, required):
        """A value that is no `kind`: noted and left out, or the event is rejected."""
        if required or self.strict:
            raise Rejected("E202" if required else "E203", f"`{row}` is no {kind}: {shown(value)}", row)
        self.note(row, f"no {kind}")

    def shorten(self, value, limit, row):
        """A text cut to `limit` code points, and counted; None stays."""
        if value is None or len(value) <= limit:
            return value
        self.note(row, f"longer than {limit}")
        return value[:limit]

    def settle(self, target, key, value, fitted, kind, row, required=False):
        """Put a value that was made to fit into its place; where it did not fit, note or reject it."""
        if fitted is None:
            self.misfit(value, kind, row, required)
        else:
            if type(fitted) is list:
                self.note_items(value, fitted, kind, row)
            target[key] = fitted

    def note_items(self, value, fitted, kind, row):
        """The items of a list that do not fit, as they are left out: noted, or the event is rejected. Null is none."""
        lost = len(value) - value.count(None) - len(fitted) if type(value) is list else 0
        if lost <= 0:
            return
        item = kind.removesuffix("[]")
        item = item[1:-1] if item.startswith("(") else item
        if self.strict:
            raise Rejected("E203", f"an item of `{row}` is no {item}: {shown(value)}", row)
        key = (row, f"an item is no {item}")
        self.drops[key] = self.drops.get(key, 0) + lost


def attempt_each(results, name, build, items, event, run):
    """Add what an action builds of each item, or its rejection, which hides no other."""
    for item in items_of(items) or ():
        try:
            results.append((name, build(item, event, run)))
        except Rejected as rejected:
            results.append((name, rejected))


def missing(row):
    """The rejection of an event that a required field finds nothing in."""
    return Rejected("E201", f"`{row}` is required, and there is no value for it", row)


def utc_now():
    """The time, as ISO 8601 in UTC with milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def shown(value):
    """A value as a message shows it: JSON, cut short."""
    text = to_json(value)
    return text if len(text) <= 60 else text[:59] + "…"


# --- reading


def item_at(value, index):
    """The item of a list at an index (from the end, if negative), or nothing."""
    if type(value) is list and -len(value) <= index < len(value):
        return value[index]
    return NOTHING


def dotted_at(value, index):
    """What `.0` reads: a list's item, or an object's member of that name, or nothing."""
    if type(value) is dict:
        return value.get(str(index), NOTHING)
    return item_at(value, index)


def items_of(value):
    """The items that `each` goes over: a list's; an object is a list of one; anything else has none."""
    if type(value) is list:
        return value
    return [value] if type(value) is dict else None


# --- comparing


def equal(left, right):
    """Whether two JSON values are equal: 1 is 1.0, but no number is true, and nothing is null."""
    if left is NOTHING:
        left = None
    if right is NOTHING:
        right = None
    if type(left) is bool or type(right) is bool:
        return left is right
    if type(left) is list and type(right) is list:
        return len(left) == len(right) and all(map(equal, left, right))
    if type(left) is dict and type(right) is dict:
        return left.keys() == right.keys() and all(equal(left[key], right[key]) for key in left)
    return left == right


def is_number(value):
    """Whether a value is a JSON number."""
    return type(value) is int or type(value) is float


def comparable(left, right):
    """Whether `<` and its like have a meaning: between two numbers or two texts."""
    return (is_number(left) and is_number(right)) or (type(left) is str and type(right) is str)


def matches(value, pattern):
    """Whether a text is of a pattern in which `*` stands for any text."""
    if type(value) is not str or type(pattern) is not str:
        return False
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), value, re.DOTALL) is not None


def has_text(value, part):
    """`contains`: whether a text holds another."""
    return type(value) is str and type(part) is str and part in value


# --- fitting values to types; each gives None where the value does not fit


def as_string(value):
    """A text; numbers and booleans as JSON writes them."""
    if type(value) is str:
        return value
    if type(value) is bool:
        return "true" if value else "false"
    return number_text(value) if is_number(value) else None


def long_enough(value, low):
    """A text of at least `low` code points, or None."""
    return value if value is not None and len(value) >= low else None


def as_number(value):
    """A number; a text that is one."""
    if is_number(value):
        return value
    return parse_number(value) if type(value) is str else None


def as_integer(value):
    """A whole number; 12.0 and "12" are 12."""
    value = as_number(value)
    if type(value) is float:
        return int(value) if value.is_integer() and abs(value) < 2**63 else None
    return value


def as_boolean(value):
    """true or false; also as texts."""
    if type(value) is bool:
        return value
    return {"true": True, "false": False}.get(value) if type(value) is str else None


DATETIME = re.compile(
    r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
    r"(?:[T ](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]{1,9}+)?+)?+(?:Z|[+-][0-9]{2}:?[0-9]{2})?+)?+\Z"
)  # nothing of it can be read in two ways, so `+` forgoes going back, which takes longer than the rest
DATE = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])\Z")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\Z")
URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+\Z")


def as_datetime(value):
    """A time: ISO 8601 as it is written, or a number as an epoch counts it."""
    if type(value) is str:
        return value if DATETIME.match(value) else None
    return value if is_number(value) else None


def as_date(value):
    """A day: YYYY-MM-DD; of a time, its day."""
    if type(value) is str and DATETIME.match(value):
        return value[:10]
    return None


def as_email(value):
    """A text with one @ between two others."""
    return value if type(value) is str and EMAIL.match(value) else None


def as_uri(value):
    """A text with a scheme."""
    return value if type(value) is str and URI.match(value) else None


def as_object(value):
    """An object."""
    return value if type(value) is dict else None


def as_array(value):
    """A list."""
    return value if type(value) is list else None


def as_one_of(value, choices):
    """One of these values; a number or boolean stands for its text, and the reverse."""
    for choice in choices:
        if equal(value, choice):
            return choice
    text = as_string(value)
    for choice in choices:
        if text is not None and text == as_string(choice):
            return choice
    return None


def as_list_of(value, fit):
    """A list of what fits; a single value is a list of one. None where nothing of it fits."""
    if value is None:
        return None
    values = value if type(value) is list else [value]
    fitted = [fit(item) for item in values]
    if type(value) is not list and fitted[0] is None:
        return None
    return [item for item in fitted if item is not None]


# --- numbers and texts


def number_text(value):
    """A number as JSON writes it; a whole float below 2**53 without its fraction."""
    return repr(whole(value))


NUMBER = re.compile(r"\s*-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?\s*\Z")


def parse_number(text):
    """The number that a text is in JSON's form, or None."""
    if not NUMBER.match(text) or len(text) > 400:
        return None
    text = text.strip()
    if text.lstrip("-").isdigit():
        return int(text)
    value = float(text)
    return value if math.isfinite(value) else None


def finite(value):
    """A number, or nothing where it is out of range."""
    if type(value) is float:
        return value if math.isfinite(value) else None
    return value if abs(value) < 10**400 else None


def whole(value):
    """A number without an empty fraction: 3.0 is 3."""
    return int(value) if type(value) is float and value.is_integer() and abs(value) < 2**53 else value


def placeholder(value):
    """What a template shows of a value: texts as they are, nothing and null as nothing, the rest as JSON."""
    if type(value) is str:
        return value
    return "" if value is None or value is NOTHING else to_json(value)


def to_json(value):
    """Compact JSON; numbers as `number_text` has them."""
    if type(value) is float:
        return number_text(value)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
