"""The laws that hold for every mapping. Each has a page, `docs/laws/NAME.md`, and a switch."""

from . import changing, engines, fields, naming, running, times, wires
from .base import Broken, Law, Mapped, Request, Trial, Wire

LAWS: tuple[Law, ...] = (
    Law("total", "a payload or a rejection, never another exception", running.total),
    Law("deterministic", "the same event gives the same payloads, to the byte", running.deterministic),
    Law("event-untouched", "the event is what it was before", running.leaves_the_event),
    Law("json", "a payload is JSON", running.is_json),
    Law("unicode", "every text can be written as UTF-8", running.unicode_safe),
    Law("rejection", "a rejection has a code, a reason, and a row that there is", running.rejection_says_why),
    Law("types", "every value is of its field's type", fields.declared_types, clean=True),
    Law("limits", "lengths and ranges hold", fields.limits, clean=True),
    Law("required", "a payload has every field that is required", fields.required, clean=True),
    Law("known-fields", "a payload has no field that its action doesn't name", fields.known_fields),
    Law("verbatim", "a row that is a path gives a text or number as it stands", fields.verbatim, clean=True),
    Law("members", "a row that merges objects has every member of them", fields.members_kept, clean=True),
    Law("moment", "a time written another way is the same moment", times.same_moment, clean=True),
    Law("counted", "a value that is left out is counted by its row", fields.counted, clean=True),
    Law("follows", "another text in the event is another text in the payload", changing.texts_follow, clean=True),
    Law("key-order", "the order of an object's members means nothing", changing.blind_to_key_order),
    Law("unread", "a member that no row reads changes nothing", changing.blind_to_what_is_not_read),
    Law(
        "absent-null",
        "null and nothing give the same, but for a null that a field keeps",
        changing.absent_is_null,
        clean=True,
    ),
    Law(
        "items",
        "with `for each`, an item makes the payload that it would make alone",
        changing.items_keep_to_themselves,
    ),
    Law("clock", "the time of the run is in no row but those that say now()", running.clock_only_where_asked),
    Law("strict", "--strict gives the same payload, or a rejection", running.strict_agrees, clean=True),
    Law("alone", "no action, and no rejection, hides another", engines.alone_as_together),
    Law(
        "reference",
        "the compiled mapping gives what the plain evaluator gives",
        engines.same_as_the_reference,
        clean=True,
    ),
    Law("trigger", "an action fires where its trigger says so", engines.fires_where_it_says, clean=True),
    Law("fast-way", "NDJSON through the fast way gives what the plain way gives", over=engines.fast_as_plain),
    Law("identity", "an identity is somebody's, never a placeholder", naming.identity_is_somebodys),
    Law("key", "a key by which repeats are known is the event's own", naming.key_is_the_events),
    Law("requests", "the receiver takes every request that a payload becomes", wires.receiver_takes_it, wired=True),
    Law("arrives", "what a payload holds arrives in its requests", wires.payloads_arrive, wired=True),
    Law("nobody", "no request is in the name of a placeholder", wires.nobody_is_no_user, wired=True),
    Law("repeats", "sent twice, an event makes the same requests", wires.repeats_are_known, wired=True),
    Law("bulk", "many events make requests that hold each of them once", over=wires.bulk_has_everything, wired=True),
)

__all__ = ["LAWS", "Broken", "Law", "Mapped", "Request", "Trial", "Wire", "law_named"]


def law_named(name: str) -> Law | None:
    """The law of a name, None if there is none."""
    return next((law for law in LAWS if law.name == name), None)
