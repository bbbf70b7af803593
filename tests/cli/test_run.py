"""`atpath run`, from files to files."""

import gzip
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from atpath.cli import main
from command import ROOT, atpath

HEAP = ROOT / "mappings" / "heap.map"
NOW = "2024-05-01T12:00:00.000Z"
PAGE = {
    "type": "page", "messageId": "message-1", "anonymousId": "a1", "name": "Home",
    "timestamp": "2024-01-01T00:00:00.000Z",
}  # fmt: skip
PAYLOAD = {
    "message_id": "message-1", "anonymous_id": "a1", "name": "Home", "timestamp": "2024-01-01T00:00:00.000Z",
    "type": "page",
}  # fmt: skip


def lines(text: str | bytes) -> list[object]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def events(tmp_path: Path) -> Path:
    """Two events and a line that is none."""
    path = tmp_path / "events.ndjson"
    identify = {"type": "identify", "userId": "u1", "traits": {"n": 1}}
    path.write_text(f"{json.dumps(PAGE)}\n\nnonsense\n{json.dumps(identify)}\n")
    return path


def test_a_line_a_payload(events: Path, tmp_path: Path):
    done = atpath("run", HEAP, events, "-o", tmp_path / "out.ndjson")
    assert (done.returncode, done.stdout) == (0, "")
    assert lines((tmp_path / "out.ndjson").read_bytes()) == [
        {"action": "trackEvent", "payload": PAYLOAD},
        {"action": "identifyUser", "payload": {"user_id": "u1", "traits": {"n": 1}}},
    ]


def test_dead_letters_lie_beside_the_output_and_it_is_said(events: Path, tmp_path: Path):
    done = atpath("run", HEAP, events, "-o", tmp_path / "out.ndjson")
    letters = tmp_path / "dead-letters.ndjson"
    assert "1 dead letter in" in done.stderr
    assert lines(letters.read_bytes()) == [
        {
            "line": 3,
            "action": None,
            "row": None,
            "code": "E210",
            "reason": "no JSON: expecting value at column 1",
            "raw": "nonsense",
        }
    ]


def test_both_ends_may_be_standard_streams(events: Path, tmp_path: Path):
    done = atpath("run", "heap", "-", "-o", "-", cwd=tmp_path, stdin=events.read_bytes())
    assert [line["action"] for line in lines(done.stdout)] == ["trackEvent", "identifyUser"]  # type: ignore[index]
    assert (tmp_path / "dead-letters.ndjson").exists()


def test_gzip_at_both_ends(events: Path, tmp_path: Path):
    packed, out = tmp_path / "events.ndjson.gz", tmp_path / "out.ndjson.gz"
    packed.write_bytes(gzip.compress(events.read_bytes()))
    assert atpath("run", HEAP, packed, "-o", out).returncode == 0
    assert len(lines(gzip.decompress(out.read_bytes()))) == 2


def test_no_dead_letters_no_file(tmp_path: Path):
    done = atpath("run", "heap", "-", cwd=tmp_path, stdin=json.dumps(PAGE).encode())
    assert (done.returncode, list(tmp_path.iterdir())) == (0, [])


@pytest.mark.parametrize("words", [["run", "heap"], ["send", "heap", "--set", "appId=11", "--dry-run"]])
def test_dead_letters_of_an_earlier_run_are_kept(words: list[str], tmp_path: Path):
    def go(text: str, *more: str) -> str:
        done = atpath(*words, "-", *more, cwd=tmp_path, stdin=text.encode())
        assert done.returncode == 0, done.stderr
        return done.stderr

    def kept() -> dict[str, list[object]]:
        files = sorted(tmp_path.glob("dead-letters*"))
        return {path.name: [letter["raw"] for letter in lines(path.read_bytes())] for path in files}  # type: ignore[index]

    assert "earlier" not in go("one\ntwo\n")
    assert "1 dead letter in dead-letters.ndjson\nthose of an earlier run are in dead-letters.1.ndjson now\n" in go(
        "x\n"
    )
    assert kept() == {"dead-letters.1.ndjson": ["one", "two"], "dead-letters.ndjson": ["x"]}
    assert "earlier" not in go("x\n")  # the same again is there already
    assert len(kept()) == 2
    assert "those of an earlier run are in dead-letters.2.ndjson now\n" in go("")  # none of this run, so no file
    assert list(kept()) == ["dead-letters.1.ndjson", "dead-letters.2.ndjson"]
    go("y\n", "--dead-letters", "/dev/null")
    assert len(kept()) == 2
    assert Path("/dev/null").is_char_device()


def test_dead_letters_of_several_processes_keep_those_of_an_earlier_run(tmp_path: Path):
    (tmp_path / "dead-letters.ndjson").write_text("earlier\n")
    (tmp_path / "events").write_text("wrong\n")
    done = atpath("run", "heap", "events", "--workers", "2", "-o", "out", "--format", "json", cwd=tmp_path)
    letters = json.loads(done.stderr)["dead_letters"]
    assert letters == {"file": "dead-letters.ndjson", "count": 1, "earlier": "dead-letters.1.ndjson"}
    assert (tmp_path / "dead-letters.1.ndjson").read_text() == "earlier\n"


@pytest.mark.parametrize("wrong", [(b"first\n", b"second\n"), (b"same\n", b"same\n")])
def test_two_runs_in_one_folder_keep_their_dead_letters(wrong: tuple[bytes, bytes], tmp_path: Path):
    """The second begins while the first goes on; where both said the same so far, the first may have more to say."""
    command = [sys.executable, "-m", "atpath.cli", "run", "heap", "-"]
    with subprocess.Popen(command, cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as first:
        assert first.stdin is not None
        first.stdin.write(wrong[0])
        first.stdin.flush()
        patience = time.monotonic() + 20
        while not (tmp_path / "dead-letters.ndjson").exists() and time.monotonic() < patience:
            time.sleep(0.02)
        time.sleep(0.1)
        assert atpath("run", "heap", "-", stdin=wrong[1], cwd=tmp_path).returncode == 0
        first.stdin.write(b"more\n")
        first.stdin.close()
    kept = b"".join(path.read_bytes() for path in sorted(tmp_path.glob("dead-letters*")))
    assert sorted(letter["raw"] for letter in lines(kept)) == sorted(  # type: ignore[index]
        [*(text.decode().strip() for text in wrong), "more"]
    )


def test_strict_makes_rejected_events_a_failure(events: Path, tmp_path: Path):
    assert atpath("run", HEAP, events, "-o", tmp_path / "out.ndjson", "--strict").returncode == 1


def test_the_clock_can_be_set(tmp_path: Path):
    event = {"type": "track", "messageId": "message-1", "event": "E"}
    done = atpath("run", "heap", "-", "--now", "2024-05-01T14:00:00+02:00", stdin=json.dumps(event).encode())
    (line,) = lines(done.stdout)
    assert line["payload"]["timestamp"] == NOW  # type: ignore[index]


def test_the_summary_for_programs(events: Path, tmp_path: Path):
    done = atpath("run", HEAP, events, "-o", tmp_path / "out.ndjson", "--format", "json")
    assert json.loads(done.stderr) == {
        "read": 3,
        "unmatched": 0,
        "actions": {
            "identifyUser": {"matched": 1, "rejected": 0, "accepted": 1},
            "trackEvent": {"matched": 1, "rejected": 0, "accepted": 1},
        },
        "rejected": [{"action": None, "row": None, "code": "E210", "reason": "the line is no JSON", "events": 1}],
        "left_out": [],
        "dead_letters": {"file": str(tmp_path / "dead-letters.ndjson"), "count": 1, "earlier": None},
    }


@pytest.mark.parametrize("columns", [80, 120])
def test_the_summary_screen(golden, tmp_path: Path, columns: int):
    sample = ROOT / "examples" / "heap.ndjson"
    done = atpath("run", "heap", sample, "-o", "out.ndjson", cwd=tmp_path, columns=columns)
    assert (done.returncode, done.stdout) == (0, "")
    assert max(map(len, done.stderr.splitlines())) <= columns
    golden(f"cli/run.{columns}.txt", done.stderr)


def test_nothing_is_lost(tmp_path: Path):
    sample = ROOT / "examples" / "heap.ndjson"
    done = atpath("run", "heap", sample, "-o", "out.ndjson", "--format", "json", cwd=tmp_path)
    summary = json.loads(done.stderr)
    assert summary["read"] == 200
    letters = lines((tmp_path / "dead-letters.ndjson").read_bytes())
    payloads = lines((tmp_path / "out.ndjson").read_bytes())
    assert len(letters) + len(payloads) + summary["unmatched"] == 200
    source = sample.read_bytes().splitlines()
    for letter in letters:
        line = source[letter["line"] - 1]  # type: ignore[index]
        if "raw" in letter:  # type: ignore[operator]
            assert letter["raw"] == line.decode()  # type: ignore[index]
        else:
            assert letter["event"] == json.loads(line)  # type: ignore[index]


@pytest.mark.parametrize(
    ("content", "code", "reason"),
    [
        (b"no JSON", "E210", "no JSON: expecting value at column 1"),
        (b'["an", "array"]', "E211", "the line is an array, not an object"),
        (b"\x89PNG\r", "E212", "byte 1 of the line is no UTF-8"),
        (
            b'{"type":' + b"[" * 10_000 + b"]" * 10_000 + b"}",
            "E213",
            "more than 200 objects and arrays inside one another",
        ),
        (b'{"type":"track","n":' + b"9" * 400 + b"}", "E214", "a number is beyond what a double can hold"),
        (b'{"type":"\\ud800"}', "E215", "a text holds half of a surrogate pair, which no UTF-8 can hold"),
        (b'{"type":"track","n":NaN}', "E210", "NaN is no JSON number"),
    ],
)
def test_bad_lines_never_end_in_a_traceback(
    content: bytes, code: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):  # fmt: skip
    monkeypatch.chdir(tmp_path)
    Path("events").write_bytes(content + b"\n")
    assert main(["run", "heap", "events"]) == 0
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "Traceback" not in captured.err
    (letter,) = lines(Path("dead-letters.ndjson").read_bytes())
    assert letter["code"] == code  # type: ignore[index]
    assert reason in letter["reason"]  # type: ignore[index]


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_no_event(content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "events").write_bytes(content)
    assert main(["run", "heap", str(tmp_path / "events")]) == 0
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("0 events read")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run", "no/such.map", "events"], "no/such.map"),
        (["run", "heap", "no/such.ndjson"], "error: no/such.ndjson: no such file or directory\n"),
        (["run", "heap", "."], "error: .: is a directory\n"),
        (["run", "heap", "-", "-o", "no/such/out"], "error: no/such/out: no such file or directory\n"),
        (["run", "heap", "-", "--set", "appId"], "error: --set appId: no setting\n hint: write --set NAME=VALUE"),
        (["run", "heap", "-", "--set", "appId=1", "--set", "appId=2"], "error: --set appId is there twice\n"),
        (["run", "heap", "-", "--now", "noon"], "error: --now noon: no time\n hint: write it as 2024-05-01T"),
        (["run", "heap", "-", "--now", "0001-01-01T00:00+10:00"], "error: --now 0001-01-01T00:00+10:00: no time\n"),
        (["run", "heap", "-", "--set", "appid=1"], "no such setting\n hint: did you mean appId?\n"),
        (["run", "heap", "x", "-o", "x"], "error: x is both the events and the output\n"),
        (["run", "heap", "x", "--dead-letters", "x"], "error: x is both the events and the dead letters\n"),
        (["run", "heap", "-", "--dead-letters", "."], "error: .: is a directory\n hint: name a file, such as dead-"),
        (["send", "heap", "-", "--set", "appId=1", "--dead-letters", "."], "error: .: is a directory\n hint: name a"),
        (["run", "x", "-", "-o", "x"], "error: x is both the mapping and the output\n"),
        (["run", "x", "-", "--dead-letters", "./x"], "error: x is both the mapping and the dead letters\n"),
        (["send", "x", "-", "--dry-run", "-o", "x"], "error: x is both the mapping and the output\n"),
        (["gen", "x", "-n", "1", "-o", "x"], "error: x is both the mapping and the output\n"),
        (["gen", "heap", "--samples", "x", "-o", "x"], "error: x is both the samples and the output\n"),
        (["test", "x", "--html", "x"], "error: x is both the mapping and the page\n"),
        (["test", "heap", "--replay", "x", "--html", "x"], "error: x is both the replay and the page\n"),
    ],
)
def test_what_is_the_users_is_said(
    words: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x").write_text("{}\n")
    assert main(words) == 1
    assert (tmp_path / "x").read_text() == "{}\n"
    captured = capsys.readouterr()
    assert captured.out == ""
    assert said in captured.err
    assert "Traceback" not in captured.err


def test_a_damaged_archive_is_the_users(tmp_path: Path):
    (tmp_path / "events.gz").write_bytes(gzip.compress(json.dumps(PAGE).encode() * 1000)[:60])
    done = atpath("run", "heap", "events.gz", cwd=tmp_path)
    assert done.returncode == 1
    assert "error: events.gz: the compressed data is damaged before its first line ends" in done.stderr


ONE = "destination d\naction a\n| field | type | source |\n| --- | --- | --- |\n| u | any | {} |\n"


@pytest.mark.parametrize("verb", ["run", "send"])
def test_what_check_would_refuse_is_said_in_a_line(verb: str, tmp_path: Path):
    (tmp_path / "a.map").write_text(ONE.format("$.usrId"))
    (tmp_path / "events.ndjson").write_text('{"usrId": "u1"}\n')
    words = ["--dry-run"] if verb == "send" else []
    for _ in range(2):  # worked out, and kept
        done = atpath(verb, "a.map", "events.ndjson", *words, cwd=tmp_path)
        assert done.stderr.startswith("warning: a.map has 1 error that `atpath check` shows\n")
    (tmp_path / "a.map").write_text(ONE.format("$.userId"))
    assert "warning" not in atpath(verb, "a.map", "events.ndjson", *words, cwd=tmp_path).stderr
