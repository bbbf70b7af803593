"""`atpath serve`, `replay` and `status`, as a person meets them."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from atpath.runtime.standin import Standin, parse_script
from command import atpath, process

MAPPING = """destination shop "Shop"

settings
| name  | type            | description |
| ----- | --------------- | ----------- |
| appId | string required | The project |

action trackEvent "Track Event"
deliver heap track
when type = "track"
| field        | type            | source        |
| ------------ | --------------- | ------------- |
| message_id   | string required | $.messageId   |
| anonymous_id | string          | $.anonymousId |
| event        | string required | $.event       |
"""
EVENT = {"type": "track", "messageId": "message-1", "anonymousId": "a1", "event": "Bought"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "shop.map").write_text(MAPPING)
    return tmp_path


@contextmanager
def serving(folder: Path, *words: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [sys.executable, "-m", "atpath.cli", "serve", "shop.map", "--set", "appId=11", "--port", "0", *words]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout.readline().rpartition(" ")[2].strip()
        finally:
            process.kill()


def test_serve_takes_delivers_drains_and_status_tells(folder: Path) -> None:
    with Standin(script=parse_script({"keys": {"message-3": [400] * 9}})).start() as standin:
        with serving(folder, "--url", standin.url, "--rate", "off") as (process, url):
            batch = [{**EVENT, "messageId": f"message-{n}"} for n in range(5)]
            batch[4].pop("event")
            assert httpx.post(f"{url}/v1/batch", json={"batch": batch}).status_code == 200
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0
        assert [item.body["idempotency_key"][-1] for item in standin.events] == ["0", "1", "2"]
        shown = atpath("status", "--format", "json", cwd=folder)
        (destination,) = json.loads(shown.stdout)["destinations"]
        assert (destination["destination"], destination["waiting"], destination["halted"]) == ("shop", 0, None)
        assert destination["last_hour"] == {"accepted": 4, "delivered": 3, "rejected": 1, "refused": 1}
        assert {(r["code"], r["action"], r["count"]) for r in destination["refusals"]} == {
            ("E201", "trackEvent", 1),
            ("E230", "trackEvent", 1),
        }
        screen = atpath("status", cwd=folder).stdout
        assert "shop" in screen and "E230" in screen

        letters = folder / "atpath-spool" / "dead-letters.ndjson"
        lines = [line for line in letters.read_text().splitlines() if "E230" in line]
        (folder / "refused.ndjson").write_text("\n".join(lines) + "\n")
        standin.follow(parse_script({}))
        again = atpath("replay", "refused.ndjson", cwd=folder)
        assert (again.returncode, again.stdout) == (0, "1 event and 0 users' properties sent in 1 request\n")
        assert len(standin.events) == 4

        mixed = atpath("replay", str(letters), cwd=folder)
        assert mixed.returncode == 1 and "holds no request" in mixed.stderr and "give --mapping" in mixed.stderr
        words = ("--mapping", "shop.map", "--set", "appId=11", "--url", standin.url, "--format", "json")
        mapped = atpath("replay", str(letters), *words, cwd=folder)
        assert mapped.returncode == 0
        assert json.loads(mapped.stdout)["dead_letters"]["count"] == 1
        assert len(standin.events) == 4  # it was there already


def test_send_goes_on_where_heap_stopped_it(folder: Path) -> None:
    (folder / "events.ndjson").write_text(
        "".join(json.dumps({**EVENT, "messageId": f"message-{n}"}) + "\n" for n in range(9))
    )
    words = ("send", "shop.map", "events.ndjson", "--set", "appId=11")
    with Standin(script=parse_script({"requests": [403]})).start() as standin:
        first = atpath(*words, "--url", standin.url, cwd=folder)
        assert first.returncode == 1
        assert "Heap takes no requests: 403" in first.stderr and "waits in dead-letters.spool" in first.stderr
        assert (folder / "dead-letters.spool").exists()
        assert "stopped" in atpath("status", "dead-letters.spool", cwd=folder).stdout
    for other in (["run", "shop.map", "-"], [*words, "--dry-run"], ["demo"]):
        refused = atpath(*other, cwd=folder)
        assert refused.returncode == 1
        assert "dead-letters.ndjson holds the dead letters of a send that has not come to its end" in refused.stderr
    with Standin().start() as standin:
        second = atpath(*words, "--url", standin.url, cwd=folder)
        assert second.returncode == 0
        assert len(standin.events) == 9
    assert not (folder / "dead-letters.spool").exists()


def test_what_one_destination_was_sent_is_not_taken_for_sent_to_another(folder: Path) -> None:
    (folder / "events.ndjson").write_text(json.dumps(EVENT) + "\n")
    (folder / "other.map").write_text(MAPPING.replace("shop", "other"))
    with Standin(script=parse_script({"requests": [403]})).start() as standin:
        words = ("events.ndjson", "--set", "appId=11", "--url", standin.url, "--format", "json")
        assert atpath("send", "shop.map", *words, cwd=folder).returncode == 1
        other = json.loads(atpath("send", "other.map", *words, cwd=folder).stderr)
        assert (other["events_sent"], other["lines_accepted_before"]) == (1, 0)
        same = json.loads(atpath("send", "shop.map", *words, cwd=folder).stderr)
        assert (same["events_sent"], same["read"], same["lines_accepted_before"]) == (1, 0, 1)
    assert not (folder / "dead-letters.spool").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("serve", "shop.map"), "appId"),
        (("serve", "none.map", "--set", "appId=11"), "none.map: no such file"),
        (("serve", "shop.map", "shop.map", "--set", "appId=11"), "two mappings are for the destination shop"),
        (("serve", "shop.map", "--set", "appId=11", "--port", "99999"), "no port"),
        (("serve", "shop.map", "--set", "appId=11", "--rate", "fast"), "--rate fast: no rate"),
        (("serve", "shop.map", "--set", "appId=11", "--lanes", "0"), "--lanes 0: a number from 1 to 100"),
        (("send", "shop.map", "-", "--set", "appId=11", "--lanes", "100000"), "--lanes 100000: a number from 1 to 100"),
        (("send", "shop.map", "-", "--set", "appId=11", "--url", "http://"), "--url http://: no address"),
        (("send", "shop.map", "-", "--set", "appId=11", "--url", "http://a:99999"), "--url http://a:99999: no address"),
        (("send", "shop.map", "-", "--set", "appId=11", "--url", "http://a/?b"), "--url http://a/?b: no address"),
        (("replay", "empty.txt", "--url", "a:8211"), "--url a:8211: no address"),
        (("serve", "shop.map", "--set", "appId=11", "--drain", "-1"), "--drain -1: a number of seconds, 0 or more"),
        (("serve", "shop.map", "--set", "appId=11", "--drain", "nan"), "--drain nan: a number of seconds"),
        (
            ("serve", "shop.map", "--set", "appId=11", "--origin", "https://Shop.example/"),
            "--origin https://Shop.example/: no browser calls a site so\n hint: write it as https://shop.example\n",
        ),
        (("serve", "shop.map", "--set", "appId=11", "--origin", "shop"), "write it as https://shop.example"),
        (("serve", "shop.map", "--set", "appId=11", "--enricher", "json:loads"), "--enricher json:loads: no async"),
        (("serve", "shop.map", "--set", "appId=11", "--enricher", "json:decoder"), "json:decoder: no async function"),
        (("serve", "shop.map", "other.map", "--set", "shop.appId=11"), "error: other.map: no appId"),
        (("serve", "shop.map", "--set", "appId=11", "--spool-cap", "0"), "--spool-cap 0: at least 1 MiB"),
        (("send", "shop.map", "-", "--set", "appId=11", "--spool-cap", "0"), "--spool-cap 0: at least 1 MiB"),
        (("send", "shop.map", "-", "--set", "appId=11", "--max-age", "-1"), "--max-age -1: a number of hours"),
        (("send", "shop.map", "-", "--set", "appId=11", "--max-age", "nan"), "--max-age nan: a number of hours"),
        (("serve", "shop.map", "--set", "appId=11", "--keys", "none.txt"), "none.txt"),
        (("serve", "shop.map", "--set", "appId=11", "--keys", "empty.txt"), "holds no key"),
        (("serve", "shop.map", "--set", "appId=11", "--enricher", "nothing:there"), "--enricher nothing:there"),
        (("serve", "shop.map", "--set", "appId=11", "--spool", "shop.map"), "shop.map"),
        (("status", "nowhere"), "nowhere holds no spool"),
        (("replay", "none.ndjson"), "none.ndjson"),
        (("replay", "shop.map"), "line 1 is no dead letter"),
        (("replay", "deep.ndjson"), "line 1 is no dead letter: it is nested too deep"),
    ],
)
def test_what_a_person_can_mend_is_said(folder: Path, words: tuple[str, ...], said: str) -> None:
    (folder / "other.map").write_text(MAPPING.replace("destination shop", "destination other"))
    (folder / "empty.txt").write_text("\n")
    (folder / "deep.ndjson").write_text("[" * 100_000)
    command = process if "--port" in words else atpath  # what has gone as far as the port ends with its process
    done = command(*words, cwd=folder)
    assert done.returncode == 1, done.stderr
    assert said in done.stderr and "Traceback" not in done.stderr


def test_a_port_that_is_taken(folder: Path) -> None:
    with Standin().start() as standin:
        port = standin.url.rpartition(":")[2]
        done = process("serve", "shop.map", "--set", "appId=11", "--port", port, cwd=folder)
    assert done.returncode == 1 and f"127.0.0.1:{port}: address already in use" in done.stderr


def test_a_mapping_that_is_changed_after_a_crash(folder: Path) -> None:
    """What was accepted before the change is mapped as it was, even where there was no time to map it."""
    with Standin().start() as standin:
        with serving(folder, "--url", "http://127.0.0.1:9") as (process, url):
            with httpx.Client() as client:
                for n in range(40):
                    client.post(f"{url}/v1/track", json={**EVENT, "messageId": f"message-{n}"}).raise_for_status()
            process.kill()
            process.wait()
        (folder / "shop.map").write_text(MAPPING.replace("$.event  ", '"Other"'))
        with serving(folder, "--url", standin.url, "--rate", "off") as (process, url):
            httpx.post(f"{url}/v1/track", json={**EVENT, "messageId": "message-new"}).raise_for_status()
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0
        names = {item.body["idempotency_key"]: item.body["event"] for item in standin.events}
    assert names.pop("message-new") == "Other"
    assert len(names) == 40 and set(names.values()) == {"Bought"}


def test_one_line_mounts_it_in_an_application(folder: Path) -> None:
    program = (
        "from starlette.applications import Starlette\n"
        "from starlette.routing import Mount\n"
        "from atpath.runtime import event_app\n"
        'app = Starlette(routes=[Mount("/events", event_app("shop.map", settings={"appId": "11"}, spool="spool"))])\n'
        "import asyncio, httpx\n"
        "async def main():\n"
        "    transport = httpx.ASGITransport(app)\n"
        "    async with httpx.AsyncClient(transport=transport, base_url='http://x') as client:\n"
        "        print((await client.post('/events/v1/track', json={'event': 'E'})).text)\n"
        "asyncio.run(main())\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=False)
    assert done.stdout == '{"success":true}\n', done.stderr
