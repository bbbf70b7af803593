"""The clients that people have, pointed at the server: everything arrives, once, as the mapping has it.

The Python client always; the Node client and 10,000 events each with ATPATH_CLIENTS=1 (`make clients`), where npm
can be reached.
"""

import os
import shutil
import subprocess
import sys
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from atpath.runtime.standin import Standin
from test_crash import child

LONG = bool(os.environ.get("ATPATH_CLIENTS"))
COUNT = 10_000 if LONG else 1_000

PYTHON = """
import sys
from segment.analytics.client import Client
url, count, gzip = sys.argv[1], int(sys.argv[2]), sys.argv[3] == "gzip"
client = Client("key", host=url, gzip=gzip, max_queue_size=count + 1, upload_size=100, thread=1)
for n in range(count):
    if n % 10 == 0:
        client.identify(f"user {n % 50}", {"plan": "pro", "n": n})
    elif n % 10 == 1:
        client.page(anonymous_id=f"anon {n % 50}", category="Shop", name="Home", properties={"n": n})
    else:
        client.track(f"user {n % 50}", "Bought", {"n": n, "price": 9.5, "gift": None}, message_id=f"py-{n:06}")
client.shutdown()
"""

NODE = """
const { Analytics } = require('@segment/analytics-node')
const [url, count] = [process.argv[2], Number(process.argv[3])]
const client = new Analytics({ writeKey: 'key', host: url, flushAt: 100, maxRetries: 10 })
client.on('error', error => { console.error(error); process.exitCode = 1 })
for (let n = 0; n < count; n++) {
  if (n % 10 === 0) client.identify({ userId: `user ${n % 50}`, traits: { plan: 'pro', n } })
  else client.track({ userId: `user ${n % 50}`, event: 'Bought', properties: { n }, messageId: `js-${n}-padding` })
}
client.closeAndFlush({ timeout: 120000 })
"""


def check(standin: Standin, count: int, tracked: int, events: int) -> None:
    names = Counter(item.body["event"] for item in standin.events)
    assert names["Bought"] == tracked and len(standin.events) == events
    numbers = {int(item.body["custom_properties"]["n"]) for item in standin.events}
    assert len(numbers) == events
    assert len(standin.users) == count // 10
    last = {user.body["identity"]: user.body["properties"]["n"] for user in standin.users}
    assert last == {f"user {n}": count - 50 + n for n in range(0, 50, 10)}


def drained(process: Any) -> None:
    process.terminate()
    assert process.wait(120) == 0


@pytest.mark.parametrize("encoding", ["plain", "gzip"])
def test_segments_python_client(tmp_path: Path, encoding: str) -> None:
    with Standin().start() as standin, child(str(tmp_path), standin.url, "100") as (server, url):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            done = subprocess.run(
                [sys.executable, "-c", PYTHON, url, str(COUNT), encoding], timeout=300, capture_output=True, check=False
            )
        assert done.returncode == 0, done.stderr
        drained(server)
        check(standin, COUNT, COUNT // 10 * 8, COUNT // 10 * 9)
        item = next(item for item in standin.events if item.body["event"] == "Bought")
        assert item.body["custom_properties"].keys() == {"n", "price"}  # a null is left out
        assert item.body["idempotency_key"].startswith("py-")


@pytest.mark.skipif(not LONG, reason="a long target: make clients")
@pytest.mark.skipif(shutil.which("npm") is None, reason="no npm")
def test_segments_node_client(tmp_path: Path) -> None:
    command = [
        "npm",
        "install",
        "--no-audit",
        "--no-fund",
        "--prefix",
        str(tmp_path / "node"),
        "@segment/analytics-node@3",
    ]
    installed = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    if installed.returncode:
        pytest.skip(f"npm cannot install the client: {installed.stderr[-300:]}")
    script = tmp_path / "node" / "send.js"
    script.write_text(NODE)
    with Standin().start() as standin, child(str(tmp_path / "spool"), standin.url, "100") as (server, url):
        done = subprocess.run(
            ["node", str(script), url, str(COUNT)], capture_output=True, text=True, check=False, timeout=300
        )
        assert done.returncode == 0, done.stderr
        drained(server)
        check(standin, COUNT, COUNT // 10 * 9, COUNT // 10 * 9)


@pytest.mark.skipif(not LONG, reason="a long target: make clients")
def test_the_python_client_waits_out_a_full_spool(tmp_path: Path) -> None:
    """503 is not the end: the client tries again, and nothing is lost."""
    with Standin().start() as standin, child(str(tmp_path), standin.url, "100", "200000") as (server, url):
        done = subprocess.run(
            [sys.executable, "-c", PYTHON, url, "300", "plain"], timeout=300, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr
        drained(server)
        assert len(standin.events) == 270
