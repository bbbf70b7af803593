"""The loop: every event to each action, everything counted, nothing lost."""

import io
import json
from typing import Any

import pytest
from atpath.compiler.prelude import Rejected
from atpath.runtime import run as run_module
from atpath.runtime.events import DeadLetter, read_chunks
from atpath.runtime.run import OTHER_REASONS, Tally, run
from fake_destination import FakeAction, FakeDestination, Object, same


def strict(event: Object) -> Object | None:
    if event.get("type") == "other":
        return None
    if "id" not in event:
        raise Rejected("E201", "required, and there is nothing", "id")
    return {"id": event["id"]}


def run_over(text: bytes, destination: FakeDestination) -> tuple[list[Any], list[DeadLetter], Tally]:
    output, letters, tally = io.BytesIO(), list[DeadLetter](), Tally()
    run(destination, read_chunks(io.BytesIO(text)), output, letters.append, tally)
    return [json.loads(line) for line in output.getvalue().splitlines()], letters, tally


def test_payloads_come_in_the_events_order_then_the_actions_order():
    destination = FakeDestination({"first": FakeAction(same), "second": FakeAction(strict)})
    lines, letters, tally = run_over(b'{"id":1}\n{"id":2}', destination)
    assert lines == [
        {"action": "first", "payload": {"id": 1}},
        {"action": "second", "payload": {"id": 1}},
        {"action": "first", "payload": {"id": 2}},
        {"action": "second", "payload": {"id": 2}},
    ]
    assert letters == []
    assert (tally.read, tally.payloads, tally.matched) == (2, 4, {"first": 2, "second": 2})


def test_one_rejection_hides_no_other_action():
    destination = FakeDestination({"strict": FakeAction(strict), "same": FakeAction(same)})
    lines, letters, tally = run_over(b'\n{"a":"\xc3\xa9"}\n', destination)
    assert lines == [{"action": "same", "payload": {"a": "é"}}]
    assert letters == [DeadLetter(2, "strict", "id", "E201", "required, and there is nothing", event={"a": "é"})]
    assert tally.rejected == {("strict", "id", "E201", "required, and there is nothing"): 1}


def test_every_line_is_accounted_for():
    text = b'{"id":1}\nnonsense\n[1]\n{"type":"other"}\n{}\n"x'
    lines, letters, tally = run_over(text, FakeDestination({"strict": FakeAction(strict)}))
    assert (tally.read, tally.unmatched, tally.payloads) == (6, 1, 1)
    assert len(lines) == 1
    assert [(letter.line, letter.code, letter.raw) for letter in letters] == [
        (2, "E210", b"nonsense"),
        (3, "E211", b"[1]"),
        (5, "E201", None),
        (6, "E210", b'"x'),
    ]
    assert tally.rejected[None, None, "E210", "the line is no JSON"] == 2


def test_a_tally_stays_small(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(run_module, "MAX_REASONS", 2)
    tally = Tally()
    for number in range(5):
        tally.count_rejected(DeadLetter(number, "a", "row", "E203", f"reason {number}"))
    assert tally.rejected[OTHER_REASONS] == 3
    assert sum(tally.rejected.values()) == 5


def test_a_defect_in_a_mapping_says_on_which_line():
    def broken(event: Object) -> Object:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError) as caught:
        run_over(b"{}\n", FakeDestination({"broken": FakeAction(broken)}))
    assert caught.value.__notes__ == ["while mapping line 1 with fake"]
