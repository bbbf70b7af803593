"""Triggers side by side: what never fires, what changes nothing, what overlaps, what nobody takes."""

from typing import Any

from atpath.compiler import load_text
from atpath.harness.matrix import Matrix, matrix


def of(*conditions: str) -> Matrix:
    table = "| field | type | source |\n| --- | --- | --- |\n| x | string | $.x |\n"
    actions = (f"action a{number}\nwhen {text}\n{table}" for number, text in enumerate(conditions))
    return matrix(load_text("destination d\n\n" + "\n".join(actions)))


def word(first: str, second: str) -> tuple[str, Any]:
    (pair,) = of(first, second).pairs
    return pair.word, pair.event


def test_pairs_have_their_words_and_events() -> None:
    assert word('type = "a"', 'type = "b"') == ("apart", None)
    assert word('type = "a"', 'type in ("a")') == ("same", {"type": "a"})
    assert word('type = "a" and event = "e"', 'type = "a"') == ("inside", {"type": "a", "event": "e"})
    assert word('type = "a"', 'type = "a" and event = "e"')[0] == "around"
    assert word('type = "a"', 'event = "e"') == ("overlap", {"type": "a", "event": "e"})


def test_what_is_not_decided_is_searched_and_says_in_how_many_events() -> None:
    found = of('lower(event) = "order"', 'contains(upper($.properties.x), "Q") and event != null', 'lower(event) = "A"')
    assert [(p.word, p.event is not None) for p in found.pairs] == [
        ("overlap", True), ("undecided", False), ("undecided", False),
    ]  # fmt: skip
    assert [(t.never, t.always, t.tried > 0) for t in found.triggers] == [
        (False, False, False), (False, False, False), (None, False, True),
    ]  # fmt: skip


def test_what_never_and_what_always_fires() -> None:
    never, always, some = of('type = "a" and type = "b"', 'type = "a" or type != "a"', 'type = "a"').triggers
    assert (never.never, never.always, never.event) == (True, False, None)
    assert (always.never, always.always) == (False, True)
    assert (some.never, some.always, some.event) == (False, False, {"type": "a"})


def test_a_test_that_changes_nothing_is_named() -> None:
    (trigger,) = of('type = "track" and type != "page" and (event = "e" or userId = "u")').triggers
    assert trigger.idle == ('type != "page"',)


def test_types_of_events_that_nobody_takes() -> None:
    taken = {k.kind: (k.taken, k.event) for k in of('type = "page"', 'type = "track" and event = "e"').kinds}
    assert taken["page"] == ("all", None)
    assert taken["track"] == ("some", {"type": "track"})
    assert taken["alias"] == ("none", {"type": "alias"})
