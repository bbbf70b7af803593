"""Mistakes made on purpose: equal ones are proved away, and pasting the suggested examples notices all others."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from atpath.compiler import Rejected, load, load_text
from atpath.harness.mutants import mutants_of
from atpath.harness.mutate import mutate
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
    destination = pasted(WIDE, before.examples)
    expect_examples_to_pass(destination)
    assert mutate(destination).score == 1.0


def test_a_mistake_that_changes_nothing_is_not_counted() -> None:
    equal = [(m.kind, m.where) for m in mutate(load_text(SHORT)).equal]
    assert ("two arms swapped", "same") in equal
    assert ("an arm dropped", "same") in equal
    assert ("rows in another order", "id") in equal


def test_no_survivor_is_equal_to_the_mapping() -> None:
    destination = load_text(SHORT)
    for survivor in mutate(destination).survivors:
        assert survivor.event
        assert survivor.mutant.kind != "rows in another order"


def test_examples_and_laws_notice_mistakes() -> None:
    law = '\nlaw "everyone has a kind" for a\nkind in ("order", "all")\n'
    example = '\nexample "one"\ngiven {"type": "track", "messageId": "m", "userId": "u", "anonymousId": "n"}\n'
    example += 'expect a {"id": "m", "who": "u", "kind": "all"}\n'
    bare, lawful, tested = (mutate(load_text(SHORT + more)) for more in ("", law, law + example))
    assert bare.score < lawful.score < tested.score
    assert ("another type", "kind") in [(m.kind, m.where) for m in lawful.killed]
    assert ("two arms swapped", "who") in [(m.kind, m.where) for m in tested.killed]


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
