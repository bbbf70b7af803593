"""What a person sees in a terminal, where there are colours and a width: both are asked of the stream itself."""

import re
from pathlib import Path

import pytest
from command import terminal

SHOP = """\
destination shop "Shop"

action order "Order"
when type = "track"
| field | type            | source                            |
| ----- | --------------- | --------------------------------- |
| id    | string required | $.messageID                       |
| name  | string          | $.event ?? $.name ?? "no name"    |

example "an order that came by the telephone, late in the evening, and was paid at once by card"
given {"type": "track", "messageId": "m1"}
expect order {"id": "m1"}
"""
COLOUR = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "shop.map").write_text(SHOP)
    (tmp_path / "events.ndjson").write_text('{"type": "track", "messageId": "m1"}\nx\n')
    return tmp_path


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("run shop.map events.ndjson -o out.ndjson", "warning: shop.map has 1 error that `atpath check` shows\n"),
        ("explain shop.map none.json", "error: none.json: no such file\n"),
        ("diff shop.map none.map", " hint: atpath diff OLD NEW, or atpath diff REVISION [REVISION] -- PATH...\n"),
        ("replay events.ndjson", "error: events.ndjson: line 1 is no dead letter\n"),
        (
            "infer events.ndjson -o schema.json",
            "1 event, 1 kind, 2 paths; 1 line holds no event, the first is line 2: no JSON:",
        ),
        ("check shop.map", "error[E120]: Segment's events have no `$.messageID`\n"),
        ("test shop.map --events 5 --no-database", "shop: 1 of 1 examples fails"),
        ("mutate shop.map", "notices nothing: mend it,\n  `atpath test` says why\n1 more was"),
        ("--help", "  check      say what is wrong"),
        ("explain E106", '```map\ndestination heap "Heap"\n'),
        ("lineage shop.map", "    depends on $.type\n"),
        ("run shop.map events.ndjson --set name=1 -o out.ndjson", "hint: it has no `settings` table: give it one"),
    ],
)
def test_no_line_is_wider_than_the_terminal(words: str, said: str, folder: Path) -> None:
    done = terminal(*words.split(), cwd=folder)
    shown = COLOUR.sub("", done.stdout)
    assert done.returncode < 2, shown
    assert said in shown
    lines = [line for line in re.split("[\r\n]", shown) if not line.startswith(("given ", "expect "))]  # for a file
    assert [line for line in lines if len(line) > 80] == []


def test_words_have_their_colours_where_they_are_wanted(folder: Path) -> None:
    words = ("run", "shop.map", "none.ndjson")
    assert "\x1b[33mwarning\x1b[0m: shop.map" in (coloured := terminal(*words, cwd=folder).stdout)
    assert "\x1b[1;31merror\x1b[0m: none.ndjson: no such file" in coloured
    for env in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        assert "\x1b" not in terminal(*words, cwd=folder, env=env).stdout
