"""`atpath fmt`, `atpath import`, `atpath docs`: texts in, texts out, and what is said about bad ones."""

import json
from pathlib import Path

import pytest
from command import ROOT, atpath

HEAP = ROOT / "mappings" / "heap.map"
UGLY = 'destination x "X"\n# why\naction a "A"\n|field|source|\n|b|$.a|\n'
NEAT = 'destination x "X"\n\n# why\naction a "A"\n| field | source |\n| ----- | ------ |\n| b     | $.a    |\n'
BROKEN = 'destination x "X"\naction a "A"\n|field|type|\n|b|str ing|\n'
PAGE = "# X\n#### A\n#### Data Mapping\n|Name|Type|Default|\n|--|--|--|\n|b|string|$.a|\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "ugly.map").write_text(UGLY)
    (tmp_path / "neat.map").write_text(NEAT)
    (tmp_path / "broken.map").write_text(BROKEN)
    (tmp_path / "page.md").write_text(PAGE)
    return tmp_path


def test_fmt_writes_what_is_not_canonical(folder: Path):
    done = atpath("fmt", "ugly.map", "neat.map", cwd=folder)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "formatted: ugly.map\n")
    assert (folder / "ugly.map").read_text() == NEAT
    assert atpath("fmt", "ugly.map", cwd=folder).stderr == ""


def test_fmt_of_a_folder_says_how_its_files_are_named(folder: Path):
    (folder / "maps").mkdir()
    done = atpath("fmt", "maps/", cwd=folder)
    assert (done.returncode, done.stderr) == (1, "error: maps/: is a directory\n hint: name its files: maps/*.map\n")


def test_fmt_check_changes_nothing(folder: Path):
    done = atpath("fmt", "--check", "ugly.map", "neat.map", cwd=folder)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "would change: ugly.map\n")
    assert (folder / "ugly.map").read_text() == UGLY
    assert atpath("fmt", "--check", "neat.map", cwd=folder).returncode == 0


def test_fmt_reports_for_programs(folder: Path):
    done = atpath("fmt", "--check", "--format", "json", "ugly.map", "neat.map", cwd=folder)
    assert (done.returncode, done.stderr) == (1, "")
    assert json.loads(done.stdout) == {"changed": ["ugly.map"], "unchanged": ["neat.map"]}


def test_fmt_reads_standard_input(folder: Path):
    done = atpath("fmt", "-", cwd=folder, stdin=UGLY.encode())
    assert (done.returncode, done.stdout, done.stderr) == (0, NEAT, "")


def test_fmt_leaves_a_broken_file_and_formats_the_others(folder: Path):
    done = atpath("fmt", "broken.map", "ugly.map", cwd=folder)
    assert done.returncode == 1
    assert done.stdout == ""
    assert "error[E011]" in done.stderr
    assert "broken.map:4:8" in done.stderr
    assert (folder / "broken.map").read_text() == BROKEN
    assert (folder / "ugly.map").read_text() == NEAT


def test_what_ships_goes_to_a_page_and_back(tmp_path: Path):
    for shipped in sorted((ROOT / "mappings").glob("*.map")):
        for words in (("docs", shipped.stem, "-o", "page.md"), ("import", "page.md", "-o", "again.map")):
            done = atpath(*words, cwd=tmp_path)
            assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        assert (tmp_path / "again.map").read_bytes() == shipped.read_bytes()


def test_import_and_docs_read_standard_input_and_write_standard_output():
    page = atpath("docs", "-", stdin=NEAT.encode())
    assert page.stdout.startswith("<!-- # why") is False
    assert page.stdout.startswith("# X\n")
    assert atpath("import", "-", stdin=page.stdout.encode()).stdout == NEAT


def test_import_writes_what_it_can_read(folder: Path):
    (folder / "page.md").write_text(PAGE + "|c|str ing|$.b|\n|d|string||\n")
    done = atpath("import", "page.md", "-o", "x.map", cwd=folder)
    assert done.returncode == 1
    assert "page.md:7:8" in done.stderr
    assert "1 error" in done.stderr
    assert "# not read: |c|str ing|$.b|\n| d     | string |" in (folder / "x.map").read_text()


@pytest.mark.parametrize(
    ("words", "text", "message"),
    [
        (("fmt", "x.map"), b"\xff\xfe", "x.map is no UTF-8 text: byte 1 is none of a character"),
        (("fmt", "x.map"), b"", "error[E014]: this file is empty"),
        (("fmt", "page.md"), b"", "page.md is a docs page"),
        (("fmt", "nowhere.map"), b"", "nowhere.map: no such file or directory"),
        (("fmt", "."), b"", ".: is a directory"),
        (("import", "x.map"), b"", "error[E005]: this page has no title"),
        (("import", "x.map"), b"# Notes\n\nNothing to see.\n", "x.map is no docs page of a destination"),
        (("import", "x.map"), b"\x7fELF\0\0", "error[E013]: this file is no text"),
        (("import", "x.map"), b'# A note\n\ndestination a "A"\n', "x.map is a mapping file already"),
        (("import", "page.md", "-o", "page.md"), b"", "page.md is both the input and the output"),
        (("docs", "broken.map"), b"", "error[E011]"),
        (("docs", "neat.map", "-o", "no/where.md"), b"", "no such file or directory"),
    ],
)
def test_bad_input_is_told(folder: Path, words: tuple[str, ...], text: bytes, message: str):
    (folder / "x.map").write_bytes(text)
    done = atpath(*words, cwd=folder)
    assert (done.returncode, done.stdout) == (1, "")
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert (folder / "page.md").read_text() == PAGE


def test_ten_megabytes_on_one_line(folder: Path):
    (folder / "x.map").write_text("a" * 10_000_000)
    for verb in ("fmt", "import"):
        done = atpath(verb, "x.map", cwd=folder)
        assert done.returncode == 1
        assert len(done.stderr) < 2_000


@pytest.mark.parametrize("verb", ["fmt", "import", "docs"])
def test_help_screens(verb: str, golden):
    golden(f"cli/{verb}.help.txt", atpath(verb, "--help").stdout)
