"""Random paths, and JSON values in which they find something."""

from functools import cache

from atpath.dsl import nodes as n
from hypothesis import strategies as st

NAMES = ("a", "b", "c d", "é", "it's", 'q"', "back\\slash", "0", "")
TEXTS = ("", "a", "b", "bc", "Zé", "it's", "a\nb", "1")
NUMBERS = (0, 1, -1, 2, 1.0, 0.5, -2.5, 10, 1e300)
PATTERNS = ("a", "b.*", "[a-z]+", "\\p{L}*", "a|b", ".", "(", "[^a]", "b?c{1,2}")

scalars = st.one_of(st.none(), st.booleans(), st.sampled_from(NUMBERS), st.sampled_from(TEXTS))
names = st.sampled_from(NAMES)
small = st.integers(-4, 4)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
    max_leaves=24,
)

_name = st.builds(n.NameSelector, names)
_index = st.builds(n.IndexSelector, small)
_ends = st.none() | small
_slice = st.builds(n.SliceSelector, _ends, _ends, _ends)
_wildcard = st.just(n.WildcardSelector())


@st.composite
def paths(draw, roots: tuple[str, ...] = ("$",), depth: int = 2, *, functions: bool = True, dotted: bool = False):
    """Any path; its filters hold filters down to `depth`."""
    return draw(_paths(roots, depth, functions, dotted))


@cache
def _paths(roots, depth, functions, dotted):
    selectors = [_name, _name, _index, _wildcard, _slice]
    if depth:
        selectors.append(st.builds(n.FilterSelector, _conditions(roots, depth - 1, functions)))
    one = st.tuples(st.one_of(selectors))
    segments = [st.builds(n.Segment, one), st.builds(n.Segment, one, st.booleans())]
    segments.append(st.builds(n.Segment, st.lists(st.one_of(selectors), min_size=2, max_size=3).map(tuple)))
    if dotted:
        segments.append(st.builds(n.Segment, st.tuples(st.builds(n.IndexSelector, st.integers(0, 2), st.just(True)))))
    return st.builds(n.Path, st.sampled_from(roots), st.lists(st.one_of(segments), max_size=4).map(tuple))


def _singular_paths(roots):
    segments = st.lists(st.builds(n.Segment, st.tuples(_name | _index)), max_size=3).map(tuple)
    return st.builds(n.Path, st.sampled_from(roots), segments)


@st.composite
def _conditions(draw, roots, depth, functions):
    return draw(_all_conditions(roots, depth, functions))


@cache
def _all_conditions(roots, depth, functions):
    inside = ("@", "@", *roots)
    some = _paths(inside, depth, functions, False)
    one = _singular_paths(inside)
    value = one | one | st.builds(n.FilterLiteral, scalars)
    tests = [some]
    if functions:
        calls = st.builds(n.FilterCall, st.sampled_from(("count", "value")), st.tuples(some))
        value = value | calls | st.builds(n.FilterCall, st.just("length"), st.tuples(value | calls))
        pattern = st.sampled_from(PATTERNS).map(n.FilterLiteral) | value
        tests.append(st.builds(n.FilterCall, st.sampled_from(("match", "search")), st.tuples(value, pattern)))
    tests.append(st.builds(n.FilterCompare, value, st.sampled_from(("==", "!=", "<", "<=", ">", ">=")), value))
    return st.recursive(
        st.one_of(tests),
        lambda inner: st.one_of(
            st.builds(n.FilterNot, inner),
            st.builds(n.FilterAnd, st.lists(inner, min_size=2, max_size=3).map(tuple)),
            st.builds(n.FilterOr, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        ),
        max_leaves=4,
    )
