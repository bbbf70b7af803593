"""Mapping texts that mean something, over few names, and events over the same names, so that paths meet values."""

import json

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

NAMES = ("a", "b", "c", "type", "0")
TEXTS = ("", "a", "12", "1.5", "true", "2024-01-01", "2024-01-01T10:00:00Z", "A b", "x@y", "http://x", "é", "null")
NUMBERS = (0, 1, -1, 12, 1.5, 1.0, 1e21, 1700000000, 2**60)

scalars = st.none() | st.booleans() | st.sampled_from(NUMBERS) | st.sampled_from(TEXTS)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=10,
)
events = st.dictionaries(st.sampled_from((*NAMES, "properties", "traits")), values, max_size=6)

literals = scalars.map(json.dumps)
_steps = st.sampled_from((".a", ".b", ".c", ".type", "[0]", "[-1]", ".0", '["a"]'))
_many = st.sampled_from((".a[*]", "..a", ".a[0:2]", "[?@.a == 1]", ".b[?@.a || @.b].a", "['a','b']"))


@st.composite
def paths(draw: st.DrawFn) -> str:
    """A path, mostly of names and indexes."""
    root = draw(st.sampled_from(("$", "$", "$", "$$")))
    steps = draw(st.lists(_steps, max_size=3))
    tail = draw(_many) if draw(st.integers(0, 5)) == 0 else ""
    text = root + "".join(steps) + tail
    return text if len(text) > len(root) or root == "$" else "$.a"


def _calls(inner: SearchStrategy[str]) -> SearchStrategy[str]:
    one = st.sampled_from(
        ("lower", "upper", "trim", "count", "first", "to_json", "from_json", "drop_null", "number", "integer", "text",
         "round", "sum", "epoch", "sha256", "md5")
    )  # fmt: skip
    return st.one_of(
        st.builds("{}({})".format, one, inner),
        st.builds(
            "{}({}, {})".format, st.sampled_from(("add", "subtract", "multiply", "divide", "merge")), inner, inner
        ),
        st.builds('{}({}, "a", "b")'.format, st.sampled_from(("omit", "pick")), inner),
        st.builds("first_present({}, {}, {})".format, inner, inner, inner),
        st.builds('replace({}, "a", "X", ignorecase: {})'.format, inner, st.sampled_from(("true", "false"))),
        st.builds('split({}, "{}")'.format, inner, st.sampled_from(("", " ", "a"))),
        st.builds('join({}, ",")'.format, inner),
        st.builds("slice({}, {}, {})".format, inner, st.integers(-3, 3), st.integers(-3, 3)),
        st.builds('flatten({}, "."{})'.format, inner, st.sampled_from(("", ", omit_arrays: true"))),
        st.builds('epoch({}, unit: "{}")'.format, inner, st.sampled_from(("s", "ms", "us"))),
        st.builds('date({}, "YYYY-MM-DD HH:mm:ss.SSS")'.format, inner),
        st.builds('merge({}, {}, direction: "left")'.format, inner, inner),
        st.builds("lookup({}, Codes)".format, inner),
        st.builds('lookup({}, Codes, else: "other")'.format, inner),
        st.just("now()"),
        st.just("settings.region"),
        st.just("named"),
        st.just("settings.unset"),
    )


@st.composite
def operands(draw: st.DrawFn) -> str:
    """A side of a comparison."""
    kind = draw(st.integers(0, 3))
    if kind == 0:
        return draw(st.sampled_from(("a", "type", "properties.a", "a.0.b")))
    if kind == 1:
        return draw(literals)
    return draw(paths()) if kind == 2 else f"count({draw(paths())})"


@st.composite
def conditions(draw: st.DrawFn, depth: int = 2) -> str:
    """A condition of a trigger or an `if`."""
    kind = draw(st.integers(0, 7 if depth else 4))
    if kind <= 1:
        return f"{draw(operands())} {draw(st.sampled_from(('=', '!=', '<', '<=', '>', '>=')))} {draw(operands())}"
    if kind == 2:
        return f"{draw(st.sampled_from(('exists', 'present')))}({draw(paths())})"
    if kind == 3:
        return draw(st.sampled_from(('contains(a, "a")', 'match(a, "a*")', '!match(b, "*b")', "match(a, $.b)")))
    if kind == 4:
        return f'{draw(operands())} in ({draw(literals)}, "a", 1)'
    if kind == 5:
        return f"not ({draw(conditions(depth - 1))})"
    word = " and " if kind == 6 else " or "
    return word.join(f"({draw(conditions(depth - 1))})" for _ in range(draw(st.integers(2, 3))))


def _larger(inner: SearchStrategy[str]) -> SearchStrategy[str]:
    bodies = inner | st.just("Thing")
    return st.one_of(
        _calls(inner),
        st.builds("({} ?? {})".format, inner, inner),
        st.builds("({} ?? {} ?? {})".format, inner, inner, inner),
        st.builds("(if {} then {} else {})".format, conditions(), inner, inner),
        st.builds("(if {} then {})".format, conditions(), inner),
        st.builds("(each ({}) -> {})".format, inner, bodies),
        st.builds("(({}) -> {})".format, inner, bodies),
        st.builds("{{x: {}, y: {}}}".format, inner, inner),
        st.builds("[{}, {}]".format, inner, inner),
    )


expressions = st.recursive(
    paths() | literals | st.sampled_from(('"{{a}} and {{b.a}}"', '"{{$$.a}}{{[0]}}"')), _larger, max_leaves=5
)

types = st.sampled_from(
    ("string", "number", "integer", "boolean", "datetime", "date", "email", "uri", "object", "array", "any",
     "string(3)",
     "number(0..10)", "integer(..5)", '"a" or "12"', "1 or true", "string[]", "number[]", "object[]", "string(2)[]",
     '("a" or "b")[]', "Typed", "Typed[]", "Closed", "string(2..4)")
)  # fmt: skip
modifiers = st.sampled_from(
    ("", "", "", " required", " nullable", " required nullable", ' required if f0 = "a"', " required if exists(f1)")
)

COMMON = """
settings
| name   | type   | default |
| ------ | ------ | ------- |
| region | string | "US"    |
| unset  | string |         |

let named = $.a ?? $$.b

table Codes
| from         | to    |
| ------------ | ----- |
| "a", true    | "A"   |
| 1, null      | 2     |
| "12"         | null  |

shape Thing
| field | type     | source  |
| ----- | -------- | ------- |
| t     | string   | $.a     |
| u.v   | any      | $$.type |
| w     | integer  | count($) |

shape Strict
| field | type            | source |
| ----- | --------------- | ------ |
| a     | string required | $.a    |
| b     | any             | $.b    |

shape Typed
| field | type            |
| ----- | --------------- |
| a     | string required |
| b     | number nullable |

shape Closed closed
| field | type   |
| ----- | ------ |
| a     | string |
"""


@st.composite
def mappings(draw: st.DrawFn) -> str:
    """A whole mapping file with one action."""
    when = f"when {draw(conditions())}\n" if draw(st.booleans()) else ""
    items = draw(st.sampled_from(("{}", "{}", "each {} -> Strict"))).format(draw(paths()))
    each = f"for each {items}\n" if draw(st.integers(0, 3)) == 0 else ""
    names = [f"f{i}" for i in range(draw(st.integers(1, 4)))]
    extra = draw(st.sampled_from(([], ["o.p"], ["o", "o.p", "o.q.r"], ["*"], ["f9.x", "f9.y"])))
    rows: list[str] = []
    for name in (*names, *extra):
        kind = draw(types) + draw(modifiers) if name not in ("*", "o") else "object"
        source = draw(expressions).replace("|", "\\|")
        rows.append(f"| {name} | {kind} | {source} |")
    table = "\n".join(("| field | type | source |", "| --- | --- | --- |", *rows))
    return f"destination d\n{COMMON}\naction act\n{when}{each}{table}\n"
