"""Laws of the engines: whatever runs a mapping, and however, the payloads are the same."""

import json
from collections.abc import Iterator, Sequence

from ...compiler import ir
from ...compiler.prelude import Rejected, Run
from ...compiler.reference import Reference
from ..fill import put
from ..json_kinds import is_object
from .base import NOON, Broken, Event, Json, Mapped, Trial, at, same, shown, sorted_text, text_of, without
from .fields import way_of

ODD: tuple[Json, ...] = (None, "", " ", 0, False, True, 1.5, "2024-02-30", [], {})


def same_as_the_reference(trial: Trial) -> Iterator[Broken]:
    """The compiled mapping gives what the plain evaluator gives, and counts what it counts."""
    if trial.error is not None:
        return
    run = Run(lambda: NOON, trial.mapped.destination.settings)
    wanted = Reference(trial.mapped.destination.resolved, run).route(json.loads(trial.before))
    names, others = [name for name, _ in trial.results], [name for name, _ in wanted]
    if names != others:
        message = f"these actions fire: {', '.join(names) or 'none'}"
        yield Broken(
            _first_other(trial, names, others), None, message, trial.results, f"these: {', '.join(others) or 'none'}"
        )
        return
    for (name, result), (_, other), made in zip(trial.results, wanted, trial.made, strict=False):
        if sorted_text(result) != sorted_text(other):
            row = next((f.row for f in made.build.record.fields if f.names and _unlike(result, other, f.names)), None)
            yield Broken(
                made.action.key,
                row,
                f"`{row or name}` is not what the mapping says",
                result,
                shown(_at(other, made, row)),
            )
            return
    if trial.drops != run.drops:
        odd = next(iter(set(trial.drops.items()) ^ set(run.drops.items())))
        yield Broken(
            "", odd[0][0], f"what is left out is counted wrongly: {trial.drops}", trial.results, f"{run.drops}"
        )


def _at(other: Json, made: object, row: str | None) -> Json:
    if is_object(other) and row is not None:
        return at(other, row.split("."))
    return repr(other) if isinstance(other, Rejected) else other


def _first_other(trial: Trial, names: list[str], others: list[str]) -> str:
    odd = [name for name in [*names, *others] if names.count(name) != others.count(name)]
    return next((a.key for a in trial.mapped.actions.values() if a.name in odd), "")


def _unlike(one: Json, other: Json, names: Sequence[str]) -> bool:
    one_value = one if isinstance(one, Rejected) else at(one, names)
    return not same(one_value, other if isinstance(other, Rejected) else at(other, names))


def alone_as_together(trial: Trial) -> Iterator[Broken]:
    """An action by itself gives what it gives beside the others: no action, and no rejection, hides another."""
    for made in trial.made:
        action = trial.mapped.destination.actions[made.action.key]
        if action.per_item or trial.error is not None:
            continue
        try:
            alone: Json = action.build(trial.event, trial.mapped.at(NOON).run)
        except Rejected as rejected:
            alone = rejected
        if not same(alone, made.result):
            message = "called by itself, the action gives something else"
            yield Broken(made.action.key, None, message, made.result, shown(alone))
    fired = sum(made.items for made in {m.action.key: m for m in trial.made}.values())
    if trial.error is None and fired != len(trial.results):
        message = f"{len(trial.results)} results, and the actions that fire have {fired}"
        yield Broken("", None, message, [name for name, _ in trial.results])


def fast_as_plain(mapped: Mapped, events: Sequence[Event]) -> Iterator[Broken]:
    """NDJSON through the fast way gives the lines that the plain way gives, also where what is read is odd."""
    lines = getattr(mapped.destination, "map_lines", None)
    if lines is None:
        return
    for event in (*events, *_odd(mapped, events)):
        try:
            plain = [[name, result] for name, result in mapped.route(event)]
        except Exception:  # `total` is the law that reports it
            continue
        out, rejections = lines(json.dumps(event, ensure_ascii=False).encode() + b"\n")
        fast = [[line["action"], line["payload"]] for line in map(json.loads, out.splitlines())]
        payloads = [[name, result] for name, result in plain if not isinstance(result, Rejected)]
        if text_of(fast) != text_of(json.loads(json.dumps(payloads))):
            yield Broken("", None, f"the fast way gives something else for {shown(event)}", fast, shown(payloads))
            return
        if len(rejections) != len(plain) - len(payloads):
            yield Broken("", None, f"the fast way rejects {len(rejections)} times for {shown(event)}", fast)
            return


def _odd(mapped: Mapped, events: Sequence[Event]) -> Iterator[Event]:
    """The plainest event of each action with each odd value at each place that its rows read."""
    for key, build in mapped.builds.items():
        built = [event for event in events if _is_built(mapped, key, event)]
        mine = min(built, key=lambda event: len(text_of(event)), default=None)
        ways = dict.fromkeys(way for field in build.record.fields for way in mapped.ways(key, field))
        for way in ways if mine is not None else ():
            for value in ODD:
                event = json.loads(json.dumps(mine))
                put(event, way, value)
                yield event


def _is_built(mapped: Mapped, key: str, event: Event) -> bool:
    try:
        made = mapped.made(event, mapped.route(event))
    except Exception:  # `total` is the law that reports it
        return False
    return any(one.action.key == key and one.payload is not None for one in made)


def fires_where_it_says(trial: Trial) -> Iterator[Broken]:
    """An action fires where its trigger holds, also when one thing that the trigger reads is another or missing."""
    if not trial.results:
        return
    for key, build in trial.mapped.builds.items():
        resolved, action = trial.mapped.actions[key], trial.mapped.destination.actions[key]
        reads = [node for node in ir.below(build.trigger) if isinstance(node, ir.Read) and node.var == ir.EVENT]
        for way in dict.fromkeys(way_of(read) for read in reads):
            for value in (None, "atpath-other"):
                event = without(trial.event, [way])
                if value is not None:
                    put(event, way, value)
                if action.matches(event) != trial.mapped.reference.fires(resolved, event):
                    words = "fires" if action.matches(event) else "does not fire"
                    place = ".".join(map(str, way))
                    yield Broken(key, None, f"with {value or 'nothing'} at `{place}` the action {words}", event)
                    return
