"""Random paths on random values: the generated code, the plain reader and jsonpath-ng find the same."""

import json
import os

from atpath.compiler import find, find_paths
from atpath.compiler.paths import iregexp, prelude
from atpath.compiler.paths.dialect import to_jsonpath_ng
from atpath.compiler.paths.emit import emit_query
from atpath.compiler.paths.plain import select
from atpath.dsl.format_path import format_path
from hypothesis import HealthCheck, given, settings
from jsonpath_ng.ext import parse as parse_jsonpath_ng
from strategies.paths import paths, values

EXAMPLES = int(os.environ.get("ATPATH_PATH_EXAMPLES", "150"))
many = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))


@many
@given(paths(("$", "$$"), dotted=True), values, values)
def test_generated_is_plain(path, value, event):
    namespace = {"re": __import__("re"), **vars(prelude), **vars(iregexp)}
    text = "\n".join(emit_query(path, "query"))
    exec(text, namespace)
    assert json.dumps(namespace["query"](value, event)) == json.dumps(select(path, value, event)), text


@many
@given(paths(functions=False, depth=1), values)
def test_jsonpath_ng_where_it_agrees(path, value):
    text = to_jsonpath_ng(path)
    if text is not None:
        found = [match.value for match in parse_jsonpath_ng(text).find(value)]
        assert json.dumps(found) == json.dumps(select(path, value, value)), text


@many
@given(paths(), values)
def test_each_normalised_path_leads_to_its_match(path, value):
    text = format_path(path)
    places = find_paths(text, value)
    assert json.dumps([find(place, value) for place in places]) == json.dumps([[v] for v in find(text, value)])
