"""Liquid's dates, in UTC."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from .v8_dates import parse_date

_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_CODE: Final = re.compile("%([-^]?)(.)", re.DOTALL)
_DEFAULT: Final = "%A, %B %-e, %Y at %-l:%M %P %z"
_LIMIT: Final = 2.5e14  # the years that Python's datetime has


def _by_clock(code: str) -> Callable[[datetime], str]:
    def part(at: datetime) -> str:
        return at.strftime(f"%{code}")

    return part


_PARTS: Final[dict[str, Callable[[datetime], str]]] = {
    "%": lambda at: "%",
    "A": lambda at: _DAYS[at.weekday()],
    "B": lambda at: _MONTHS[at.month - 1],
    "F": lambda at: f"{at:%Y-%m-%d}",
    "L": lambda at: f"{at.microsecond // 1000:03}",
    "N": lambda at: f"{at.microsecond // 1000:03}000000",
    "P": lambda at: "am" if at.hour < 12 else "pm",
    "T": lambda at: f"{at:%H:%M:%S}",
    "Y": lambda at: str(at.year),
    "Z": lambda at: "UTC",
    "a": lambda at: _DAYS[at.weekday()][:3],
    "b": lambda at: _MONTHS[at.month - 1][:3],
    "e": lambda at: f"{at.day:2}",
    "k": lambda at: f"{at.hour:2}",
    "l": lambda at: f"{at.hour % 12 or 12:2}",
    "n": lambda at: "\n",
    "p": lambda at: "AM" if at.hour < 12 else "PM",
    "s": lambda at: str(int(at.timestamp())),
    "t": lambda at: "\t",
    "z": lambda at: "+0000",
    **{code: _by_clock(code) for code in "CHIMSUWdjmuwy"},
}


def read_instant(value: str | int | float) -> float | None:
    """Epoch milliseconds: numbers and texts of digits are seconds, other texts what Date reads; None for no date."""
    if isinstance(value, str):
        instant = float(value) * 1000 if value.isascii() and value.isdigit() else parse_date(value)
    else:
        instant = float(value) * (1 if isinstance(value, bool) else 1000)
    return instant if instant is not None and abs(instant) < _LIMIT else None


def format_instant(instant: float, form: str | None) -> str:
    """strftime of epoch milliseconds; after % a dash drops padding and ^ writes capitals."""
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=instant)

    def part(match: re.Match[str]) -> str:
        written = _PARTS[match[2]](at) if match[2] in _PARTS else match[0]
        return written.lstrip("0 ") or "0" if match[1] == "-" else written.upper() if match[1] == "^" else written

    return _CODE.sub(part, _DEFAULT if form is None else form)
