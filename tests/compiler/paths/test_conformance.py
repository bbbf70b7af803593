"""The JSONPath compliance suite, where a checkout has it beside it."""

import json

from atpath.compiler import MappingError, find, find_paths
from shared import shared


def _passes(test) -> bool:
    try:
        values = find(test["selector"], test.get("document"))
        places = find_paths(test["selector"], test.get("document"))
    except MappingError:
        return test.get("invalid_selector", False)
    if test.get("invalid_selector"):
        return False
    wanted_values = test["results"] if "results" in test else [test["result"]]
    wanted_places = test["results_paths"] if "results_paths" in test else [test["result_paths"]]
    return json.dumps(values) in map(json.dumps, wanted_values) and places in wanted_places


def test_rfc_9535(capsys):
    tests = json.loads(shared("conformance/rfc9535/cts.json").read_text("utf-8"))["tests"]
    failed = [test["name"] for test in tests if not _passes(test)]
    with capsys.disabled():
        print(f"\nRFC 9535: {len(tests) - len(failed)} of {len(tests)}")
    assert not failed
