"""Flows seen by running a mapping: what reaches a field, and what changes it."""

import json
import random
import re
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from atpath.compiler import Destination, Rejected, ir
from atpath.compiler.lineage import Flow, Origin, Way, carries
from atpath.compiler.lineage.origins import ANYTHING, CONTAINER, Kind, Step
from atpath.compiler.lineage.texts import kind_of
from atpath.compiler.lower import lower
from atpath.dsl import nodes as n
from atpath.dsl.walk import walk

Json: TypeAlias = Any
REFUSED = "refused"  # an event, by the flow's own row
ABSENT = object()  # for a place: nothing stands there
NAMES = ("a", "b", "c", "type", "0", "properties", "traits")
SCALARS = (
    "", "a", "12", "1.5", "true", "2024-01-01", "2024-02-01T10:00:00Z", "A b", "x@y", "http://x", "1970-01-01",
    "7007919", "*", "http://a@b.co", '{"a": 1}', "[1, 2]", 0, 1, 2, 3, -1, 12, 1.5, 1700000000, True, False, None,
)  # fmt: skip

LIKELY = {
    "mail": "ada@shop.test", "date": "2024-01-01", "birth": "1990-05-17", "dob": "1990-05-17",
    "time": "2024-02-01T10:00:00Z", "_at": "2024-02-01T10:00:00Z", "ur": "https://shop.test/a", "price": 3.5,
    "currency": "EUR", "is": True, "": "id-7007919",
}  # fmt: skip
FITTING: dict[str, tuple[Json, ...]] = {  # values that a type takes
    "string": ("abc", "12", True), "secret": ("abc",), "number": (1.5, 3, "2"), "integer": (3, 4, "2"),
    "boolean": (True, False, "true"), "datetime": ("2024-02-01T10:00:00Z", 1700000000), "email": ("ada@shop.test",),
    "date": ("2024-01-01",), "uri": ("http://x",), "object": ({"a": "a"}, {"b": 1}), "array": (["a"], [1, 2]),
}  # fmt: skip
PAIRS = (
    ("2024-01-02T10:00:00.000Z", "2024-02-01T10:00:00Z"), ("ada@shop.test", "bo@shop.test"),
    ("true", "false"), (True, False), (1, 2), (12, 13.5), ("12", "13"), ("a", "b"),
    ("ftp://x", "http://y"), ("http://a@b.co", "http://c@d.co"), ("1970-01-01", "1970-01-01T00:00:05Z"),
    ("1970-01-01T00:10:00Z", "1970-01-01T00:20:00Z"), (["a"], ["b"]), ("12", "a"), ("x@y", "z@y"),
    ("http://x", "http://y"), ("2024-01-01", "2024-02-01T10:00:00Z"), ([1], [2, 3]), (["a"], ["b", "c"]),
    ([], [{"a": 1}]), (9, 3),
    ({"a": 1}, {"a": 2}), ({"a": "a", "b": 1}, {"a": "b"}), ({"a": "x@y"}, {"b": 2}), (None, "a"), (None, 1), (0, 5),
    ("abc", "abd"), ("2024-01-01", "2024-01-02"), (1700000000, 1700086400), ('{"a": 1}', '{"a": 2}'), ("[1]", "[2, 3]"),
)  # fmt: skip


COMPARED = ("a", "b", "12", "", 1, 12, 0, True, False, None, "A b", "2024-01-01")
FORMS: tuple[Callable[[str], Json], ...] = (
    str, str, int, "x{}".format, "{}@x.y".format, "http://{}".format, "2024-01-01T00:00:00.{}Z".format, '["{}"]'.format,
)  # fmt: skip

# --- tokens: what of an event is found again in a payload


def planted(value: Json, tokens: dict[str, Way], rng: random.Random | None = None, way: Way = ()) -> Json:
    """The value with a token of its own in every leaf, in digits, which no function of the language changes.

    Shape:  with `rng`, some are part of a text that fits another type, and some leaves are what mappings compare with
    """
    if isinstance(value, dict):
        return {key: planted(below, tokens, rng, (*way, key)) for key, below in value.items()}
    if isinstance(value, list):
        return [planted(below, tokens, rng, (*way, index)) for index, below in enumerate(value)]
    if rng is not None and rng.random() < 0.3:
        return rng.choice(COMPARED)
    token = f"{8_000_000 + (len(tokens) + 1) * 7919}"  # far enough apart for arithmetic not to make one of another
    tokens[token] = way
    return token if rng is None else rng.choice(FORMS)(token)


def found(payload: Json, tokens: dict[str, Way], way: Way = ()) -> set[tuple[str, Way]]:
    """Which tokens stand in a payload, and under which names."""
    if isinstance(payload, dict):
        below = [found(v, tokens, (*way, k)) | found(k, tokens, way) for k, v in payload.items()]
        return set().union(*below)
    if isinstance(payload, list):
        return set().union(*(found(item, tokens, way) for item in payload))
    return {(token, way) for token in re.findall(r"8\d{6}", str(payload)) if token in tokens}


def covered(flows: list[Flow], field: Way, leaf: Way) -> bool:
    """Whether the flows say that this leaf reaches this field."""
    return any(f.origin.how != "decides" and _matches(f.field, field) and carries(f.origin, leaf) for f in flows)


def _matches(name: str, field: Way) -> bool:
    parts = [part for part in name.replace("[]", "").split(".") if part]
    return name.startswith("*") or all(a == str(b) for a, b in zip(parts, field, strict=False))


# --- changes: a flow that is there shows when what stands at its place is changed


class Shower:
    """Runs a mapping on events that differ in one place, to see which flows there are.

    Shape:  triggers are not asked: `for each` needs `route`, all other actions are called
    """

    def __init__(
        self, destination: Destination, flows: list[Flow], seed: object, events: Iterator[Json] | None = None
    ) -> None:
        self.destination = destination
        self.events = events or iter(())
        self.rng = random.Random(str(seed))
        self.open = set(flows)
        program = lower(destination.resolved)
        nodes = [*ir.below(program)]
        self.constants = [node.value for node in nodes if isinstance(node, ir.Const)]
        self.constants += [choice for node in nodes if isinstance(node, ir.OneOf) for choice in node.choices]
        self.constants += [key for _, rows in program.tables for key, _ in rows]
        self.constants += self._patterns(nodes)
        kinds = [row.type.value for each in destination.resolved.actions for row in each.rows if row.type is not None]
        kinds += [row.type.value for shape in destination.resolved.shapes.values() for row in shape.rows if row.type]
        self.constants += [value for kind in kinds if isinstance(kind, n.LiteralType) for value in kind.values]
        self.kinds: dict[Way, list[Kind]] = {}
        for flow in flows:
            self.kinds.setdefault(flow.origin.way, []).append(flow.origin.kinds)
        for build in program.builds:
            for way, kinds in _read_in(build):
                self.kinds.setdefault(way, [kinds])
        self.ways = sorted(self.kinds, key=str)
        self.compared = self._compared(nodes)
        for build in program.builds:
            for row in build.record.fields:
                self._fitting(row)
        for each in destination.resolved.actions:
            for row in each.rows:
                self._choices(row, [flow for flow in flows if flow.action == each.key and flow.field == row.field.text])

    def _patterns(self, nodes: list[ir.Ir]) -> Iterator[str]:
        """A text for each pattern."""
        patterns = [node.pattern for node in nodes if isinstance(node, ir.Matches)]
        return (str(each.value).replace("*", "x") for each in patterns if isinstance(each, ir.Const))

    def _choices(self, row: n.Row, flows: list[Flow]) -> None:
        """What a field may have, for the places that reach it."""
        choices = json.loads(row.extra).get("choices", []) if row.extra else []
        values = [choice.get("value") if isinstance(choice, dict) else choice for choice in choices]
        if row.type is not None and isinstance(row.type.value, n.LiteralType):
            values += row.type.value.values
        for flow in [flow for flow in flows if flow.origin.way and values]:
            self.compared.setdefault(str(flow.origin.way[-1]), []).extend(values)

    def _fitting(self, row: ir.Field) -> None:
        """What the row's type takes, for the members and settings that the row reads."""
        values = [*_taken(row.type)]
        for node in ir.below(row):
            if values and isinstance(node, ir.SettingValue):
                self.compared.setdefault(node.name, []).extend(values)
            elif values and isinstance(node, ir.Read) and node.steps:
                self.compared.setdefault(_last(node.steps), []).extend(values)

    def _compared(self, nodes: list[ir.Ir]) -> dict[str, list[Json]]:
        """The constants that a member of some name is compared with."""
        pairs: dict[str, list[Json]] = {}
        for node in nodes:
            match node:
                case ir.Equal(ir.Read(_, steps), ir.Const(value)) | ir.Equal(ir.Const(value), ir.Read(_, steps)) if (
                    steps
                ):
                    pairs.setdefault(_last(steps), []).append(value)
                case ir.Matches(ir.Read(_, steps), ir.Const(str() as pattern)) if steps:
                    pairs.setdefault(_last(steps), []).extend((pattern.replace("*", "x"), pattern.replace("*", "")))
                case ir.Select(_, path):
                    for each in walk(path):
                        match each:
                            case n.FilterCompare(n.Path(_, (*_, last)), _, n.FilterLiteral(value)):
                                pairs.setdefault(_last(last.selectors), []).append(value)
                            case _:
                                pass
                case ir.OneOf(ir.Read(_, steps), choices) if steps:
                    pairs.setdefault(_last(steps), []).extend(choices)
                case _:
                    pass
        return pairs

    def show(self, rounds: int) -> set[Flow]:
        """The flows that no pair of events shows."""
        good: dict[str, list[tuple[Json, Json]]] = {}
        best: dict[tuple[str, str], list[tuple[Json, Json]]] = {}
        settings = self.destination.run.settings
        for _ in range(rounds):
            if not self.open:
                break
            self.vary()
            event = self.event()
            for key in sorted({flow.action for flow in self.open}):
                if self.payloads(Flow(key, "*", Origin(()), ""), event) is not None:
                    good.setdefault(key, []).append((event, dict(settings)))
            for flow in sorted(self.open, key=str):
                here = best.setdefault((flow.action, flow.field), [])
                if flow.field and self.payloads(flow, event) not in (None, REFUSED, "null", [None]):
                    here.append((event, dict(settings)))
                kept = here if here and self.rng.random() < 0.6 else good.get(flow.action)
                base, given = self.rng.choice(kept) if kept and self.rng.random() < 0.7 else (event, dict(settings))
                before = dict(settings)
                settings.update(given)
                way = self.within(base, self.concrete(flow.origin.way), flow.origin)
                wrap = self.rng.random() < 0.5
                one, other = (
                    changed(base, way, value, wrap and bool(way))
                    for value in self.pair(way[-1] if way else "", flow.origin.kinds)
                )
                if isinstance(one, dict) and isinstance(other, dict) and self.differ(flow, one, other):
                    self.open.discard(flow)
                settings.update(before)
        return self.open

    def vary(self) -> None:
        """Other settings."""
        for row in self.destination.resolved.settings:
            usual, constant = self.rng.choice(("US", "", None, "other", "12")), self.rng.choice(self.constants or [1])
            value = self.value(row.name)
            given = self.rng.choice((usual, usual, constant, constant, value, value, {"a": "a"}, ["a"], [{"a": "a"}]))
            self.destination.run.settings[row.name] = given

    def differ(self, flow: Flow, one: Json, other: Json) -> bool:
        """Whether a field of an action's payloads is another of another event."""
        if flow.field == "":
            fires = self.destination.actions[flow.action].matches
            return fires(one) != fires(other)
        left, right = self.payloads(flow, one), self.payloads(flow, other)
        if flow.origin.how != "decides" and REFUSED in (left, right):
            return False
        return left is not None and right is not None and left != right

    def payloads(self, flow: Flow, event: Json) -> Json:
        action = self.destination.actions[flow.action]
        if action.per_item:
            results = [result for key, result in self.destination.route(event) if key == action.name]
            found = [reached(r, flow.field) for r in results if isinstance(r, dict)]
            own = any(isinstance(r, Rejected) and r.row == flow.field.partition("[")[0] for r in results)
            return found or (REFUSED if own else None)
        try:
            return json.dumps(reached(action(event), flow.field), sort_keys=True)
        except Rejected as rejected:
            return REFUSED if rejected.row == flow.field.partition("[")[0] else None

    def event(self) -> dict[str, Json]:
        event: Json = next(self.events, None) if self.rng.random() < 0.8 else None
        if event is None and self.rng.random() < 0.3:
            event = {}
            for way in self.ways:
                concrete = self.concrete(way)
                event = changed(event, concrete, self.likely(str(concrete[-1]))) if concrete else event
            share = self.rng.choice((0, 0.1, 0.3))
        elif event is None:
            event = {name: self.value(name) for name in self.rng.sample(NAMES, 3)}
            share = self.rng.choice((0.2, 0.5, 0.9))
        else:
            share = self.rng.choice((0, 0, 0.1))
        for way in self.rng.sample(self.ways, len(self.ways)):
            if self.rng.random() < share:
                concrete = self.concrete(way)
                kinds = self.rng.choice(self.kinds[way])
                event = changed(event, concrete, self.fitting(concrete[-1] if concrete else "", kinds))
        return event if isinstance(event, dict) else {}

    def concrete(self, way: Way) -> Way:
        """The way with a step for every wildcard."""
        steps: list[Any] = []
        for step in way:
            if step == "**":
                steps += [self.rng.choice(("a", "b", 0)) for _ in range(self.rng.randint(0, 2))]
            else:
                steps.append(self.rng.choice((0, 1, "a")) if step == "*" else step)
        return tuple(steps)

    def within(self, event: Json, way: Way, origin: Origin) -> Way:
        """The way, or one to something below the place: what is copied whole brings that along."""
        while origin.deep and (not way or self.rng.random() < 0.3):
            below = standing(event, way)
            names = [*below, *NAMES] if isinstance(below, dict) else [*range(3)] if isinstance(below, list) else []
            step = self.rng.choice([name for name in names if str(name) not in origin.without] or [NAMES[0]])
            way, origin = (*way, step), Origin(())
        return way

    def likely(self, name: str) -> Json:
        """A value as one would expect it by its name."""
        if name in self.compared and self.rng.random() < 0.5:
            return self.rng.choice(self.compared[name])
        return next(value for part, value in LIKELY.items() if part in name.lower())

    def pair(self, name: Any, kinds: Kind) -> tuple[Json, Json]:
        """Two values of which one may do what the other does not."""
        rng = self.rng
        if rng.random() < 0.1:
            return self.fitting(name, kinds), ABSENT
        if rng.random() < 0.4:
            return self.fitting(name, kinds), self.fitting(name, kinds)
        if rng.random() < 0.05:  # beside what does something, there is what does not
            value, after = rng.choice([one for one in SCALARS if isinstance(one, str)]), rng.choice(("", "x", "xx"))
            return tuple(f"{before * rng.randint(1, 3)}{value}{after}" for before in ("x", "y"))
        if rng.random() < 0.1:  # of any length, as parts of a text are taken by length
            length = rng.randint(1, 9)
            return "1" * length, "2" * length
        if rng.random() < 0.1:  # what is left of it may be what a type takes
            before, after = rng.choice(
                (("", ""), ("x", ""), ("x", "xx"), ("xx", ""), ("", "xx"), ("xx", "xxx"), ("xxx", "xxx"))
            )
            return tuple(f"{before}{one}{after}" if isinstance(one, str) else one for one in rng.choice(PAIRS))
        if rng.random() < 0.6:
            return rng.choice(PAIRS)
        return self.value(name), rng.choice((self.value(name), None))

    def fitting(self, name: Any, kinds: Kind) -> Json:
        """A value of some kinds, if one is found."""
        value = self.value(name)
        for _ in range(20):
            if kinds & _kind(value):
                break
            value = self.value(name)
        return value

    def value(self, name: Any, depth: int = 0) -> Json:
        rng = self.rng
        if str(name) in self.compared and rng.random() < 0.4:
            return rng.choice(self.compared[str(name)])
        kind = rng.randrange(10 if depth < 2 else 7)
        if kind < 5:
            return rng.choice(SCALARS)
        if kind < 7:
            return rng.choice(self.constants) if self.constants else str(rng.randint(7_000_000, 7_900_000))
        if kind == 7:
            return [self.value(name, depth + 1) for _ in range(rng.choice((0, 1, 1, 2, 3)))]
        return {each: self.value(each, depth + 1) for each in rng.sample(NAMES[:5], rng.randint(1, 3))}


def _read_in(build: ir.Build) -> Iterator[tuple[Way, Kind]]:
    """The places of the event that an action reads, and what it may need there."""
    for node in ir.below(build):
        match node:
            case ir.Read(ir.EVENT, steps):
                way = tuple(getattr(step, "name", getattr(step, "index", "")) for step in steps)
            case ir.Select(ir.EVENT, path):
                last = [segment.selectors[0] for segment in path.segments]
                way = tuple(getattr(step, "name", getattr(step, "index", "*")) for step in last)
            case _:
                continue
        yield way, CONTAINER if node == build.items else ANYTHING


def _taken(kind: n.ValueType) -> Iterator[Json]:
    """Values that a type takes."""
    match kind:
        case n.NamedType(name):
            yield from FITTING.get(name, ())
        case n.LiteralType(values):
            yield from values
            yield from (json.dumps(value) for value in values if not isinstance(value, str))
        case n.ListType(item):
            for value in _taken(item):
                yield [value]
                yield value


def _kind(value: Json) -> Kind:
    return Kind.LIST if isinstance(value, list) else Kind.OBJECT if isinstance(value, dict) else kind_of(value)


def _last(steps: Any) -> str:
    return str(getattr(steps[-1], "name", getattr(steps[-1], "index", "")))


def changed(value: Json, way: Way, new: Json, wrap: bool = False) -> Json:
    """The value with something else at a place; what is no container on the way becomes one.

    Shape:  wrap: an object of which an item is asked becomes the list's first, or else its member is meant
    """
    if not way:
        return new
    if new is ABSENT and len(way) == 1:
        return without(value, way[0])
    step, rest = way[0], way[1:]
    if isinstance(step, int) and (wrap or not isinstance(value, dict)):
        items = list(value) if isinstance(value, list) else [value] if isinstance(value, dict) else []
        at = step if step >= 0 else len(items) + step if len(items) + step >= 0 else 0
        items += [None] * (at + 1 - len(items))
        items[at] = changed(items[at], rest, new, wrap)
        return items
    if isinstance(value, list) and value:
        value = value[0]
    members = dict(value) if isinstance(value, dict) else {}
    return members | {str(step): changed(members.get(str(step)), rest, new, wrap)}


def standing(value: Json, way: Way) -> Json:
    """What stands at a place."""
    for step in way:
        if isinstance(value, dict):
            value = value.get(str(step))
        elif isinstance(value, list) and isinstance(step, int) and -len(value) <= step < len(value):
            value = value[step]
        else:
            return None
    return value


def without(value: Json, step: Step) -> Json:
    """The value without a member, or an item."""
    if isinstance(value, dict):
        return {key: below for key, below in value.items() if key != str(step)}
    if isinstance(value, list) and isinstance(step, int) and -len(value) <= step < len(value):
        return [item for at, item in enumerate(value) if at != step % len(value)]
    return value


def reached(payload: Json, field: str) -> Json:
    """What stands in a payload at a flow's field."""
    name, _, rest = field.partition(".")
    if name == "*" or not field:
        return payload
    lists = len(name) - len(name.rstrip("[]"))
    value = payload.get(name.rstrip("[]")) if isinstance(payload, dict) else None
    return _items(value, lists // 2, lambda item: reached(item, rest))


def _items(value: Json, lists: int, below: Callable[[Json], Json]) -> Json:
    if not lists:
        return below(value)
    return [_items(item, lists - 1, below) for item in value] if isinstance(value, list) else None
