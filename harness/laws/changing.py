"""Metamorphic laws: a change of the event that means nothing changes no payload; one that does is followed."""

import copy
from collections.abc import Iterator

from ...compiler import ir
from ...compiler.prelude import Rejected
from ...compiler.triggers.classes import NOTHING
from ..fill import Way
from ..json_kinds import is_list, is_object
from ..strategies_pins import look
from .base import Broken, Event, Json, Made, Trial, at, same, shown
from .reading import is_plain, minds_order

UNREAD = "atpath_is_not_read"


def blind_to_key_order(trial: Trial) -> Iterator[Broken]:
    """The order of an object's members means nothing."""
    again = trial.again(_reversed(trial.event))
    for made, other in _pairs(trial, again):
        for field in made.build.record.fields:
            if field.names and not minds_order(trial.mapped.program, field):
                yield from _compared(made, other, field, "with its members in another order, the event gives")


def _reversed(value: Json) -> Json:
    if is_object(value):
        return {key: _reversed(item) for key, item in reversed(value.items())}
    return [_reversed(item) for item in value] if is_list(value) else value


def blind_to_what_is_not_read(trial: Trial) -> Iterator[Broken]:
    """A member that no row reads changes nothing."""
    mapped = trial.mapped
    if mapped.reads_anything:
        return
    changed = trial.copy()
    changed[UNREAD] = {"deep": [1, None, "x"]}
    for name in ("properties", "context", "traits"):
        held = changed.get(name)
        if isinstance(held, dict) and (name,) not in mapped.whole_reads and not mapped.selects:
            held[UNREAD] = "x"
    again = trial.again(changed)
    for made, other in _pairs(trial, again):
        if not same(made.result, other.result):
            row = next((f.row for f in made.build.record.fields if f.names and _differ(made, other, f)), None)
            message = f"a member that no row reads, {UNREAD}, changes the payload"
            yield Broken(made.action.key, row, message, other.result, shown(made.result))


def absent_is_null(trial: Trial) -> Iterator[Broken]:
    """A member that is null and one that is not there give the same, but for a null that a field keeps."""
    changed = _pruned(trial.event)
    if changed == trial.event:
        return
    again = trial.again(changed)
    for made, other in _pairs(trial, again):
        for field in made.build.record.fields:
            if not field.names or not is_plain(trial.mapped.program, field):
                continue
            one, two = _pruned(at(made.payload, field.names)), _pruned(at(other.payload, field.names))
            if not same(one, two):
                message = f"`{field.row}` is {shown(two)} without the event's nulls, and {shown(one)} with them"
                yield Broken(made.action.key, field.row, message, made.payload, shown(two))


def _pruned(value: Json) -> Json:
    if is_object(value):
        return {key: _pruned(item) for key, item in value.items() if item is not None}
    return [_pruned(item) for item in value] if is_list(value) else value


def items_keep_to_themselves(trial: Trial) -> Iterator[Broken]:
    """With `for each`, an item makes the payload that it would make alone."""
    for key, build in trial.mapped.builds.items():
        mine = [made for made in trial.made if made.action.key == key]
        if build.items is None or len(mine) < 2 or not isinstance(build.items, ir.Read):
            continue
        way: Way = tuple(getattr(step, "name", 0) for step in build.items.steps)
        items = look(trial.event, way)
        whole = any(
            isinstance(node, ir.Read)
            and node.var == ir.EVENT
            and tuple(getattr(s, "name", 0) for s in node.steps) == way
            for node in ir.below(build.record)
        )
        if not isinstance(items, list) or whole:
            continue
        for number, made in enumerate(mine[:3]):
            alone = _with_item(trial.copy(), way, items[number])
            again = trial.again(alone)
            others = [other for other in again or [] if other.action.key == key]
            if len(others) == 1 and not same(made.result, others[0].result):
                message = f"item {number + 1} makes another payload beside the others than alone"
                yield Broken(key, None, message, made.result, shown(others[0].result))


def _with_item(event: Event, way: Way, item: Json) -> Event:
    holder: Json = event
    for key in way[:-1]:
        holder = holder[key]
    holder[way[-1]] = [copy.deepcopy(item)]
    return event


def texts_follow(trial: Trial) -> Iterator[Broken]:
    """A row that is a path follows the event: another text there is another text in the payload."""
    for made in trial.payloads:
        if made.build.items is not None:
            continue
        for field in made.build.record.fields:
            if not isinstance(field.value, ir.Read) or not field.names or not field.value.steps:
                continue
            way: Way = tuple(getattr(step, "name", getattr(step, "index", 0)) for step in field.value.steps)
            found, value = look(trial.event, way), at(made.payload, field.names)
            if found is NOTHING or not isinstance(found, str) or value != found or len(found) > 60:
                continue
            changed = trial.copy()
            holder = look(changed, way[:-1]) if way[:-1] else changed
            if not isinstance(holder, dict) or way[-1] not in holder:
                continue
            holder[str(way[-1])] = f"{found}z"
            again = [o for o in trial.again(changed) or [] if o.action.key == made.action.key and o.payload is not None]
            if again and at(again[0].payload, field.names) == value:
                message = f"`{field.row}` stays {shown(value)} when the event's text there changes"
                yield Broken(made.action.key, field.row, message, made.payload)
            return  # one row an event is enough: others have their turn


def _pairs(trial: Trial, again: list[Made] | None) -> list[tuple[Made, Made]]:
    """Results and those of the changed event, where both have as many."""
    if again is None or len(again) != len(trial.made):
        return []
    return list(zip(trial.made, again, strict=True))


def _differ(made: Made, other: Made, field: ir.Field) -> bool:
    return not same(at(made.payload, field.names), at(other.payload, field.names))


def _compared(made: Made, other: Made, field: ir.Field, words: str) -> Iterator[Broken]:
    if isinstance(made.result, Rejected) or isinstance(other.result, Rejected):
        if not same(made.result, other.result) and field is made.build.record.fields[0]:
            yield Broken(made.action.key, None, f"{words} {other.result}", made.result)
    elif _differ(made, other, field):
        message = f"`{field.row}`: {words} {shown(at(other.payload, field.names))}"
        yield Broken(made.action.key, field.row, message, made.payload, shown(at(made.payload, field.names)))
