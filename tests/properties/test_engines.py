"""The compiled code and the plain evaluator give the same, on mappings and events of every kind."""

import copy
import json

from atpath.compiler import Rejected, load_text
from atpath.compiler.loader import Destination
from atpath.compiler.prelude import Run
from atpath.compiler.reference import Reference
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from strategies import programs

NOW = "2024-01-01T00:00:00.000Z"


def outcome(results: list[tuple[str, object]]) -> str:
    """Results as one text: key order, number kinds and rejections included."""
    return json.dumps([(name, repr(r) if isinstance(r, Rejected) else r) for name, r in results])


def plain(destination: Destination) -> Reference:
    """The plain evaluator of the same mapping, with counts of its own."""
    return Reference(destination.resolved, Run(lambda: NOW, destination.settings))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(programs.mappings(), st.lists(programs.events, min_size=1, max_size=6))
def test_compiled_code_is_the_reference(text: str, events: list[dict[str, object]]) -> None:
    destination = load_text(text, now=lambda: NOW)
    reference = plain(destination)
    note(text)
    for event in events:
        before = copy.deepcopy(event)
        compiled = outcome(destination.route(event))
        assert compiled == outcome(reference.route(event)), destination.python
        assert json.dumps(event) == json.dumps(before), "the event was changed"
    assert destination.drops == reference.run.drops


@settings(max_examples=40, deadline=None)
@given(programs.mappings())
def test_two_compiles_give_the_same_bytes(text: str) -> None:
    assert load_text(text).python == load_text(text).python
