"""Events that hold what a program reads: plain values that fit, and values of every other kind."""

import copy
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from ..compiler import ir
from ..dsl import nodes as n
from ..dsl.nodes import Json
from ..dsl.walk import walk

Key: TypeAlias = str | int
Way: TypeAlias = tuple[Key, ...]
Event: TypeAlias = dict[str, Json]

FEW = 4  # slots that are filled one by one with every kind of value
DEEPEST = 4  # shapes within shapes


@dataclass(frozen=True, slots=True)
class Slot:
    """A place that a program reads, from the event (var EVENT) or from the item of `for each`."""

    var: int
    way: Way
    type: n.ValueType


def slots_of(program: ir.Program, field: ir.Field, var: int) -> tuple[Slot, ...]:
    """The places that a field reads, each once; deeper places stand for those that they lie in."""
    if field.value is None:
        return ()
    env: dict[int, tuple[int, Way] | None] = {ir.EVENT: (ir.EVENT, ()), var: (var, ())}
    found = dict.fromkeys(_slots(program, field.value, env, field.type, 0))
    ways = {(slot.var, slot.way) for slot in found}
    return tuple(
        slot
        for slot in found
        if slot.way and not any(v == slot.var and w != slot.way and w[: len(slot.way)] == slot.way for v, w in ways)
    )


def _slots(
    program: ir.Program, node: ir.Ir, env: dict[int, tuple[int, Way] | None], kind: n.ValueType, depth: int
) -> Iterator[Slot]:
    match node:
        case ir.Read() | ir.Select():
            found = _way_of(node, env)
            if found is not None:
                yield from _slots_in(program, *found, kind, depth)
            if found is not None and isinstance(node, ir.Select):
                yield from (
                    Slot(found[0], (*found[1][:at], *way), n.NamedType("any")) for at, way in _asked(node, found[1])
                )
        case ir.MapEach(items, inner, body) | ir.Bind(items, inner, body):
            yield from _slots(program, items, env, kind, depth)
            way = _way_of(items, env)
            if way is not None and isinstance(node, ir.MapEach):
                way = (way[0], (*way[1], 0))
            inside = _item_of(kind) if isinstance(node, ir.MapEach) else kind
            yield from _slots(program, body, env | {inner: way}, inside, depth)
        case ir.Apply("omit" | "pick", (ir.Read() as read, *names)):
            found = _way_of(read, env)
            keys = [name.value for name in names if isinstance(name, ir.Const) and isinstance(name.value, str)]
            if found is not None:
                yield from (Slot(found[0], (*found[1], key), n.NamedType("string")) for key in (*keys, "k"))
        case ir.MakeObject(members):
            for key, member in members:
                yield from _slots(program, member, env, _member_of(program, kind, key), depth)
        case ir.ShapeCall(name, outer):
            shape = next((s for s in program.shapes if s[0] == name), None)
            if shape is not None and depth < DEEPEST:
                for field in shape[2].fields:
                    if field.value is not None:
                        yield from _slots(program, field.value, env | {shape[1]: env.get(outer)}, field.type, depth + 1)
        case _:
            for part in _parts(node):
                yield from _slots(program, part, env, kind, depth)


def _slots_in(program: ir.Program, var: int, way: Way, kind: n.ValueType, depth: int) -> Iterator[Slot]:
    """A place of a type; of a shape, the places of its members."""
    item, inside = (kind.item, (*way, 0)) if isinstance(kind, n.ListType) else (kind, way)
    name = item.name if isinstance(item, n.NamedType) else None
    shape = next((shape for shape in program.types if shape.name == name), None)
    if shape is None or depth >= DEEPEST:
        yield Slot(var, way, kind)
        return
    for field in shape.fields:
        yield from _slots_in(program, var, (*inside, *field.names), field.type, depth + 1)


def _parts(node: ir.Ir) -> Iterator[ir.Ir]:
    """The nodes right below."""
    mine = list(ir.below(node))[1:]
    deeper: set[int] = set()
    for part in mine:
        if id(part) not in deeper:
            yield part
            deeper |= {id(inner) for inner in ir.below(part)}


def _way_of(node: ir.Ir, env: dict[int, tuple[int, Way] | None]) -> tuple[int, Way] | None:
    match node:
        case ir.Read(var, steps):
            base = env.get(var)
            keys = [step.name if isinstance(step, n.NameSelector) else max(step.index, 0) for step in steps]
            return None if base is None else (base[0], (*base[1], *keys))
        case ir.Select(var, path):
            base = env.get(var)
            return None if base is None else (base[0], (*base[1], *_first_match(path)))
        case _:
            return None


def _first_match(path: n.Path) -> Iterator[Key]:
    """A place that a path of several matches could lead to."""
    for segment in path.segments:
        match segment.selectors[0]:
            case n.NameSelector(name):
                yield name
            case n.IndexSelector(index):
                yield max(index, 0)
            case n.SliceSelector(_, int() as end) if end > 0:
                yield end - 1
            case _:
                yield 0


def _asked(select: ir.Select, way: Way) -> Iterator[tuple[int, Way]]:
    """What the filters of a path look at: how many steps of its way lead to an item, and the way on from there."""
    start = len(way) - len(select.path.segments) + 1
    for at, segment in enumerate(select.path.segments, start):
        for part in walk(segment):
            if isinstance(part, n.Path) and part.root == "@" and part.singular and part.segments:
                keys = [step.name if isinstance(step, n.NameSelector) else max(step.index, 0) for step in part.steps]
                yield at, tuple(keys)


def _member_of(program: ir.Program, kind: n.ValueType, key: str) -> n.ValueType:
    """The type of a member of an object of a type."""
    if isinstance(kind, n.NamedType):
        for shape in program.types:
            if shape.name == kind.name:
                return next((field.type for field in shape.fields if field.names == (key,)), n.NamedType("any"))
    return n.NamedType("any")


def _item_of(kind: n.ValueType) -> n.ValueType:
    return kind.item if isinstance(kind, n.ListType) else n.NamedType("any")


# --- values


def fitting(kind: n.ValueType, number: int) -> Json:
    """A value that fits the type; different numbers give different values where the type has several."""
    match kind:
        case n.LiteralType(values):
            return values[number % len(values)]
        case n.ListType(item):
            return [fitting(item, number)]
        case n.NamedType("number" | "integer", low, high):
            least = low if low is not None else 1
            value = least + number
            return value if high is None or value <= high else least
        case n.NamedType(name):
            return _KINDS.get(name, _KINDS["string"])(number)


_KINDS: dict[str, Callable[[int], Json]] = {
    "string": lambda i: f"v{i}",
    "number": lambda i: i + 1,
    "datetime": lambda i: f"2024-01-{i % 28 + 1:02}T00:00:00.000Z",
    "object": lambda i: {"k": f"v{i}"},
    "array": lambda i: [f"v{i}"],
    "boolean": lambda i: i % 2 == 0,
    "email": lambda i: f"a{i}@example.com",
    "uri": lambda i: f"https://example.com/{i}",
    "date": lambda i: f"2024-02-{i % 28 + 1:02}",
    "address": lambda i: f"203.0.113.{i}",
    "numeric": lambda i: str(i + 1),
    "fraction": lambda i: i + 1.5,
    "spaced": lambda i: f" Ab{i} c ",
    "precise": lambda i: i + 1.23456,
    "nulled": lambda i: {"k": f"v{i}", "n": None},
    "several": lambda i: [f"v{at}" for at in range(i, i + 6)],
    "objects": lambda i: [{"k": f"v{i}"}],
    "true": lambda i: "true",
    "empty": lambda i: "",
    "null": lambda i: None,
    "long": lambda i: f"{i}" + "x" * 300,
}


def bases(slots: Iterable[Slot], constants: Sequence[Json] = ()) -> Iterator[tuple[Event, Event]]:
    """Pairs of an event and an item that fill the slots: with what fits first, then with each kind of value.

    What fits comes for all slots, for each slot alone, and for all but one.
    """
    listed = list(slots)
    fit = [fitting(slot.type, number) for number, slot in enumerate(listed)]
    yield _filled(listed, fit)
    for at in range(len(listed)) if len(listed) > 1 else ():
        yield _filled([listed[at]], [fit[at]])
        if len(listed) > 2:
            yield _filled([*listed[:at], *listed[at + 1 :]], [*fit[:at], *fit[at + 1 :]])
    near = [value for constant in constants for value in _near(constant)]
    ways: list[Callable[[int], Json]] = list(_KINDS.values())
    ways += [_always(value) for value in (*constants, *near, *(edge for slot in listed for edge in _edges(slot.type)))]
    for way in ways:
        yield _filled(listed, [way(number) for number in range(len(listed))])
        if 1 < len(listed) <= FEW:
            for number, slot in enumerate(listed):
                yield _filled([slot], [way(number)])


def _always(value: Json) -> Callable[[int], Json]:
    return lambda _: value


def _near(constant: Json) -> Iterator[Json]:
    """Values in which a constant is met, or just missed."""
    match constant:
        case str() if constant:
            yield from (f"v{constant}w", f" {constant} ", constant.swapcase(), constant.join("abcdef"))
        case int() | float() if not isinstance(constant, bool):
            yield from (constant - 1, constant + 1)
        case _:
            pass


def _edges(kind: n.ValueType) -> Iterator[Json]:
    """Values around what a type takes."""
    match kind:
        case n.LiteralType(values):
            yield from values
            yield from (f" {value} " for value in values if isinstance(value, str))
        case n.ListType(item):
            for edge in _edges(item):
                yield list[Json]([edge])
        case n.NamedType("email"):
            yield from ("Ada@Example.com", " ada@example.com ")
        case n.NamedType(name, low, high):
            for bound in (low, high):
                if bound is not None and name in ("number", "integer"):
                    yield from (bound - 1, bound, bound + 1)
                elif bound is not None and 0 < bound <= 100_000:
                    yield "x" * (int(bound) - 1)
                    yield "x" * (int(bound) + 1)
                    yield list[Json](["x"] * (int(bound) + 1))


def _filled(slots: list[Slot], values: list[Json]) -> tuple[Event, Event]:
    events: dict[bool, Event] = {True: {}, False: {}}
    for slot, value in zip(slots, values, strict=True):
        put(events[slot.var == ir.EVENT], slot.way, copy.deepcopy(value))  # of its own: others may be put into it
    return events[True], events[False]


def put(event: Event, way: Way, value: Json) -> None:
    """Set a value in an event, with what must lie on the way; a scalar on the way gives place."""
    holder: Json = event
    for key, following in zip(way, (*way[1:], None), strict=True):
        below: Json = value if following is None else [] if isinstance(following, int) else {}
        if isinstance(holder, dict):
            held = holder.get(str(key))
            if following is None or not isinstance(held, dict | list):
                holder[str(key)] = held = below
        elif isinstance(holder, list):
            index = int(key) if isinstance(key, int) else 0
            holder.extend([None] * (index + 1 - len(holder)))
            held = holder[index]
            if following is None or not isinstance(held, dict | list):
                holder[index] = held = below
        else:
            return
        holder = held


def find(value: Json, way: Way) -> Json:
    """What stands at a place, or None."""
    for key in way:
        if isinstance(value, dict):
            value = value.get(str(key))
        elif isinstance(value, list) and isinstance(key, int) and key < len(value):
            value = value[key]
        else:
            return None
    return value
