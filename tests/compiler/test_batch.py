"""Many files at once: the same as one by one, and nothing is done twice."""

import json
from pathlib import Path

import pytest
from atpath.compiler import Rejected
from atpath.compiler.batch import FEW, check_files
from atpath.compiler.cache import open_mapping
from atpath.compiler.loader import load
from atpath.compiler.outcome import check_file
from command import atpath

PLAIN = "destination d\n\naction a\n| field | type | source |\n| --- | --- | --- |\n| {} | string | $.{} |\n"
SEGMENT = """destination s
semantics segment

action one "One"
when type = "track"
| field | type             | source                        |
| ----- | ---------------- | ----------------------------- |
| id    | string required  | $.messageId                   |
| name  | string           | $.name                        |
| size  | integer          | $.properties.size             |

action never "Never"
when never
| field | type   | source |
| ----- | ------ | ------ |
| id    | string | $.id   |
"""
EVENTS = (
    {"type": "track", "messageId": "m", "event": "e", "properties": {"size": "4"}},
    {"type": "track", "name": 5, "properties": {"size": 4}},
    {"type": "page", "messageId": "m"},
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of mappings, one of them wrong, with a cache of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    made = tmp_path / "maps"
    (made / "deeper").mkdir(parents=True)
    for number in range(FEW + 2):
        (made / f"{number}.map").write_text(PLAIN.format(f"f{number}", "a"))
    (made / "deeper" / "wrong.map").write_text(PLAIN.format("f", "a").replace("string", "strng"))
    return made


def kept(folder: Path) -> dict[str, int]:
    """What is kept, with the time that each was written at."""
    return {path.name: path.stat().st_mtime_ns for path in (folder.parent / "cache" / "atpath").glob("com*-*.json")}


def test_many_files_are_what_each_is(folder: Path) -> None:
    names = sorted(map(str, folder.rglob("*.map")))
    judged = check_files(names, compiled=True)
    assert judged == [check_file(name) for name in names]
    before = kept(folder)
    assert len(before) == len(names) - 1, "what has an error is not compiled"
    assert check_files(names, compiled=True) == judged
    assert kept(folder) == before
    Path(names[0]).write_text(PLAIN.format("other", "b"))
    check_files(names, compiled=True)
    assert len(kept(folder).keys() - before.keys()) == 1


def test_a_file_that_is_gone_costs_no_other(folder: Path) -> None:
    names = [*sorted(map(str, folder.glob("*.map"))), str(folder / "gone.map")]
    *judged, gone = check_files(names)
    assert judged == [check_file(name) for name in names[:-1]]
    assert isinstance(gone, FileNotFoundError)


def test_a_folder_on_the_command_line(folder: Path) -> None:
    done = atpath("check", "maps", "--compile", "--format", "json", cwd=folder.parent)
    assert done.returncode == 1
    assert json.loads(done.stdout)["files"] == sorted(str(p.relative_to(folder.parent)) for p in folder.rglob("*.map"))


def test_a_definition_is_kept_and_runs_as_it_did(folder: Path) -> None:
    (folder / "s.map").write_text(SEGMENT)
    name = str(folder / "s.map")

    def told(mapping: object) -> str:
        results = [mapping.route(event) for event in EVENTS]  # type: ignore[attr-defined]
        return json.dumps([[(n, repr(r) if isinstance(r, Rejected) else r) for n, r in each] for each in results])

    first = told(open_mapping(name))
    assert first == told(load(name))
    before = kept(folder)
    assert len(before) == 1
    again = open_mapping(name)
    assert told(again) == first
    assert [a.matches(EVENTS[0]) for a in again.actions.values()] == [True, False]
    assert again.actions["one"](EVENTS[0])["id"] == "m"
    assert kept(folder) == before
