"""Which places of the event reach which fields: read off the program, nothing is run."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from ..compiler import ir
from ..compiler.loader import Destination
from ..compiler.lower import lower
from ..dsl import nodes as n
from ..dsl.nodes import Json

How: TypeAlias = Literal["copy", "derived", "decides"]
Step: TypeAlias = str | int
Way: TypeAlias = tuple[Step, ...]

ANY_ITEM, ANY_DEPTH = "*", "**"
DEEPEST = 6  # shapes within shapes

# What comes out of these holds nothing of what goes in, or nothing that can be read back.
_DERIVED = ("count", "sha256", "md5", "epoch", "date", "add", "subtract", "multiply", "divide", "sum", "round")


@dataclass(frozen=True, slots=True)
class Origin:
    """A place of the event.

    Shape:  way: names and indexes; "*" is any item or member, "**" anything at any depth below
            how: "copy" it, or parts of it, stand in the field; "derived" something is made of it; "decides" it only
            says which value is taken
            without: names below the place that are left out
            mixed: the value has another form than the place, so that reading on in it may lead anywhere in the place
    """

    way: Way
    how: How = "copy"
    without: frozenset[str] = frozenset()
    mixed: bool = False

    @property
    def path(self) -> str:
        """The place as a path."""
        return "$" + "".join(_written(step) for step in self.way)


@dataclass(frozen=True, slots=True)
class Flow:
    """One place that reaches one field of one action (or of a preset, by its title)."""

    action: str
    field: str
    origin: Origin
    request: str


def lineage(destination: Destination) -> tuple[Flow, ...]:
    """Every flow of a mapping, each once: actions and fields in the mapping's order."""
    program = lower(destination.resolved)
    found: dict[Flow, None] = {}
    for build in program.builds:
        request = " ".join(destination.actions[build.key].deliver)
        walker = _Walker(program)
        env: Env = {ir.EVENT: _Bound((Origin(()),))}
        deciding = list(walker.deciding(build.trigger, env))
        if build.items is not None:
            env[build.var] = walker.items(build.items, env)
        for name, origin in walker.record(build.record, env, ""):
            found[Flow(build.key, name, origin, request)] = None
        for origin in deciding:
            found[Flow(build.key, "", origin, request)] = None
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Bound:
    """What a variable holds: places, and (made in the mapping) an object's members by name."""

    origins: tuple[Origin, ...]
    members: "dict[str, _Bound] | None" = None

    def below(self, steps: Iterable[Step]) -> "_Bound":
        """What stands at these steps in it."""
        here = self
        for step in steps:
            if here.members is not None:
                here = here.members.get(str(step), _Bound(()))
            else:
                here = _Bound(tuple(o for origin in here.origins for o in _step(origin, step)))
        return here


Env: TypeAlias = dict[int, _Bound]


def _step(origin: Origin, step: Step) -> Iterator[Origin]:
    if origin.how != "copy" or origin.mixed:
        yield origin
    elif step not in origin.without:
        yield replace(origin, way=(*origin.way, step), without=frozenset())


@dataclass(slots=True)
class _Walker:
    program: ir.Program
    depth: int = field(default=0)

    def record(self, record: ir.Record, env: Env, prefix: str) -> Iterator[tuple[str, Origin]]:
        """The fields of a record with what reaches each."""
        for row in record.fields:
            if row.value is not None:
                name = prefix + (".".join(row.names) if row.names else n.SPREAD)
                yield from self.sinks(row.value, env, name)

    def sinks(self, value: ir.Value, env: Env, name: str) -> Iterator[tuple[str, Origin]]:
        """What reaches a field, and the fields of objects that are built inside it."""
        match value:
            case ir.MakeObject(members):
                for key, member in members:
                    yield from self.sinks(member, env, f"{name}.{key}")
            case ir.MapEach(items, var, body):
                yield from self.sinks(body, env | {var: self.items(items, env)}, f"{name}[]")
            case ir.Bind(inner, var, body):
                yield from self.sinks(body, env | {var: self.value(inner, env)}, name)
            case ir.ShapeCall(shape, var):
                yield from self._shape(shape, env[var], name)
            case ir.FirstOf(arms):
                for arm in arms:
                    yield from self.sinks(arm, env, name)
            case ir.Choose(test, then, otherwise):
                yield from ((name, origin) for origin in self.deciding(test, env))
                for arm in (then, otherwise):
                    if arm is not None:
                        yield from self.sinks(arm, env, name)
            case _:
                yield from ((name, origin) for origin in self.value(value, env).origins)

    def _shape(self, shape: str, bound: _Bound, name: str) -> Iterator[tuple[str, Origin]]:
        _, var, record = next(s for s in self.program.shapes if s[0] == shape)
        if self.depth >= DEEPEST:
            yield from ((name, origin) for origin in bound.origins)
            return
        self.depth += 1
        yield from self.record(record, {ir.EVENT: _Bound((Origin(()),)), var: bound}, f"{name}.")
        self.depth -= 1

    def items(self, items: ir.Value, env: Env) -> _Bound:
        """What an item is, of a list or of an object that stands for a list of one."""
        bound = self.value(items, env)
        if bound.members is not None:
            return bound
        inside = tuple(o for origin in bound.origins for o in _step(origin, ANY_ITEM))
        return _Bound(tuple(dict.fromkeys((*inside, *bound.origins))))

    def value(self, value: ir.Value, env: Env) -> _Bound:
        """What reaches a value."""
        match value:
            case ir.Read(var, steps):
                return env[var].below(s.name if isinstance(s, n.NameSelector) else s.index for s in steps)
            case ir.Select(var, path):
                return _selected(env[var], path)
            case ir.MakeObject(members):
                inner = {key: self.value(member, env) for key, member in members}
                return _Bound(tuple(o for bound in inner.values() for o in bound.origins), inner)
            case ir.ShapeCall() | ir.MapEach():
                return _mixed(_Bound(tuple(origin for _, origin in self.sinks(value, env, ""))))
            case ir.Bind(inner, var, body):
                return self.value(body, env | {var: self.value(inner, env)})
            case ir.Choose(test, then, otherwise):
                arms = [self.value(arm, env) for arm in (then, otherwise) if arm is not None]
                return _Bound((*self.deciding(test, env), *_all(arms)))
            case ir.Lookup(inner, _, otherwise):
                other = self.value(otherwise, env).origins if otherwise is not None else ()
                return _Bound((*_as(self.value(inner, env), "decides"), *other))
            case ir.Apply():
                return self._call(value, env)
            case ir.Raw(var, text):
                return _mixed(_Bound(tuple(_raw(env[var], json.loads(text)))))
            case ir.Concat(parts):
                return _Bound(_all(self.value(part, env) for part in parts if not isinstance(part, str)))
            case ir.FirstOf(arms):
                return _Bound(_all(self.value(arm, env) for arm in arms))
            case ir.MakeList(items):
                return _mixed(_Bound(_all(self.value(item, env) for item in items)))
            case ir.Const() | ir.Now() | ir.SettingValue():
                return _Bound(())

    def _call(self, call: ir.Apply, env: Env) -> _Bound:
        bounds = [self.value(argument, env) for argument in call.arguments]
        names = [a.value for a in call.arguments[1:] if isinstance(a, ir.Const) and isinstance(a.value, str)]
        match call.name:
            case "omit":
                without = frozenset(names)
                kept = None
                if bounds[0].members is not None:
                    kept = {name: bound for name, bound in bounds[0].members.items() if name not in without}
                origins = tuple(replace(o, without=o.without | without) for o in bounds[0].origins)
                return _Bound(_all(kept.values()), kept) if kept is not None else _Bound(origins)
            case "pick":
                picked = {name: bounds[0].below([name]) for name in names}
                return _Bound(_all(picked.values()), picked)
            case name if name in _DERIVED:
                return _Bound(tuple(o for bound in bounds for o in _as(bound, "derived")))
            case "merge" | "drop_null":
                return _Bound(_all(bounds))
            case _:
                return _mixed(_Bound(_all(bounds)))

    def deciding(self, test: ir.Test, env: Env) -> Iterator[Origin]:
        """The places that a condition looks at."""
        for node in ir.below(test):
            if isinstance(node, ir.Read | ir.Select) and node.var in env:
                yield from _as(self.value(node, env), "decides")


def _all(bounds: Iterable[_Bound]) -> tuple[Origin, ...]:
    return tuple(dict.fromkeys(origin for bound in bounds for origin in bound.origins))


def _mixed(bound: _Bound) -> _Bound:
    return _Bound(tuple(replace(origin, mixed=True) for origin in bound.origins))


def _as(bound: _Bound, how: How) -> tuple[Origin, ...]:
    weaker = {"copy": 0, "derived": 1, "decides": 2}
    return tuple(replace(o, how=max(o.how, how, key=lambda h: weaker[h])) for o in bound.origins)


def _selected(bound: _Bound, path: n.Path) -> _Bound:
    """The places that a path of several matches leads to."""
    ways: list[_Bound] = [bound]
    for segment in path.segments:
        steps = [_selector(selector) for selector in segment.selectors]
        if segment.descend:
            ways = [way.below([ANY_DEPTH]) for way in ways]
        else:
            ways = [way.below([step]) for way in ways for step in steps]
    return _Bound(_all(ways))


def _selector(selector: n.Selector) -> Step:
    match selector:
        case n.NameSelector(name):
            return name
        case n.IndexSelector(index):
            return index
        case _:
            return ANY_ITEM


def _raw(bound: _Bound, directive: Json) -> Iterator[Origin]:
    """What a raw directive reads: its paths and placeholders, or, with Liquid in it, all of the event."""
    text = json.dumps(directive)
    if '"@liquid"' in text:
        yield from bound.origins
    paths = re.findall(r'"@(?:path|arrayPath)": (?:\[)?"((?:[^"\\]|\\.)*)"', text)
    for path in (*paths, *re.findall(r"\{\{\{?\s*([^}]+?)\s*\}", text)):
        keys = [key for key in re.split(r"[.\[\]'\"]+", path.replace("$.", "", 1).replace("\\", "")) if key]
        yield from bound.below(int(key) if key.isdigit() else key for key in keys).origins


def _written(step: Step) -> str:
    if isinstance(step, int) or step == ANY_ITEM:
        return f"[{step}]"
    if step == ANY_DEPTH:
        return "..*"
    return f".{step}" if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", step) else f"[{json.dumps(step)}]"


# --- classes and rules


@dataclass(frozen=True, slots=True)
class Rule:
    """A class of data (places of the event) and the only fields that it may reach.

    Shape:  only: "field", "action.field", or "action.*"; none at all: it may reach nothing
            how: what counts as reaching: a copy alone, or what is made of it too
    """

    name: str
    places: tuple[Way, ...]
    only: tuple[str, ...]
    derived: bool = False


def violations(flows: Iterable[Flow], rules: Iterable[Rule]) -> list[tuple[Rule, Flow]]:
    """The flows that break a rule."""
    kinds = {False: ("copy",), True: ("copy", "derived")}
    return [
        (rule, flow)
        for flow in flows
        for rule in rules
        if flow.origin.how in kinds[rule.derived]
        and any(carries(flow.origin, place) for place in rule.places)
        and not any(_allows(pattern, flow) for pattern in rule.only)
    ]


def _allows(pattern: str, flow: Flow) -> bool:
    names = (flow.field, f"{flow.action}.{flow.field}")
    if pattern in names or pattern == f"{flow.action}.*":
        return True
    return any(name.startswith((f"{pattern}.", f"{pattern}[")) for name in names)


def _is_any(step: Step) -> bool:
    """A wildcard; or an index from the end, which is any index, as nobody knows how long a list is."""
    return step == ANY_ITEM or (isinstance(step, int) and step < 0)


def carries(origin: Origin, place: Way) -> bool:
    """True if what stands at `place` (or below it) can come along with the origin."""
    for at, step in enumerate(origin.way):
        if step == ANY_DEPTH or at >= len(place):
            return True
        there = place[at]
        if not (_is_any(step) or _is_any(there)) and str(step) != str(there):
            return False
    below = place[len(origin.way) :]
    return not below or str(below[0]) not in origin.without
