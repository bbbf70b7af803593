"""Points in time as JavaScript and dayjs read and write them, in UTC."""

import re
from typing import Final

from .civil import DAY, civil_from_days, clip, days_from_civil
from .v8_dates import parse_date
from .values import number_text, to_number

# \s is JavaScript's here, \d ASCII's, and the end is the end.
_CALENDAR: Final = re.compile(
    r"([0-9]{4})[-/]?([0-9]{1,2})?[-/]?([0-9]{0,2})"
    r"[Tt\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]*"
    r"([0-9]{1,2})?:?([0-9]{1,2})?:?([0-9]{1,2})?[.:]?([0-9]+)?"
)


def parse_dayjs(value: str | int | float) -> float | None:
    """The epoch milliseconds that dayjs.utc(value) reads; None where it is no valid date.

    Shape:  "2023-02-30" -> 2 March: fields roll over; "2023-05-06T07:08:09" is UTC; 1683356889123 is milliseconds
            "1683356889123" is in the year 1686: a text of digits is calendar fields
    Source: dayjs 1.10.7, then V8's Date
    """
    if not isinstance(value, str):
        return clip(float(value))
    # A text that ends in Z is left to Date.
    if not value.endswith(("Z", "z")) and (match := _CALENDAR.fullmatch(value)):
        year, month, day, hour, minute, second, fraction = match.groups()
        return clip(
            utc(
                int(year),
                # "00" is the December before, but a month left out is January.
                int(month) - 1 if month else 0,
                int(day) if day else 1,
                int(hour or 0),
                int(minute or 0),
                int(second or 0),
                int((fraction or "0")[:3]),
            )
        )
    return parse_date(value)


def is_date_like(text: str) -> bool:
    """The engine's own format check: a text of a plain number is taken for seconds here, but for nothing else."""
    number = to_number(text)
    if number_text(number) == text:
        return clip(number * 1000) is not None
    return parse_dayjs(text) is not None


def utc(year: int, month: int, day: int, hour: int, minute: int, second: int, millisecond: int) -> float:
    """Date.UTC: epoch milliseconds; month from 0, everything rolls over, the years 0 to 99 are 1900 to 1999."""
    if 0 <= year <= 99:
        year += 1900
    days = days_from_civil(year, month) + day - 1
    return float(days * DAY + ((hour * 60 + minute) * 60 + second) * 1000 + millisecond)


def iso_text(milliseconds: float) -> str:
    """Date.toISOString: UTC with milliseconds; years beyond 0 to 9999 with a sign and six digits.

    Shape:  1683356889123.0 -> "2023-05-06T07:08:09.123Z"
    """
    days, rest = divmod(int(milliseconds), DAY)
    year, month, day = civil_from_days(days)
    seconds, millisecond = divmod(rest, 1000)
    text = f"{year:04}" if 0 <= year <= 9999 else f"{'-' if year < 0 else '+'}{abs(year):06}"
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{millisecond:03}"
    return f"{text}-{month:02}-{day:02}T{clock}Z"
