"""Files that are no mappings, or nearly none: what a person sees, and never a traceback."""

from pathlib import Path

import pytest
from atpath.compiler.outcome import check_source
from atpath.dsl.render import render_all
from atpath.dsl.source import Source
from command import atpath

HEAD = 'destination d "D"\n\naction a "A"\n| field | type | source |\n| ----- | ---- | ------ |\n'
MEGABYTES = 10 << 20


def seen(path: Path, data: bytes) -> str:
    """The screen of `atpath check` on a file with these bytes."""
    (path / "a.map").write_bytes(data)
    done = atpath("check", "a.map", cwd=path)
    assert (done.returncode, done.stderr) == (1, ""), done.stderr
    assert "Traceback" not in done.stdout
    assert all(len(line) <= 80 for line in done.stdout.splitlines())
    return done.stdout


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", ["error[E014]: this file is empty", "--> a.map:1:1", 'begins with `destination NAME "Title"`']),
        (b"# nothing\n", ["error[E014]: this file is empty"]),
        (b"\x7fELF\x02\x01\x01\x00\x00\xff", ["error[E013]: this file is no text", "UTF-8"]),
        (b"destination d \xff\xfe", ["error[E013]: this file is no text", "--> a.map:1:15"]),
        ("destination d \"D\"\n".encode("utf-16"), ["error[E013]"]),
        (b"a" * MEGABYTES, ["error[E012]: this file has 10,485,760 characters; at most 2,000,000 are read"]),
        (HEAD.encode() + b"|" * MEGABYTES, ["error[E012]: this file has"]),
        ((HEAD + "| a | any |\n| b | any | $.name | $.event |\n").encode(),
         ["error[E003]: this row has 2 cells, its header has 3", "error[E003]: this row has 4 cells",
          "a bar inside a cell is written `\\|`"]),
        ((HEAD + f"| a | any | {'[' * 100}{']' * 100} |\n").encode(),
         ["error[E012]: this is nested 100 deep; at most 64 are read", "in action a, row a, column source",
          "give a part of it a name with `let`"]),
        ((HEAD + f"| a | any | {'(' * 100}$.name{')' * 100} |\n").encode(), ["error[E012]: this is nested 100 deep"]),
        ((HEAD + "| a | any | $.name[ |\n").encode(), ["error[E006]", "in action a, row a, column source"]),
        ((HEAD + "| a | any | $.properties.[x] |\n").encode(), ["error[E006]", "row a, column source"]),
        ((HEAD + "| a | strng | $.name |\n").encode(), ["error[E103]: there is no type `strng`", "`string`?"]),
        (b"\n".join(b"line %d" % i for i in range(5000)), ["error[E002]: no line begins with `line`"]),
        (b"|\n" * 5000, ["error[E015]: a table row that belongs to no section"]),
        (HEAD.replace("\n", "\r").encode(), ["error["]),
    ],
    ids=["empty", "comments", "program", "latin-1", "utf-16", "10 MB on one line", "10 MB of bars", "ragged rows",
         "100 levels of nesting", "100 parentheses", "an open path", "a bad path", "an unknown type", "prose", "bars",
         "old line ends"],
)  # fmt: skip
def test_what_a_person_sees(data: bytes, words: list[str], tmp_path: Path):
    screen = seen(tmp_path, data)
    for word in words:
        assert word in screen


def test_a_file_that_is_not_there(tmp_path: Path):
    done = atpath("check", "heep.map", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: heep.map: no such file or directory\n")


def test_a_folder(tmp_path: Path):
    done = atpath("check", ".", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (
        1,
        "",
        "error: .: no mapping file is in this folder\n hint: the names of mapping files end in `.map`\n",
    )


def test_line_ends_of_windows_change_nothing():
    text = HEAD + "| a | strng | $.name |\n| b | any | lowr($.name) |\n"
    plain = [(d.code, d.message) for d in check_source(Source("a.map", text))]
    assert [(d.code, d.message) for d in check_source(Source("a.map", text.replace("\n", "\r\n")))] == plain


LONG = 300_000


@pytest.mark.parametrize(
    "text",
    [
        "a" * LONG,
        " " * LONG + "x",
        "\n" * LONG,
        HEAD + "| a | any | " + "a" * LONG + " |",
        HEAD + "|" * LONG,
        HEAD + '| a | any | "' + "a" * LONG + '" |',
        HEAD + "| a | any | " + "\\|" * LONG + " |",
        HEAD + "| a | any | $" + ".a" * LONG + " |",
        HEAD + "| " + "a" * LONG + " | any | $.x |",
        'example "x"\ngiven ' + "[" * LONG + "\n" + HEAD,
        'example "x"\ngiven {"a": "' + "x" * LONG + '"}\nexpect nothing\n' + HEAD,
        "destination " + "a" * LONG,
        'destination d "' + "a" * LONG + '"',
        'action a "A"\nwhen ' + "a = 1 or " * (LONG // 9) + "b = 2",
        "let a = $.a" + "\n  ?? $.b" * (LONG // 9),
        "x\n" * LONG,
        "|\n" * LONG,
    ],
    ids=lambda text: f"{text[:12]!r} and so on, {len(text)}",
)
def test_long_texts_end(text: str):
    found = check_source(Source("a.map", text))
    screen = render_all(found[:20])
    assert all(len(line) <= 80 for line in screen.splitlines())


@pytest.mark.parametrize("head", ['destination d "\\q"', 'action a "\\q"', 'law "\\q" for a', 'preset "\\q" of a'])
def test_a_wrong_escape_in_a_title_is_told_once(head: str):
    text = head if head.startswith("destination") else f'destination d "D"\n\n{head}\nwhen x = 1\n'
    found = check_source(Source("a.map", text + "\n"))
    assert [d.code for d in found if d.code in ("E007", "E114")] == ["E007"]


def test_a_docs_page_is_no_mapping_file():
    text = "# Heap\n\nWhat it takes:\n\n| Destination Field | Type |\n| --- | --- |\n| a | string |\n"
    (found,) = check_source(Source("heap.md", text))
    assert (found.code, found.hint) == ("E114", "`atpath import heap.md` makes a mapping file of it")
