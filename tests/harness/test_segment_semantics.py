"""Mappings that say `semantics segment`: compared, mutated and explained by Segment's own rules."""

from typing import Any

from atpath.compiler import load_text
from atpath.compiler.triggers import Found
from atpath.harness.diff import Status, diff
from atpath.harness.explain import Explainer
from atpath.harness.matrix import matrix
from atpath.harness.mutate import mutate

BODY = """destination d

action a
when {when}
| field | type   | source                    |
| ----- | ------ | ------------------------- |
| id    | string required | $.messageId      |
| who   | string | {who} |
"""


def clean(when: str = 'type = "track"', who: str = "$.userId ?? $.anonymousId") -> Any:
    return load_text(BODY.format(when=when, who=who))


def segment(when: str = 'type = "track"', who: str = "$.userId ?? $.anonymousId") -> Any:
    return load_text("semantics segment\n" + BODY.format(when=when, who=who))


def test_a_mapping_is_itself() -> None:
    found = diff(segment(), segment())
    assert {finding.status for finding in found.findings} == {Status.SAME}


def test_the_event_on_which_the_two_semantics_part() -> None:
    old, new = clean(who="$.traits.a.b"), segment(who="$.traits.a.b")
    findings = diff(old, new).changes
    assert {finding.name for finding in findings} == {"id", "who"}
    for finding in findings:
        assert finding.old != finding.new


def test_an_edit_is_seen() -> None:
    (finding,) = diff(segment(), segment(who="$.anonymousId ?? $.userId")).changes
    assert (finding.name, finding.status) == ("who", Status.CHANGED)
    (finding,) = diff(segment(), segment('type = "page"')).changes
    assert (finding.what, finding.status) == ("trigger", Status.CHANGED)


def test_mutants_are_those_that_segment_can_say() -> None:
    report = mutate(segment('type = "track" and event = "Buy"'))
    assert report.survivors
    assert {mutant.where for mutant in report.equal} == {"id"}
    assert "when" in {survivor.mutant.where for survivor in report.survivors}


def test_a_preset_is_compared_by_itself() -> None:
    preset = '\npreset "Pages" of a\nwhen type = "page"\n| field | source |\n| --- | --- |\n| who | $.name |\n'
    old = load_text("semantics segment\n" + BODY.format(when="never", who="$.userId") + preset)
    new = load_text(
        "semantics segment\n" + BODY.format(when="never", who="$.userId") + preset.replace('"page"', '"screen"')
    )
    (finding,) = diff(old, new).changes
    assert (finding.action, finding.what, finding.status) == ("Pages", "trigger", Status.CHANGED)
    assert mutate(old).survivors


def test_triggers_and_nearest_events() -> None:
    (story,) = matrix(segment()).triggers
    assert story.event == {"type": "track"}
    (told,) = Explainer(segment()).explain({"type": "page", "messageId": "m"})
    assert isinstance(told.nearest, Found)
    assert told.nearest.event == {"type": "track", "messageId": "m"}
    (told,) = Explainer(segment()).explain({"type": "track", "messageId": "m", "userId": 5})
    assert told.payloads[0].payload == {"id": "m", "who": "5"}
