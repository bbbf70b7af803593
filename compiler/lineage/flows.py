"""Every flow of a mapping: a place of the event, and a field that it reaches."""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ...dsl import nodes as n
from ...dsl.source import NOWHERE, Span
from .. import ir
from ..lower import lower
from ..resolved import Resolved, ResolvedAction
from .held import NEVER, Held
from .origins import NONE, Origin
from .reads import EVENT
from .values import Env
from .walk import Walker


@dataclass(frozen=True, slots=True)
class Flow:
    """One place that reaches one field of one action (or of a preset, by its title).

    Shape:  name: what the output calls the action; request: the words of its `deliver`
            field: "address.city", "items[].name", "*" for what is spread over the payload, "" for the trigger
            span: the source cell of the row
    """

    action: str
    field: str
    origin: Origin
    request: str
    name: str = ""
    span: Span = dataclasses.field(default=NOWHERE, compare=False)


def flows_of(resolved: Resolved) -> tuple[Flow, ...]:
    """Every flow of a mapping without errors, each once: actions and fields in the mapping's order."""
    program = lower(resolved)
    walker = Walker(program, exact=resolved.semantics != "segment")
    found: dict[Flow, None] = {}
    for build, action in zip(program.builds, resolved.actions, strict=True):
        found |= dict.fromkeys(_of_action(walker, build, action))
    return tuple(found)


def _of_action(walker: Walker, build: ir.Build, action: ResolvedAction) -> Iterator[Flow]:
    request = " ".join(action.deliver)
    env: Env = {ir.EVENT: EVENT}
    if not walker.could_hold(build.trigger, env):
        return
    if build.items is not None:
        item = walker.items(walker.value(build.items, env))
        if item is NEVER:
            return
        env[build.var] = item
    fields = walker.payload(build, env)
    if fields is None:
        return
    for row, field_, held in zip(action.rows, build.record.fields, fields, strict=True):
        name = ".".join(field_.names) if field_.names else n.SPREAD
        span = row.source.span if row.source is not None else row.span
        for below, origin in _told(list(_sinks(held, name))):
            yield Flow(build.key, below, origin, request, build.name, span)
    for origin in walker.looked_at(build.trigger, {ir.EVENT: EVENT}):
        yield Flow(build.key, "", origin, request, build.name, build.trigger.span)


def _told(sinks: list[tuple[str, Origin]]) -> Iterator[tuple[str, Origin]]:
    """What reaches a row; that a place decides goes without saying where it is in the row itself."""
    there = {origin.way for _, origin in sinks if origin.how != "decides"}
    for below, origin in sinks:
        if origin.how != "decides" or origin.way not in there:
            yield below, origin


def _sinks(held: Held, name: str) -> Iterator[tuple[str, Origin]]:
    """What reaches a field, and the fields of objects that are built inside it."""
    for origin in (*held.places, *(replace(origin, made=NONE) for origin in held.inside)):
        yield name, origin
    for key, member in (held.members or {}).items():
        yield from _sinks(member, key if name == n.SPREAD else f"{name}.{key}")
    if held.items is not None:
        yield from _sinks(held.items, f"{name}[]")
    for origin in held.deciding:
        yield name, origin
