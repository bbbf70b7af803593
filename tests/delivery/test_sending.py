"""A file by way of a spool: resumed where it was killed, never changed under its feet; and dead letters again."""

import gzip
import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event, Timer
from typing import Any, NoReturn

import child
import pytest
from atpath.runtime.bulk import Target
from atpath.runtime.delivery.client import Heap
from atpath.runtime.delivery.deliver import Policy
from atpath.runtime.delivery.intake import Admitted, Intake
from atpath.runtime.delivery.parcels import Waiting
from atpath.runtime.delivery.post import Halted, Post
from atpath.runtime.delivery.replaying import NoLetter, events_again, find_bases, requests_again
from atpath.runtime.delivery.sending import Changed, Unfinished, event_lines
from atpath.runtime.delivery.spool import NeverFits, Spool
from atpath.runtime.events import EventFile, EventsError, Line, split_lines
from atpath.runtime.standin import Knobs, Standin, parse_script

ROUNDS = int(os.environ.get("ATPATH_CRASH_ROUNDS", "10"))
LINES = 3_000


class Killed(BaseException):
    """Stands for kill -9 in a test that wants to see what is left."""


def die_at(number: int) -> Callable[[Line], None]:
    """What looks at each line, and dies at one of them."""

    def look(line: Line) -> None:
        if line.number == number:
            raise Killed

    return look


def policy(base: str, **more: Any) -> Policy:
    return Policy(base=base, **{"rate": None, "first_wait": 0.01, "attempts": 6, **more})


def send(
    folder: Path, events: Path, base: str, admitted: Callable[[Line], object] = lambda line: None, **more: Any
) -> Post:
    """What `atpath send` does; `admitted` sees every line before it is mapped."""
    policies = {"heap": policy(base)}
    with Post(folder / "spool", folder / "dead.ndjson", policies, **more) as post, EventFile(events) as file:
        intake = Intake(child.make_destination(), Target("11", base), post.spool)
        admit = event_lines(intake)

        def watched(line: Line) -> Admitted:
            admitted(line)
            return admit(line)

        post.accept(file.chunks(), str(events), watched, "heap")
        post.finish()
    return post


def write_events(path: Path, count: int = LINES) -> Path:
    lines = (json.dumps(make_event(n)) for n in range(count))
    path.write_text("\n".join(lines) + "\n")
    return path


def make_event(n: int) -> dict[str, Any]:
    name = "Wrong" if n % 500 == 7 else "Bought"
    return {
        "type": "track",
        "messageId": f"message-{n:05}",
        "userId": f"u{n % 9}",
        "event": name,
        "properties": {"p": "x" * 200},
    }


def letters(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()] if path.exists() else []


def test_a_file_arrives_and_leaves_nothing_behind(tmp_path: Path) -> None:
    events = write_events(tmp_path / "events.ndjson")
    with Standin().start() as standin:
        send(tmp_path, events, standin.url)
        assert len(standin.events) == LINES - 6
    assert [letter["line"] for letter in letters(tmp_path / "dead.ndjson")] == list(range(8, LINES, 500))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dead.ndjson", "events.ndjson"]


def test_a_killed_file_goes_on_where_it_was(tmp_path: Path) -> None:
    events = write_events(tmp_path / "events.ndjson")

    with Standin().start() as standin:
        for number in (1, 1_200, 2_400):
            with pytest.raises(Killed):
                send(tmp_path, events, standin.url, die_at(number))
        post = send(tmp_path, events, standin.url)
        assert post.skipped > 1_000
        keys = [item.body["idempotency_key"] for item in standin.events]
        assert len(keys) == len(set(keys)) == LINES - 6
    assert [letter["line"] for letter in letters(tmp_path / "dead.ndjson")] == list(range(8, LINES, 500))


@pytest.mark.parametrize("point", ["before the letters", "amid the letters", "behind the letters"])
def test_who_is_killed_over_the_letters_has_each_once(tmp_path: Path, point: str) -> None:
    """Letters of the mapping first, then of Heap."""
    events = write_events(tmp_path / "events.ndjson", 600)
    (tmp_path / "dead.ndjson").write_text('{"line": 1, "code": "E201", "event": {}}\n')
    refused = {f"message-{n:05}": [400] * 60 for n in (3, 4)}
    with Standin(script=parse_script({"keys": refused})).start() as standin:
        for _ in range(2):
            assert run_child(tmp_path, events, standin.url, point) == -signal.SIGKILL
        assert run_child(tmp_path, events, standin.url, "nowhere") == 0
        assert len(standin.events) == 600 - 2 - 2
    assert sorted(letter["line"] for letter in letters(tmp_path / "dead.ndjson")) == [4, 5, 8, 508]
    assert [letter["line"] for letter in letters(tmp_path / "dead.1.ndjson")] == [1]
    assert not (tmp_path / "dead.2.ndjson").exists()


def run_child(folder: Path, events: Path, url: str, point: str) -> int:
    program = str(Path(__file__).with_name("child_send.py"))
    return subprocess.run([sys.executable, program, str(folder), str(events), url, point], check=False).returncode


def test_what_others_wrote_between_the_letters_stays(tmp_path: Path) -> None:
    """A spool elsewhere does not guard the letters: another run's may stand in the file when a send goes on."""
    events = write_events(tmp_path / "events.ndjson", 20)
    other = '{"line": 900, "code": "E201", "event": {}}'
    with Standin().start() as standin:
        assert run_child(tmp_path, events, standin.url, "amid the letters") == -signal.SIGKILL
        (tmp_path / "dead.ndjson").write_text(other)  # and its end is cut off
        assert run_child(tmp_path, events, standin.url, "nowhere") == 0
    assert [letter["line"] for letter in letters(tmp_path / "dead.ndjson")] == [900, 8]


def test_a_file_that_waits_whole_is_not_read_anew(tmp_path: Path) -> None:
    """Heap takes nothing, and the same command comes again, as its error says; then lines are added to the file."""
    events = write_events(tmp_path / "events.ndjson", 1_000)
    with Standin(script=parse_script({"requests": [401] * 2})).start() as standin:
        for skipped in (0, 1_000):
            post = send(tmp_path, events, standin.url)
            assert post.halted and post.skipped == skipped
        write_events(events, 1_600)
        assert send(tmp_path, events, standin.url).skipped == 1_000
        sent = [item for request in standin.requests for item in json.loads(request.raw)["events"]]
        assert len({json.dumps(item) for item in sent}) == 1_600 - 4  # sent again means the same bytes
        keys = [item.body["idempotency_key"] for item in standin.events]
        assert keys == [f"message-{n:05}" for n in range(1_600) if n % 500 != 7]
    assert [letter["line"] for letter in letters(tmp_path / "dead.ndjson")] == [8, 508, 1_008, 1_508]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dead.ndjson", "events.ndjson"]


def test_a_last_line_that_gets_its_end_is_the_same_line(tmp_path: Path) -> None:
    events = write_events(tmp_path / "events.ndjson", 20)
    events.write_bytes(events.read_bytes().removesuffix(b"\n"))
    with Standin(script=parse_script({"requests": [401]})).start() as standin:
        send(tmp_path, events, standin.url)
        write_events(events, 30)
        assert send(tmp_path, events, standin.url).skipped == 20
        assert len(standin.events) == 30 - 1
    assert [letter["line"] for letter in letters(tmp_path / "dead.ndjson")] == [8]


def test_a_file_that_is_another_by_now_is_read_while_the_first_waits(tmp_path: Path) -> None:
    events = write_events(tmp_path / "events.ndjson", 1_000)
    with Standin(script=parse_script({"requests": [401]})).start() as standin:
        send(tmp_path, events, standin.url)
        events.write_text("".join(json.dumps(make_event(n)) + "\n" for n in range(1_000, 1_200)))
        assert send(tmp_path, events, standin.url).skipped == 0
        assert len(standin.events) == 1_200 - 3
    assert [letter["line"] for letter in letters(tmp_path / "dead.ndjson")] == [8, 508, 8]


def test_a_file_that_has_become_shorter_is_not_gone_on_with(tmp_path: Path) -> None:
    events = write_events(tmp_path / "events.ndjson")
    with Standin(script=parse_script({"requests": [401]})).start() as standin:
        with pytest.raises(Halted):
            send(tmp_path, events, standin.url, cap=700_000)
        write_events(events, 100)
        with pytest.raises(Changed):
            send(tmp_path, events, standin.url)


def test_no_other_file_comes_between_the_parts_of_one(tmp_path: Path) -> None:
    events, other = write_events(tmp_path / "events.ndjson"), write_events(tmp_path / "other.ndjson", 9)

    with Standin().start() as standin:
        with pytest.raises(Killed):
            send(tmp_path, events, standin.url, die_at(2_000))
        with pytest.raises(Unfinished, match=str(events)):
            send(tmp_path, other, standin.url)
        send(tmp_path, events, standin.url)
        send(tmp_path, other, standin.url)
    assert len(letters(tmp_path / "dead.1.ndjson")) == 6
    assert len(letters(tmp_path / "dead.ndjson")) == 1


def test_a_file_that_has_changed_is_not_gone_on_with(tmp_path: Path) -> None:
    events = write_events(tmp_path / "events.ndjson")

    with Standin().start() as standin:
        with pytest.raises(Killed):
            send(tmp_path, events, standin.url, die_at(2_000))
        text = events.read_text()
        events.write_text(text.replace("message-00003", "message-x0003"))
        with pytest.raises(Changed):
            send(tmp_path, events, standin.url)
        events.write_text(text)
        send(tmp_path, events, standin.url)
        assert len(standin.events) == LINES - 6


def test_a_full_spool_stops_the_reader_and_loses_nothing(tmp_path: Path) -> None:
    events = write_events(tmp_path / "events.ndjson")
    with Standin().start() as standin:
        send(tmp_path, events, standin.url, cap=700_000)
        assert len(standin.events) == LINES - 6
    with Standin(script=parse_script({"requests": [401]})).start() as standin, pytest.raises(Halted):
        send(tmp_path, events, standin.url, cap=700_000)


def test_what_comes_before_a_damage_is_delivered(tmp_path: Path) -> None:
    text = write_events(tmp_path / "events.ndjson").read_bytes()
    packed = gzip.compress(text)
    events = tmp_path / "events.gz"
    events.write_bytes(packed[: len(packed) // 2])
    with Standin().start() as standin:
        with pytest.raises(EventsError, match="damaged behind line"):
            send(tmp_path, events, standin.url)
        assert 1_000 < len(standin.events) < LINES - 6
        events.write_bytes(packed)
        send(tmp_path, events, standin.url)
        assert len(standin.events) == LINES - 6
        assert sum(len(json.loads(request.raw)["events"]) for request in standin.requests) == LINES - 6


def test_lines_that_no_spool_of_this_cap_can_hold_are_said(tmp_path: Path) -> None:
    events = write_events(tmp_path / "events.ndjson", 10)
    with Standin().start() as standin, pytest.raises(NeverFits, match="bytes have to wait at once, and the cap is 900"):
        send(tmp_path, events, standin.url, cap=900)


def test_a_mistake_of_ours_is_said_and_keeps_the_spool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    events = write_events(tmp_path / "events.ndjson")

    def fail(*words: Any) -> NoReturn:
        raise RuntimeError("of ours")

    monkeypatch.setattr(Heap, "post", fail)
    assert "a mistake in atpath: RuntimeError: of ours" in send(tmp_path, events, "http://127.0.0.1:9").halted["heap"]
    monkeypatch.undo()
    with Standin().start() as standin:
        assert send(tmp_path, events, standin.url).halted == {}
        assert len(standin.events) == LINES - 6


def test_what_is_accepted_as_a_lane_finds_nothing_is_delivered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lane looks, the last lines are accepted, delivery is told to come to its end, and then the lane decides."""
    looked, go_on, take = Event(), Event(), Spool.take

    def look(spool: Spool, *words: Any, **more: Any) -> list[Waiting]:
        found = take(spool, *words, **more)
        looked.set()
        go_on.wait(10)
        return found

    monkeypatch.setattr(Spool, "take", look)
    events = write_events(tmp_path / "events.ndjson", 5)
    with Standin().start() as standin:
        Timer(0.5, go_on.set).start()  # by then everything is accepted, and waits for the lane
        send(tmp_path, events, standin.url, lambda line: looked.wait(10))
        assert len(standin.events) == 5
    assert [path.name for path in tmp_path.iterdir()] == ["events.ndjson"]


def test_kill_a_sending_process_at_random_moments(tmp_path: Path) -> None:
    random.seed(ROUNDS)
    events = write_events(tmp_path / "events.ndjson")
    program = str(Path(__file__).with_name("child_send.py"))
    with Standin(Knobs()).start() as standin:
        for number in range(ROUNDS + 1):
            steps = random.choices(["ok", 503, "reset_after_storing", "half_response"], [6, 1, 1, 1], k=5)
            standin.follow(parse_script({"requests": steps}))
            last = number == ROUNDS
            with subprocess.Popen([sys.executable, program, str(tmp_path), str(events), standin.url]) as process:
                try:
                    process.wait(60 if last else random.uniform(0.2, 0.9))
                except subprocess.TimeoutExpired:
                    process.send_signal(signal.SIGKILL)
        assert process.returncode == 0
        keys = [item.body["idempotency_key"] for item in standin.events]
        assert len(keys) == len(set(keys)) == LINES - 6
        assert [letter["line"] for letter in letters(tmp_path / "dead.ndjson")] == list(range(8, LINES, 500))


def test_replay_delivers_what_was_refused_once_it_is_mended(tmp_path: Path) -> None:
    events = write_events(tmp_path / "events.ndjson", 1_000)
    bad = {f"message-{n:05}": [400] * 30 for n in (3, 500, 999)}
    with Standin(script=parse_script({"keys": bad})).start() as standin:
        send(tmp_path, events, standin.url)
        refused = [letter for letter in letters(tmp_path / "dead.ndjson") if letter["code"] == "E230"]
        assert [letter["line"] for letter in refused] == [4, 501, 1000]
        assert refused[0]["event"] == make_event(3) and refused[0]["status"] == 400
        (tmp_path / "refused.ndjson").write_text("".join(json.dumps(letter) + "\n" for letter in refused))
        standin.follow(parse_script({}))
        replay(tmp_path, tmp_path / "refused.ndjson", standin.url)
        assert len(standin.events) == 998
    assert not (tmp_path / "again.ndjson").exists()


def replay(folder: Path, path: Path, url: str) -> None:
    with EventFile(path) as file:
        bases = find_bases((line for chunk in file.chunks() for line in split_lines(chunk)), None)
    assert bases == {"heap": url}
    policies = {name: policy(base) for name, base in bases.items()}
    with EventFile(path) as file, Post(folder / "replay", folder / "again.ndjson", policies) as post:
        post.accept(file.chunks(), str(path), requests_again(post.spool), "replay")
        post.finish()


def test_replay_with_a_mapping_maps_the_event_anew_for_its_action_alone(tmp_path: Path) -> None:
    lines = [
        {"line": 1, "action": "track", "row": "event", "code": "E201", "reason": "x", "event": make_event(1)},
        {"line": 2, "action": "users", "row": None, "code": "E230", "reason": "x", "event": make_event(2)},
        {"line": 3, "action": None, "row": None, "code": "E210", "reason": "x", "raw": json.dumps(make_event(4))},
        {"line": 4, "action": None, "row": None, "code": "E210", "reason": "x", "raw": "{"},
    ]
    path = tmp_path / "dead.ndjson"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    with Standin().start() as standin:
        policies = {"heap": policy(standin.url)}
        with EventFile(path) as file, Post(tmp_path / "spool", tmp_path / "again.ndjson", policies) as post:
            intake = Intake(child.make_destination(), Target("11", standin.url), post.spool)
            post.accept(file.chunks(), str(path), events_again(intake), "heap")
            post.finish()
        assert [item.body["idempotency_key"] for item in standin.events] == ["message-00001", "message-00004"]
    assert [(x["line"], x["code"]) for x in letters(tmp_path / "again.ndjson")] == [(2, "E233"), (4, "E210")]


def test_replay_takes_bytes_that_are_no_text_as_they_were_until_they_are_mended(tmp_path: Path) -> None:
    raw = json.dumps(make_event(1)).replace("Bought", "Caf\xe9").encode("latin-1").replace(b"\\u00e9", b"\xe9")
    (path := tmp_path / "events.ndjson").write_bytes(raw + b"\n")
    with Standin().start() as standin:
        send(tmp_path, path, standin.url)
        for letter in (letters(tmp_path / "dead.ndjson")[0], {"raw": raw.decode("latin-1")}):
            path.write_text(json.dumps({**letters(tmp_path / "dead.ndjson")[0], **letter}) + "\n")
            with (
                EventFile(path) as file,
                Post(tmp_path / "s", tmp_path / "again", {"heap": policy(standin.url)}) as post,
            ):
                intake = Intake(child.make_destination(), Target("11", standin.url), post.spool)
                post.accept(file.chunks(), str(path), events_again(intake), "heap")
                post.finish()
            assert [x["code"] for x in letters(tmp_path / "again")] == (["E212"] if "code" in letter else [])
        assert [item.body["event"] for item in standin.events] == ["Café"]


@pytest.mark.parametrize(
    ("text", "reason", "wants_mapping"),
    [
        ("{", "line 1 is no dead letter", False),
        ("[]", "line 1 is no dead letter", False),
        ('{"a": 1}', "line 1 is no dead letter", False),
        ('{"event": {}, "code": "E201"}', "line 1 holds no request", True),
        ('{"request": {"url": "http://x/"}}', "line 1 holds no request", True),
    ],
)
def test_what_is_no_letter_is_said(tmp_path: Path, text: str, reason: str, wants_mapping: bool) -> None:
    with pytest.raises(NoLetter, match=reason) as caught:
        find_bases([Line(text.encode(), 1, 0, len(text))], None)
    assert caught.value.wants_mapping == wants_mapping
