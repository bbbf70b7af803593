"""What generated events should reach: trigger outcomes, near misses, and every arm of every row, as formulas."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from ..compiler import ir
from ..compiler.exchange import write_trigger
from ..compiler.loader import Destination
from ..compiler.lower import lower
from ..compiler.triggers.clean import formula_of_test, place_of
from ..compiler.triggers.formula import (
    NEVER,
    All,
    Any,
    AnyAtom,
    Atom,
    Formula,
    IsKind,
    Not,
    Opaque,
    Place,
    Same,
    atoms_of,
    distinct,
)
from ..compiler.triggers.fql import formula_of_fql
from ..dsl.exchange.write import CannotSay
from ..dsl.source import Span
from .cases import null_formula

TargetKind: TypeAlias = Literal["match", "miss", "arm"]
DEEPEST = 3  # shapes within shapes


@dataclass(frozen=True, slots=True)
class Target:
    """Something an event can do to a mapping.

    Shape:  action: its key; row: "" for the trigger's; part: the span of the condition or expression; which: the arm's
            word, such as "arm 2", "then", "many items", "true"; text: all of it in words
    """

    kind: TargetKind
    action: str
    row: str
    part: Span | None
    which: str
    text: str


@dataclass(frozen=True, slots=True)
class Goal:
    """A target with what must hold: of the event, and of one item of each list on the way, from the outside in."""

    target: Target
    event: tuple[Formula, ...]
    items: "tuple[ItemGoal, ...]" = ()


@dataclass(frozen=True, slots=True)
class ItemGoal:
    """An item of the list at `way` of what lies around it, `count` times, and what must hold of it."""

    way: Place
    formulas: tuple[Formula, ...]
    count: int = 1


def trigger_formulas(destination: Destination) -> dict[str, Formula]:
    """Each action's trigger as it is run: Segment's reading where the mapping says so."""
    if destination.program is not None:
        return {build.key: formula_of_test(build.trigger) for build in lower(destination.resolved).builds}
    found: dict[str, Formula] = {}
    for action in destination.resolved.actions:
        try:
            text = "" if action.when is None else write_trigger(action.when)
        except CannotSay:  # `when never`
            text = ""
        found[action.key] = formula_of_fql(text) if text else NEVER
    return found


def near_miss(formula: Formula, atom: AnyAtom) -> Formula:
    """When the formula fails, and would hold if this one atom were answered otherwise."""
    return All((Not(formula), _flipped(formula, atom)))


def _flipped(formula: Formula, atom: AnyAtom) -> Formula:
    match formula:
        case Atom() | Opaque() | Same():
            return Not(formula) if formula == atom else formula
        case Not(term):
            return Not(_flipped(term, atom))
        case All(terms):
            return All(tuple(_flipped(term, atom) for term in terms))
        case Any(terms):
            return Any(tuple(_flipped(term, atom) for term in terms))


def atoms_in(formula: Formula) -> tuple[AnyAtom, ...]:
    """The atoms that a near miss can hang on, each once."""
    return distinct(atoms_of(formula))


def goals_of(destination: Destination) -> Iterator[Goal]:
    """Every arm of every row of every action; triggers are not among the conditions."""
    program = lower(destination.resolved)
    for build in program.builds:
        for record in build.record.fields:
            if record.value is not None:
                walk = _Walk(program, build.key, record.row)
                scope = _Scope()
                if build.items is not None:
                    way = place_of(build.items)
                    if way is None:
                        continue
                    scope = scope.into(way, build.var)
                yield from walk.value(record.value, scope, 0)


@dataclass(frozen=True, slots=True)
class _Scope:
    """Conditions on the event and on the items around the place that is looked at; `var` reads the innermost item."""

    formulas: tuple[tuple[Formula, ...], ...] = ((),)
    ways: tuple[Place, ...] = ()
    vars: tuple[int, ...] = (ir.EVENT,)

    def into(self, way: Place, var: int) -> "_Scope":
        return _Scope((*self.formulas, ()), (*self.ways, way), (*self.vars, var))

    def given(self, formula: Formula, level: int) -> "_Scope":
        mine = (*self.formulas[level], formula)
        return replace(self, formulas=(*self.formulas[:level], mine, *self.formulas[level + 1 :]))

    def goal(self, target: Target, count: int = 1) -> Goal:
        last = len(self.ways) - 1
        items = tuple(ItemGoal(way, self.formulas[i + 1], count if i == last else 1) for i, way in enumerate(self.ways))
        return Goal(target, self.formulas[0], items)


@dataclass(slots=True)
class _Walk:
    program: ir.Program
    action: str
    row: str

    def target(self, node: ir.Ir, which: str) -> Target:
        return Target("arm", self.action, self.row, node.span, which, f"{self.row}: {which}")

    def level(self, part: ir.Ir, scope: _Scope) -> int:
        """Which of the scope's values a condition reads: the innermost that it mentions."""
        read = {n.var for n in ir.below(part) if isinstance(n, ir.Read | ir.Select | ir.Raw | ir.ShapeCall)}
        levels = [i for i, var in enumerate(scope.vars) if var in read and var != ir.EVENT]
        return max(levels, default=0)

    def null(self, value: ir.Value, scope: _Scope, skip: bool) -> tuple[Formula, int]:
        level = self.level(value, scope)
        if isinstance(value, ir.Read) and not value.steps:  # the event itself is there; an item may be null
            return (NEVER if value.var == ir.EVENT else Opaque(("null", skip, value))), level
        return null_formula(value, scope.vars[level], skip), level

    def value(self, value: ir.Value, scope: _Scope, depth: int) -> Iterator[Goal]:
        match value:
            case ir.FirstOf(arms, skip):
                yield from self._first(value, arms, skip, scope, depth)
            case ir.Choose(test, then, otherwise):
                level = self.level(test, scope)
                formula = formula_of_test(test, scope.vars[level])
                held, failed = scope.given(formula, level), scope.given(Not(formula), level)
                yield held.goal(self.target(value, "then"))
                yield failed.goal(self.target(value, "else"))
                yield from self.value(then, held, depth)
                if otherwise is not None:
                    yield from self.value(otherwise, failed, depth)
            case ir.MapEach(items, var, body):
                yield from self._each(value, items, var, body, scope, depth)
            case ir.Bind(bound, var, body):
                yield from self.value(bound, scope, depth)
                bound = first_read(bound)
                if isinstance(bound, ir.Read):
                    formula, level = self.null(bound, scope, False)
                    inner = substituted(body, var, bound)
                    yield from self.value(inner, scope.given(Not(formula), level), depth)
            case ir.ShapeCall(name, var):
                yield from self._shape(name, var, scope, depth)
            case _:
                for part in _values_in(value):
                    yield from self.value(part, scope, depth)

    def _first(
        self, value: ir.Value, arms: tuple[ir.Value, ...], skip: bool, scope: _Scope, depth: int
    ) -> Iterator[Goal]:
        for number, arm in enumerate(arms, 1):
            null, level = self.null(arm, scope, skip)
            taken = scope if null == NEVER else scope.given(Not(null), level)
            yield taken.goal(self.target(value, f"arm {number}"))
            yield from self.value(arm, scope, depth)
            scope = scope.given(null, level)

    def _each(
        self, value: ir.Value, items: ir.Value, var: int, body: ir.Value, scope: _Scope, depth: int
    ) -> Iterator[Goal]:
        yield from self.value(items, scope, depth)
        items = first_read(items)
        level = self.level(items, scope)
        way = place_of(items, scope.vars[level])
        if way is None or level != len(scope.vars) - 1:
            for which in ("no items", "items"):
                yield scope.given(Opaque((value, which)), level).goal(self.target(value, which))
            return
        held = Any((Atom(way, IsKind("list")), Atom(way, IsKind("object"))))
        yield scope.given(Not(held), level).goal(self.target(value, "no items"))
        inner = scope.into(way, var)
        yield inner.goal(self.target(value, "items"), 2)
        yield from self.value(body, inner, depth)

    def _shape(self, name: str, var: int, scope: _Scope, depth: int) -> Iterator[Goal]:
        shape = next((s for s in self.program.shapes if s[0] == name), None)
        if shape is None or depth >= DEEPEST:
            return
        for record in shape[2].fields:
            if record.value is not None:
                yield from self.value(_moved(record.value, shape[1], var), scope, depth + 1)


def _values_in(value: ir.Value) -> Sequence[ir.Value]:
    match value:
        case ir.MakeObject(members):
            return [member for _, member in members]
        case ir.MakeList(items):
            return items
        case ir.Apply(_, arguments):
            return arguments
        case ir.Lookup(inner, _, otherwise):
            return [inner] if otherwise is None else [inner, otherwise]
        case _:
            return ()


def first_read(value: ir.Value) -> ir.Value:
    """Where one may look for what stands behind a value: a chain's first arm, what was merged in last."""
    match value:
        case ir.FirstOf((first, *_)) | ir.Apply("omit" | "pick" | "drop_null", (first, *_)):
            return first_read(first)
        case ir.Apply("merge", (*_, last)):
            return first_read(last)
        case _:
            return value


def with_first_reads(program: ir.Program) -> ir.Program:
    """A program in which whatever is bound or gone over is the first arm of its fallbacks."""
    return ir.rewritten(program, with_first_read)


def with_first_read(node: ir.Ir) -> ir.Ir:
    """The same of one part: what it binds or goes over."""
    match node:
        case ir.Bind(value):
            return replace(node, value=first_read(value))
        case ir.MapEach(items):
            return replace(node, items=first_read(items))
        case _:
            return node


def substituted(value: ir.Value, var: int, read: ir.Read) -> ir.Value:
    """The value with what reads from `var` reading from the place that it was bound to."""
    return _moved(value, var, read.var, read.steps)


def _moved(value: ir.Value, old: int, new: int, steps: tuple[ir.Step, ...] = ()) -> ir.Value:
    """The value with what reads from one variable reading from another, there below these steps."""

    def change(node: ir.Ir) -> ir.Ir:
        match node:
            case ir.Read(var, below) if var == old:
                return ir.Read(new, (*steps, *below), span=node.span)
            case ir.Select(var) | ir.Raw(var) | ir.ShapeCall(var=var) if var == old and not steps:
                return replace(node, var=new)
            case _:
                return node

    return ir.rewritten(value, change)
