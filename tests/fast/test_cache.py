"""Compiled mappings kept between runs: the same mapping again, and never what somebody else has put there."""

import json
from pathlib import Path

import pytest
from atpath.compiler import load
from atpath.compiler.cache import open_mapping

NOW = "2024-01-01T00:00:00.000Z"
EVENT = {"type": "page", "messageId": "m", "properties": {"a": 1}}
LINE = json.dumps(EVENT).encode()
TEXT = """destination d
include "rows.map"

action a
use Shared
"""
ROWS = "rows Shared\n| field | type | source |\n| --- | --- | --- |\n| {} | string | $.messageId |\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of this test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


def kept(folder: Path) -> list[Path]:
    """The compiled mappings that are kept."""
    return sorted((folder / "cache" / "atpath").glob("compiled-*.json"))


def payloads(name: str) -> tuple[object, bytes]:
    """What a mapping makes of the event, the plain way and the fast way."""
    mapping = open_mapping(name, now=lambda: NOW)
    mapper = mapping.line_mapper()
    assert mapper is not None
    return mapping.route(EVENT), mapper.map_lines([LINE], lambda number: b"")[0]


def test_the_second_time_is_as_the_first(folder: Path) -> None:
    first = payloads("heap")
    assert len(kept(folder)) == 1
    assert payloads("heap") == first
    assert first[0] == load("heap", now=lambda: NOW).route(EVENT)
    again = open_mapping("heap", settings={"region": "EU"})
    assert again.settings["region"] == "EU"
    assert again.known_settings == ("appId", "region")


def test_a_changed_include_is_compiled_anew(folder: Path) -> None:
    (folder / "d.map").write_text(TEXT)
    (folder / "rows.map").write_text(ROWS.format("one"))
    assert payloads(str(folder / "d.map"))[0] == [("a", {"one": "m"})]
    (folder / "rows.map").write_text(ROWS.format("two"))
    assert payloads(str(folder / "d.map"))[0] == [("a", {"two": "m"})]


@pytest.mark.parametrize("mode", [0o620, 0o602])
def test_what_others_may_write_is_not_run(folder: Path, mode: int) -> None:
    first = payloads("heap")
    (path,) = kept(folder)
    head, _, body = path.read_bytes().partition(b"\n")
    path.write_bytes(head + b"\n" + body)
    path.chmod(mode)
    before = path.stat().st_mtime_ns
    assert payloads("heap") == first
    assert path.stat().st_mtime_ns != before, "it was taken as it was"
    assert path.stat().st_mode & 0o022 == 0


@pytest.mark.parametrize("change", [b"", b"x", b"{}", b"null"])
def test_a_damaged_file_is_left_aside(folder: Path, change: bytes) -> None:
    first = payloads("heap")
    (path,) = kept(folder)
    path.write_bytes(path.read_bytes()[:-20] + change)
    assert payloads("heap") == first
