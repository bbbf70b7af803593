"""What a destination takes is data: profiles, what is said against them, and who else reads them."""

from pathlib import Path

import pytest
from atpath.compiler.outcome import check_file, check_source
from atpath.compiler.profile import BadProfile, get_profile, parse_profile, shipped_profile
from atpath.dsl.mend import edits_of, mended
from atpath.dsl.source import Source
from atpath.runtime import bulk, heap
from atpath.runtime.standin import rules

OURS = ("E129", "W311")
HEAD = """\
destination heap

action a
deliver {deliver}
when type = "track"
| field | type | source |
| --- | --- | --- |
"""
SMALL = """\
title = "Nest"
bulk = {items = 2, request_bytes = 100, item_bytes = 50}
key = {shortest = 1}

[eggs.kind]
longest = 3

[eggs.owner]
longest = 4
over = "rejected"

[eggs.more]
longest_name = 5
longest_value = 6
forbidden = ["id"]
"""


def mapping(*rows: tuple[str, str, str], deliver: str = "nest eggs") -> str:
    return HEAD.format(deliver=deliver) + "".join(f"| {name} | {kind} | {source} |\n" for name, kind, source in rows)


def said(text: str, profile: str | None = SMALL) -> list[tuple[str, str]]:
    found = check_source(Source("a.map", text), {"nest.profile.toml": profile}.get)
    return [(str(each.code), each.message) for each in found if each.code in OURS or each.code == "E111"]


@pytest.mark.parametrize(
    ("row", "code", "message"),
    [
        (("kind", "string", "$.event"), "W311", "Nest takes at most 3 characters as `kind`"),
        (("kind", "string(4) required", "$.event"), "W311", "Nest takes at most 3 characters as `kind`"),
        (("kind", "string", '$.event ?? "none"'), "E129", "this text has 4 characters; Nest takes 3 in `kind`"),
        (("owner", "string", '"somebody"'), "E129", "this text has 8 characters; Nest takes 4 in `owner`"),
        (("more", "object", "{ID: $.userId}"), "E129", 'Nest takes no member named "ID" in `more`'),
        (("more.id", "string", "$.userId"), "E129", 'Nest takes no member named "id" in `more`'),
        (
            ("more", "object", 'merge($.traits, {a: "too long"})'),
            "E129",
            "this text has 8 characters; Nest takes 6 in `more`",
        ),
        (("more", "object", '{a: ["too long"]}'), "E129", "this text has 8 characters; Nest takes 6 in `more`"),
        (
            ("more.a", "object", "{bcde: $.userId}"),
            "E129",
            "this name has 6 characters with those of the objects around it; Nest takes 5 in `more`",
        ),
    ],
)
def test_what_is_more_than_a_destination_takes(row: tuple[str, str, str], code: str, message: str) -> None:
    assert (code, message) in said(mapping(row))


@pytest.mark.parametrize(
    "row",
    [
        ("kind", "string(3)", "$.event"),
        ("kind", "string(2) required", "$.event"),
        ("kind", '"egg" or "hen"', "$.event"),
        ("kind", "string", '"egg"'),
        ("owner", "string", "$.userId"),  # not cut, so no bound helps
        ("more", "object", "$.traits"),
        ("more.a.id", "string", "$.userId"),
        ("more", "object", "{a: {id: 1}}"),
        ("other", "string", '"as long as it likes"'),
    ],
)
def test_what_it_takes(row: tuple[str, str, str]) -> None:
    assert said(mapping(row)) == []


def test_a_profile_is_of_the_call_and_of_its_destination() -> None:
    row = ("kind", "string", "$.event")
    assert said(mapping(row, deliver="nest twigs")) == []
    assert said(mapping(row, deliver="tree eggs")) == []
    assert said(mapping(row), profile=None) == []


def test_the_profile_beside_a_mapping_goes_before_the_one_that_ships(tmp_path: Path) -> None:
    path = tmp_path / "a.map"
    path.write_text(mapping(("event", "string", "$.event"), deliver="heap track"))

    def bounds() -> list[str]:
        return [each.message for each in check_file(str(path)) if each.code == "W311"]

    assert bounds() == ["Heap takes at most 1,024 characters as `event`"]
    beside = tmp_path / "heap.profile.toml"
    beside.write_text(SMALL.replace("[eggs.kind]", "[track.event]"))
    assert bounds() == ["Nest takes at most 3 characters as `event`"]
    beside.unlink()
    assert bounds() == ["Heap takes at most 1,024 characters as `event`"]


def test_the_bound_is_written_by_an_edit() -> None:
    source = Source("a.map", mapping(("event", "string required", "$.event"), deliver="heap track"))
    text = mended(source, edits_of(check_source(source), source))
    assert "| string(1024) required |" in text
    assert not [each for each in check_source(Source("a.map", text)) if each.code == "W311"]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("title = ", "no TOML"),
        ("title = 5", "title"),
        (SMALL.replace("longest = 3", 'longest = "3"'), "eggs"),
        (SMALL.replace("longest = 3", "longst = 3"), "longst"),
        (SMALL.replace('"rejected"', '"dropped"'), "dropped"),
        ("", "title"),
    ],
)
def test_what_is_no_profile_is_said(text: str, word: str) -> None:
    with pytest.raises(BadProfile, match=word):
        parse_profile(text)
    ((code, message),) = said(mapping(("kind", "string", "$.event")), profile=text)
    assert code == "E111"
    assert message.startswith("`nest.profile.toml` is no profile: ")


def test_the_client_and_the_checks_read_the_same_numbers() -> None:
    profile = get_profile("heap")
    assert shipped_profile("nest") is None
    with pytest.raises(BadProfile):
        get_profile("nest")
    with pytest.raises(BadProfile):
        profile.most("track", "nothing", "longest")
    fields = [limits for call in profile.calls.values() for limits in call.values()]
    assert {limits.longest_value for limits in fields} == {None, heap.MAX_VALUE}
    assert {limits.longest_name for limits in fields} == {None, heap.MAX_NAME}
    assert {limits.longest for limits in fields} == {None, heap.MAX_EVENT, heap.MAX_IDENTITY}
    # The stand-in judges by itself what the client sends.
    assert (heap.MAX_EVENT, heap.MAX_VALUE, heap.MAX_NAME) == (rules.MAX_TEXT,) * 3
    assert (bulk.MAX_ITEMS, heap.MAX_IDENTITY) == (rules.MAX_ITEMS, rules.MAX_IDENTITY)
