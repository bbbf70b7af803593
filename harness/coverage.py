"""What events reach of a mapping: rows, arms, and the trigger's atoms, each seen deciding both ways."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from ..compiler.destination import Destination
from ..compiler.prelude import NOTHING, Run
from ..compiler.reference import Reference
from ..compiler.resolved import Resolved, ResolvedAction
from ..dsl import nodes as n
from ..dsl.source import NOWHERE, Span
from ..dsl.walk import walk
from .json_kinds import Json
from .whole import fixed_clock

Event: TypeAlias = dict[str, Json]


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that events may reach.

    Shape:  kind: "row", "arm" or "atom"; action: its key; row: the field's name, "" for a trigger's atom;
            which: "value"; "arm 2", "then", "else", "items", "no items"; "true", "false"
    """

    kind: str
    action: str
    row: str
    span: Span
    which: str


class Tracer(Reference):
    """The plain evaluator, keeping what it went through in `seen`."""

    def __init__(self, resolved: Resolved, run: Run) -> None:
        super().__init__(resolved, run)
        self.seen: set[tuple[str, Span, str]] = set()
        self.rows: set[tuple[str, str]] = set()
        self.action = ""

    def trace(self, event: Event) -> list[tuple[str, Json]]:
        """Run an event through every action whose trigger holds; rejections are results, other errors nothing."""
        for action in self.resolved.actions:
            self._atoms(action, event)
        try:
            return self.route(event)
        except (ValueError, TypeError, ArithmeticError, RecursionError):
            return []  # `total` is the law that speaks of it

    def _atoms(self, action: ResolvedAction, event: Event) -> None:
        if action.when is None:
            self.seen.add((action.key, action.span, "true"))
            return
        leaves = list(leaves_of(action.when))
        answers = [self.holds(leaf, event, event, event) for leaf in leaves]
        whole = combined(action.when, iter(answers))
        self.seen.add((action.key, action.span, _word(whole)))
        for number, leaf in enumerate(leaves):
            flipped = [answer != (other == number) for other, answer in enumerate(answers)]
            if combined(action.when, iter(flipped)) != whole:
                self.seen.add((action.key, leaf.span, _word(answers[number])))

    def build(self, action: ResolvedAction, value: Json, event: Json) -> Json:
        self.action = action.key
        if self.resolved.semantics == "segment":
            return self._filled(action, value, event)
        return super().build(action, value, event)

    def _filled(self, action: ResolvedAction, value: Json, event: Json) -> Json:
        """Under Segment's semantics every row is filled before anything is judged."""
        for row in action.rows:
            given = self.value(row.source, value, event) if row.source is not None else NOTHING
            if given is not NOTHING and given is not None:
                self.rows.add((action.key, row.field.text))
        return {}

    def _field(self, kind: n.FieldType, given: Json, label: str) -> Json:
        fitted = super()._field(kind, given, label)
        if fitted is not NOTHING:
            self.rows.add((self.action, label))
        return fitted

    def _spread(self, payload: dict[str, Json], row: n.Row, given: Json, label: str) -> None:
        if isinstance(given, dict):
            self.rows.add((self.action, label))
        super()._spread(payload, row, given, label)

    def _see(self, expr: n.Node, which: str) -> None:
        self.seen.add((self.action, expr.span, which))

    def value(self, expr: n.Expr, value: Json, event: Json, bare: Json = None) -> Json:
        bare = event if bare is None else bare
        match expr:
            case n.Coalesce(arms):
                return self._first(expr, arms, value, event, bare)
            case n.Call("first_present", arms):
                return self._first(expr, arms, value, event, bare, skip=True)
            case n.If(condition, then, otherwise):
                held = self.holds(condition, value, event, event)
                self._see(expr, "then" if held else "else")
                chosen = then if held else otherwise
                return NOTHING if chosen is None else self.value(chosen, value, event, bare)
            case n.Each(items):
                source = Reference.value(self, items, value, event, bare)
                empty = not isinstance(source, list | dict) or source == []
                self._see(expr, "no items" if empty else "items")
                return super().value(expr, value, event, bare)
            case _:
                return super().value(expr, value, event, bare)

    def _first(
        self, expr: n.Expr, arms: tuple[n.Expr, ...], value: Json, event: Json, bare: Json, *, skip: bool = False
    ) -> Json:
        found = NOTHING
        for number, arm in enumerate(arms, 1):
            found = self.value(arm, value, event, bare)
            if found is not NOTHING and found is not None and not (skip and found == ""):
                self._see(expr, f"arm {number}")
                return found
        return NOTHING if skip else found


def _word(answer: bool) -> str:
    return "true" if answer else "false"


def leaves_of(condition: n.Condition) -> Iterator[n.Condition]:
    """A condition's atoms, in the order in which they stand."""
    match condition:
        case n.And(terms) | n.Or(terms):
            for term in terms:
                yield from leaves_of(term)
        case n.Not(term):
            yield from leaves_of(term)
        case _:
            yield condition


def combined(condition: n.Condition, answers: Iterator[bool]) -> bool:
    """A condition whose atoms have these answers."""
    match condition:
        case n.And(terms):
            held = [combined(term, answers) for term in terms]  # every one takes its answers
            return all(held)
        case n.Or(terms):
            held = [combined(term, answers) for term in terms]
            return any(held)
        case n.Not(term):
            return not combined(term, answers)
        case _:
            return next(answers)


def parts_of(resolved: Resolved) -> tuple[Part, ...]:
    """All that events may reach, in the mapping's order."""
    return tuple(dict.fromkeys(part for action in resolved.actions for part in _of_action(resolved, action)))


def _of_action(resolved: Resolved, action: ResolvedAction) -> Iterator[Part]:
    if action.when is not None and not isinstance(action.when, n.Constant):
        for leaf in leaves_of(action.when):
            yield Part("atom", action.key, "", leaf.span, "true")
            yield Part("atom", action.key, "", leaf.span, "false")
    if action.when is not None and isinstance(action.when, n.Constant) and not action.when.value:
        return  # only its presets run it
    for row in action.rows:
        if row.source is not None:
            yield Part("row", action.key, row.field.text, row.span, "value")
            for span, which in _arms(resolved, row.source, 0):
                yield Part("arm", action.key, row.field.text, span, which)


def _arms(resolved: Resolved, expr: n.Expr, depth: int) -> Iterator[tuple[Span, str]]:
    inner: Iterable[n.Expr] = ()
    match expr:
        case n.Coalesce(arms) | n.Call("first_present", arms):
            yield from ((expr.span, f"arm {number}") for number in range(1, len(arms) + 1))
            inner = arms
        case n.If(_, then, otherwise):
            yield from ((expr.span, "then"), (expr.span, "else"))
            inner = (then,) if otherwise is None else (then, otherwise)
        case n.Each(items, body):
            yield from ((expr.span, "items"), (expr.span, "no items"))
            inner = (items, body)
        case n.Pipe(value, body):
            inner = (value, body)
        case n.Call(_, arguments):
            inner = arguments
        case n.Object(members):
            inner = [member.value for member in members]
        case n.List(items):
            inner = items
        case n.Ref(name) if depth < 3:
            shape = resolved.shapes.get(name)
            let = resolved.lets.get(name)
            if let is not None:
                inner = (let.value,)
            elif shape is not None:
                inner = [row.source for row in shape.rows if row.source is not None]
            depth += 1
        case _:
            pass
    for part in inner:
        yield from _arms(resolved, part, depth)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was reached. `reached` is a part's share of `parts`."""

    parts: tuple[Part, ...]
    reached: frozenset[Part]

    @property
    def share(self) -> float:
        """0 to 1; 1 where there is nothing to be reached."""
        return len(self.reached) / len(self.parts) if self.parts else 1.0

    @property
    def missed(self) -> tuple[Part, ...]:
        """What was not reached, in the mapping's order."""
        return tuple(part for part in self.parts if part not in self.reached)

    def of_kind(self, kind: str) -> tuple[int, int]:
        """How many of a kind were reached, of how many."""
        mine = [part for part in self.parts if part.kind == kind]
        return sum(part in self.reached for part in mine), len(mine)


class CoverageMeter:
    """Collects what events reach of one mapping."""

    def __init__(self, destination: Destination) -> None:
        self.resolved = destination.resolved
        self.settings = destination.settings
        self.tracer = Tracer(self.resolved, Run(fixed_clock, self.settings))
        self.parts = parts_of(self.resolved)
        self._narrow: dict[tuple[str, str], Resolved] = {}

    def add(self, event: Event, settings: dict[str, Json] | None = None) -> None:
        """Count one event; an example's own settings hold for it alone."""
        self.tracer.run.settings = {**self.settings, **(settings or {})}
        self.tracer.trace(event)

    def reaches(self, event: Event, part: Part, settings: dict[str, Json] | None = None) -> bool:
        """True if one event reaches one part, under other settings if some are given.

        Only what the part hangs on is run.
        """
        place = (part.action, part.row)
        if place not in self._narrow:
            self._narrow[place] = with_row(self.resolved, *place)
        tracer = Tracer(self._narrow[place], Run(fixed_clock, {**self.settings, **(settings or {})}))
        tracer.trace(event)
        return _is_reached(tracer, part)

    def seen_by(self, event: Event) -> set[tuple[str, Span, str]]:
        """The arms and answers that one event takes: an action's key, the span, the arm's word."""
        tracer = Tracer(self.resolved, Run(fixed_clock, self.settings))
        tracer.trace(event)
        return tracer.seen

    def result(self) -> Coverage:
        """What was reached so far."""
        return Coverage(self.parts, frozenset(part for part in self.parts if _is_reached(self.tracer, part)))


def _is_reached(tracer: Tracer, part: Part) -> bool:
    if part.kind == "row":
        return (part.action, part.row) in tracer.rows or part.span == NOWHERE
    return (part.action, part.span, part.which) in tracer.seen


def with_row(resolved: Resolved, key: str, row: str) -> Resolved:
    """The mapping with one action, and of its rows that one and those that may reject the event before it."""
    kept: list[ResolvedAction] = []
    for action in resolved.actions:
        if action.key == key:
            wanted = [r for r in action.rows if r.field.text == row or _may_reject(r)]
            starts = {r.field.parts for r in wanted}
            below = tuple(r for r in action.rows if any(r.field.parts[: len(s)] == s for s in starts))
            kept.append(replace(action, rows=below))
    return replace(resolved, actions=tuple(kept))


def _may_reject(row: n.Row) -> bool:
    """True for a required row, and for one with a shape, which may require fields of its own."""
    if row.type is not None and row.type.required is True:
        return True
    return row.source is not None and any(isinstance(node, n.Ref) for node in walk(row.source))


def with_required(resolved: Resolved, key: str) -> Resolved:
    """The mapping with one action, and of its rows those that say whether it builds a payload."""
    (action,) = (action for action in resolved.actions if action.key == key)
    if any(row.type is not None and not isinstance(row.type.required, bool) for row in action.rows):
        return replace(resolved, actions=(action,))  # its condition may read any field
    return with_row(resolved, key, "")
