"""What the decision procedure is held against: a plain evaluator, and every event of a small world."""

from collections.abc import Iterator
from itertools import product
from typing import Any

from atpath.dsl import nodes as n

NOTHING = object()


def holds(condition: n.Condition, event: dict[str, Any]) -> bool:
    match condition:
        case n.And(terms):
            return all(holds(term, event) for term in terms)
        case n.Or(terms):
            return any(holds(term, event) for term in terms)
        case n.Not(term):
            return not holds(term, event)
        case n.Constant(value):
            return value
        case n.In(value, choices):
            return any(same(read(value, event), choice.value) for choice in choices)
        case n.Compare(left, op, right):
            return compare(read(left, event), op, read(right, event))
        case n.Test(name, (path, *rest)):
            return test(name, read(path, event), *[part.value for part in rest])
    raise AssertionError(condition)


def read(expr: n.Expr, event: Any) -> Any:
    if isinstance(expr, n.Literal):
        return expr.value
    assert isinstance(expr, n.Path)
    value = event
    for step in expr.steps:
        key = step.name if isinstance(step, n.NameSelector) else step.index
        if isinstance(value, dict) and (isinstance(key, str) or step.dotted):
            value = value.get(str(key), NOTHING)
        elif isinstance(value, list) and isinstance(key, int) and key < len(value):
            value = value[key]
        else:
            return NOTHING
    return value


def same(left: Any, right: Any) -> bool:
    left, right = (None if value is NOTHING else value for value in (left, right))
    return isinstance(left, bool) == isinstance(right, bool) and left == right


def compare(left: Any, op: str, right: Any) -> bool:
    if op in ("=", "!="):
        return same(left, right) == (op == "=")
    numbers = all(isinstance(v, int | float) and not isinstance(v, bool) for v in (left, right))
    if not numbers and not (isinstance(left, str) and isinstance(right, str)):
        return False
    return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[op]


def test(name: str, value: Any, part: str = "") -> bool:
    if name in ("exists", "present"):
        return value is not NOTHING and value is not None and (name == "exists" or value != "")
    if not isinstance(value, str):
        return False
    if name == "contains":
        return part in value
    return value.startswith(part[:-1]) if part.endswith("*") else value.endswith(part[1:])


def every_event(places: list[tuple[Any, ...]], leaves: list[Any]) -> Iterator[dict[str, Any]]:
    """Every event whose values stand at the places or on the way to them."""
    tree: dict[Any, Any] = {}
    for place in places:
        node = tree
        for key in place:
            node = node.setdefault(key, {})
    for values in product(*[list(_values(below, leaves)) for below in tree.values()]):
        yield {key: value for key, value in zip(tree, values, strict=True) if value is not NOTHING}


def _values(tree: dict[Any, Any], leaves: list[Any]) -> Iterator[Any]:
    yield NOTHING
    yield from leaves
    names = {str(key): below for key, below in tree.items()}
    if names:
        for values in product(*[list(_values(below, leaves)) for below in names.values()]):
            event = {key: value for key, value in zip(names, values, strict=True) if value is not NOTHING}
            if event:
                yield event
    items = {key: below for key, below in tree.items() if isinstance(key, int)}
    for length in range(1, max(items, default=-1) + 2):
        each = [list(_values(items[i], leaves))[1:] if i in items else [None] for i in range(length)]
        yield from map(list, product(*each))


def leaf_paths(value: Any, path: tuple[Any, ...] = ()) -> dict[tuple[Any, ...], Any]:
    """Where the scalars, nulls and empty containers of a value stand."""
    if isinstance(value, dict | list) and (value or not path):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        return {p: leaf for key, below in pairs for p, leaf in leaf_paths(below, (*path, key)).items()}
    return {path: (type(value).__name__, value)}


def distance(left: Any, right: Any) -> int:
    """Leaves in which two events differ."""
    a, b = leaf_paths(left), leaf_paths(right)
    return sum(1 for path in a.keys() | b.keys() if (path in a, a.get(path)) != (path in b, b.get(path)))
