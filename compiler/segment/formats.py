"""The text formats that a field may demand."""

import re
from collections.abc import Callable
from typing import Final

from .dates import is_date_like

_HEX4: Final = "[0-9a-f]{1,4}"
_IPV4: Final = r"(?:(?:25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)\.){3}(?:25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)"
_ESCAPED: Final = "%[0-9a-f]{2}"
_LAST: Final = f"(?:{_HEX4}:{_HEX4}|{_IPV4})"  # the last 32 bits
_IPV6: Final = (
    f"(?:(?:(?:{_HEX4}:){{6}}|::(?:{_HEX4}:){{5}}|(?:{_HEX4})?::(?:{_HEX4}:){{4}}"
    f"|(?:(?:{_HEX4}:){{0,1}}{_HEX4})?::(?:{_HEX4}:){{3}}|(?:(?:{_HEX4}:){{0,2}}{_HEX4})?::(?:{_HEX4}:){{2}}"
    f"|(?:(?:{_HEX4}:){{0,3}}{_HEX4})?::{_HEX4}:|(?:(?:{_HEX4}:){{0,4}}{_HEX4})?::){_LAST}"
    f"|(?:(?:{_HEX4}:){{0,5}}{_HEX4})?::{_HEX4}|(?:(?:{_HEX4}:){{0,6}}{_HEX4})?::)"
)


def _uri_pattern(quote: str, *, relative: bool) -> re.Pattern[str]:
    """RFC 3986 as the engine's checker has it; it lets a double quote into relative references only."""
    character = rf"(?:[a-z0-9\-._~!$&'{quote}()*+,;=:@]|{_ESCAPED})"
    host = rf"(?:[a-z0-9\-._~!$&'{quote}()*+,;=]|{_ESCAPED})*"
    future = r"v[0-9a-f]+\.[a-z0-9\-._~!$&'()*+,;=:]+"
    user = rf"(?:(?:[a-z0-9\-._~!$&'()*+,;=:]|{_ESCAPED})*@)?"
    authority = rf"\/?\/{user}(?:\[(?:{_IPV6}|{future})\]|{_IPV4}|{host})(?::[0-9]*)?(?:\/{character}*)*"
    rooted = rf"\/(?:{character}+(?:\/{character}*)*)?"
    rootless = rf"{character}+(?:\/{character}*)*"
    tail = rf"(?:[a-z0-9\-._~!$&'{quote}()*+,;=:@/?]|{_ESCAPED})*"
    optional = "?" if relative else ""
    return re.compile(
        rf"(?:[a-z][a-z0-9+\-.]*:){optional}(?:{authority}|{rooted}|{rootless}){optional}(?:\?{tail})?(?:#{tail})?",
        re.IGNORECASE | re.ASCII,
    )


_URI: Final = _uri_pattern("", relative=False)
_URI_REFERENCE: Final = _uri_pattern('"', relative=True)
_TEMPLATE_NAMES: Final = rf"(?:[a-z0-9_]|{_ESCAPED})+(?::[1-9][0-9]{{0,3}}|\*)?"
_URI_TEMPLATE: Final = re.compile(
    rf"(?:[^\x00-\x20\"'<>%\\^`{{|}}]|{_ESCAPED}|\{{[+#./;?&=,!@|]?{_TEMPLATE_NAMES}(?:,{_TEMPLATE_NAMES})*\}})*",
    re.IGNORECASE | re.ASCII,
)
_OCTET: Final = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_HOST_LABEL: Final = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST: Final = re.compile(rf"(?=.{{1,253}}\.?\Z){_HOST_LABEL}(?:\.{_HOST_LABEL})*\.?", re.IGNORECASE | re.ASCII)
_UUID: Final = re.compile("(?:urn:uuid:)?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE | re.ASCII)
_ATOM: Final = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL: Final = "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_EMAIL: Final = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+{_LABEL}", re.IGNORECASE | re.ASCII)
_DATE: Final = re.compile("([0-9]{4})-([0-9]{2})-([0-9]{2})")
_TIME: Final = re.compile(r"([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]+)?(?:[zZ]|[+-][0-9]{2}(?::?[0-9]{2})?)?")


def _address_pattern() -> re.Pattern[str]:
    """An IPv6 address by itself: stricter about an IPv4 address at its end than one in a URI."""
    ipv4 = rf"{_OCTET}(?:\.{_OCTET}){{3}}"
    forms = [f"(?:{_HEX4}:){{7}}(?:{_HEX4}|:)", f"(?:{_HEX4}:){{6}}(?::{_HEX4}|{ipv4}|:)"]
    for count in range(5, -1, -1):
        start = f"(?:{_HEX4}:){{{count}}}" if count else ":"
        rest = f"(?::{_HEX4}){{1,{7 - count}}}|(?::{_HEX4}){{0,{5 - count}}}:{ipv4}|:"
        forms.append(f"{start}(?:{rest})")
    return re.compile("|".join(forms), re.IGNORECASE | re.ASCII)


_IPV6_ADDRESS: Final = _address_pattern()
_SEPARATOR: Final = re.compile("[tT\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]")
_MONTH_DAYS: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _is_date(text: str) -> bool:
    match = _DATE.fullmatch(text)
    if not match:
        return False
    year, month, day = map(int, match.groups())
    if not 1 <= month <= 12:
        return False
    is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 1 <= day <= (29 if month == 2 and is_leap else _MONTH_DAYS[month - 1])


def _is_time(text: str) -> bool:
    match = _TIME.fullmatch(text)
    if not match:
        return False
    hour, minute, second = map(int, match.groups())
    return (hour <= 23 and minute <= 59 and second <= 59) or (hour, minute, second) == (23, 59, 60)


def _is_date_time(text: str) -> bool:
    parts = _SEPARATOR.split(text)  # the zone may be left out, whatever the RFC says
    return len(parts) == 2 and _is_date(parts[0]) and _is_time(parts[1])


def _is_uri(text: str) -> bool:
    return ("/" in text or ":" in text) and _URI.fullmatch(text) is not None


FORMATS: Final[dict[str, Callable[[str], bool]]] = {
    "date": _is_date,
    "date-like": is_date_like,
    "date-time": _is_date_time,
    "email": lambda text: _EMAIL.fullmatch(text) is not None,
    "hostname": lambda text: _HOST.fullmatch(text) is not None,
    "ipv4": lambda text: re.fullmatch(_IPV4, text) is not None,
    "ipv6": lambda text: _IPV6_ADDRESS.fullmatch(text) is not None,
    "password": lambda text: True,
    "text": lambda text: True,
    "time": _is_time,
    "uri": _is_uri,
    "uri-reference": lambda text: _URI_REFERENCE.fullmatch(text) is not None,
    "uri-template": lambda text: _URI_TEMPLATE.fullmatch(text) is not None,
    "uuid": lambda text: _UUID.fullmatch(text) is not None,
}
"""Each format's test; a format that is not here is refused when a definition is loaded."""

LABELS: Final = {
    "date-time": "date and time",
    "email": "email address",
    "ipv4": "IPv4 address",
    "ipv6": "IPv6 address",
    "uri": "URI",
    "uri-reference": "URI Reference",
    "uri-template": "URI-template",
}
"""How messages name a format, where not by its own name."""
