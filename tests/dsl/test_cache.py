"""What is kept between runs: taken only if it is what was written, and never needed."""

import json
from pathlib import Path

import pytest
from atpath.dsl import cache, cells, parse_tables
from atpath.dsl.cache import digest, keep, recall
from command import atpath, process

MAPPING = 'destination d "D"\n\naction a "A"\n| field | source |\n| --- | --- |\n| id | lowr($.messageId) |\n'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("sys.platform", "linux")
    return tmp_path / "atpath"


def test_what_is_kept_is_recalled(folder: Path):
    keep("kind", digest("a"), {"x": [1, "é"]})
    assert recall("kind", digest("a")) == {"x": [1, "é"]}
    assert recall("kind", digest("b")) is None
    assert folder.stat().st_mode & 0o077 == 0


def test_names_tell_texts_apart():
    assert len({digest("ab", "c"), digest("a", "bc"), digest("abc"), digest("abc", "")}) == 4


@pytest.mark.parametrize("damage", [b"", b"{}", b"\x80\x04.", b"0" * 40 + b"\n{}"])
def test_a_damaged_file_is_left_aside(folder: Path, damage: bytes):
    keep("kind", digest("a"), {"x": 1})
    (file,) = folder.iterdir()
    file.write_bytes(damage)
    assert recall("kind", digest("a")) is None


def test_a_cut_or_changed_file_is_left_aside(folder: Path):
    keep("kind", digest("a"), {"x": 1})
    (file,) = folder.iterdir()
    whole = file.read_bytes()
    for data in (whole[:-1], whole.replace(b"1}", b"2}")):
        file.write_bytes(data)
        assert recall("kind", digest("a")) is None


def test_old_files_make_room(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cache, "MOST_FILES", 10)
    for number in range(30):
        keep("kind", digest(str(number)), number)
    assert len(list(folder.iterdir())) <= 10
    assert recall("kind", digest("29")) == 29


def test_nothing_can_be_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    keep("kind", digest("a"), 1)
    assert recall("kind", digest("a")) is None


def test_a_parser_from_the_cache_reads_as_the_one_that_was_built(folder: Path):
    grammar = cells.grammar_text()
    built = parse_tables.load_parser("cells", grammar, cells.make_parser)
    assert list(folder.iterdir())
    loaded = parse_tables.load_parser("cells", grammar, lambda _: pytest.fail("it was built twice"))
    for text, start in (('$.a[1:2]["b"] ?? lower("x")', "expr"), ('a = 1 and not (b in ("x"))', "condition")):
        assert loaded.parse(text, start=start) == built.parse(text, start=start)


def test_tables_of_another_form_are_built_anew(folder: Path):
    grammar = cells.grammar_text()
    parse_tables.load_parser("cells", grammar, cells.make_parser)
    (file,) = folder.iterdir()
    name = file.stem.removeprefix("cells-")
    for wrong in (1, {}, {"data": {}, "memo": {}}, {"data": [], "memo": {"#": []}}):
        keep("cells", name, wrong)
        assert parse_tables.load_parser("cells", grammar, cells.make_parser).parse("$.a", start="expr")


def test_an_outcome_of_another_form_is_worked_out_anew(tmp_path: Path):
    (tmp_path / "a.map").write_text(MAPPING)
    first = atpath("check", "a.map", cwd=tmp_path)
    assert "no function `lowr`" in first.stdout
    for file in (tmp_path / "atpath").glob("check-*.json"):
        keep("check", file.stem.removeprefix("check-"), {"read": {}, "found": [1]})
    assert atpath("check", "a.map", cwd=tmp_path).stdout == first.stdout


def test_a_changed_include_is_seen(tmp_path: Path):
    (tmp_path / "a.map").write_text(MAPPING.replace("\n\n", '\n\ninclude "b.map"\n\n', 1).replace("lowr", "lower"))
    (tmp_path / "b.map").write_text("let name = $.name\n")
    assert atpath("check", "a.map", cwd=tmp_path).returncode == 0
    (tmp_path / "b.map").write_text("let name = lowr($.name)\n")
    changed = atpath("check", "a.map", cwd=tmp_path)
    assert changed.returncode == 1 and "b.map:1:12" in changed.stdout
    again = atpath("check", "a.map", cwd=tmp_path)
    assert again.stdout == changed.stdout
    (tmp_path / "b.map").unlink()
    assert "there is no file `b.map`" in atpath("check", "a.map", cwd=tmp_path).stdout


def test_kept_files_hold_data(tmp_path: Path, folder: Path):
    (tmp_path / "a.map").write_text(MAPPING)
    process("check", "a.map", cwd=tmp_path)  # which reads no grammar yet, so it keeps those as well
    for file in folder.iterdir():
        json.loads(file.read_bytes().partition(b"\n")[2])
