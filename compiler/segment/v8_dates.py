"""Free-form dates as V8's Date reads them: the ISO form first, then whatever numbers and words are left."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from .civil import clip, days_from_civil
from .values import WHITE_SPACE

TokenKind: TypeAlias = Literal["number", "symbol", "word", "space", "unknown", "end"]
WordKind: TypeAlias = Literal["", "month", "half", "zone", "time"]

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ZONES: Final = {
    "ut": 0, "utc": 0, "z": 0, "gmt": 0, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8,
    "pdt": -7,
}  # fmt: skip
_TOKEN: Final = re.compile(
    rf"(?P<number>[0-9]+)|(?P<symbol>[-:+.)])|(?P<word>[^\x00-@{WHITE_SPACE}]+)|(?P<space>[{WHITE_SPACE}])"
    r"|(?P<unknown>.)",
    re.DOTALL,
)
_SIGNIFICANT: Final = 9


class _NoDate(Exception):
    """The text is none."""


@dataclass(frozen=True, slots=True)
class _Token:
    kind: TokenKind
    text: str = ""
    number: int = 0

    @property
    def length(self) -> int:
        return len(self.text)

    def is_fixed(self, length: int, least: int, most: int) -> bool:
        return self.kind == "number" and len(self.text) == length and least <= self.number <= most

    @property
    def is_sign(self) -> bool:
        return self.kind == "symbol" and self.text in "+-"

    @property
    def is_z(self) -> bool:
        return self.kind == "word" and self.text == "z"


_END_TOKEN: Final = _Token("end")


def parse_date(text: str) -> float | None:
    """Date.parse in UTC: epoch milliseconds, or None where the text is no date.

    Shape:  "2023-05-06T07:08:09+02:00", "May 6, 2023", "2023-05-06 07:08Z", "6 May 2023 7:08 PM GMT-8"
    Source: V8, src/date/dateparser
    """
    try:
        return _Reader(text).read()
    except _NoDate:
        return None


def _tokens(text: str) -> Iterator[_Token]:
    position = 0
    while position < len(text):
        if text[position] == "(":
            position = _after_parentheses(text, position)
            yield _Token("unknown")
            continue
        match = _TOKEN.match(text, position)
        assert match is not None  # the last alternative takes any character
        position = match.end()
        found = match[0]
        if match["number"]:
            yield _Token("number", found, int(found.lstrip("0")[:_SIGNIFICANT] or 0))
        else:
            kind: TokenKind = "symbol" if match["symbol"] else "space" if match["space"] else "unknown"
            yield _Token("word", _lower(found)) if match["word"] else _Token(kind, found)


def _lower(word: str) -> str:
    return "".join(chr(ord(letter) | 32) if "A" <= letter <= "Z" else letter for letter in word)


def _after_parentheses(text: str, position: int) -> int:
    depth = 0
    while position < len(text):
        depth += (text[position] == "(") - (text[position] == ")")
        position += 1
        if depth <= 0:
            break
    return position


def _word(token: _Token) -> tuple[WordKind, int]:
    word = token.text
    if word[:3] in _MONTHS:  # only a month may be longer than the table has it
        return "month", _MONTHS.index(word[:3]) + 1
    if word in ("am", "pm"):
        return "half", 12 if word == "pm" else 0
    if word in _ZONES:
        return "zone", _ZONES[word]
    return ("time", 0) if word == "t" else ("", 0)


class _Reader:
    """The tokens, and what has been gathered of them so far."""

    def __init__(self, text: str) -> None:
        self._tokens = list(_tokens(text))
        self._at = 0
        self._day: list[int] = []
        self._month: int | None = None
        self._iso = False
        self._time: list[int] = []
        self._half: int | None = None
        self._sign: int | None = None
        self._zone_hour: int | None = None
        self._zone_minute: int | None = None

    def read(self) -> float | None:
        token = self._read_iso()
        seen_number = bool(self._day)
        while token.kind != "end":
            if token.kind == "number":
                seen_number = True
                self._take_number(token)
            elif token.kind == "word":
                self._take_word(token, seen_number)
            elif token.is_sign and (self._is_utc() or self._time):
                self._take_offset(token)
                seen_number = True
            elif (token.is_sign or token.text == ")") and seen_number:
                raise _NoDate
            token = self._next()
        return self._compose()

    def _peek(self) -> _Token:
        return self._tokens[self._at] if self._at < len(self._tokens) else _END_TOKEN

    def _next(self) -> _Token:
        token = self._peek()
        self._at += 1
        return token

    def _skip(self, symbol: str) -> bool:
        token = self._peek()
        if token.kind == "symbol" and token.text == symbol:
            self._at += 1
            return True
        return False

    def _fixed(self, length: int, least: int, most: int) -> int:
        if not self._peek().is_fixed(length, least, most):
            raise _NoDate
        return self._next().number

    def _read_iso(self) -> _Token:
        """The ISO form; the end if that was all, else the first token of the rest, which may have it all."""
        if self._peek().is_sign:
            sign = self._next()
            year = self._peek()
            if not year.is_fixed(6, 0, 999_999) or (sign.text == "-" and self._peek_year_zero(sign)):
                return sign
            self._day.append(self._next().number * (-1 if sign.text == "-" else 1))
        elif self._peek().is_fixed(4, 0, 9999):
            self._day.append(self._next().number)
        else:
            return self._next()
        for most in (12, 31):
            if not self._skip("-"):
                break
            if not self._peek().is_fixed(2, 1, most):
                return self._next()
            self._day.append(self._next().number)
        if not (self._peek().kind == "word" and self._peek().text == "t"):
            if self._peek().kind != "end":
                return self._next()
        else:
            self._read_iso_time()
        if self._sign is None and not self._time:
            self._set_zone(0)
        self._iso = True
        return _END_TOKEN

    def _peek_year_zero(self, sign: _Token) -> bool:
        """-000000 is refused as a year, but its digits are gone by then."""
        if self._peek().number == 0:
            self._at += 1
            return True
        return False

    def _read_iso_time(self) -> None:
        self._next()
        hour = self._fixed(2, 0, 24)
        most = 0 if hour == 24 else 59  # 24:00:00.000 and no other time of that hour
        self._time.append(hour)
        if not self._skip(":"):
            raise _NoDate
        self._time.append(self._fixed(2, 0, most))
        if self._skip(":"):
            self._time.append(self._fixed(2, 0, most))
            if self._skip("."):
                fraction = self._next()
                if fraction.kind != "number" or (hour == 24 and fraction.number):
                    raise _NoDate
                self._time.append(_milliseconds(fraction))
        if self._peek().is_z:
            self._next()
            self._set_zone(0)
        elif self._peek().is_sign:
            self._read_iso_offset()
        if self._peek().kind != "end":
            raise _NoDate

    def _read_iso_offset(self) -> None:
        self._sign = 1 if self._next().text == "+" else -1
        if self._peek().is_fixed(4, 0, 9999):
            self._zone_hour, self._zone_minute = divmod(self._next().number, 100)
            if self._zone_hour > 23 or self._zone_minute > 59:
                raise _NoDate
            return
        self._zone_hour = self._fixed(2, 0, 23)
        if not self._skip(":"):
            raise _NoDate
        self._zone_minute = self._fixed(2, 0, 59)

    def _set_zone(self, hours: int) -> None:
        self._sign, self._zone_hour, self._zone_minute = (-1 if hours < 0 else 1), abs(hours), 0

    def _is_utc(self) -> bool:
        return self._zone_hour == 0 and self._zone_minute == 0

    def _expects_time(self, number: int) -> bool:
        return number <= {1: 59, 2: 59, 3: 999}.get(len(self._time), -1)

    def _add_time(self, *numbers: int) -> None:
        if len(self._time) + len(numbers) > 4:
            raise _NoDate
        self._time += numbers

    def _finish_time(self, number: int) -> None:
        self._time = [*self._time, number, 0, 0, 0][:4]

    def _take_number(self, token: _Token) -> None:
        number = token.number
        if self._skip(":"):
            if self._skip(":"):
                if self._time:
                    raise _NoDate
                self._add_time(number, 0)
            else:
                self._add_time(number)
                self._skip(".")
        elif self._skip(".") and self._expects_time(number):
            self._add_time(number)
            if self._peek().kind != "number":
                raise _NoDate
            self._finish_time(_milliseconds(self._next()))
        elif self._zone_hour is not None and self._zone_minute is None and number <= 59:
            self._zone_minute = number
        elif self._expects_time(number):
            self._finish_time(number)
            after = self._peek()
            if not (after.kind in ("end", "space") or after.is_z or after.is_sign):
                raise _NoDate
        else:
            if len(self._day) == 3:
                raise _NoDate
            self._day.append(number)
            self._skip("-")

    def _take_word(self, token: _Token, seen_number: bool) -> None:
        kind, value = _word(token)
        if kind == "half" and self._time:
            self._half = value
        elif kind == "month":
            self._month = value
            self._skip("-")
        elif kind == "zone" and seen_number:
            self._set_zone(value)
        elif seen_number or self._peek().kind == "number":
            raise _NoDate  # words that mean nothing may only stand in front, and apart

    def _take_offset(self, sign: _Token) -> None:
        """An offset, only after a time or after UTC: GMT-8, +0200, -05:30."""
        self._sign = 1 if sign.text == "+" else -1
        token = self._next() if self._peek().kind == "number" else _END_TOKEN
        if self._peek().kind == "symbol" and self._peek().text == ":":
            self._zone_hour, self._zone_minute = token.number, None
        elif token.length in (1, 2):
            self._zone_hour, self._zone_minute = token.number, 0
        elif token.length in (3, 4):
            self._zone_hour, self._zone_minute = divmod(token.number, 100)
        else:
            raise _NoDate

    def _compose(self) -> float | None:
        year, month, day = self._compose_day()
        hour, minute, second, millisecond = [*self._time, 0, 0, 0, 0][:4]
        if self._half is not None:
            if hour > 12:
                raise _NoDate
            hour = hour % 12 + self._half
        if (hour > 23 or minute > 59 or second > 59 or millisecond > 999) and [hour, minute, second, millisecond] != [
            24, 0, 0, 0,
        ]:  # fmt: skip
            raise _NoDate
        offset = ((self._zone_hour or 0) * 3600 + (self._zone_minute or 0) * 60) % 2**32
        if offset >= 2**31:  # counted in 32 bits without a sign, kept in 32 with one
            raise _NoDate
        offset *= self._sign or 0
        days = days_from_civil(year, month - 1) + day - 1
        seconds = (hour * 60 + minute) * 60 + second - offset
        return clip(float(days * 86_400_000 + seconds * 1000 + millisecond))

    def _compose_day(self) -> tuple[int, int, int]:
        if not self._day:
            raise _NoDate
        first, second, third = [*self._day, 1, 1][:3]
        if self._month is not None:
            month = self._month
            day, year = (first, second) if 1 <= first <= 31 else (second, first)
        elif self._iso or not 1 <= first <= 31:
            year, month, day = first, second, third
        else:
            month, day, year = first, second, third
        if not self._iso and 0 <= year <= 99:
            year += 2000 if year <= 49 else 1900
        if not (1 <= month <= 12 and 1 <= day <= 31):
            raise _NoDate
        return year, month, day


def _milliseconds(token: _Token) -> int:
    length = min(token.length, _SIGNIFICANT)
    return token.number * 10 ** (3 - length) if length <= 3 else token.number // 10 ** (length - 3)
