"""Mistakes made on purpose: equal ones are proved away, and pasting the suggested examples notices all others."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from atpath.compiler import Rejected, load, load_text
from atpath.compiler.loader import compile_resolved
from atpath.harness.laws import LAWS
from atpath.harness.mutants import mutants_of
from atpath.harness.mutate import Report, mutate
from atpath.harness.mutate_laws import law_notices
from atpath.harness.whole import fixed_clock

WIDE = Path(__file__).with_name("wide.map").read_text("utf-8")
SHORT = """\
destination d

action a
when type = "track" and event != "Test"
| field | type            | source                                     |
| ----- | --------------- | ------------------------------------------ |
| id    | string required | $.messageId                                |
| who   | string          | $.userId ?? $.anonymousId                  |
| same  | string          | $.x ?? $.x                                 |
| kind  | string          | if $.event = "Buy" then "order" else "all" |
"""


def pasted(text: str, examples: tuple[str, ...]) -> Any:
    return load_text(text + "\n" + "\n".join(examples), settings={"apiKey": "k"}, now=fixed_clock)


def expect_examples_to_pass(destination: Any) -> None:
    for example in destination.resolved.examples:
        results = destination.route(json.loads(example.given))
        wanted = [e for e in example.expects if e.action is not None]
        assert len(results) == len(wanted)
        for expect, (name, result) in zip(wanted, results, strict=True):
            assert expect.action.name == name
            if isinstance(result, Rejected):
                assert result.code == expect.rejected
            else:
                assert result == json.loads(expect.payload)


def test_pasting_the_examples_notices_every_mistake() -> None:
    before = mutate(load_text(SHORT))
    assert before.score == 0
    assert before.survivors
    assert not before.undecided
    destination = pasted(SHORT, before.examples)
    expect_examples_to_pass(destination)
    after = mutate(destination)
    assert (after.score, after.survivors, after.examples) == (1.0, (), ())
    assert len(after.killed) == len(before.survivors)


@pytest.mark.skipif("ATPATH_MUTATE_WIDE" not in os.environ, reason="takes a while: set ATPATH_MUTATE_WIDE")
def test_pasting_the_examples_notices_every_mistake_in_a_wide_mapping() -> None:
    before = mutate(load_text(WIDE, settings={"apiKey": "k"}))
    assert not before.undecided
    expect_differences(load_text(WIDE, settings={"apiKey": "k"}, now=fixed_clock), before)
    destination = pasted(WIDE, before.examples)
    expect_examples_to_pass(destination)
    assert mutate(destination).score == 1.0


def test_an_example_that_fails_anyway_notices_nothing() -> None:
    wrong = SHORT + '\nexample "wrong"\ngiven {"type": "track", "messageId": "m"}\nexpect a {"id": "WRONG"}\n'
    report = mutate(load_text(wrong))
    assert (report.score, report.killed, report.failing) == (0.0, (), ("wrong",))
    right = mutate(load_text(wrong.replace('"WRONG"', '"m", "kind": "all"')))
    assert right.killed
    assert right.failing == ()


def test_examples_that_were_pasted_before_keep_their_names() -> None:
    pasted_one = SHORT + "\n" + mutate(load_text(SHORT)).examples[0]
    titles = [text.splitlines()[0] for text in mutate(load_text(pasted_one)).examples]
    assert 'example "mutant 2"' in titles
    assert 'example "mutant 1"' not in titles


def test_a_mistake_that_changes_nothing_is_not_counted() -> None:
    equal = [(m.kind, m.where) for m in mutate(load_text(SHORT)).equal]
    assert ("two arms swapped", "same") in equal
    assert ("an arm dropped", "same") in equal
    assert ("rows in another order", "id") in equal


def test_no_survivor_is_equal_to_the_mapping() -> None:
    destination = load_text(SHORT, now=fixed_clock)
    expect_differences(destination, mutate(destination))


def expect_differences(destination: Any, report: Report) -> None:
    assert report.survivors
    for survivor in report.survivors:
        mutated = compile_resolved(survivor.mutant.resolved, settings={"apiKey": "k"}, now=fixed_clock)
        sides = [repr(sorted(map(repr, side.route(survivor.event)))) for side in (destination, mutated)]
        assert sides[0] != sides[1], survivor.mutant


def test_examples_and_laws_notice_mistakes() -> None:
    law = '\nlaw "everyone has a kind" for a\nkind in ("order", "all")\n'
    example = '\nexample "one"\ngiven {"type": "track", "messageId": "m", "userId": "u", "anonymousId": "n"}\n'
    example += 'expect a {"id": "m", "who": "u", "kind": "all"}\n'
    bare, lawful, tested = (mutate(load_text(SHORT + more)) for more in ("", law, law + example))
    assert bare.score < lawful.score < tested.score
    assert ("another type", "kind") in [(m.kind, m.where) for m in lawful.killed]
    assert ("two arms swapped", "who") in [(m.kind, m.where) for m in tested.killed]


def test_the_laws_of_every_mapping_notice_mistakes_when_asked() -> None:
    rows = "| message_id | string | $.messageId |\n| mapped_at | string | now() |\n"
    destination = load_text(SHORT.split("| id ")[0] + rows, now=fixed_clock)
    without, held = mutate(destination), mutate(destination, law_notices(destination, LAWS))
    assert not without.killed
    assert {(m.kind, m.where) for m in held.killed} == {("two sources swapped", "message_id")}
    assert held.equal == without.equal


def test_every_kind_of_mistake_is_made() -> None:
    kinds = {mutant.kind for mutant in mutants_of(load_text(WIDE).resolved)}
    assert {
        "`or` for `and`", "`and` for `or`", "a test dropped", "another case", "a sibling path", "an arm dropped",
        "two arms swapped", "not required", "another type", "two sources swapped", "rows in another order",
    } <= kinds  # fmt: skip


def test_the_shipped_mapping_leaves_nothing_undecided() -> None:
    report = mutate(load("heap"))
    assert not report.undecided
    assert 0 < report.score <= 1


def test_the_order_of_required_rows_decides_which_reason_is_told() -> None:
    rows = "| p | string required | $.p |\n| q | number required | $.q |\n"
    report = mutate(load_text(f"destination d\naction a\n| field | type | source |\n| --- | --- | --- |\n{rows}"))
    survived = {survivor.mutant.kind: survivor.event for survivor in report.survivors}
    assert set(survived["rows in another order"]) == {"q"}
    assert "rows in another order" not in {mutant.kind for mutant in report.equal}
