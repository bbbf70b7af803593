"""Whole screens: what a person sees of a mapping that is wrong."""

import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from atpath.compiler.outcome import check_source
from atpath.dsl.diagnostics import Diagnostic, Label
from atpath.dsl.render import count_line, render, render_all
from atpath.dsl.source import Source, Span
from command import ROOT, atpath

Golden = Callable[[str, str], None]
CASES = ROOT / "tests" / "cases" / "diagnostics"
FILES = sorted(path.stem for path in CASES.glob("*.map"))


def diagnostics_of(name: str) -> tuple[Diagnostic, ...]:
    return check_source(Source(f"{name}.map", (CASES / f"{name}.map").read_text("utf-8")))


@pytest.mark.parametrize("name", FILES)
def test_screens(name: str, golden: Golden):
    found = diagnostics_of(name)
    golden(f"diagnostics/{name}.want.diag", f"{render_all(found)}\n{count_line(found)}\n")


def test_a_wide_screen(golden: Golden):
    golden("diagnostics/long_lines.120.want.diag", render_all(diagnostics_of("long_lines"), width=120))


def test_colours(golden: Golden):
    found = diagnostics_of("several_labels")
    golden("diagnostics/several_labels.colour.want.diag", render_all(found, colour=True).replace("\x1b", "\\e"))


def test_colours_change_nothing_else():
    for name in FILES:
        for found in diagnostics_of(name):
            plain = re.sub(r"\x1b\[[0-9;]*m", "", render(found, colour=True))
            assert plain == render(found)


def test_labels_on_one_line_stand_below_each_other():
    source = Source("a.map", "when type = 1 and type = 2\n")
    labels = (Label(Span(5, 9), "first"), Label(Span(18, 22), "second"))
    drawn = render(Diagnostic("W301", "it never holds", source, Span(14, 17), labels=labels))
    assert drawn.splitlines()[3:] == [
        "1 | when type = 1 and type = 2",
        "  |      ----     ^^^ ---- second",
        "  |      |",
        "  |      first",
    ]


def test_a_span_over_several_lines():
    source = Source("a.map", 'law "x"\n  a = 1\n  and b = 2\n')
    drawn = render(Diagnostic("E008", "no", source, Span(10, 27)))
    assert drawn.splitlines()[3:] == ["2 |   a = 1", "  |   ^^^^^", "3 |   and b = 2", "  |   ^^^^^^^^^"]


def test_text_of_a_file_moves_no_cursor():
    source = Source("a\x1b.map", "| a\x1b[2J | b\u202e |\n")
    drawn = render(Diagnostic("E001", "odd \x1b[31m text", source, Span(2, 3)))
    assert "\x1b" not in drawn and "\u202e" not in drawn


# --- the verb


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    path = tmp_path / "broken.map"
    shutil.copy(CASES / "what_cannot_be_meant.map", path)
    return path


def test_check_shows_and_counts(broken: Path, golden: Golden):
    done = atpath("check", "broken.map", cwd=broken.parent)
    assert (done.returncode, done.stderr) == (1, "")
    golden("check/pretty.want.txt", done.stdout)


def test_check_as_json(broken: Path, golden: Golden):
    done = atpath("check", "broken.map", "--format", "json", cwd=broken.parent)
    report = json.loads(done.stdout)
    assert report["errors"] == sum(d["severity"] == "error" for d in report["diagnostics"]) > 0
    golden("check/json.want.json", done.stdout)


def test_check_as_sarif(broken: Path, golden: Golden):
    done = atpath("check", "broken.map", "--format", "sarif", cwd=broken.parent)
    run = json.loads(done.stdout)["runs"][0]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        region = result["locations"][0]["physicalLocation"]["region"]
        assert region["startLine"] >= 1 and region["startColumn"] >= 1
    golden("check/sarif.want.json", done.stdout)


def test_a_place_stands_on_one_line_where_it_fits():
    for length in range(40, 60):
        source = Source(f"{'a' * length}.map", "destination d\n\naction an_action\n| f |\n")
        shown = render(Diagnostic("E001", "a", source, Span(35, 36)))
        places = [line for line in shown.splitlines() if "-->" in line or "    in action" in line]
        assert max(map(len, places)) <= 80
        assert len(places) == 1 or len(", ".join(line.strip() for line in places)) + 1 > 80


def test_fix_makes_the_edits_and_says_what_is_left(broken: Path, golden: Golden):
    done = atpath("check", "broken.map", "--fix", cwd=broken.parent)
    golden("check/fix.want.txt", done.stdout)
    golden("check/fix.want.map", broken.read_text("utf-8"))
    again = atpath("check", "broken.map", "--fix", cwd=broken.parent)
    assert "made" not in again.stdout.splitlines()[0]


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ('epoch($.timestamp, units: "ms")', 'epoch($.timestamp, unit: "ms")'),
        ('replace($.event, "a", "b", ignore_case : true)', 'replace($.event, "a", "b", ignorecase : true)'),
        ("lowr($.event)", "lower($.event)"),
    ],
)
def test_an_edit_leaves_what_stands_beside_the_word(wrong: str, right: str, tmp_path: Path):
    text = 'destination d "D"\n\naction a "A"\n| field | source |\n| --- | --- |\n| a | @ |\n'
    (tmp_path / "a.map").write_text(text.replace("@", wrong))
    done = atpath("check", "a.map", "--fix", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "a.map: 1 edit made\na.map: nothing wrong\n")
    assert (tmp_path / "a.map").read_text() == text.replace("@", right)


def test_fix_of_a_folder_names_what_it_changed_and_what_it_could_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    text = 'destination d "D"\n\naction a "A"\n| field | source |\n| --- | --- |\n| a | lowr($.event) |\n'
    for name in ("a.map", "b.map", "locked.map"):
        (tmp_path / name).write_text(text.replace("lowr", "lower") if name == "a.map" else text)
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path).name != "locked.map")
    done = atpath("check", ".", "--fix", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout.startswith("b.map: 1 edit made\nerror[E104]: there is no function `lowr`\n --> locked.map:6:7")
    assert done.stderr.startswith("error: locked.map: permission denied\n")
    assert [(tmp_path / name).read_text() == text for name in ("b.map", "locked.map")] == [False, True]


def test_a_mapping_without_a_flaw(tmp_path: Path):
    text = 'destination d "D"\n\naction a "A"\n| field | source |\n| --- | --- |\n| id | $.messageId |\n'
    (tmp_path / "fine.map").write_text(text)
    done = atpath("check", "fine.map", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "fine.map: nothing wrong\n", "")


def test_the_second_run_says_what_the_first_said(broken: Path, tmp_path: Path):
    env = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    first, second = (atpath("check", "broken.map", cwd=broken.parent, env=env).stdout for _ in range(2))
    assert first == second
    assert list((tmp_path / "cache" / "atpath").glob("check-*.json"))


def test_warnings_fail_only_when_asked(tmp_path: Path):
    head = 'destination d "D"\n\naction a "A"\nwhen type = "trak"\n'
    text = f"{head}| field | source |\n| --- | --- |\n| id | $.messageId |\n"
    (tmp_path / "warned.map").write_text(text)
    assert atpath("check", "warned.map", cwd=tmp_path).returncode == 0
    assert atpath("check", "warned.map", "--strict", cwd=tmp_path).returncode == 1


def test_notes_are_short_unless_asked_for(tmp_path: Path):
    head = 'destination d "D"\n\naction a "A"\n| field | type | source |\n| --- | --- | --- |\n'
    head = head.replace("| field", 'when type = "track"\n| field', 1)
    other = head.partition("\n\n")[2].replace('action a "A"\nwhen type = "track"', 'action b\nwhen event = "x"')
    (tmp_path / "noted.map").write_text(f"{head}| u | string required | $.userId |\n{other}| u | string | $.userId |\n")
    short = atpath("check", "noted.map", cwd=tmp_path)
    assert short.stdout == (
        'note[I401] noted.map:9:6: `a` and `b` both fire on {"type": "track", "event":\n  "x"}\n\n'
        "2 notes; `--notes` shows notes in full\n"
    )
    assert "7 | | u | string required | $.userId |" in atpath("check", "noted.map", "--notes", cwd=tmp_path).stdout


def test_settings_that_are_given(tmp_path: Path, golden: Golden):
    table = '| appId | string required | |\n| region | "US" or "EU" | "US" |\n'
    head = 'destination d "D"\n\nsettings\n| name | type | default |\n| --- | --- | --- |\n'
    (tmp_path / "set.map").write_text(f"{head}{table}")
    (tmp_path / "given.json").write_text('{"appID": "11",\n "region": "UK"}\n')
    done = atpath("check", "set.map", "--settings", "given.json", cwd=tmp_path)
    assert done.returncode == 1
    golden("check/settings.want.txt", done.stdout)


def test_triggers_side_by_side():
    done = atpath("check", "heap", "--triggers")
    assert done.returncode == 0
    assert "trackEvent" in done.stdout and "identifyUser" in done.stdout
