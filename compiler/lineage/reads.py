"""What paths find of what a variable holds."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace

from ...dsl import nodes as n
from ...dsl.nodes import Json
from ...dsl.walk import walk
from .. import ir
from .conditions import needed
from .facts import Facts
from .held import NEVER, Held, decides, union
from .origins import ANYTHING, CONTAINER, VALUE, Kind, Origin

EVENT = Held((Origin((), kinds=Kind.OBJECT),))
_NO_VAR = -2


def read(held: Held, var: int, steps: tuple[ir.Step, ...], node: ir.Read | n.Path, facts: Facts, exact: bool) -> Held:
    """What one member or item holds. Not exact: whatever is above it."""
    held = _known(held, var, (), facts)
    for at, step in enumerate(steps, start=1):
        match step:
            case n.NameSelector(name):
                held = held.below(name, Kind.OBJECT if exact else ANYTHING)
            case n.IndexSelector(index, dotted):
                held = held.below(index, CONTAINER if dotted else Kind.LIST if exact else ANYTHING)
        held = _known(held, var, steps[:at], facts) if at < len(steps) else held
    return _read_at(held, node)


def _known(held: Held, var: int, steps: tuple[ir.Step, ...], facts: Facts) -> Held:
    """What stands at a place, of which something may be known."""
    kinds = facts.get(ir.Read(var, steps)) if facts else None
    return held if kinds is None else held.only(kinds)


def select(held: Held, var: int, path: n.Path, node: ir.Select | n.Path, facts: Facts, exact: bool) -> Held:
    """The list of the matches; what a filter looks at decides."""
    root, deciding = held, list[Origin]()
    steps: tuple[ir.Step, ...] | None = ()
    for segment in path.segments:
        held = _known(held, var, steps, facts) if steps is not None else held
        held = held.descend() if segment.descend else held
        steps = _further(steps, segment)
        found: list[Held] = []
        for selector in segment.selectors:
            match selector:
                case n.NameSelector(name):
                    found.append(held.below(name, Kind.OBJECT))
                case n.IndexSelector(index, dotted):
                    found.append(held.below(index, CONTAINER if dotted else Kind.LIST))
                case n.SliceSelector():
                    found.append(held.below("*", Kind.LIST))
                case n.FilterSelector(condition):
                    found.append(held.below("*", CONTAINER).only(needed(condition)))
                    deciding += [*decides(held), *_of_roots(selector, root, facts, exact)]
                case n.WildcardSelector():
                    found.append(held.below("*", CONTAINER))
        held = union(found)
    matches = _read_at(held.only(VALUE), node)
    if matches is NEVER:
        return Held(made=Kind.LIST)
    deciding = dict.fromkeys([*matches.deciding, *deciding])
    return Held(made=Kind.LIST, items=replace(matches, deciding=tuple(deciding)))


def _further(steps: tuple[ir.Step, ...] | None, segment: n.Segment) -> tuple[ir.Step, ...] | None:
    """The steps so far and one more; None where a path goes more than one way."""
    match segment:
        case n.Segment((n.NameSelector() | n.IndexSelector() as step,), False) if steps is not None:
            return (*steps, step)
        case _:
            return None


def _of_roots(selector: n.FilterSelector, root: Held, facts: Facts, exact: bool) -> Iterator[Origin]:
    """What a filter looks at that is no part of the items."""
    for path in walk(selector):
        if isinstance(path, n.Path) and path.root != "@":
            base, var = (EVENT, ir.EVENT) if path.root == "$$" else (root, _NO_VAR)
            if path.singular:
                yield from decides(read(base, var, path.steps, path, facts, exact))
            else:
                yield from decides(select(base, var, path, path, facts, exact))


def _read_at(held: Held, node: ir.Ir | n.Path) -> Held:
    """What was read, by the part of the mapping that reads it."""
    places = tuple(replace(place, span=node.span) for place in held.places)
    return replace(held, places=places) if places else held


def read_by_directive(held: Held, directive: Json) -> Iterator[Origin]:
    """What a raw directive reads: its paths and placeholders, or, with Liquid in it, all of the event."""
    text = json.dumps(directive)
    if '"@liquid"' in text:
        yield from held.all()
    paths = re.findall(r'"@(?:path|arrayPath)": (?:\[)?"((?:[^"\\]|\\.)*)"', text)
    for path in (*paths, *re.findall(r"\{\{\{?\s*([^}]+?)\s*\}", text)):
        below = held
        for key in re.split(r"[.\[\]'\"]+", path.replace("$.", "", 1).replace("\\", "")):
            if key and key != "$":
                below = below.below(int(key) if key.isdigit() else key, ANYTHING)
        yield from below.all()
