"""The calendar in whole days, and the range of a JavaScript Date."""

import math
from typing import Final

DAY: Final = 86_400_000
"""Milliseconds."""
_LIMIT: Final = 8.64e15


def days_from_civil(year: int, month: int) -> int:
    """Days from 1970-01-01 to the first of the month; month from 0, out of range rolls over."""
    year, month = year + month // 12, month % 12
    year -= month < 2
    era_year = year % 400
    day_of_year = (153 * ((month + 10) % 12) + 2) // 5
    return (year // 400) * 146_097 + era_year * 365 + era_year // 4 - era_year // 100 + day_of_year - 719_468


def civil_from_days(days: int) -> tuple[int, int, int]:
    """Year, month from 1 and day of a number of days from 1970-01-01."""
    days += 719_468
    era, day_of_era = divmod(days, 146_097)
    era_year = (day_of_era - day_of_era // 1460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * era_year + era_year // 4 - era_year // 100)
    shifted = (5 * day_of_year + 2) // 153
    month = shifted + 3 if shifted < 10 else shifted - 9
    return era * 400 + era_year + (month <= 2), month, day_of_year - (153 * shifted + 2) // 5 + 1


def clip(milliseconds: float) -> float | None:
    """What a Date keeps: whole milliseconds within its range."""
    if not math.isfinite(milliseconds) or abs(milliseconds) > _LIMIT:
        return None
    return float(math.trunc(milliseconds))
