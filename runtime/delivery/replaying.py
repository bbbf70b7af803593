"""Dead letters once more: as they were refused, mended by hand, or mapped anew."""

import base64
import time
from collections.abc import Iterable
from contextlib import suppress

from ..events import DeadLetter, Line
from ..json_text import Json, Object, encode
from ..run import map_line
from .intake import Admitted, Intake, user_of
from .letters import DeliveryCode, decode
from .parcels import Parcel, Route
from .sending import Admit
from .spool import Spool

LISTS = ("events", "users", "accounts")


class NoLetter(ValueError):
    """A line that cannot be sent once more, and why; `wants_mapping` where a mapping would help."""

    def __init__(self, reason: str, wants_mapping: bool = False) -> None:
        super().__init__(reason)
        self.wants_mapping = wants_mapping


def find_bases(lines: Iterable[Line], url: str | None) -> dict[str, str]:
    """The destinations of letters that hold their requests, and the address of each; `url` stands for all.

    Errors: NoLetter for the first line that holds none, and where one destination has two addresses
    """
    bases: dict[str, str] = {}
    for line in lines:
        name, base = _place(_letter(line), line.number)
        if bases.setdefault(name, url or base) not in (url, base):
            raise NoLetter(f"line {line.number}: {name} is at {base} here, and at {bases[name]} before")
    return bases


def requests_again(spool: Spool) -> Admit:
    """Letters that hold their requests, as parcels."""

    def admit(line: Line) -> Admitted:
        letter = _letter(line)
        name, _ = _place(letter, line.number)
        return Admitted([_to_parcel(letter, name, spool)], [])

    return admit


def events_again(intake: Intake) -> Admit:
    """Letters' events mapped anew, each for the action that refused it."""

    def admit(line: Line) -> Admitted:
        letter = _letter(line)
        event, action = letter.get("event"), letter.get("action")
        text = encode(event) if event is not None else _raw(letter)
        results = map_line(intake.destination, Line(text, line.number, line.offset, len(text)), intake.tally)
        admitted = intake.address(results, text, line.number)
        if action is None:
            return admitted
        wanted = [parcel for parcel in admitted.parcels if intake.action_of(parcel) == action]
        letters = [dead for dead in admitted.letters if dead.action in (action, None)]
        return Admitted(wanted, letters or _unmatched(wanted, line.number, event, str(action)))

    return admit


def _unmatched(wanted: list[Parcel], line: int, event: Json, action: str) -> list[DeadLetter]:
    """Nothing may vanish: an event that its action no longer takes is a dead letter again."""
    if wanted:
        return []
    kept = event if isinstance(event, dict) else None
    return [DeadLetter(line, action, None, DeliveryCode.UNMATCHED, "the action's trigger no longer holds", event=kept)]


def _letter(line: Line) -> Object:
    try:
        letter = decode(line.data)
    except ValueError as error:
        raise NoLetter(f"line {line.number} is no dead letter: {error}") from error
    except RecursionError:
        raise NoLetter(f"line {line.number} is no dead letter: it is nested too deep") from None
    if not isinstance(letter, dict) or not letter.keys() & {"event", "raw", "request"}:
        raise NoLetter(f"line {line.number} is no dead letter")
    return letter


def _raw(letter: Object) -> bytes:
    """The bytes of a line that held no event: as they were, unless `raw` has been mended since."""
    shown, exact = str(letter.get("raw", "")), letter.get("base64")
    if isinstance(exact, str):
        with suppress(ValueError):
            data = base64.b64decode(exact, validate=True)
            if data.decode(errors="replace") == shown:
                return data
    return shown.encode()


def _place(letter: Object, number: int) -> tuple[str, str]:
    """The destination's name and the address that its paths follow."""
    request = letter.get("request")
    url = request.get("url") if isinstance(request, dict) else None
    if not isinstance(url, str) or "/api/" not in url:
        raise NoLetter(f"line {number} holds no request", wants_mapping=True)
    return str(letter.get("destination", "replay")), url[: url.index("/api/")]


def _to_parcel(letter: Object, name: str, spool: Spool) -> Parcel:
    request = letter["request"]
    body = request.get("json") if isinstance(request, dict) else None
    url = str(request.get("url")) if isinstance(request, dict) else ""
    if not isinstance(body, dict):
        raise NoLetter(f"the request of {letter.get('key')} has no body")
    listed = next((key for key in LISTS if isinstance(body.get(key), list)), None)
    items = body.get(listed or "")
    if listed is None or not isinstance(items, list) or len(items) != 1:
        raise NoLetter(f"the request of {letter.get('key')} has no single item")
    envelope = encode({key: value for key, value in body.items() if key != listed})
    route = Route(
        name, str(letter.get("mapping", "")), str(letter.get("action", "")), url[url.index("/api/") :], envelope, listed
    )
    line = letter.get("line")
    item = items[0]
    return Parcel(
        spool.route_id(route),
        user_of(item if isinstance(item, dict) else {}),
        str(letter.get("key", "")),
        time.time(),
        line if isinstance(line, int) else None,
        encode(item),
        encode(letter.get("event")),
    )
