"""Files that cannot be read or written: named as the person named them, and no reason to say nothing of the others."""

import json
import os
import tempfile
from pathlib import Path
from typing import NoReturn

import pytest
from atpath.runtime.delivery.spool import Spool, SpoolError
from command import atpath

FINE = 'destination d "D"\n\naction a "A"\n| field | source      |\n| ----- | ----------- |\n| id    | $.messageId |\n'
WRONG = FINE.replace("$.messageId", "lowr($.userId)")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.map").write_text(WRONG)
    (tmp_path / "b.map").write_text(FINE)
    (tmp_path / "empty").mkdir()
    return tmp_path


def test_a_part_that_another_file_of_the_folder_includes_is_no_mapping_of_its_own(tmp_path: Path):
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "common.map").write_text("let id = $.messageId\n")
    (tmp_path / "a.map").write_text(f'{FINE.replace("$.messageId", "id")}\ninclude "parts/../parts/common.map"\n')
    done = atpath("check", ".", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "a.map: nothing wrong\n")
    assert "E114" in atpath("check", "parts", cwd=tmp_path).stdout  # nothing there includes it
    assert "E114" in atpath("check", "parts/common.map", cwd=tmp_path).stdout
    (tmp_path / "stray.map").write_text("let x = $.name\n")
    assert "stray.map:1:1" in atpath("check", ".", cwd=tmp_path).stdout


def test_what_is_wrong_with_an_included_file_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "a.map").write_text(f'{FINE}\ninclude "parts"\n')
    (tmp_path / "parts").mkdir()
    assert "error[E111]: there is no file `parts` to include" in atpath("check", "a.map", cwd=tmp_path).stdout
    (tmp_path / "parts").rmdir()
    (tmp_path / "parts").write_text("let x = $.name\n")
    read = Path.read_bytes

    def read_bytes(path: Path) -> bytes:
        if path.name == "parts":
            raise PermissionError(13, "Permission denied", str(path))
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    assert atpath("check", "a.map", cwd=tmp_path).stderr == "error: parts, which a.map reads: permission denied\n"


def test_check_says_what_is_wrong_with_the_others(folder: Path):
    done = atpath("check", "missing.map", "a.map", "empty", "b.map", "gone.map", cwd=folder)
    assert done.returncode == 1
    assert "there is no function `lowr`" in done.stdout
    assert [line for line in done.stderr.splitlines() if line.startswith("error")] == [
        "error: empty: no mapping file is in this folder",
        "error: missing.map: no such file or directory",
        "error: gone.map: no such file or directory",
    ]


def test_check_with_a_file_that_is_missing_is_wrong_even_if_the_others_are_not(folder: Path):
    done = atpath("check", "b.map", "missing.map", "--fix", "--format", "json", cwd=folder)
    assert done.returncode == 1
    assert json.loads(done.stdout)["errors"] == 0
    assert json.loads(done.stderr)["error"] == "missing.map: no such file or directory"


def test_fmt_goes_on_behind_a_file_that_it_cannot_read(folder: Path):
    (folder / "c.map").write_text(FINE.replace("| id    |", "| id |"))
    (folder / "d.map").write_bytes(b"\xff")
    done = atpath("fmt", "--check", "missing.map", "d.map", "c.map", cwd=folder)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "would change: c.map\n"
        "error: missing.map: no such file or directory\n"
        "error: d.map is no UTF-8 text: byte 1 is none of a character\n"
    )


@pytest.mark.parametrize("verb", ["check", "run", "compile", "export", "test"])
def test_the_name_of_a_mapping_that_ships(verb: str, tmp_path: Path):
    done = atpath(verb, "hepa", *(["-"] if verb == "run" else []), cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("error: hepa: no such file")
    assert done.stderr.endswith("hint: did you mean `heap`?\n")


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (["explain", "heap", ""], "EVENT"),
        (["eval", "$.a", ""], "EVENT"),
        (["run", "heap", "-", "-o", ""], "--output"),
        (["check", "heap", ""], "MAPPING"),
        (["run", "heap", "-", "--dead-letters", ""], "--dead-letters"),
    ],
)
def test_an_empty_name_is_no_folder(words: list[str], name: str, tmp_path: Path):
    done = atpath(*words, cwd=tmp_path)
    hint = "it is the name of a file; is a variable of the shell not set?"
    assert (done.returncode, done.stderr) == (1, f"error: {name} is empty\n hint: {hint}\n")


def refuse(*words: object, **more: object) -> NoReturn:
    raise PermissionError(13, os.strerror(13), "/x/.a.map.q8dh2l")


@pytest.mark.parametrize("words", [["fmt", "c.map"], ["docs", "b.map", "-o", "c.map"]])
def test_a_folder_that_takes_no_new_file(words: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch):
    (folder / "c.map").write_text(FINE.replace("| id    |", "| id |"))
    monkeypatch.setattr(tempfile, "mkstemp", refuse)
    done = atpath(*words, cwd=folder)
    assert done.returncode == 1
    assert done.stderr == "error: c.map: its folder takes no new file: permission denied\n"


def test_a_folder_that_is_not_there(folder: Path):
    done = atpath("docs", "b.map", "-o", "no/such.md", cwd=folder)
    assert done.stderr == "error: no/such.md: no such file or directory\n"


def test_a_spool_that_may_not_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(SpoolError, match=r"the spool in \S+: permission denied\Z"):
        Spool(tmp_path / "spool")
