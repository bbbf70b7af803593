"""Laws of who and which: identities that are somebody's, keys that tell events apart."""

from collections.abc import Iterator

from ...compiler import ir
from .base import LATER, Broken, Json, Made, Trial, at, same, shown, without

IDENTITIES = frozenset(
    {"identity", "user_id", "userid", "external_id", "externalid", "distinct_id", "customer_id", "anonymous_id",
     "anonymousid",
     "profile_id", "device_id"}
)  # fmt: skip
KEYS = frozenset(
    {"message_id", "messageid", "idempotency_key", "insert_id", "event_id", "dedup_id", "deduplication_id"}
)
PLACEHOLDERS = frozenset(
    {"", "null", "undefined", "none", "nan", "nil", "0", "-1", "n/a", "unknown", "anonymous", "guest",
     "[object object]",
     "00000000-0000-0000-0000-000000000000", "true", "false"}
)  # fmt: skip


def identity_is_somebodys(trial: Trial) -> Iterator[Broken]:
    """An identity comes from the event: where the event names nobody, there is none, and no placeholder."""
    for made in trial.payloads:
        for field in _named(made, IDENTITIES):
            value = at(made.payload, field.names)
            if value is None:
                continue
            if isinstance(value, str) and value.strip().lower() in PLACEHOLDERS and not _stands(trial.event, value):
                message = (
                    f"`{field.row}` is {shown(value)}, which stands nowhere in the event: everybody would share it"
                )
                yield Broken(
                    made.action.key, field.row, message, made.payload, "no identity where the event names nobody"
                )
                continue
            nobody = _nobodys(trial, made, field)
            if nobody is not None:
                message = f"`{field.row}` is {shown(nobody)} for an event that names nobody: everybody would share it"
                yield Broken(
                    made.action.key, field.row, message, made.payload, "no identity where the event names nobody"
                )


def key_is_the_events(trial: Trial) -> Iterator[Broken]:
    """A key by which repeats are known is the event's own, and the same whenever it is sent."""
    later = trial.mapped.made(trial.event, trial.mapped.at(LATER).route(trial.event))
    for number, made in enumerate(trial.made):
        for field in _named(made, KEYS):
            value = at(made.payload, field.names)
            if value is None:
                continue
            other = at(later[number].payload, field.names) if number < len(later) else None
            if not same(value, other):
                message = f"`{field.row}` is {shown(value)}, and {shown(other)} when the event is sent again later"
                yield Broken(
                    made.action.key, field.row, message, made.payload, "the same key, so that a repeat is known"
                )
                continue
            nobody = _nobodys(trial, made, field)
            if nobody is not None:
                message = f"`{field.row}` is {shown(nobody)} for every event that has no id: all but the first are lost"
                yield Broken(made.action.key, field.row, message, made.payload, "no key where the event has no id")
            elif made.items > 1 and not _reads_item(trial, made, field):
                message = f"`{field.row}` is {shown(value)} for each of {made.items} items: all but the first are lost"
                yield Broken(made.action.key, field.row, message, made.payload, "a key of the item's own")


def _named(made: Made, names: frozenset[str]) -> Iterator[ir.Field]:
    return (f for f in made.build.record.fields if f.names and f.names[-1].lower().lstrip("$") in names)


def _is_number(text: str) -> bool:
    return text.lstrip("-").isdigit()


def _stands(event: Json, text: str) -> bool:
    """True if the text is a value of the event: a source that says "null" is not the mapping's doing."""
    todo: list[Json] = [event]
    while todo:
        value = todo.pop()
        if isinstance(value, dict):
            todo += value.values()
        elif isinstance(value, list):
            todo += value
        elif (
            value == text
            or (isinstance(value, bool) and str(value).lower() == text.lower())
            or (isinstance(value, int | float) and _is_number(text) and float(text) == value)
        ):
            return True
    return False


def _nobodys(trial: Trial, made: Made, field: ir.Field) -> Json:
    """The field's value once nothing stands where it reads; None where there is none then."""
    if made.build.items is not None:
        return None
    empty = without(trial.event, trial.mapped.ways(made.action.key, field))
    again = [other for other in trial.again(empty) or [] if other.action.key == made.action.key]
    return at(again[0].payload, field.names) if again else None


def _reads_item(trial: Trial, made: Made, field: ir.Field) -> bool:
    return made.build.items is None or any(
        isinstance(node, ir.Read | ir.Select | ir.Raw | ir.ShapeCall) and node.var == made.build.var
        for node in ir.below(field)
    )
