"""The spool: all or nothing, on disk, capped, and for one process."""

import json
import os
import resource
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from atpath.runtime.delivery.letters import Letters
from atpath.runtime.delivery.parcels import Parcel, Progress, Refusal
from atpath.runtime.delivery.spool import OVERHEAD, Spool, SpoolError, SpoolFull
from wire import TRACK, bench


def parcel(spool: Spool, n: int, size: int = 10, user: int = 0) -> Parcel:
    return Parcel(spool.route_id(TRACK), user, f"key-{n:04}", 1.0, None, b"x" * size, b"{}")


def test_what_is_accepted_is_there_after_a_restart(tmp_path: Path) -> None:
    with Spool(tmp_path / "deep" / "spool") as spool:
        spool.accept([parcel(spool, n) for n in range(3)], progress=Progress("heap", "events.ndjson", 3, b"d"))
        size = spool.waiting_bytes
    with Spool(tmp_path / "deep" / "spool") as spool:
        waiting = spool.take("heap")
        assert [w.key for w in waiting] == ["key-0000", "key-0001", "key-0002"]
        assert waiting[0].route == TRACK and spool.event(waiting[0].seq) == b"{}"
        assert spool.waiting_bytes == size == 3 * (10 + 2 + 8 + OVERHEAD)
        assert spool.progress("heap", "events.ndjson") == Progress("heap", "events.ndjson", 3, b"d")
        spool.finish(Progress("heap", "events.ndjson", 4, b"e"))
        assert spool.progress("heap", "events.ndjson") is None
        assert spool.progress("heap", "events.ndjson", whole=True) == Progress("heap", "events.ndjson", 4, b"e")
        spool.settle(waiting)
        assert spool.take("heap") == [] and spool.waiting_bytes == 0
        spool.settle(waiting)  # once more changes nothing
        assert spool.waiting_bytes == 0


def test_numbers_are_never_used_twice(tmp_path: Path) -> None:
    with Spool(tmp_path) as spool:
        spool.accept([parcel(spool, 1)])
        spool.settle(spool.take("heap"))
    with Spool(tmp_path) as spool:
        spool.accept([parcel(spool, 2)])
        assert [w.seq for w in spool.take("heap")] == [2]  # a lane's place stays behind what it has seen


def test_full_keeps_nothing_of_what_was_offered(tmp_path: Path) -> None:
    with Spool(tmp_path, cap=3 * (20 + OVERHEAD)) as spool:
        spool.accept([parcel(spool, 1), parcel(spool, 2)])
        with pytest.raises(SpoolFull, match="wait to be delivered"):
            spool.accept([parcel(spool, 3), parcel(spool, 4)], progress=Progress("heap", "f", 4, b""))
        assert len(spool.take("heap")) == 2 and spool.progress("heap", "f") is None
        spool.accept([parcel(spool, 3)])
        assert spool.is_full
        spool.settle(spool.take("heap", items=2))
        spool.accept([parcel(spool, 4)])
        spool.accept([], refusals=[Refusal("heap", "a", "", "E201", "why")])


def test_a_window_has_at_most_so_many_items_and_bytes(tmp_path: Path) -> None:
    with Spool(tmp_path) as spool:
        spool.accept([parcel(spool, n, size=100, user=n) for n in range(10)])
        assert len(spool.take("heap", items=4)) == 4
        assert len(spool.take("heap", size=350)) == 3
        assert len(spool.take("heap", size=5)) == 1
        assert [w.user for w in spool.take("heap", lane=1, lanes=3)] == [1, 4, 7]
        assert [w.user for w in spool.take("heap", lane=1, lanes=3, after=2)] == [4, 7]
        assert spool.take("elsewhere") == []


def test_one_process_at_a_time(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib; from atpath.runtime.delivery.spool import Spool\n"
        "Spool(pathlib.Path(sys.argv[1])); print('in', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None and other.stdout.readline() == b"in\n"
        with pytest.raises(SpoolError, match="in use by another process"):
            Spool(tmp_path)
        other.send_signal(signal.SIGKILL)
        other.wait()
    Spool(tmp_path).close()


def test_a_folder_that_cannot_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SpoolError, match="file"):
        Spool(tmp_path / "file" / "spool")
    (tmp_path / "damaged").mkdir()
    (tmp_path / "damaged" / "spool.sqlite").write_bytes(b"no database" * 1000)
    with pytest.raises(SpoolError, match="not a database"):
        Spool(tmp_path / "damaged")


def test_a_full_disk_stops_acceptance_and_keeps_what_was_accepted(tmp_path: Path) -> None:
    """The limit on a file's size plays the full disk, in a process of its own."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, 3_000_000))
            spool = Spool(tmp_path)
            accepted = 0
            try:
                for n in range(1_000):
                    spool.accept([parcel(spool, n, size=2_000)])
                    accepted += 1
            except SpoolError:
                (tmp_path / "accepted").write_text(str(accepted))
                status = 0
        finally:
            os._exit(status)
    assert os.waitpid(child, 0)[1] == 0
    accepted = int((tmp_path / "accepted").read_text())
    assert 10 < accepted < 1_000
    with Spool(tmp_path) as spool:
        assert [w.key for w in spool.take("heap")] == [f"key-{n:04}" for n in range(accepted)]


def test_a_disk_with_room_for_half_a_letter_gets_the_rest_later(tmp_path: Path) -> None:
    """As above; the letters before and behind are whole, and each is there once."""
    path, size = tmp_path / "dead.ndjson", 3_000_000
    path.write_text(json.dumps({"n": 1, "text": "x" * (size - 100)}) + "\n")
    child = os.fork()
    if child == 0:
        status = 1
        try:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            spool = Spool(tmp_path / "spool")
            letters = Letters(path, spool)
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
            for n in (2, 3):
                spool.accept([], letters=[{"n": n, "text": "x" * 200}])
                with pytest.raises(OSError, match="File too large"):
                    letters.write_out()
            resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            spool.accept([], letters=[{"n": 4}])
            letters.write_out()
            status = letters.count - 3
        finally:
            os._exit(status)
    assert os.waitpid(child, 0)[1] == 0
    assert [json.loads(line)["n"] for line in path.read_bytes().splitlines()] == [1, 2, 3, 4]


def test_a_failing_disk_loses_nothing_that_waits_for_delivery(tmp_path: Path) -> None:
    with bench(tmp_path) as b:
        b.accept_events(*range(5))
        b.spool._db.execute("PRAGMA query_only = ON")
        with pytest.raises(SpoolError):
            b.deliver()
        b.spool._db.execute("PRAGMA query_only = OFF")
        assert b.deliver() == "empty"
        assert len(b.wire.events) == 5 and len(set(b.wire.bodies)) == 1


def test_status_reads_while_a_writer_writes(tmp_path: Path) -> None:
    with Spool(tmp_path) as spool:
        spool.accept([parcel(spool, 1)])
        reader = sqlite3.connect(f"file:{tmp_path / 'spool.sqlite'}?mode=ro", uri=True)
        assert reader.execute("SELECT count(*) FROM parcel").fetchone() == (1,)
        spool.accept([parcel(spool, 2)])
        assert reader.execute("SELECT count(*) FROM parcel").fetchone() == (2,)
        reader.close()
