"""What changed between two versions of a mapping: per action, trigger, field and setting, each with an event."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from itertools import chain
from typing import cast

from ..compiler import ir
from ..compiler.loader import Destination
from ..compiler.prelude import Rejected
from ..compiler.triggers import Answer, Found, Impossible, Relation, Undecided, relate
from ..dsl.nodes import Json
from .compare import Change, Verdict, compare, difference, placed, same_items
from .fill import Event, Slot, Way, bases, find, fitting, put
from .normal import canonical
from .search import Pool
from .shrink import shrink
from .whole import Whole, is_named, items_way, text_of, whole_of

MOST_REPAIRS = 12


class Status(StrEnum):
    """What became of a part of a mapping."""

    SAME = "same"
    UNPROVEN = "no difference found"
    WIDENED = "widened"
    NARROWED = "narrowed"
    CHANGED = "changed"
    MISSING = "can now be missing"
    GONE = "gone"
    NEW = "new"


BREAKING = (Status.NARROWED, Status.CHANGED, Status.MISSING, Status.GONE)


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of one part.

    Shape:  what: "action", "trigger", "for each", "deliver", "field" or "setting"; action is "" for a setting;
                "mapping", by whoever compares many, for one that only one side has
            event: one that shows it; old, new: what the action gives for it on each side: a payload, a list of them
            (`for each`), "rejected: …" or "nothing"
            tried: events that were run where it is not proven that nothing differs, or (widened) nothing else
    """

    action: str
    what: str
    name: str
    status: Status
    event: Event | None = None
    old: Json = None
    new: Json = None
    tried: int = 0

    @property
    def breaking(self) -> bool:
        """True if what was delivered before is no longer delivered as it was."""
        return self.status in BREAKING or (self.what == "setting" and self.status is Status.NEW)

    @property
    def unproven(self) -> bool:
        """True if what the status says was seen in events, and is not excluded to be wrong."""
        return self.status is Status.UNPROVEN or (self.status is Status.WIDENED and self.tried > 0)


@dataclass(frozen=True, slots=True)
class Diff:
    """All findings, the same ones included, in the order of the new mapping."""

    findings: tuple[Finding, ...]

    @property
    def changes(self) -> tuple[Finding, ...]:
        """The findings that are differences."""
        return tuple(f for f in self.findings if f.status not in (Status.SAME, Status.UNPROVEN))

    @property
    def breaking(self) -> bool:
        """True if any difference is breaking."""
        return any(finding.breaking for finding in self.changes)


def diff(old: Destination, new: Destination) -> Diff:
    """What changed from one mapping to another."""
    return Diff(tuple(Comparison(whole_of(old), whole_of(new)).findings()))


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two mappings side by side. `visible`: one event a field is enough, but its whole payload has to differ.

    With it, nothing is compiled, and no results are given.
    """

    old: Whole
    new: Whole
    visible: bool = False

    def findings(self) -> Iterator[Finding]:
        """What became of each part."""
        yield from self._settings()
        pairs = self._pairs()
        for key in self.old.builds:
            if key not in pairs.values():
                yield Finding(key, "action", key, Status.GONE)
        for key in self.new.builds:
            if pairs.get(key) is None:
                yield Finding(key, "action", key, Status.NEW)
            else:
                yield from self.action(pairs[key], key)

    def _pairs(self) -> dict[str, str]:
        """New keys to old ones: those of the same name; presets, which the output does not name, also by content."""
        pairs = {key: key for key in self.new.builds if self._matches(key, key)}
        for exact in (True, False):
            for key, build in self.new.builds.items():
                if key in pairs:
                    continue
                for other, before in self.old.builds.items():
                    alike = canonical(before.trigger) == canonical(build.trigger)
                    alike = alike and (not exact or canonical(before.record) == canonical(build.record))
                    if alike and other not in pairs.values() and self._matches(other, key):
                        pairs[key] = other
                        break
        return pairs

    def _matches(self, old: str, new: str) -> bool:
        return old in self.old.builds and self.old.builds[old].name == self.new.builds[new].name

    def _settings(self) -> Iterator[Finding]:
        before = {row.name: row for row in self.old.resolved.settings}
        after = {row.name: row for row in self.new.resolved.settings}
        for name in before.keys() - after.keys():
            yield Finding("", "setting", name, Status.GONE)
        for name, row in after.items():
            was = before.get(name)
            if was is None:
                needed = row.type.required is True and row.default is None
                yield Finding("", "setting", name, Status.NEW if needed else Status.WIDENED)
            elif was.type != row.type or was.default != row.default:
                yield Finding("", "setting", name, Status.CHANGED)

    def action(self, old: str, new: str) -> Iterator[Finding]:
        """What became of the parts of one action, by its key on each side."""
        before, after = self.old.builds[old], self.new.builds[new]
        pool = Pool((self.old.source(old), self.new.source(new)))
        relation = relate(self.old.triggers[old], self.new.triggers[new], pool.search)
        yield self._trigger(old, new, relation)
        if not same_items(before, after):
            yield Finding(new, "for each", "", Status.CHANGED)
        if self.old.action(old).deliver != self.new.action(new).deliver:
            yield Finding(new, "deliver", "", Status.CHANGED)
        if isinstance(relation.both, Impossible):
            return  # no event reaches both: there is nothing to compare
        rows, others = ([field.row for field in build.record.fields] for build in (before, after))
        for row in rows:
            if row not in others:
                yield self._lone(old, new, row, Status.GONE)
        for row in others:
            yield self._field(old, new, row, relation.both) if row in rows else self._lone(old, new, row, Status.NEW)

    def _trigger(self, old: str, new: str, relation: Relation) -> Finding:
        lost, won = relation.only_first, relation.only_second
        shown = next((answer.event for answer in (lost, won) if isinstance(answer, Found)), None)
        if shown is None:
            tried = max((answer.tried for answer in (lost, won) if isinstance(answer, Undecided)), default=0)
            return Finding(new, "trigger", "", Status.SAME if relation.equal else Status.UNPROVEN, tried=tried)
        status = Status.CHANGED
        if isinstance(won, Impossible):
            status = Status.NARROWED
        elif isinstance(lost, Impossible):
            status = Status.WIDENED
        event = self._completed(old, new, shown, None)
        if not self._tells(old, new, event):
            event = shown
        results = (None, None) if self.visible else self._both(old, new, event)
        return Finding(new, "trigger", "", status, event, *results)

    def _tells(self, old: str, new: str, event: Event) -> bool:
        return self.old.triggers[old].matches(event) != self.new.triggers[new].matches(event)

    def _field(self, old: str, new: str, row: str, both: Answer) -> Finding:
        before, after = self.old.part(old, row), self.new.part(new, row)
        shows = partial(self._whole_differs, old, new, row) if self.visible else None
        verdict = compare(before, after, shows, both.event if isinstance(both, Found) else None)
        status = status_of(verdict)
        if status is Status.WIDENED and self._takes_away(old, new, row, verdict.events.values()):
            status = Status.CHANGED
        if not verdict.events:
            return Finding(new, "field", row, status, tried=verdict.tried)
        event = verdict.events.get("value") or next(iter(verdict.events.values()))
        shown = self._completed(old, new, event, row)
        if self.visible:
            return Finding(new, "field", row, status, shown)
        if difference(before, after, shown) is None:
            shown = event
        if shown_results(self.old, old, shown) == shown_results(self.new, new, shown):
            shown = self._filled(old, new, shown, row)
        tried = 0 if verdict.kept else verdict.tried
        return Finding(new, "field", row, status, shown, *self._both(old, new, shown), tried)

    def _takes_away(self, old: str, new: str, row: str, events: Iterable[Event]) -> bool:
        """True if more in a row may be less elsewhere: what else came to its name, or events that are rejected now."""
        for whole, key in ((self.old, old), (self.new, new)):
            fields = whole.builds[key].record.fields
            names = next((field.names for field in fields if field.row == row), ())
            if any(field.names != names and field.names == names[: len(field.names)] for field in fields):
                return True  # a spread, or an object that it is a member of
        return any(
            rejected_row(self.new, new, event) is not None and rejected_row(self.old, old, event) is None
            for event in events
        )

    def _whole_differs(self, old: str, new: str, row: str, event: Event) -> bool:
        event = self._completed(old, new, event, row)
        return shown_results(self.old, old, event) != shown_results(self.new, new, event)

    def _lone(self, old: str, new: str, row: str, status: Status) -> Finding:
        """A field that only one side has: an event that fills it there."""
        whole, key = (self.old, old) if status is Status.GONE else (self.new, new)
        part = whole.part(key, row)
        triggers = [t.formula for t in (self.old.triggers[old], self.new.triggers[new])]
        for base, item in bases(part.slots):
            event = placed((part,), base, item, triggers)
            if event is None or not any(out and out != "rejected" for out in part.run(event)):
                continue
            if status is Status.NEW and self._takes_away(old, new, row, [event]):
                status = Status.CHANGED
            shown = self._completed(old, new, event, row)
            if shown_results(self.old, old, shown) != shown_results(self.new, new, shown):
                return Finding(new, "field", row, status, shown, *self._both(old, new, shown))
        return Finding(new, "field", row, status)

    def _filled(self, old: str, new: str, event: Event, row: str) -> Event:
        """The event with all that any row reads, for what rejects it and is not known by its row, cut down again."""
        before, after = self.old.part(old, row), self.new.part(new, row)
        filled = event
        for whole, key in ((self.old, old), (self.new, new)):
            build = whole.builds[key]
            for field in build.record.fields:
                filled = _with_all(build, whole.part(key, field.row).slots, filled)

        def tells(event: Event) -> bool:
            differs = shown_results(self.old, old, event) != shown_results(self.new, new, event)
            return differs and difference(before, after, event) is not None

        return shrink(filled, tells) if tells(filled) else event

    def _both(self, old: str, new: str, event: Event) -> tuple[Json, Json]:
        return result(self.old, old, event), result(self.new, new, event)

    def _completed(self, old: str, new: str, event: Event, row: str | None) -> Event:
        """The event with what other required rows ask for, as far as that can be found."""
        shown: Event = json.loads(json.dumps(event))
        for way in {items_way(self.old.builds[old]), items_way(self.new.builds[new])} - {()}:
            if not isinstance(find(shown, way), list | dict):
                put(shown, way, [{}])
        sides = ((self.old, old), (self.new, new))
        for _ in range(MOST_REPAIRS):
            missing = [
                (whole, key, blamed)
                for whole, key in sides
                if (blamed := rejected_row(whole, key, shown)) not in (row, None)
            ]
            if not missing:
                break
            if not _repair(*missing[0], shown):
                break
        return shown


def result(whole: Whole, key: str, event: Event) -> Json:
    """What an action gives for an event: its payload, a list of them (`for each`), or what happened instead."""
    outs: list[Json] = [
        f"rejected: {out}" if isinstance(out, Rejected) else out for _, out in whole.compiled(key).route(event)
    ]
    if whole.builds[key].items is not None:
        return outs
    return outs[0] if outs else "nothing"


def plain_results(whole: Whole, key: str, event: Event) -> list[object]:
    """What an action gives for an event, by the plain evaluator."""
    return [out for _, out in whole.plain((whole.action(key),)).route(event)]


def shown_results(whole: Whole, key: str, event: Event) -> str:
    """The same as an example would tell it apart: as text, a rejection by its code."""
    outs = [
        f"rejected {out}".split(":")[0] if isinstance(out, Rejected) else out
        for out in plain_results(whole, key, event)
    ]
    return text_of(cast("Json", outs))


def rejected_row(whole: Whole, key: str, event: Event) -> str | None:
    """The action's row for which it rejects an event, if it does; Segment's validation names it in its words."""
    rejected = next((out for out in plain_results(whole, key, event) if isinstance(out, Rejected)), None)
    if rejected is None:
        return None
    rows = [field.row for field in whole.builds[key].record.fields]
    if whole.resolved.semantics == "segment":
        return next((row for row in rows if is_named(row, str(rejected))), None)
    blamed = cast("str | None", getattr(rejected, "row", None))
    if blamed is None or (blamed in rows and blamed.partition(".")[0] not in whole.resolved.shapes):
        return blamed
    # A row of a shape is named, which several rows may go through: the first that is rejected by itself.
    return next((row for row in rows if "rejected" in whole.part(key, row).run(event)), blamed)


def _repair(whole: Whole, key: str, row: str | None, event: Event) -> bool:
    """Put into the event what a row asks for; False where that is not known."""
    build = whole.builds[key]
    names = next((field.names for field in build.record.fields if field.row == row), None)
    if names is None:
        return False
    # What lies below an object's row can fill it, too.
    filling = [field.row for field in build.record.fields if field.names[: len(names)] == names]
    for slots in (whole.part(key, name).slots for name in filling):
        for trial in chain(_with_first(build, slots, event), [_with_all(build, slots, event)]):
            if rejected_row(whole, key, trial) != row:
                event |= trial
                return True
    return False


def _with_first(build: ir.Build, slots: tuple[Slot, ...], event: Event) -> Iterator[Event]:
    """The event with a value of each kind in the first of some places."""
    for slot in slots[:1]:
        for base, item in bases([slot]):
            trial: Event = json.loads(json.dumps(event))
            put(trial, _way_in(build, slot), find(base if slot.var == ir.EVENT else item, slot.way))
            yield trial


def _with_all(build: ir.Build, slots: tuple[Slot, ...], event: Event) -> Event:
    """The event with what fits in all of the places that are empty: a shape may require several."""
    filled: Event = json.loads(json.dumps(event))
    for number, slot in enumerate(slots):
        way = _way_in(build, slot)
        if find(filled, way) is None:
            put(filled, way, fitting(slot.type, number))
    return filled


def _way_in(build: ir.Build, slot: Slot) -> Way:
    """Where a place is in an event: that of an item in the first one."""
    return slot.way if slot.var == ir.EVENT else (*items_way(build), 0, *slot.way)


def status_of(verdict: Verdict) -> Status:
    """The word for what a comparison found."""
    kinds: set[Change] = set(verdict.events)
    if not kinds:
        return Status.SAME if verdict.proven else Status.UNPROVEN
    if kinds <= {"appears", "accepts"}:
        return Status.WIDENED
    if kinds == {"gone"}:
        return Status.MISSING
    return Status.NARROWED if kinds == {"rejects"} else Status.CHANGED
