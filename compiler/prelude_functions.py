"""The functions of the language, as generated code calls them; of nothing (None) they give nothing."""
# pyright: basic
# (Untyped on purpose, as prelude.py is.)

import hashlib
import json
import math
import re
from datetime import UTC, datetime, timedelta

from .paths.prelude import NOTHING
from .prelude import DATETIME, as_number, as_string, equal, finite, is_number, placeholder, to_json, whole

SURROGATE = re.compile(r"[\ud800-\udfff]")


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
        found = json.loads(value, parse_constant=refuse_constant)
    except (ValueError, RecursionError):
        return NOTHING
    return found if can_be_sent(found) else NOTHING


def refuse_constant(name):
    """NaN and Infinity are no JSON."""
    raise ValueError(name)


def can_be_sent(value, deepest=200):
    """Whether a value that came out of a text keeps the rules for events: depth, numbers in range, whole characters."""
    level = [value]
    for _ in range(deepest + 1):
        below = []
        for item in level:
            if type(item) is dict:
                below += item
                below += item.values()
            elif type(item) is list:
                below += item
            elif type(item) is str:
                if SURROGATE.search(item):
                    return False
            elif is_number(item) and finite(item) is None:
                return False
        if not below:
            return True
        level = below
    return False


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
    scaled = abs(value) * 10**digits + 0.5
    if abs(value) >= 2**53 or not math.isfinite(scaled):  # it has no decimals
        return int(value) if digits == 0 else value
    rounded = math.floor(scaled) / 10**digits * (1 if value >= 0 else -1)
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
        if type(value) is int or type(value) is float:
            since = timedelta(milliseconds=value) if abs(value) >= 1e11 else timedelta(seconds=value)
            return datetime(1970, 1, 1, tzinfo=UTC) + since
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
