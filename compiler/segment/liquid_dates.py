"""Liquid's dates: shown in UTC unless a filter names another zone."""

import math
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from .civil import DAY, civil_from_days, clip, days_from_civil
from .v8_dates import parse_date
from .values import UNDEFINED, Json, is_number, to_double, to_number, to_text

_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_DAYS: Final = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_CODE: Final = re.compile("%([-_0^#:]+)?([0-9]+)?[EO]?([^\n\r\u2028\u2029])")
_DEFAULT: Final = "%A, %B %-e, %Y at %-l:%M %P %z"
_WIDTHS: Final = {"j": 3, "L": 3, **dict.fromkeys("deHIklmMSUW", 2)}
_SPACED: Final = frozenset("aAbBceklpP")
_MINUTE: Final = 60_000
_MEMORY: Final = 100_000_000  # characters that the engine allows


@dataclass(frozen=True, slots=True)
class _Shown:
    """A date's fields, in its zone.

    Shape:  month and weekday from 0, Sunday first; offset: minutes west of UTC; zone: its name, "" where it has none
    """

    instant: float
    offset: float
    zone: str

    @property
    def fields(self) -> tuple[int, int, int]:
        year, month, day = civil_from_days(math.floor(self.instant / DAY))
        return year, month - 1, day

    def part(self, unit: int, count: int) -> int:
        """Hours, minutes, seconds or milliseconds: how many units of so many milliseconds, within so many."""
        return int(self.instant // unit) % count

    @property
    def hour(self) -> int:
        return self.part(3_600_000, 24)

    @property
    def weekday(self) -> int:
        return (math.floor(self.instant / DAY) + 4) % 7

    @property
    def day_of_year(self) -> int:
        year, month, day = self.fields
        return days_from_civil(year, month) - days_from_civil(year, 0) + day


def _week(at: _Shown, first: int) -> str:
    first_of_january = (days_from_civil(_full_year(at.fields[0]), 0) + 4) % 7
    now, then = at.day_of_year + first - at.weekday, 7 - first_of_january + first
    return str((now - then) // 7 + 1)


def _full_year(year: int) -> int:
    return year + 1900 if 0 <= year <= 99 else year  # new Date(year, 0, 1) reads two digits so


def _zone_offset(at: _Shown, flags: str) -> str:
    minutes = abs(at.offset)
    hours, rest = to_text(minutes // 60), to_text(math.fmod(minutes, 60))
    return f"{'-' if at.offset > 0 else '+'}{hours:0>2}{':' if ':' in flags else ''}{rest:0>2}"


def _ordinal(day: int) -> str:
    return "th" if day in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")


def _date(at: _Shown) -> str:
    year, month, day = at.fields
    return f"{month + 1}/{day}/{year}"


def _time(at: _Shown) -> str:
    half = "AM" if at.hour < 12 else "PM"
    return f"{at.hour % 12 or 12}:{at.part(_MINUTE, 60):02}:{at.part(1000, 60):02} {half}"


def _century(year: int) -> str:
    return to_text(int(found)) if (found := str(year)[:2]) != "-" else "NaN"


_PARTS: Final[dict[str, Callable[[_Shown], object]]] = {
    "%": lambda at: "%",
    "A": lambda at: _DAYS[at.weekday],
    "B": lambda at: _MONTHS[at.fields[1]],
    "C": lambda at: _century(at.fields[0]),
    "H": lambda at: at.hour,
    "I": lambda at: at.hour % 12 or 12,
    "L": lambda at: at.part(1, 1000),
    "M": lambda at: at.part(_MINUTE, 60),
    "P": lambda at: "am" if at.hour < 12 else "pm",
    "S": lambda at: at.part(1000, 60),
    "U": lambda at: _week(at, 0),
    "W": lambda at: _week(at, 1),
    "X": _time,
    "Y": lambda at: at.fields[0],
    "a": lambda at: _DAYS[at.weekday][:3],
    "b": lambda at: _MONTHS[at.fields[1]][:3],
    "c": lambda at: f"{_date(at)}, {_time(at)}",
    "d": lambda at: at.fields[2],
    "e": lambda at: at.fields[2],
    "h": lambda at: _MONTHS[at.fields[1]][:3],
    "j": lambda at: at.day_of_year,
    "k": lambda at: at.hour,
    "l": lambda at: at.hour % 12 or 12,
    "m": lambda at: at.fields[1] + 1,
    "n": lambda at: "\n",
    "p": lambda at: "AM" if at.hour < 12 else "PM",
    "q": lambda at: _ordinal(at.fields[2]),
    "s": lambda at: math.floor(at.instant / 1000 + 0.5),
    "t": lambda at: "\t",
    "u": lambda at: at.weekday or 7,
    "w": lambda at: at.weekday,
    "x": _date,
    "y": lambda at: str(at.fields[0])[2:4],
}


def _strftime(at: _Shown, form: str) -> str:
    """Fill a form: %, flags, a width, and a letter; what is no such letter stays."""

    def part(match: re.Match[str]) -> str:
        flags, width, code = match[1] or "", int(match[2] or 0), match[3]
        if code == "N":
            written = f"{at.part(1, 1000):03}"[: width or 9].ljust(min(width or 9, _MEMORY), "0")
        elif code in "zZ":
            written = at.zone if code == "Z" and at.zone else _zone_offset(at, flags)
        elif code in _PARTS:
            written = str(_PARTS[code](at))
        else:
            return match[0]
        return _padded(written, flags, width or _WIDTHS.get(code, 0), " " if code in _SPACED else "0")

    return _CODE.sub(part, form)


def _padded(written: str, flags: str, width: int, padding: str) -> str:
    if "^" in flags:
        written = written.upper()
    elif "#" in flags:
        written = written.upper() if re.search("[a-z]", written) else written.lower()
    padding = " " if "_" in flags else "0" if "0" in flags else padding
    width = 0 if "-" in flags else width
    if width - len(written) > _MEMORY:
        raise ValueError("memory alloc limit exceeded")
    return written.rjust(width, padding)


def _shown(value: Json, zone: Json) -> _Shown | None:
    """A date out of a number of seconds, a text of digits, or what Date reads; None for no date."""
    if _is_nil(value):
        return None
    instant = _instant(value)
    if isinstance(zone, str):
        offset, name = (math.nan, zone) if instant is None else (_offset_of(zone, instant), zone)
    else:
        offset, name = (0.0, "UTC") if _is_nil(zone) else (_number(zone), "")
    if instant is None or not math.isfinite(offset) or clip(instant - offset * _MINUTE) is None:
        return None
    return _Shown(clip(instant - offset * _MINUTE) or 0.0, offset, name)


def _is_nil(value: Json) -> bool:
    return value is None or value is UNDEFINED


def _number(value: Json) -> float:
    return to_double(value) if is_number(value) else to_number(to_text(value))


def _instant(value: Json) -> float | None:
    if isinstance(value, str) and value in ("now", "today"):
        return float(math.floor(time.time() * 1000))
    if isinstance(value, bool):
        return float(value)
    if is_number(value):
        return clip(_number(value) * 1000)
    text = to_text(value)
    if isinstance(value, str) and text.isascii() and text.isdigit():
        return clip(float(text) * 1000)
    return parse_date(text)


def _offset_of(zone: str, instant: float) -> float:
    """Minutes west of UTC in a zone by its name, in whatever case."""
    if zone.lower() in ("utc", "gmt"):
        return 0.0
    name = _zone_names().get(zone.lower())
    if name is None:
        raise ValueError(f"Invalid time zone specified: {zone}")
    try:
        local = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=instant)).astimezone(ZoneInfo(name))
    except OverflowError:  # a year that Python's datetime lacks
        return 0.0
    return -(local.utcoffset() or timedelta()).total_seconds() / 60


@cache
def _zone_names() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones()}


def _format(value: Json, form: Json = UNDEFINED, zone: Json = UNDEFINED, *rest: Json) -> Json:
    at = _shown(value, zone)
    if at is None:
        return value
    return _strftime(at, _DEFAULT if _is_nil(form) else to_text(form))


def _in_form(form: str) -> Callable[..., Json]:
    def filtered(value: Json, *rest: Json) -> Json:
        return _format(value, form)

    return filtered


def _in_words(month: str) -> Callable[..., Json]:
    def filtered(value: Json, kind: Json = UNDEFINED, style: Json = UNDEFINED, *rest: Json) -> Json:
        at = _shown(value, UNDEFINED)
        if at is None:
            return value
        if kind != "ordinal":
            return _strftime(at, f"%d {month} %Y")
        day = at.fields[2]
        return _strftime(at, f"{month} {day}%q, %Y" if style == "US" else f"{day}%q {month} %Y")

    return filtered


DATE_FILTERS: Final[dict[str, Callable[..., Json]]] = {
    "date": _format,
    "date_to_long_string": _in_words("%B"),
    "date_to_rfc822": _in_form("%a, %d %b %Y %H:%M:%S %z"),
    "date_to_string": _in_words("%b"),
    "date_to_xmlschema": _in_form("%Y-%m-%dT%H:%M:%S%:z"),
}
