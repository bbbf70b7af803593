"""What generated code calls, beside paths/prelude.py: pure functions of the standard library alone.

A compiled module carries a copy of this text, so it imports nothing of this project. Every function takes JSON
values; None stands for nothing and null where the two need not be told apart, NOTHING where they must.
"""
# pyright: basic
# (Untyped on purpose: the text is part of generated modules, where annotations would only be noise.)

import hashlib
import json
import math
import re
from datetime import UTC, datetime, timedelta

from .paths.prelude import NOTHING

EMPTY = {}  # read in place of what is no object; never written to


class Rejected(Exception):  # noqa: N818 (a word of the language, not an accident of the program)
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
            target[key] = fitted


def attempt(results, name, build, event, run):
    """Add what an action builds of an event, or its rejection."""
    try:
        results.append((name, build(event, run)))
    except Rejected as rejected:
        results.append((name, rejected))


def attempt_each(results, name, build, items, event, run):
    """The same for each item; one item's rejection hides no other."""
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
    r"(?:[T ](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]{1,9})?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?\Z"
)
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


# --- the functions of the language; of nothing (None) they give nothing


def fn_lower(value):
    """A text in lower case."""
    return value.lower() if type(value) is str else None


def fn_upper(value):
    """A text in upper case."""
    return value.upper() if type(value) is str else None


def fn_trim(value):
    """A text without white space at its ends."""
    return value.strip() if type(value) is str else None


def fn_replace(value, old, new, ignorecase=False, every=True):
    """A text with `old` replaced: every one of them, or the first."""
    if type(value) is not str or not old:
        return value if type(value) is str else None
    if not ignorecase:
        return value.replace(old, new, -1 if every else 1)
    return re.sub(re.escape(old), lambda _: new, value, count=0 if every else 1, flags=re.IGNORECASE)


def fn_split(value, separator):
    """The parts of a text."""
    if type(value) is not str:
        return None
    return value.split(separator) if separator else list(value)


def fn_join(value, separator):
    """The items of a list as one text."""
    if type(value) is not list:
        return None
    return separator.join([placeholder(item) for item in value])


def fn_slice(value, start, end=None):
    """A part of a text or list, by offsets; negative ones count from the end."""
    return value[start:end] if type(value) in (str, list) else None


def fn_count(value):
    """How many items, members or characters there are."""
    return len(value) if type(value) in (str, list, dict) else None


def fn_first(value):
    """The first item of a list."""
    return value[0] if type(value) is list and value else NOTHING


def fn_merge(values, left=False):
    """The members of several objects; the last one wins, with `left` the first."""
    objects = [value for value in values if type(value) is dict]
    if not objects:
        return None
    merged = {}
    for value in reversed(objects) if left else objects:
        merged.update(value)
    return merged


def fn_omit(value, names):
    """An object without some members."""
    return {key: value[key] for key in value if key not in names} if type(value) is dict else None


def fn_pick(value, names):
    """An object with only some members."""
    return {key: value[key] for key in names if key in value} if type(value) is dict else None


def fn_flatten(value, separator, omit_arrays=False):
    """One level of members, keys joined; empty objects and lists are left out."""
    if type(value) is not dict:
        return None
    flat = {}
    todo = [(str(key), value[key]) for key in reversed(value)]
    while todo:
        key, item = todo.pop()
        if type(item) is dict:
            todo += [(f"{key}{separator}{name}", item[name]) for name in reversed(item)]
        elif type(item) is list and not omit_arrays:
            todo += [(f"{key}{separator}{index}", item[index]) for index in range(len(item) - 1, -1, -1)]
        else:
            flat[key] = item
    return flat


def fn_to_json(value):
    """A value as JSON text."""
    return None if value is None else to_json(value)


def fn_from_json(value):
    """The value that a JSON text is; nothing where it is none."""
    if type(value) is not str:
        return NOTHING
    try:
        return json.loads(value, parse_constant=refuse_constant)
    except (ValueError, RecursionError):
        return NOTHING


def refuse_constant(name):
    """NaN and Infinity are no JSON."""
    raise ValueError(name)


def fn_drop_null(value):
    """An object without members that are null, at any depth of objects; null itself is nothing."""
    if type(value) is not dict:
        return value
    return {key: fn_drop_null(item) for key, item in value.items() if item is not None}


def fn_number(value):
    """A number, from a number or a text."""
    return as_number(value)


def fn_integer(value):
    """A whole number; fractions are cut off."""
    value = as_number(value)
    return math.trunc(value) if value is not None else None


def fn_text(value):
    """A text, from a text, a number or a boolean."""
    return as_string(value)


def fn_round(value, digits=0):
    """A number rounded half away from zero, to `digits` decimals."""
    value = as_number(value)
    if value is None or type(value) is int:
        return value
    scale = 10**digits
    rounded = math.floor(abs(value) * scale + 0.5) / scale * (1 if value >= 0 else -1)
    return int(rounded) if digits == 0 else rounded


def fold_numbers(values, step):
    """Numbers put together by `step`; nothing where one of them is none."""
    total = None
    for value in values:
        value = as_number(value)
        if value is None:
            return None
        try:
            total = value if total is None else finite(step(total, value))
        except OverflowError:
            return None
        if total is None:
            return None
    return whole(total)


def fn_add(values):
    """The sum of the arguments."""
    return fold_numbers(values, lambda a, b: a + b)


def fn_subtract(values):
    """The first without the second."""
    return fold_numbers(values, lambda a, b: a - b)


def fn_multiply(values):
    """The product of the arguments."""
    return fold_numbers(values, lambda a, b: a * b)


def fn_divide(values):
    """The first by the second; nothing by zero."""
    if as_number(values[1]) == 0:
        return None
    return fold_numbers(values, lambda a, b: a / b)


def fn_sum(value):
    """The sum of a list's numbers; what is no number does not count."""
    if type(value) is not list:
        return None
    numbers = [number for number in map(as_number, value) if number is not None]
    return fold_numbers(numbers, lambda a, b: a + b) if numbers else 0


def parse_time(value):
    """A time in UTC: ISO 8601 text (without a zone: UTC), or an epoch in seconds or, from 1e11 on, milliseconds."""
    try:
        if type(value) is str and DATETIME.match(value):
            moment = datetime.fromisoformat(value)
            return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
        if is_number(value):
            seconds = value / 1000 if abs(value) >= 1e11 else value
            return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    except (ValueError, OverflowError):
        pass
    return None


def fn_epoch(value, unit="s"):
    """A time as the count of seconds, milliseconds or microseconds since 1970."""
    moment = parse_time(value)
    if moment is None:
        return None
    microseconds = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    return microseconds // {"s": 1_000_000, "ms": 1_000, "us": 1}[unit]


DATE_PART = re.compile(r"YYYY|MM|DD|HH|mm|ss|SSS|\[([^\]]*)\]")
DATE_PARTS = {"YYYY": "04d", "MM": "02d", "DD": "02d", "HH": "02d", "mm": "02d", "ss": "02d", "SSS": "03d"}


def fn_date(value, form):
    """A time written in a form of YYYY MM DD HH mm ss SSS, in UTC; text in brackets stays."""
    moment = parse_time(value)
    if moment is None:
        return None
    values = {
        "YYYY": moment.year,
        "MM": moment.month,
        "DD": moment.day,
        "HH": moment.hour,
        "mm": moment.minute,
        "ss": moment.second,
        "SSS": moment.microsecond // 1000,
    }
    return DATE_PART.sub(
        lambda m: m[1] if m[1] is not None else format(values.get(m[0], 0), DATE_PARTS.get(m[0], "")), form
    )


def hashed(value, digest, size, keep_hashed):
    """The hex digest of a text; with `keep_hashed` one that is already a digest stays."""
    text = as_string(value)
    if text is None:
        return None
    if keep_hashed and re.fullmatch(f"[0-9a-fA-F]{{{size}}}", text):
        return text
    return digest(text.encode("utf-8", "surrogatepass")).hexdigest()


def fn_sha256(value, keep_hashed=False):
    """SHA-256 of a text, in hex."""
    return hashed(value, hashlib.sha256, 64, keep_hashed)


def fn_md5(value, keep_hashed=False):
    """MD5 of a text, in hex: what some destinations ask for, not a protection."""
    return hashed(value, hashlib.md5, 32, keep_hashed)


def fn_lookup(value, rows, otherwise=NOTHING):
    """The value beside the first key that equals this one."""
    if value is None:
        return NOTHING
    for key, found in rows:
        if equal(value, key):
            return found
    return otherwise
