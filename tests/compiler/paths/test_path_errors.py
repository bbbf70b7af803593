"""What is said of paths that do not parse: one screen, a line for each."""

import pytest
from atpath.compiler import MappingError, find

BAD = r"""
a.b
.a
@.a
$a
$.
$.a.
$..
$.a...b
$.a.[0]
$.'a b'
$.a*
$.a?
$.a()
$.a[*]b
$.a b
$.a-b
$.items.0
$.a[
$.a[0
$.a[]
$.a[b]
$.a['b',]
$.a[01]
$.a[1.5]
$.a[1:2:3:4]
$.a[(@.length-1)]
$['a
$['\x']
$.a[?]
$.a[?1]
$.a[?@.b
$.a[?(@.b == 1]
$.a[?@.b == ]
$.a[?@.b = 1]
$.a[?@.b === 1]
$.a[?@.b <> 1]
$.a[?@.b =~ 'x']
$.a[?@.b and @.c]
$.a[?@.b or @.c]
$.a[?not @.b]
$.a[?@.b in ['x']]
$.a[?@.b == True]
$.a[?b == 1]
$.a[?@.b == {}]
$.a[?@.b == 'x]
$.a[?!@.b == 1]
$.a[?@.* == 1]
$.a[?length(@.b)]
$.a[?length (@.b) > 1]
$.a[?count((@.*)) > 1]
$.a[?size(@.b) > 1]
$.a[?match(@.b)]
$.a[?match(@.b, 'x') == true]
$$.a
""".strip().splitlines()


def test_the_screen(golden):
    lines = []
    for path in ["", " $.a", *BAD]:
        with pytest.raises(MappingError) as caught:
            find(path, None)
        (diagnostic,) = caught.value.diagnostics
        span = diagnostic.span
        lines += [path, " " * span.start + "^" * max(span.end - span.start, 1)]
        lines += [f"{diagnostic.code}: {diagnostic.message}" + (f" ({diagnostic.hint})" if diagnostic.hint else ""), ""]
    golden("paths/errors.want.txt", "\n".join(lines))


@pytest.mark.parametrize(
    "path", ["$" + "." * 100_000, "$" + "[" * 60 + " " * 100_000, "a" * 150_000, "$['" + "'" * 99_999]
)
def test_a_long_text_is_refused_in_short_words(path):
    with pytest.raises(MappingError) as caught:
        find(path, None)
    (diagnostic,) = caught.value.diagnostics
    assert len(diagnostic.message) + len(diagnostic.hint) < 400
