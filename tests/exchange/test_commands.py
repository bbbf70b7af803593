"""`atpath import` of JSON and `atpath export`, as a person types them."""

import json
from pathlib import Path

from birdhouse import definition
from command import atpath


def test_a_definition_goes_through_the_shell_and_back(tmp_path: Path):
    value = definition(name={"type": "string", "required": True, "default": {"@path": "$.event"}})
    (tmp_path / "birdhouse.json").write_text(json.dumps(value))
    done = atpath("import", "birdhouse.json", "-o", "birdhouse.map", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (
        (tmp_path / "birdhouse.map")
        .read_text()
        .startswith('semantics segment\ndestination actions-birdhouse "Birdhouse"\n')
    )
    done = atpath("export", "birdhouse.map", "--to", "segment", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == value


def test_rows_of_rudderstack_tell_what_they_lose(tmp_path: Path):
    rows = [
        {"sourceKeys": ["userId", "anonymousId"], "destKey": "id", "required": True},
        {"sourceKeys": "traits.gender", "destKey": "gender", "metadata": {"type": "getFbGenderVal"}},
        {"sourceKeys": "emailOnly", "destKey": "email", "sourceFromGenericMap": True},
    ]
    (tmp_path / "EggTrack.json").write_text(json.dumps(rows))
    (tmp_path / "generic.json").write_text(json.dumps({"emailOnly": ["traits.email"]}))
    done = atpath("import", "EggTrack.json", "--generic", "generic.json", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stderr == "gender: the type `getFbGenderVal` is not carried over\n"
    assert "action EggTrack" in done.stdout
    assert "first_present($.traits.email)" in done.stdout


def test_json_that_is_nothing_of_the_kind(tmp_path: Path):
    for name, text, message in (
        ("a.json", "{}", "error: a.json: this JSON is no destination's definition\n"),
        ("b.json", "{", "error: b.json is no JSON: "),
        ("c.json", '{"actions": 1}', "error: c.json: `actions` is no list of objects\n"),
        ("d.json", "[" * 100_000, "error: d.json"),
        ("e.json", '{"slug": "x", "name": NaN, "actions": []}', "error: e.json is no JSON: NaN is no number\n"),
    ):
        (tmp_path / name).write_text(text)
        done = atpath("import", name, cwd=tmp_path)
        assert done.returncode == 1
        assert done.stderr.startswith(message)


def test_export_lists_what_it_leaves_out_and_is_strict_if_told_to(tmp_path: Path):
    row = "action nest\n| field | type | source |\n| - | - | - |\n| at | string | now() |\n"
    text = f'semantics segment\ndestination b "B"\n\n{row}'
    (tmp_path / "b.map").write_text(text)
    done = atpath("export", "b.map", "-o", "b.json", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stderr.splitlines()[0] == "warning[W310]: Segment has no directive for `now(…)`"
    assert json.loads((tmp_path / "b.json").read_text())["actions"][0]["fields"] == {"at": {"type": "string"}}
    assert atpath("export", "b.map", "--strict", cwd=tmp_path).returncode == 1
    assert atpath("export", "none.map", cwd=tmp_path).stderr.startswith("error: none.map: no such file")
    (tmp_path / "wrong.map").write_text('destination b "B"\nactoin nest\n')
    assert "E002" in atpath("export", "wrong.map", cwd=tmp_path).stderr
