"""`atpath test`, `atpath gen` and the pytest plugin as people run them."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from atpath.cli import main
from atpath.cli.test_ import read_events

CONFTEST = """
from atpath.harness.laws import Request

class Wire:
    def requests(self, destination, events):
        return [Request("/in", tuple(p for e in events for _, p in destination.route(e) if isinstance(p, dict)), "")]

    def fault(self, request):
        return "never on a Monday" if request.items else None

def pytest_mapping_wire(destination):
    return Wire()
"""
ROOT = Path(__file__).parents[2]


WITHOUT = ("--without", "bulk")  # the law that takes longest: what these tests look at does not hang on it


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is kept between runs, for this module: the tables of the grammar are made once."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def heap(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a copy of heap.map, to stand in."""
    (tmp_path / "mappings").mkdir()
    shutil.copy(ROOT / "mappings" / "heap.map", tmp_path / "mappings")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    return tmp_path / "mappings" / "heap.map"


def test_the_second_minute(heap: Path, capsys: pytest.CaptureFixture[str]) -> None:
    heap.write_text(heap.read_text("utf-8").replace("$.messageId ", "$.messageID "), "utf-8")
    assert main(["test", "mappings/heap.map", "--profile", "quick", *WITHOUT]) == 1
    screen = capsys.readouterr().out
    assert "did you mean `$.messageId`?" in screen
    assert 'example "a page view": the event is rejected' in screen
    assert "row message_id" in screen


def test_a_right_mapping_is_fine(heap: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["test", "mappings", "--profile", "quick", "--html", "page.html", "--fail-under", "90", *WITHOUT]
    assert main(words) == 0
    assert "none broken" in capsys.readouterr().out
    assert "<html" in Path("page.html").read_text("utf-8")


def test_a_mapping_that_is_not_there_keeps_no_other_from_being_tested(
    heap: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["test", "none.map", "mappings/heap.map", "--events", "1", "--no-coverage", *WITHOUT]) == 1
    captured = capsys.readouterr()
    assert "heap: 7 examples" in captured.out
    assert captured.err == "error: none.map: no such file or directory\n"


def test_too_little_reached_is_an_error(heap: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = heap.read_text("utf-8")
    heap.write_text(text.split("example ")[0], "utf-8")
    words = ["test", "mappings/heap.map", "--events", "1", "--fail-under", "50", "--of", "examples", *WITHOUT]
    assert main(words) == 1
    assert "less than 50 %" in capsys.readouterr().err


def test_replay_takes_the_events_of_dead_letters(heap: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("events.ndjson").write_text('{"type": "track", "anonymousId": "a"}\nx\n', "utf-8")
    assert main(["run", "heap", "events.ndjson", "-o", "out.ndjson"]) == 0
    assert len(Path("dead-letters.ndjson").read_text("utf-8").splitlines()) == 2
    assert read_events("dead-letters.ndjson") == ({"type": "track", "anonymousId": "a"},)


def test_json_and_replay(heap: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("events.ndjson").write_text('{"type": "track"}\n', "utf-8")
    words = ["test", "mappings/heap.map", "--events", "1", "--format", "json", "--replay", "events.ndjson"]
    assert main([*words, *WITHOUT]) == 0
    (report,) = json.loads(capsys.readouterr().out)
    assert report["failures"] == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--without", "requird"], "did you mean 'required'?"),
        (["--replay", "bad.ndjson"], "bad.ndjson:1"),
        (["--events", "0"], "1 or more"),
        (["--fail-under", "101"], "0 to 100"),
        (["--schema", "bad.ndjson"], "is no source schema"),
    ],
)
def test_what_the_user_got_wrong(heap: Path, words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("bad.ndjson").write_text("[1]\n", "utf-8")
    assert main(["test", "mappings/heap.map", *words]) == 1
    assert said in capsys.readouterr().err


def test_what_cannot_be_compiled_is_said_once(heap: Path, capsys: pytest.CaptureFixture[str]) -> None:
    heap.write_text(heap.read_text("utf-8").replace("| $.name ", "| $.na[me "), "utf-8")
    assert main(["test", "mappings/heap.map"]) == 1
    said = capsys.readouterr()
    assert (said.out + said.err).count("error[E0") == 1
    assert "not tested" in said.out


def test_gen_writes_events(heap: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["gen", "mappings/heap.map", "-n", "40", "--seed", "3", "--share", "match=1"]) == 0
    lines = capfdbinary.readouterr().out.splitlines()
    assert len(lines) == 40
    assert {json.loads(line)["type"] for line in lines} <= {"track", "page", "screen", "identify"}
    assert main(["gen", "mappings/heap.map", "--share", "matches=1"]) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["gen", "mappings/heap.map", "--share", "match=0"], "error: every --share is 0\n hint: give one kind a part"),
        (["test", "mappings/heap.map", "--only", "clock", "--without", "clock"], "error: no law is left to be held\n"),
    ],
)
def test_what_would_do_nothing_is_refused(
    heap: Path, words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 1
    captured = capsys.readouterr()
    assert (captured.out, captured.err[: len(said)]) == ("", said)


def test_pytest_collects_mapping_files(heap: Path) -> None:
    heap.write_text(heap.read_text("utf-8").replace('"name": "Pricing"\n}', '"name": "Prices"\n}', 1), "utf-8")
    command = [sys.executable, "-m", "pytest", "mappings", "-p", "no:cacheprovider", "--junitxml", "out.xml", "-v"]
    command += ["-k", "check or page or requests or required"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=heap.parents[1])
    assert done.returncode == 1
    assert "example: a page view FAILED" in done.stdout
    assert "law: required PASSED" in done.stdout
    assert "law: requests PASSED" in done.stdout  # the command line's layer tells the way to Heap
    assert 'example "a page view": `name` is "Pricing"' in done.stdout
    assert '- name: "Prices"\n      + name: "Pricing"\n' in done.stdout
    assert "1 failed" in done.stdout
    assert "a page view" in Path("out.xml").read_text("utf-8")


def test_pytest_shows_what_check_finds(heap: Path) -> None:
    heap.write_text(heap.read_text("utf-8").replace("$.messageId ", "$.messageID "), "utf-8")
    command = [sys.executable, "-m", "pytest", "mappings", "-p", "no:cacheprovider", "-x", "-k", "check or clock"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=heap.parents[1])
    assert "did you mean `$.messageId`?" in done.stdout
    assert "1 failed" in done.stdout


def test_pytest_warns_of_what_check_warns_of(heap: Path) -> None:
    heap.write_text(f"{heap.read_text('utf-8')}\nlet unused = $.name\n", "utf-8")
    command = [sys.executable, "-m", "pytest", "mappings", "-p", "no:cacheprovider", "-k", "check"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=heap.parents[1])
    assert "warning[W304]: nothing uses let `unused`" in done.stdout
    assert "1 passed" in done.stdout and "1 warning" in done.stdout


def test_parts_are_tested_with_what_includes_them(heap: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (heap.parent / "part.map").write_text("let id = $.messageId\n", "utf-8")
    text = heap.read_text("utf-8").replace("$.messageId ", "id          ")
    heap.write_text(f'{text}\ninclude "part.map"\n', "utf-8")
    assert main(["test", "mappings", "--events", "1", "--no-coverage", *WITHOUT]) == 0
    assert "part" not in capsys.readouterr().out
    for name, ends in (("mappings", "1 passed"), ("mappings/part.map", "1 error")):
        command = [sys.executable, "-m", "pytest", name, "-p", "no:cacheprovider", "-k", "check"]
        done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=heap.parents[1])
        assert ends in done.stdout


def test_a_conftest_may_know_another_way(heap: Path) -> None:
    (heap.parent / "conftest.py").write_text(CONFTEST, "utf-8")
    command = [sys.executable, "-m", "pytest", "mappings", "-p", "no:cacheprovider", "-k", "requests"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=heap.parents[1])
    assert "would refuse this: never on a Monday" in done.stdout
