"""A mapping put to the test: what a failure shows, what is kept, what was reached."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from atpath.compiler import load_text
from atpath.compiler.loader import Destination
from atpath.harness.laws import LAWS
from atpath.harness.report import failure_screen, screen, to_json
from atpath.harness.report_html import page
from atpath.harness.report_values import differences
from atpath.harness.run import Options, Report, chosen_laws, test_mapping
from hypothesis.database import InMemoryExampleDatabase

NOW = "2024-01-01T00:00:00.000Z"
WRONG = """destination d "Birds"

action ring "Ring"
when type = "track" and event = "Rung"
| field    | type               | source                      |
| -------- | ------------------ | --------------------------- |
| event_id | string required    | $.messageId ?? "none"       |
| bird     | string             | $.properties.bird ?? $.name |
| weight   | number             | $.properties.weight         |

example "a robin"
given  {"type": "track", "event": "Rung", "messageId": "m1", "properties": {"bird": "robin"}}
expect ring {"event_id": "m1", "bird": "wren"}

law "no bird is lighter than air" for ring
weight = null or weight >= 0
"""
RIGHT = WRONG.replace(' ?? "none"', "").replace('"wren"', '"robin"').split("law ")[0]


def report(text: str, **options: object) -> Report:
    return test_mapping(load_text(text, "birds.map", now=lambda: NOW), Options(events=30, **options))  # type: ignore[arg-type]


def test_failures_on_a_screen(golden) -> None:
    found = report(WRONG)
    golden("harness/failures.txt", "\n".join(failure_screen(found, failure) for failure in found.failures))


def test_what_differs_between_two_values() -> None:
    one = {"a": 1, "b": {"c": [1, {"d": "x"}], "e": None}, "f": "same"}
    two = {"f": "same", "a": 1.0, "b": {"c": [1, {"d": "y"}, 3]}, "g": {}}
    assert list(differences(one, two)) == [
        "- a: 1", "+ a: 1.0", '- b.c[1].d: "x"', '+ b.c[1].d: "y"', "+ b.c[2]: 3", "- b.e: null", "+ g: {}",
    ]  # fmt: skip
    assert list(differences(one, dict(reversed(one.items())))) == []


def test_a_right_mapping_and_what_was_reached(golden) -> None:
    found = replace(report(RIGHT), seconds=0.0)
    assert not found.failures
    golden("harness/coverage.txt", screen(found))


def test_an_example_to_paste_is_one_that_parses() -> None:
    found = report(WRONG)
    for failure in to_json(found)["failures"]:
        if failure["example"]:
            pasted = load_text(f"{RIGHT}\n{failure['example']}")
            assert len(pasted.resolved.examples) == 2


def test_a_failing_event_is_looked_at_first_the_next_time() -> None:
    database = InMemoryExampleDatabase()
    assert report(WRONG, database=database).failures
    kept = [json.loads(text) for texts in database.data.values() for text in texts]
    assert kept
    again = test_mapping(load_text(WRONG), Options(events=1, database=database, laws=chosen_laws(["key"], [])))
    assert any(failure.event in kept for failure in again.failures)
    assert not report(RIGHT, database=database).failures
    assert not any(database.data.values())


def test_replayed_events_are_looked_at() -> None:
    event = {"type": "track", "event": "Rung", "messageId": "m", "properties": {"weight": -12345}}
    found = report(WRONG, replay=(event,), laws=chosen_laws(["total"], []))
    assert [f.name for f in found.failures] == ["a robin", "no bird is lighter than air"]


def test_progress_is_told() -> None:
    told: list[tuple[str, int, int]] = []
    found = report(RIGHT, tick=lambda *what: told.append(what))
    assert [stage for stage, _, _ in told[:2]] == ["examples", "planning"]
    done = [(done, total) for stage, done, total in told if stage == "events"]
    assert [one for one, _ in done] == list(range(1, found.events + 1))
    assert all(one <= total for one, total in done)


def test_a_law_can_be_switched_off() -> None:
    assert "key" not in [f.name for f in report(WRONG, laws=chosen_laws([], ["key"])).failures]
    with pytest.raises(KeyError):
        chosen_laws(["keys"], [])


def test_every_law_has_a_page() -> None:
    pages = Path(__file__).parents[2] / "docs" / "laws"
    for law in LAWS:
        text = (pages / f"{law.name}.md").read_text("utf-8")
        assert text.startswith(f"# {law.name}: {law.says}\n")
        assert f"--without {law.name}`" in text
    assert len(list(pages.glob("*.md"))) == len(LAWS) + 1


def test_the_page_draws_the_mapping() -> None:
    text = page([report(RIGHT)])
    assert text.count('class="no"') == RIGHT.count("\n")
    assert 'class="all"' in text
    assert "Reached by no example" in text
    assert "<script" not in text


def test_text_of_a_mapping_is_escaped_on_the_page() -> None:
    text = page([report(RIGHT.replace('"Birds"', '"<b>Birds</b>"').replace("robin", "<i>"))])
    assert "<b>Birds" not in text
    assert "<i>" not in text


def test_other_settings_are_tried_too() -> None:
    head = "settings\n| name | type |\n| --- | --- |\n| loud | boolean |\n| key | string required |\n\n"
    text = RIGHT.replace("action ring", f"{head}action ring").replace(
        "$.properties.weight ", "if settings.loud = false then $.properties.weight "
    )
    found = report(text + 'law "no bird is heavy"\nweight = null\n')
    (failure,) = found.failures
    assert failure.settings == {"loud": False}
    assert '= settings: {"loud": false}' in failure_screen(found, failure)
    assert 'with   {"loud": false, "key": "v1"}' in failure_screen(found, failure)
    assert found.coverage.share == 1
    database = InMemoryExampleDatabase()
    report(text + 'law "no bird is heavy"\nweight = null\n', database=database)
    assert test_mapping(load_text(text), Options(events=1, database=database)).failures == ()
    assert not any(database.data.values())


def test_what_is_out_of_reach_is_said() -> None:
    text = RIGHT.replace("$.properties.bird ?? $.name", '$.properties.bird ?? "?" ?? $.name')
    found = report(
        text.replace("example", "action rest\nwhen never\n| field | source |\n| --- | --- |\n| f | $.name |\n\nexample")
    )
    assert "without a way there:\n  it has no trigger of its own; only presets run it:\n    action rest" in screen(
        found
    )
    assert "never reached:\n  birds.map:8: ring, row bird: arm 3" in screen(found)
    assert screen(found).count("no event can: an arm before it is always taken") == 1
    assert [one["which"] for one in to_json(found)["out_of_reach"]] == ["true", "arm 3"]
    assert "an arm before it is always taken" in page([found])


def test_segment_semantics_have_their_laws() -> None:
    text = "semantics segment\n" + RIGHT.split("example")[0]
    found = test_mapping(load_text(text), Options(events=20))
    names = [law.name for law in found.laws]
    assert "total" in names
    assert "reference" not in names
    assert found.failures == ()


def faulty(destination: Destination) -> Destination:
    def route(event, run):
        return [(n, {**r, "extra": 1} if isinstance(r, dict) else r) for n, r in destination._route(event, run)]

    return replace(destination, _route=route)


def test_the_failing_row_and_the_law_are_in_the_json() -> None:
    found = to_json(test_mapping(faulty(load_text(RIGHT)), Options(events=5, laws=chosen_laws(["known-fields"], []))))
    failure = next(f for f in found["failures"] if f["kind"] == "law")
    assert failure["name"] == "known-fields"
    assert failure["action"] == "ring"
    assert json.dumps(found)
