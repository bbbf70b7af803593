"""The law of times: written another way, a time is the same moment. Told anew here, as a check on the functions."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import cast

from ...compiler import ir
from ...compiler.triggers.classes import NOTHING
from ...dsl import nodes as n
from ..fill import put
from ..strategies_pins import look
from .base import Broken, Json, Made, Trial, at, shown
from .fields import way_of

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
UNITS = {"s": timedelta(seconds=1), "ms": timedelta(milliseconds=1), "us": timedelta(microseconds=1)}
FORM = re.compile(r"YYYY|MM|DD|HH|mm|ss|[^A-Za-z\[\]]")
SIGNS = {"YYYY": "%Y", "MM": "%m", "DD": "%d", "HH": "%H", "mm": "%M", "ss": "%S"}
TOLD: tuple[Json, ...] = (
    "2024-02-03T04:05:06", "2024-02-03T23:05:06-02:00", "2024-02-03", "2024-02-30", 1700000000, 1700000000123, -86401,
    -500000000123, "", {},
)  # fmt: skip
MILLISECONDS = 1e11  # from here on a number counts milliseconds, not seconds


def same_moment(trial: Trial) -> Iterator[Broken]:
    """A time that `epoch` or `date` writes another way is the moment that the event names, however it is told there."""
    for made in trial.payloads:
        if made.build.items is not None:
            continue
        for field in made.build.record.fields:
            if isinstance(field.value, ir.Apply) and field.value.name in ("epoch", "date") and field.names:
                yield from _as_told(trial, made, field, field.value)


def _as_told(trial: Trial, made: Made, field: ir.Field, call: ir.Apply) -> Iterator[Broken]:
    first = call.arguments[0]
    if not isinstance(first, ir.Read):
        return
    way = way_of(first)
    own = look(trial.event, way)
    for told, is_ours in (*((told, True) for told in TOLD), *([(own, False)] if own is not NOTHING else [])):
        event = trial.copy()
        put(event, way, cast("Json", told))
        again = trial.again(event)
        if again is None:
            yield Broken(made.action.key, field.row, f"with {shown(told)} for a time, the mapping fails")
            return
        payload = next((one.payload for one in again if one.action.key == made.action.key), None)
        got, moment = at(payload, field.names), _moment(told)
        wanted = None if moment is None or payload is None else _written(call, moment)
        if wanted is not None and (str(got) != wanted if got is not None else is_ours and _holds(field.type, call)):
            message = f"`{field.row}` is {shown(got)} of {shown(told)}, which is another moment"
            yield Broken(made.action.key, field.row, message, payload, wanted)
            return


def _moment(value: Json) -> datetime | None:
    try:
        match value:
            case str() if re.match(r"\d{4}-\d\d-\d\d(?:[T ]|\Z)", value, re.ASCII):
                moment = datetime.fromisoformat(value)
                return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
            case int() if not isinstance(value, bool):
                return EPOCH + timedelta(milliseconds=value if abs(value) >= MILLISECONDS else value * 1000)
            case _:
                return None
    except (ValueError, OverflowError):
        return None


def _holds(kind: n.ValueType, call: ir.Apply) -> bool:
    """True if every moment, as the row says it, is of the field's type."""
    if not isinstance(kind, n.NamedType) or (kind.low, kind.high) != (None, None):
        return False
    return kind.name in (("integer", "number") if call.name == "epoch" else ("string",))


def _written(call: ir.Apply, moment: datetime) -> str | None:
    """The moment as the row says it; None where this law has no word for it."""
    if call.name == "epoch":
        return str((moment - EPOCH) // UNITS[str(dict(call.options)["unit"])])
    form = call.arguments[1]
    text = form.value if isinstance(form, ir.Const) else None
    if not isinstance(text, str) or FORM.sub("", text) or moment.year < 1000:
        return None
    return FORM.sub(lambda sign: moment.strftime(SIGNS[sign[0]]) if sign[0] in SIGNS else sign[0], text)
