"""`atpath send`, to a stand-in and to nowhere."""

import json
import os
from pathlib import Path
from threading import Thread

import pytest
from atpath.cli import main
from atpath.runtime.standin import Standin, parse_script
from command import ROOT, atpath

SAMPLE = ROOT / "examples" / "heap.ndjson"
TRACK = {"type": "track", "messageId": "m1", "anonymousId": "a1", "event": "E", "properties": {"a": {"b": 1}}}
IDENTIFY = {"type": "identify", "userId": "u1", "anonymousId": "a1", "traits": {"n": 1, "id": 2}}
NOW = "2024-05-01T12:00:00.000Z"


def ndjson(*events: object) -> bytes:
    return b"".join(json.dumps(event).encode() + b"\n" for event in events)


def test_a_dry_run_writes_a_line_a_request(tmp_path: Path):
    done = atpath(
        "send", "heap", "-", "--set", "appId=11", "--dry-run", "--now", NOW,
        stdin=ndjson(TRACK, IDENTIFY), cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0
    assert [json.loads(line) for line in done.stdout.splitlines()] == [
        {
            "method": "POST",
            "url": "https://heapanalytics.com/api/add_user_properties",
            "json": {
                "app_id": "11",
                "users": [{"identity": "u1", "properties": {"anonymous_id": "a1", "n": 1}}],
            },
        },
        {
            "method": "POST",
            "url": "https://heapanalytics.com/api/integrations/track",
            "json": {
                "app_id": "11",
                "library": "server",
                "events": [
                    {
                        "event": "E",
                        "user_identifier": {"anonymous_id": "a1"},
                        "custom_properties": {"a.b": "1"},
                        "idempotency_key": "atpath:m1",
                        "timestamp": NOW,
                    }
                ],
            },
        },
    ]
    assert "2 requests made" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_dry_run_can_write_a_file(tmp_path: Path):
    words = ("send", "heap", "-", "--set", "appId=11", "--dry-run", "-o", "requests.ndjson")
    assert atpath(*words, stdin=ndjson(TRACK), cwd=tmp_path).stdout == ""
    assert len((tmp_path / "requests.ndjson").read_bytes().splitlines()) == 1


def test_the_sample_arrives_at_a_stand_in(tmp_path: Path):
    with Standin().start() as standin:
        words = ("send", "heap", SAMPLE, "--set", "appId=11", "--url", standin.url, "--format", "json")
        first = atpath(*words, "--dead-letters", "rejected.ndjson", cwd=tmp_path)
        events, users = len(standin.events), len(standin.users)
        second = atpath(*words, cwd=tmp_path)
        assert len(standin.events) == events
    assert (first.returncode, second.returncode) == (0, 0)
    summary = json.loads(first.stderr)
    assert (summary["events_sent"], summary["users_sent"], summary["requests_sent"]) == (events, users, 2)
    letters = [json.loads(line) for line in (tmp_path / "rejected.ndjson").read_bytes().splitlines()]
    assert events + users + len(letters) + summary["unmatched"] == 200
    assert {letter["code"] for letter in letters} >= {"E201", "E210", "E211", "E220", "E221", "E222"}


def test_what_heap_refuses_is_a_dead_letter(tmp_path: Path):
    script = parse_script({"keys": {"message-2": [400] * 9}})
    tracks = [{**TRACK, "messageId": f"message-{n}"} for n in range(5)]
    with Standin(script=script).start() as standin:
        done = atpath(
            "send", "heap", "-", "--set", "appId=11", "--url", standin.url, stdin=ndjson(*tracks), cwd=tmp_path
        )
        assert len(standin.events) == 4
    assert done.returncode == 0
    (letter,) = [json.loads(line) for line in (tmp_path / "dead-letters.ndjson").read_bytes().splitlines()]
    assert (letter["line"], letter["code"], letter["event"]) == (3, "E230", tracks[2])


def test_dead_letters_of_an_earlier_send_are_kept(tmp_path: Path):
    (tmp_path / "dead-letters.ndjson").write_text("earlier\n")
    with Standin().start() as standin:
        words = ("send", "heap", "-", "--set", "appId=11", "--url", standin.url)
        done = atpath(*words, stdin=b"wrong\n", cwd=tmp_path)
        assert "those of an earlier run are in dead-letters.1.ndjson now\n" in done.stderr
        assert (tmp_path / "dead-letters.1.ndjson").read_text() == "earlier\n"
        assert len((tmp_path / "dead-letters.ndjson").read_bytes().splitlines()) == 1
        again = atpath(*words, stdin=ndjson(TRACK), cwd=tmp_path)
        assert "those of an earlier run are in dead-letters.2.ndjson now\n" in again.stderr
        assert not (tmp_path / "dead-letters.ndjson").exists()
        spool = ("--spool", "spool", "--dead-letters", "/dev/null")
        assert atpath(*words, *spool, stdin=b"wrong\n", cwd=tmp_path).returncode == 0


def test_letters_to_a_device_leave_the_spool_here(tmp_path: Path):
    words = ("send", "heap", "-", "--set", "appId=11", "--dead-letters", "/dev/null")
    with Standin(script=parse_script({"requests": [401]})).start() as standin:
        first = atpath(*words, "--url", standin.url, stdin=ndjson(TRACK), cwd=tmp_path)
        assert "what is accepted waits in null.spool\n" in first.stderr
        assert [path.name for path in tmp_path.iterdir()] == ["null.spool"]
        assert atpath(*words, "--url", standin.url, stdin=b"", cwd=tmp_path).returncode == 0
        assert len(standin.events) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_pipe_is_read_anew_while_what_came_from_it_waits(tmp_path: Path):
    os.mkfifo(pipe := tmp_path / "pipe")

    def send(url: str, *events: object) -> None:
        writer = Thread(target=pipe.write_bytes, args=(ndjson(*events),))
        writer.start()
        atpath("send", "heap", pipe, "--set", "appId=11", "--url", url, cwd=tmp_path)
        writer.join()

    with Standin(script=parse_script({"requests": [401]})).start() as standin:
        send(standin.url, TRACK)
        assert standin.events == []
        send(standin.url, *({**TRACK, "messageId": f"m{n}"} for n in range(2, 400)))
        assert len(standin.events) == 399


def test_a_heap_that_takes_nothing_is_the_users(tmp_path: Path):
    with Standin(script=parse_script({"requests": [401]})).start() as standin:
        done = atpath("send", "heap", "-", "--set", "appId=11", "--url", standin.url, stdin=ndjson(TRACK), cwd=tmp_path)
    assert done.returncode == 1
    assert "error: Heap takes no requests: 401 Unauthorized: scripted\n" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "appId"),
        (["--set", "appId=xxxx"], "error: appId is a text of digits, not 'xxxx'\n hint: say it with --set appId=11"),
        (
            ["--set", "appId=11", "--set", "region=DE"],
            'error: --set region: "DE" is not "US" or "EU", which the setting',
        ),
        (["--set", "appId=11", "--url", "localhost"], "error: --url localhost: no address\n"),
    ],
)
def test_a_project_that_nobody_named(words: list[str], said: str, capsys: pytest.CaptureFixture[str]):
    assert main(["send", "heap", "-", *words]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert said in captured.err
    assert "Traceback" not in captured.err


def test_a_mapping_without_settings_is_told_to_have_a_table(tmp_path: Path):
    head = 'destination shop "Shop"\n\n'
    action = 'action a "A"\ndeliver heap track\n| field | source |\n| --- | --- |\n| event | $.event |\n'
    (tmp_path / "shop.map").write_text(head + action)
    hint = "hint: give shop a `settings` table (name, type) with the row `| appId | string required |`"
    assert hint in atpath("send", "shop.map", "-", cwd=tmp_path).stderr
    done = atpath("send", "shop.map", "-", "--set", "appId=11", cwd=tmp_path)
    assert "hint: it has no `settings` table: give it one (name, type) with a row `| appId | string |`" in done.stderr
    table = "settings\n| name | type |\n| --- | --- |\n| appId | string required |\n\n"
    (tmp_path / "shop.map").write_text(head + table + action)
    assert atpath("send", "shop.map", "-", "--set", "appId=11", "--dry-run", cwd=tmp_path).returncode == 0


def test_a_mapping_that_says_nothing_of_heap(tmp_path: Path):
    (tmp_path / "other.map").write_text(
        'destination other "Other"\n\naction log "Log"\n| field | type | source |\n| ----- | ---- | ------ |\n'
        "| name | string | $.event |\n"
    )
    done = atpath("send", "other.map", "-", cwd=tmp_path)
    assert done.returncode == 1
    assert "error: other: no action says where its payloads go" in done.stderr


def test_a_delivery_that_is_not_heaps_is_named(tmp_path: Path):
    rows = "| field | type | source |\n| ----- | ---- | ------ |\n| name | string | $.event |\n"
    (tmp_path / "other.map").write_text(f"destination other\n\naction log\ndeliver braze track\n{rows}")
    done = atpath("send", "other.map", "-", cwd=tmp_path)
    assert done.returncode == 1
    assert "no action says where its payloads go: `deliver braze track` is no call of Heap's\n hint: " in done.stderr
