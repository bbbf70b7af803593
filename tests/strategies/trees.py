"""Syntax trees that a text could have been parsed to: expressions, conditions, types, paths, whole mappings."""

import json
from collections.abc import Callable
from functools import cache, partial, wraps
from typing import ParamSpec, TypeAlias, TypeVar

from atpath.dsl import nodes as n
from atpath.dsl.build import bare, wrong_bounds
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

T = TypeVar("T")
P = ParamSpec("P")
Larger: TypeAlias = Callable[[SearchStrategy[T]], SearchStrategy[T]]

KEYWORDS = frozenset(
    ("if", "then", "else", "each", "or", "and", "not", "in", "true", "false", "null", "never", "always", "required",
     "nullable", "closed", "of", "for", "settings", "nothing", "rejected")
)  # fmt: skip
COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
TYPES = (
    "string", "number", "integer", "boolean", "datetime", "date", "email", "uri", "object", "array", "any", "Item",
    "String",
)  # fmt: skip

# Characters that texts trip over, more often than chance would have them.
NASTY = "\"'\\|{}[]()$@#<>&;`*_~-.,: \t\r\u00a0\u2028é日🇺🇸"

_characters = st.sampled_from(NASTY) | st.characters(codec="utf-8")
texts = st.text(_characters, max_size=12)
lines = st.text(_characters, max_size=20).map(lambda text: "".join(c for c in text if c not in "\n\0").strip())
names = st.sampled_from(["a", "b", "user_id", "Item", "x-y"]) | st.from_regex(
    r"[A-Za-z_][A-Za-z0-9_-]{0,6}", fullmatch=True
).filter(lambda name: name not in KEYWORDS)
numbers = st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
scalars = st.none() | st.booleans() | numbers | texts
json_values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3), max_leaves=6
)
json_objects = st.dictionaries(texts, json_values, max_size=4)


def json_text(value: object) -> str:
    """JSON as the parser keeps it."""
    return json.dumps(value, ensure_ascii=False)


@st.composite
def _drawn(draw: st.DrawFn, make: Callable[[], SearchStrategy[T]]) -> T:
    return draw(make())


def quiet(make: Callable[P, SearchStrategy[T]]) -> Callable[P, SearchStrategy[T]]:
    """Strategies that print as a few words: hypothesis refuses to print large ones."""
    made = cache(make)
    return wraps(make)(lambda *args, **options: _drawn(partial(made, *args, **options)))


@st.composite
def grown(
    draw: st.DrawFn, leaves: SearchStrategy[T], larger: Callable[[SearchStrategy[T]], SearchStrategy[T]], depth: int
) -> T:
    """A leaf, or something larger made of ones that are less deep.

    Unlike `st.recursive` this prints as a short text, and never starts again because it grew too large.
    """
    if depth == 0 or draw(st.integers(0, 2)) == 0:
        return draw(leaves)
    return draw(larger(_grown(leaves, larger, depth - 1)))


_grown = cache(grown)

# --- paths

path_names = names | texts
indexes = st.integers(0, 9) | st.integers(-(2**53) + 1, 2**53 - 1)
_ends = st.none() | st.integers(-9, 9)


@cache
def _steps(*, singular: bool, filtered: bool) -> SearchStrategy[tuple[n.Segment, ...]]:
    name = path_names.map(n.NameSelector)
    index = indexes.map(n.IndexSelector)
    dotted = st.integers(0, 99).map(lambda i: n.IndexSelector(i, dotted=True))
    single = (name | index | dotted).map(lambda selector: n.Segment((selector,)))
    if singular:
        return st.lists(single, max_size=4).map(tuple)
    selector = name | index | st.just(n.WildcardSelector()) | st.builds(n.SliceSelector, _ends, _ends, _ends)
    if filtered:
        selector |= filters().map(n.FilterSelector)
    several = st.builds(n.Segment, st.lists(selector, min_size=1, max_size=3).map(tuple), st.booleans())
    return st.lists(single | several, max_size=4).map(tuple)


@quiet
def paths(
    roots: tuple[str, ...] = ("$", "$$"), *, singular: bool = False, filtered: bool = True
) -> SearchStrategy[n.Path]:
    """Paths under one of the roots; `filtered` ones may have filters, whose own paths have none."""
    return st.builds(n.Path, st.sampled_from(roots), _steps(singular=singular, filtered=filtered))


@quiet
def filters() -> SearchStrategy[n.FilterExpr]:
    """What stands after the `?` of a filter."""
    value = (
        scalars.map(n.FilterLiteral)
        | paths(("@", "$"), singular=True)
        | paths(("@",), singular=True).map(lambda p: n.FilterCall("length", (p,)))
        | paths(("@",), filtered=False).map(lambda p: n.FilterCall("count", (p,)))
    )
    term = (
        paths(("@", "$"), filtered=False)
        | st.builds(n.FilterCompare, value, st.sampled_from(("==", "!=", "<", "<=", ">", ">=")), value)
        | st.tuples(value, value).map(lambda pair: n.FilterCall("match", pair))
    )
    return _grown(term, _filtered, 2)


@quiet
def _filtered(inner: SearchStrategy[n.FilterExpr]) -> SearchStrategy[n.FilterExpr]:
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return inner.map(n.FilterNot) | several.map(n.FilterAnd) | several.map(n.FilterOr)


def _is_bare(path: n.Path) -> bool:
    return not (path.segments[0].selectors[0].name == "settings" and len(path.segments) == 2)  # type: ignore[union-attr]


@quiet
def bare_paths(min_size: int = 1) -> SearchStrategy[n.Path]:
    """Names of the event or the payload, as triggers and laws write them."""
    odd = texts.map(lambda text: "".join(c for c in text if c not in ".[]\n\0")).filter(
        lambda text: text and not (text.isascii() and text.isdigit())
    )
    step = (names | odd).map(n.NameSelector) | st.integers(0, 99).map(lambda i: n.IndexSelector(i, dotted=True))
    rest = st.lists(step.map(lambda s: n.Segment((s,))), min_size=min_size - 1, max_size=3)
    first = names.map(lambda name: n.Segment((n.NameSelector(name),)))
    return st.builds(lambda head, tail: n.Path("", (head, *tail)), first, rest)


# --- expressions and conditions


def _template(parts: list[str | n.Path]) -> n.Expr:
    joined: list[str | n.Path] = []
    for part in parts:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        elif part != "":
            joined.append(part)
    if any(isinstance(part, n.Path) for part in joined):
        return n.Template(tuple(joined))
    return n.Literal("".join(str(part) for part in joined))


_placeholders = paths(("$", "$$"), singular=True).filter(lambda p: p.root == "$$" or p.segments)
templates = st.lists(texts | _placeholders, max_size=5).map(_template)
literals = scalars.map(n.Literal)
directives = st.builds(
    lambda key, value, more: n.Directive(json_text({f"@{key}": value, **more})),
    st.sampled_from(("path", "if", "arrayPath", "template")), json_values, json_objects,
)  # fmt: skip

_leaves = paths() | literals | templates | names.map(n.Ref) | names.map(n.Setting) | directives | bare_paths(2)


def _coalesce(arms: list[n.Expr]) -> n.Coalesce:
    return n.Coalesce(tuple(a for arm in arms for a in (arm.arms if isinstance(arm, n.Coalesce) else (arm,))))


def _calls(inner: SearchStrategy[n.Expr]) -> SearchStrategy[n.Call]:
    options = st.lists(st.builds(n.Option, names, literals), max_size=2).map(tuple)
    return st.builds(n.Call, names, st.lists(inner, max_size=3).map(tuple), options)


def _objects(inner: SearchStrategy[n.Expr]) -> SearchStrategy[n.Object]:
    keys = (names | texts | st.sampled_from(sorted(KEYWORDS))).filter(lambda key: not key.startswith("@"))
    return st.dictionaries(keys, inner, max_size=3).map(
        lambda members: n.Object(tuple(n.Member(key, value) for key, value in members.items()))
    )


@quiet
def _larger(inner: SearchStrategy[n.Expr]) -> SearchStrategy[n.Expr]:
    return (
        _objects(inner)
        | st.lists(inner, max_size=3).map(lambda items: n.List(tuple(items)))
        | st.lists(inner, min_size=2, max_size=3).map(_coalesce)
        | st.builds(n.If, conditions(deep=False), inner, st.none() | inner)
        | st.builds(n.Each, inner, inner)
        | st.builds(n.Pipe, inner, inner)
        | _calls(inner)
    )


def _is_expr(node: n.Expr) -> bool:
    return not (isinstance(node, n.Path) and node.root == "") or _is_bare(node)


@quiet
def expressions() -> SearchStrategy[n.Expr]:
    """Whatever may stand in a source cell."""
    return _grown(_leaves.filter(_is_expr), _larger, 2)


@quiet
def operands() -> SearchStrategy[n.Expr]:
    """What a condition compares."""
    call = _calls(paths(singular=True) | literals | bare_paths(1).filter(_is_bare))
    return (paths() | literals | templates | bare_paths().filter(_is_bare) | names.map(n.Setting) | call).map(bare)


@quiet
def tests(*, deep: bool) -> SearchStrategy[n.Test]:
    """`contains`, `match`, `exists`, `present`; the last two of any expression where they are `deep`."""
    asked = expressions().map(bare) if deep else operands()
    two = st.builds(n.Test, st.sampled_from(("contains", "match")), st.tuples(operands(), operands()))
    one = st.builds(n.Test, st.sampled_from(("exists", "present")), st.tuples(asked))
    return two | one


def _flat(node: type[n.And] | type[n.Or], terms: list[n.Condition]) -> n.Condition:
    return node(tuple(t for term in terms for t in (term.terms if isinstance(term, node) else (term,))))


@quiet
def conditions(*, deep: bool = True) -> SearchStrategy[n.Condition]:
    """Triggers and laws; what `if` asks inside an expression is not `deep`."""
    term = (
        st.builds(n.Compare, operands(), st.sampled_from(COMPARISONS), operands())
        | st.builds(n.In, operands(), st.lists(literals, min_size=1, max_size=3).map(tuple))
        | tests(deep=deep)
        | st.booleans().map(n.Constant)
    )
    return _grown(term, _joined, 2)


@quiet
def _joined(inner: SearchStrategy[n.Condition]) -> SearchStrategy[n.Condition]:
    several = st.lists(inner, min_size=2, max_size=4)
    return (
        inner.map(n.Not)
        | several.map(lambda terms: _flat(n.And, terms))
        | several.map(lambda terms: _flat(n.Or, terms))
    )


# --- types


@quiet
def value_types() -> SearchStrategy[n.ValueType]:
    """Types of values."""
    bound = st.none() | st.integers(0, 2**40) | numbers
    named = st.builds(n.NamedType, st.sampled_from(TYPES) | names, bound, bound).filter(
        lambda kind: not wrong_bounds(kind.name, kind.low, kind.high)
    )
    literal = st.lists(scalars, min_size=1, max_size=3).map(lambda values: n.LiteralType(tuple(values)))
    return _grown(named | literal, lambda inner: inner.map(n.ListType), 2)


@quiet
def field_types() -> SearchStrategy[n.FieldType]:
    """Type cells."""
    required = st.booleans() | conditions()
    return st.builds(n.FieldType, value_types(), required, st.booleans())


# --- sections

comments = st.lists(lines.map(lambda text: f"#{text}".strip()), max_size=2).map(tuple)
extras = st.just("") | json_objects.map(json_text)
named = names.map(n.Named)
uses = st.lists(named, max_size=2).map(tuple)
field_names = st.lists(names | lines.filter(bool), min_size=1, max_size=3).map(
    lambda parts: n.FieldName(tuple(parts))
) | st.just(n.FieldName(("*",)))

_sources = st.none() | expressions()


def rows(sources: SearchStrategy[n.Expr | None]) -> SearchStrategy[tuple[n.Row, ...]]:
    """The rows of one table; no field is there twice."""
    row = st.builds(n.Row, field_names, st.none() | field_types(), sources, lines, extras, comments)
    return st.lists(row, max_size=3, unique_by=lambda row: row.field.text).map(tuple)


@quiet
def sections() -> SearchStrategy[n.Section]:
    """Every kind of section but the destination."""
    tail = {"comments": comments, "trailing": comments}
    setting = st.builds(n.SettingRow, names, field_types(), st.none() | literals | templates, lines, extras, comments)
    shape = st.builds(n.Shape, names, rows(_sources), st.booleans(), st.just(True), **tail) | st.builds(
        n.Shape, names, rows(st.none()), st.booleans(), st.just(False), **tail
    )
    lookup = st.builds(n.LookupRow, st.lists(literals, min_size=1, max_size=3).map(tuple), literals, comments)
    expect = (
        st.just(n.Expect(None))
        | st.builds(n.Expect, named, json_values.map(json_text))
        | st.builds(lambda action, code: n.Expect(action, rejected=code), named, st.sampled_from(("", "E201")))
    )
    return (
        st.builds(
            n.Settings, st.lists(setting, max_size=3, unique_by=lambda row: row.name).map(tuple), **tail
        )
        | st.builds(
            n.Action, names, texts, texts, texts, st.lists(names, max_size=2).map(tuple),
            st.none() | conditions(), st.none() | expressions(), uses, rows(_sources), extras, **tail,
        )
        | st.builds(n.Preset, texts, named, st.none() | conditions(), texts, uses, rows(_sources), extras, **tail)
        | st.builds(n.Rows, names, rows(_sources), **tail)
        | shape
        | st.builds(n.Let, names, expressions(), **tail)
        | st.builds(n.LookupTable, names, st.lists(lookup, max_size=3).map(tuple), **tail)
        | st.builds(n.Include, texts.filter(bool), **tail)
        | st.builds(
            n.Example, texts, json_values.map(json_text), st.lists(expect, min_size=1, max_size=2).map(tuple),
            extras, **tail,
        )
        | st.builds(n.Law, texts, st.none() | named, conditions(), **tail)
    )  # fmt: skip


_destinations = st.builds(
    n.Destination, names, texts, texts, extras, st.sampled_from(("", "segment")), comments=comments, trailing=comments
)


@quiet
def mappings() -> SearchStrategy[n.Mapping]:
    """Whole mapping files."""
    return st.builds(n.Mapping, _destinations, st.lists(sections(), max_size=4).map(tuple))
