"""A path as a Python function: a loop for what can match more than once, a condition for each filter."""

from typing import assert_never

from ...dsl.nodes import (
    FilterAnd,
    FilterCall,
    FilterCompare,
    FilterExpr,
    FilterLiteral,
    FilterNot,
    FilterOr,
    FilterSelector,
    IndexSelector,
    NameSelector,
    Path,
    Segment,
    Selector,
    SliceSelector,
    WildcardSelector,
)
from .compare import MIRRORED, compare_literal, compare_literals, compare_values
from .iregexp import compile_iregexp, regexp_matches, regexp_searches
from .look_up import LookUp, Step, look_up
from .writer import Lines, Query, alone, either, missing

_SEGMENTS_IN_A_NEST = 6  # Python refuses more than 20 nested loops: a longer path goes on from a list


def emit_query(path: Path, name: str) -> tuple[str, ...]:
    """The lines of `def name(value, event)`, which returns the list of a path's matches.

    Shape:  lines for the top level of a module: patterns called `{name}_pattern1`, …, then the function.
            Their names: builtins, `re`, and the public names of prelude.py and iregexp.py
    """
    query = Query(name)
    body = _body(query, path.segments, _root(path), depth=1)
    return (*query.constants, f"def {name}(value, event):", *query.opening, *body)


def _root(path: Path) -> str:
    return "value" if path.root == "$" else "event"


# --- segments


def _body(query: Query, segments: tuple[Segment, ...], start: str, depth: int) -> list[str]:
    """The body of a function that returns the matches from the value called `start`."""
    lines = Lines(depth)
    lines.add("found = []")
    nests = _nests(segments)
    before = ""
    for number, nest in enumerate(nests, 1):
        sink = "found" if number == len(nests) else query.fresh("matches")
        if sink != "found":
            lines.add(f"{sink} = []")
        if before:
            start = query.fresh()
            lines.open(f"for {start} in {before}:")
        _nest(query, lines, nest, start, sink)
        lines.back(depth)
        before = sink
    lines.add("return found")
    return lines.text


def _nests(segments: tuple[Segment, ...]) -> list[tuple[Segment, ...]]:
    nests: list[list[Segment]] = [[]]
    plural = 0
    for segment in segments:
        plural += _step(segment) is None
        if plural > _SEGMENTS_IN_A_NEST:
            nests.append([])
            plural = 1
        nests[-1].append(segment)
    return [tuple(nest) for nest in nests]


def _step(segment: Segment) -> Step | None:
    """The selector of a segment that finds one value at most."""
    first = segment.selectors[0]
    plural = segment.descend or len(segment.selectors) > 1
    return first if isinstance(first, NameSelector | IndexSelector) and not plural else None


def _nest(query: Query, lines: Lines, segments: tuple[Segment, ...], here: str, sink: str) -> None:
    """Blocks inside blocks, the innermost of which appends a match to `sink`."""
    steps: list[Step] = []
    for number, segment in enumerate(segments, 1):
        step = _step(segment)
        if step is not None:
            steps.append(step)
            continue
        here = _find(query, lines, steps, here)
        steps = []
        if segment.descend:
            below = query.fresh()
            lines.open(f"for {below} in below({here}):")
            here = below
        if number == len(segments):
            return _gather(query, lines, segment.selectors, here, sink)
        if len(segment.selectors) == 1:
            here = _select(query, lines, segment.selectors[0], here)
        else:
            chosen = query.fresh("chosen")
            lines.add(f"{chosen} = []")
            _gather(query, lines, segment.selectors, here, chosen)
            here = query.fresh()
            lines.open(f"for {here} in {chosen}:")
    lines.add(f"{sink}.append({_find(query, lines, steps, here)})")
    return None


def _gather(query: Query, lines: Lines, selectors: tuple[Selector, ...], here: str, sink: str) -> None:
    """Adds what each selector chooses to a list, one selector after the other."""
    if len(selectors) > 1 or any(isinstance(s, SliceSelector) for s in selectors):
        here = _named(query, lines, here)
    depth = lines.depth
    if len(selectors) > 1:
        lines.back(depth)  # what the first one asks is not the others' condition
    for selector in selectors:
        if isinstance(selector, WildcardSelector):
            lines.add(f"{sink}.extend(children({here}))")
        elif isinstance(selector, SliceSelector):
            lines.open_if([f"isinstance({here}, list)"])
            lines.add(f"{sink}.extend({here}{_slice(selector)})")
        else:
            lines.add(f"{sink}.append({_select(query, lines, selector, here)})")
        lines.back(depth)


def _select(query: Query, lines: Lines, selector: Selector, here: str) -> str:
    """Opens the blocks that one selector needs; what it chose has the name that is returned."""
    match selector:
        case NameSelector() | IndexSelector():
            return _find(query, lines, [selector], here)
        case SliceSelector():
            here = _named(query, lines, here)
            lines.open_if([f"isinstance({here}, list)"])
            child = query.fresh()
            lines.open(f"for {child} in {here}{_slice(selector)}:")
            return child
        case WildcardSelector() | FilterSelector():
            child = query.fresh()
            lines.open(f"for {child} in children({here}):")
            if isinstance(selector, FilterSelector):
                lines.open_if(_conditions(query, selector.condition, child, lines.known))
            return child
        case _:
            assert_never(selector)


def _find(query: Query, lines: Lines, steps: list[Step], here: str) -> str:
    if not steps:
        return here
    found = look_up(tuple(steps), here, query.fresh)
    lines.open_if(found.tests)
    return found.text


def _named(query: Query, lines: Lines, text: str) -> str:
    if text.isidentifier():
        return text
    name = query.fresh()
    lines.add(f"{name} = {text}")
    return name


def _slice(selector: SliceSelector) -> str:
    if selector.step == 0:  # nothing (RFC 9535, 2.3.4.2.2); an error in Python
        return "[:0]"
    start, stop, step = ("" if n is None else str(n) for n in (selector.start, selector.stop, selector.step))
    return f"[{start}:{stop}{':' if step else ''}{step}]"


# --- filters. `known` is what holds already wherever the condition is asked.


def _conditions(query: Query, node: FilterExpr, item: str, known: frozenset[str]) -> tuple[str, ...]:
    """Python conditions all of which must hold for a filter's expression to hold of the child called `item`."""
    match node:
        case FilterAnd():
            conditions: tuple[str, ...] = ()
            for term in node.terms:
                conditions += _conditions(query, term, item, known.union(conditions))
            return conditions
        case FilterOr():
            return either([_conditions(query, term, item, known) for term in node.terms])
        case FilterNot():
            return (f"not ({alone(_conditions(query, node.term, item, known))})",)
        case FilterCompare():
            return missing(_compare(query, node, item, known), known)
        case FilterCall():
            return missing(_regexp(query, node, item, known), known)
        case Path():
            found = _value(query, node, item).present if node.singular else (_matches(query, node, item),)
            return missing(found, known)
        case FilterLiteral():
            raise TypeError("a literal is no test")  # the parser refuses it
        case _:
            assert_never(node)


def _compare(query: Query, node: FilterCompare, item: str, known: frozenset[str]) -> tuple[str, ...]:
    left, op, right = _folded(node.left), node.op, _folded(node.right)
    if isinstance(left, FilterLiteral):
        if isinstance(right, FilterLiteral):
            return (compare_literals(left.value, op, right.value),)
        left, op, right = right, MIRRORED[op], left
    if isinstance(right, FilterLiteral):
        value = _value(query, left, item, absent="" if right.value is None else "None")
        return compare_literal(value, op, right.value, known, query.fresh)
    return (compare_values(_argument(query, left, item, known), op, _argument(query, right, item, known)),)


def _folded(node: FilterExpr) -> FilterExpr:
    """The length of a text that is written out is a number."""
    match node:
        case FilterCall(name="length", arguments=(FilterLiteral(value=str() as text),)):
            return FilterLiteral(len(text))
        case _:
            return node


def _regexp(query: Query, call: FilterCall, item: str, known: frozenset[str]) -> tuple[str, ...]:
    text, pattern = call.arguments
    whole = call.name == "match"
    if not isinstance(pattern, FilterLiteral):
        function = "regexp_matches" if whole else "regexp_searches"
        arguments = f"{_argument(query, text, item, known)}, {_argument(query, pattern, item, known)}"
        return (f"{function}({arguments})",)
    if isinstance(text, FilterLiteral):
        return (str((regexp_matches if whole else regexp_searches)(text.value, pattern.value)),)
    compiled = compile_iregexp(pattern.value) if isinstance(pattern.value, str) else None
    if compiled is None:
        return ("False",)
    constant = f"{query.name}_{query.fresh('pattern')}"
    query.constants.append(f"{constant} = re.compile({compiled.pattern!r})")
    value = _value(query, text, item, absent="None")
    bound, name = value.bound(query.fresh)
    return (*value.tests, f"isinstance({bound}, str)", f"{constant}.{'fullmatch' if whole else 'search'}({name})")


def _argument(query: Query, node: FilterExpr, item: str, known: frozenset[str]) -> str:
    """An expression for a value or NOTHING."""
    return _value(query, _folded(node), item, absent="NOTHING").whole(known)


def _value(query: Query, node: FilterExpr, item: str, *, absent: str = "") -> LookUp:
    """How to get what can give one value: a singular path, or a function of values; `absent` as for look_up."""
    match node:
        case Path(root="@") if node.singular:
            return look_up(node.steps, item, query.fresh, absent=absent)
        case Path() if node.singular:
            return LookUp((), _root_value(query, node), soft=bool(node.segments))
        case FilterLiteral(value=value):
            return LookUp((), repr(value))
        case FilterCall(name="length", arguments=(argument,)):
            value = _value(query, argument, item, absent="None")
            bound, name = value.bound(query.fresh)
            return LookUp((*value.tests, f"isinstance({bound}, (str, list, dict))"), f"len({name})", number=True)
        case FilterCall(name="count", arguments=(Path() as path,)):
            return LookUp((), f"len({_matches(query, path, item)})", number=True)
        case FilterCall(name="value", arguments=(Path() as path,)):
            if path.singular:
                return _value(query, path, item, absent=absent)
            return LookUp((), f"only({_matches(query, path, item)})", soft=True)
        case _:
            raise TypeError(f"{type(node).__name__} gives no value")  # the parser refuses it


def _root_value(query: Query, path: Path) -> str:
    """The name of what a singular path from the root finds: no loop changes it, so it is looked up once."""
    root = _root(path)
    if not path.segments:
        return root
    key = repr(path)
    if key not in query.computed:
        found = look_up(path.steps, root, query.fresh, absent="NOTHING")
        query.computed[key] = query.fresh()
        query.opening.append(f"    {query.computed[key]} = {found.whole()}")
    return query.computed[key]


def _matches(query: Query, path: Path, item: str) -> str:
    """An expression for the list of a path's matches: a call of a function of its own."""
    key = repr(path.segments)
    if key not in query.computed:
        start = query.fresh()
        body = _body(query, path.segments, start, depth=2)
        query.computed[key] = query.fresh("select")
        query.opening += [f"    def {query.computed[key]}({start}):", *body, ""]
    call = f"{query.computed[key]}({item if path.root == '@' else _root(path)})"
    if path.root == "@":
        return call
    if call not in query.computed:
        query.computed[call] = query.fresh()
        query.opening.append(f"    {query.computed[call]} = {call}")
    return query.computed[call]
