"""kill -9 at random moments: what was acknowledged is stored or in the dead letters, once by its key."""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
from atpath.runtime.standin import Knobs, Standin, parse_script

ROUNDS = int(os.environ.get("ATPATH_CRASH_ROUNDS", "10"))  # `make crash` has 200
CHILD = str(Path(__file__).with_name("child.py"))


@contextmanager
def child(*words: str, wait: bool = True) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server in a process of its own, and its address."""
    with subprocess.Popen([sys.executable, CHILD, *words], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


def send_until_it_dies(url: str, first: int, acknowledged: dict[str, dict[str, Any]]) -> int:
    """Post batches of several sizes as fast as they are taken; note what was acknowledged; the next number."""
    number = first
    with contextlib.suppress(httpx.TransportError), httpx.Client(timeout=5) as client:
        while True:
            batch = [make_event(n) for n in range(number, number + random.choice([1, 3, 50]))]
            number += len(batch)
            reply = client.post(f"{url}/v1/batch", json={"batch": batch})
            if reply.status_code == 200:
                acknowledged.update({event["messageId"]: event for event in batch})
    return number


def make_event(number: int) -> dict[str, Any]:
    event = {"messageId": f"message-{number:06}", "userId": f"user {number % 7}"}
    if number % 10 == 0:
        return {**event, "type": "identify", "traits": {"n": number}}
    return {**event, "type": "track", "event": "Wrong" if number % 31 == 0 else "Bought", "properties": {"n": number}}


def test_kill_the_server_at_random_moments(tmp_path: Path) -> None:
    random.seed(ROUNDS)
    acknowledged: dict[str, dict[str, Any]] = {}
    number = 0
    with Standin(Knobs()).start() as standin:
        for _ in range(ROUNDS):
            steps = random.choices(["ok", 503, "reset_after_storing", "half_response"], [6, 1, 1, 1], k=5)
            standin.follow(parse_script({"requests": steps}))
            with child(str(tmp_path), standin.url) as (process, url):
                delay = random.uniform(0, 0.4)
                threading.Timer(delay, process.send_signal, [signal.SIGKILL]).start()
                number = send_until_it_dies(url, number, acknowledged)
                process.wait()
        standin.follow(parse_script({}))
        with child(str(tmp_path), standin.url, "60") as (process, url):
            httpx.post(f"{url}/v1/batch", json={"batch": [make_event(number)]})
            process.send_signal(signal.SIGTERM)
            assert process.wait(70) == 0
        check(standin, acknowledged, letters(tmp_path))


def letters(folder: Path) -> list[dict[str, Any]]:
    path = folder / "dead-letters.ndjson"
    return [msgspec.json.decode(line) for line in path.read_bytes().splitlines()] if path.exists() else []


def check(standin: Standin, acknowledged: dict[str, dict[str, Any]], dead: list[dict[str, Any]]) -> None:
    assert len(acknowledged) > 50  # or nothing was shown
    stored = [item.body["idempotency_key"] for item in standin.events]
    assert len(stored) == len(set(stored))
    buried = {letter["event"]["messageId"] for letter in dead}
    assert len(buried) == len(dead)
    events = {key for key, event in acknowledged.items() if event["type"] == "track"}
    assert events <= {*stored, *buried}
    assert {key for key in events if acknowledged[key]["event"] == "Wrong"} <= buried

    last = {event["userId"]: event["traits"]["n"] for event in acknowledged.values() if event["type"] == "identify"}
    written: dict[str, list[int]] = defaultdict(list)
    for user in standin.users:
        written[user.body["identity"]].append(user.body["properties"]["n"])
    for user, value in last.items():
        assert written[user][-1] >= value  # a later one may have been accepted without the reply arriving
        assert sorted(set(written[user])) == list(dict.fromkeys(written[user]))

    bodies: dict[str, set[bytes]] = defaultdict(set)
    for request in standin.requests:
        if request.raw and request.path.endswith("/track"):
            for item in msgspec.json.decode(request.raw, type=Bulk).events:
                bodies[json.loads(bytes(item))["idempotency_key"]].add(bytes(item))
    assert {len(texts) for texts in bodies.values()} == {1}  # sent again means the same bytes


class Bulk(msgspec.Struct):
    events: list[msgspec.Raw]


def test_sigterm_drains_and_then_leaves_the_rest(tmp_path: Path) -> None:
    with Standin(script=parse_script({"requests": [503] * 1_000})).start() as standin:
        with child(str(tmp_path), standin.url, "0.5") as (process, url):
            batch = [make_event(n) for n in range(1, 10)]
            assert httpx.post(f"{url}/v1/batch", json={"batch": batch}).status_code == 200
            started = time.monotonic()
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0
            assert time.monotonic() - started < 15
        assert standin.events == []
        standin.follow(parse_script({}))
        with child(str(tmp_path), standin.url) as (process, _):
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0
        assert len(standin.events) == 9


def test_a_second_server_on_the_same_spool_is_told_so(tmp_path: Path) -> None:
    with child(str(tmp_path), "http://127.0.0.1:9") as (_, url):
        assert url
        second = subprocess.run(
            [sys.executable, CHILD, str(tmp_path), "http://127.0.0.1:9"],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    assert "in use by another process" in second.stderr


def test_acknowledged_means_on_disk(tmp_path: Path) -> None:
    """Kill right after the reply, many times, with nothing delivered: it must all be in the spool."""
    count = 0
    with child(str(tmp_path), "http://127.0.0.1:9") as (process, url):
        with httpx.Client() as client:
            for n in range(1, 10):
                client.post(f"{url}/v1/batch", json={"batch": [make_event(n)]}).raise_for_status()
                count += 1
        process.kill()
        process.wait()
    with Standin().start() as standin, child(str(tmp_path), standin.url, "20") as (process, _):
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        assert len(standin.events) == count
