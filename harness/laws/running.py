"""Laws of running at all: a result always, the same one, and nothing else touched."""

import copy
import json
from collections.abc import Iterator
from itertools import product

from ...compiler.prelude import Rejected
from ..fill import put
from ..json_kinds import is_object
from .base import LATER, NOON, Broken, Json, Made, Trial, same, shown, text_of
from .reading import reads_clock

NO_ITEMS: tuple[Json, ...] = ([], None, "text", 7, [None, "text", [], {}])


def total(trial: Trial) -> Iterator[Broken]:
    """A payload or a rejection, never another exception."""
    if trial.error is not None:
        name = type(trial.error).__name__
        yield Broken(_firing(trial), None, f"the event makes the mapping fail: {name}: {trial.error}")
        return
    for name, result in trial.results:
        if not isinstance(result, dict | Rejected):
            yield Broken(name, None, f"this is no payload: {shown(result)}", result)
    for way, value in product(trial.mapped.lists, NO_ITEMS) if trial.results else ():
        event = trial.copy()
        put(event, way, json.loads(json.dumps(value)))
        if trial.again(event) is None:
            place = ".".join(map(str, way))
            yield Broken(_firing(trial), None, f"with {shown(value)} for the list `{place}`, the mapping fails")
            return


def _firing(trial: Trial) -> str:
    """The first action that fires by itself and fails by itself; "" if there is none."""
    for key, action in trial.mapped.destination.actions.items():
        try:
            if action.matches(trial.event) and not action.per_item:
                action(trial.event)
        except Rejected:
            continue
        except Exception:
            return key
    return ""


def deterministic(trial: Trial) -> Iterator[Broken]:
    """The same event gives the same payloads, to the byte."""
    for event in (trial.event, copy.deepcopy(trial.event)):
        again = trial.mapped.route(event)
        if text_of(again) != text_of(trial.results):
            place = _first_difference(trial, again)
            yield Broken(*place, "run again, the event gives something else", again, shown(trial.results))
            return


def _first_difference(trial: Trial, again: list[tuple[str, object]]) -> tuple[str, str | None]:
    for made, (_, other) in zip(trial.made, again, strict=False):
        if not same(made.result, other):
            for field in made.build.record.fields:
                one = made.result.get(field.row) if is_object(made.result) else None
                two = other.get(field.row) if is_object(other) else None  # type: ignore[attr-defined]
                if not same(one, two):
                    return made.action.key, field.row
            return made.action.key, None
    return "", None


def leaves_the_event(trial: Trial) -> Iterator[Broken]:
    """The event is what it was before."""
    if trial.before != trial.after:
        yield Broken("", None, "the event was changed", json.loads(trial.after), f"as it was: {trial.before}")


def is_json(trial: Trial) -> Iterator[Broken]:
    """A payload is JSON: texts as keys, finite numbers, nothing else in it, whatever text stands for a number."""
    for made in (*trial.payloads, *_of_odd_numbers(trial)):
        try:
            text = json.dumps(made.payload, allow_nan=False)
            if not same(json.loads(text), made.payload):
                yield Broken(made.action.key, None, "the payload changes on its way through JSON", made.payload)
        except (TypeError, ValueError, RecursionError) as error:
            yield Broken(made.action.key, None, f"the payload is no JSON: {error}", repr(made.payload))


def _of_odd_numbers(trial: Trial) -> Iterator[Made]:
    """Payloads with texts that some take for numbers, and JSON does not, where rows read numbers."""
    for made in trial.payloads:
        for field in made.build.record.fields:
            if made.build.items is None and getattr(field.type, "name", "") in ("number", "integer"):
                for way, text in product(trial.mapped.ways(made.action.key, field), ("1e999", "NaN", "-Infinity")):
                    event = trial.copy()
                    put(event, way, text)
                    yield from (one for one in trial.again(event) or () if one.payload is not None)


def unicode_safe(trial: Trial) -> Iterator[Broken]:
    """Every text of a payload can be written as UTF-8: no half of a surrogate pair."""
    for made in trial.payloads:
        try:
            json.dumps(made.payload, ensure_ascii=False, default=repr).encode()
        except UnicodeEncodeError as error:
            yield Broken(
                made.action.key, None, f"a text cannot be written as UTF-8: {error.reason}", repr(made.payload)
            )


def rejection_says_why(trial: Trial) -> Iterator[Broken]:
    """A rejection has a code, a reason, and a row that there is."""
    for made in trial.made:
        result = made.result
        if isinstance(result, Rejected):
            known = {f.row for f in made.build.record.fields} | {
                field.row for shape in trial.mapped.program.shapes for field in shape[2].fields
            }
            if not (str(result.code).startswith("E2") and result.reason):
                yield Broken(made.action.key, None, f"the rejection has no code or no reason: {result}")
            elif result.row is not None and result.row not in known:
                yield Broken(made.action.key, None, f"the rejection blames a row that there is not: {result.row}")


def clock_only_where_asked(trial: Trial) -> Iterator[Broken]:
    """The time of the run is in no row but those that say `now()`."""
    later = trial.mapped.made(trial.event, trial.mapped.at(LATER).route(trial.event))
    for made, other in zip(trial.made, later, strict=False):
        for field in made.build.record.fields:
            if reads_clock(trial.mapped.program, field) or not field.names:
                continue
            one, two = _value(made.payload, field.names), _value(other.payload, field.names)
            if not same(one, two):
                message = f"`{field.row}` is {shown(one)} at {NOON} and {shown(two)} at {LATER}, and does not say now()"
                yield Broken(made.action.key, field.row, message, made.payload)


def _value(payload: object, names: tuple[str, ...]) -> object:
    for name in names:
        payload = payload.get(name) if is_object(payload) else None  # type: ignore[assignment]
    return payload


def strict_agrees(trial: Trial) -> Iterator[Broken]:
    """--strict gives the same payload or a rejection, and a rejection only where something is left out."""
    strict = trial.mapped.made(trial.event, trial.mapped.at(NOON, strict=True).route(trial.event))
    if len(strict) != len(trial.made):
        yield Broken("", None, "--strict changes which actions fire", [m.result for m in strict])
        return
    for made, other in zip(trial.made, strict, strict=True):
        if isinstance(other.result, Rejected):
            if isinstance(made.result, dict) and not trial.drops:
                yield Broken(
                    made.action.key, other.result.row,
                    f"--strict rejects the event ({other.result.code}), and nothing was counted as left out",
                    made.payload,
                )  # fmt: skip
        elif not same(made.result, other.result):
            yield Broken(made.action.key, None, "--strict gives another payload", other.result, shown(made.result))
