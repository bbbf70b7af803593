"""Files that include files: each is read once, from the folder of the one that names it."""

import pytest
from atpath.compiler.resolve import resolve
from atpath.dsl.parser import parse
from atpath.dsl.source import Source

HEAD = 'destination d "D"\n'
TABLE = '\naction a "A"\n| field | type | source |\n| ----- | ---- | ------ |\n| x     | any  | q      |\n'
OTHER = TABLE.replace('action a "A"', "action b")


def messages(text: str, files: dict[str, str]) -> tuple[list[str], list[str]]:
    """What is wrong, and which files were read."""
    read: list[str] = []

    def text_of(name: str) -> str | None:
        read.append(name)
        return files.get(name)

    source = Source("main.map", text)
    _, found = resolve(source, parse(source), text_of)
    return [d.message for d in found], read


def test_a_file_that_two_others_include_is_read_once():
    files = {"a.map": 'include "q.map"\n', "b.map": 'include "q.map"\n', "q.map": "let q = $.event\n"}
    assert messages(f'{HEAD}include "a.map"\ninclude "b.map"\n{TABLE}', files) == ([], ["a.map", "q.map", "b.map"])


def test_files_that_include_the_next_one_twice_do_not_double():
    files = {f"f{i}.map": f'include "f{i + 1}.map"\n' * 2 for i in range(40)} | {"f40.map": "let q = $.event\n"}
    found, read = messages(f'{HEAD}include "f0.map"\n{TABLE}', files)
    assert (found, len(read)) == ([], 41)


def test_a_path_is_from_the_folder_of_the_file_that_names_it():
    files = {"common/a.map": 'include "q.map"\n', "common/q.map": 'include "../r.map"\n', "r.map": "let q = $.event\n"}
    assert messages(f'{HEAD}include "common/a.map"\n{TABLE}', files)[0] == []


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"a.map": 'include "b.map"\nlet q = 1\n', "b.map": 'include "a.map"\n'}, "`a.map` includes itself"),
        ({"a.map": 'include "a.map"\nlet q = 1\n'}, "`a.map` includes itself"),
        ({"a.map": 'include "no.map"\nlet q = 1\n'}, "there is no file `no.map` to include"),
        ({"a.map": 'include "0.map"\nlet q = 1\n'} | {f"{i}.map": f'include "{i + 1}.map"\n' for i in range(2000)},
         "more than 64 files include each other in a row"),
    ],
    ids=["a circle", "itself", "no file", "a long chain"],
)  # fmt: skip
def test_what_cannot_be_included_is_said(files: dict[str, str], message: str):
    assert messages(f'{HEAD}include "a.map"\n{TABLE}', files)[0] == [message]


@pytest.mark.parametrize(
    ("others", "named"),
    [
        ('law "l"\nx != null\n', "a law"),
        ("settings\n| name | type |\n| --- | --- |\n| s | string |\n", "settings"),
        (OTHER + '\nexample "e"\ngiven {}\nexpect nothing\n' * 2, "an action and 2 examples"),
        ('preset "P" of b\nslug "p"\n' + OTHER + 'law "l"\nx != null\n',
         "an action, a preset and a law"),
    ],
)  # fmt: skip
def test_what_an_include_leaves_behind_is_said(others: str, named: str):
    found, _ = messages(f'{HEAD}include "a.map"\n{TABLE}', {"a.map": f"let q = 1\n{others}"})
    assert found == [f"`a.map` has {named}, which `include` does not bring"]
