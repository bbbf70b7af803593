"""diff, mutate, explain, lineage and the triggers' matrix on the command line."""

import json
import subprocess
from pathlib import Path

import pytest
from atpath.cli.triggers import show_triggers
from command import atpath

OLD = """\
destination d

action a
when type = "track"
| field | type            | source      |
| ----- | --------------- | ----------- |
| id    | string required | $.messageId |
| who   | string          | $.userId    |
"""


@pytest.fixture
def maps(tmp_path: Path) -> tuple[Path, Path]:
    old, new = tmp_path / "old.map", tmp_path / "new.map"
    old.write_text(OLD)
    new.write_text(OLD.replace("$.userId    ", "$.userId ?? $.anonymousId"))
    return old, new


def test_diff_says_what_differs_and_shows_an_event(maps: tuple[Path, Path]) -> None:
    done = atpath("diff", *maps)
    assert (done.returncode, done.stderr) == (1, "")
    assert "a field who: widened" in done.stdout
    assert '"anonymousId"' in done.stdout
    same = atpath("diff", maps[0], maps[0])
    assert (same.returncode, same.stdout) == (0, f"{maps[0]}: the same\n")


def test_diff_says_which_item_is_rejected(maps: tuple[Path, Path]) -> None:
    for file, mark in zip(maps, (" required", ""), strict=True):
        file.write_text(OLD.replace('"track"', '"track"\nfor each $.items').replace(" required", mark))
    shown = atpath("diff", *maps).stdout
    assert "    old    rejected: E201: `id` is required, and there is no value for it\n    new    [{" in shown


def test_diff_for_programs_and_for_a_pull_request(maps: tuple[Path, Path]) -> None:
    (report,) = json.loads(atpath("diff", *maps, "--format", "json").stdout)
    (found,) = [f for f in report["findings"] if f["status"] != "same"]
    assert (report["breaking"], found["name"], found["old"]["id"]) == (False, "who", found["new"]["id"])
    markdown = atpath("diff", *maps, "--format", "markdown").stdout
    assert "| a field who | widened | safe |" in markdown


def test_diff_calls_nothing_the_same_that_is_not_proved(maps: tuple[Path, Path]) -> None:
    for file, test in zip(maps, ("> 2", ">= 3"), strict=True):
        file.write_text(OLD.replace('type = "track"', f'lower(event) = "zq" and count($.list) {test}'))
    done = atpath("diff", *maps)
    assert (done.returncode, done.stdout.partition("\n")[0]) == (0, f"{maps[1]}: no difference found")
    assert "a trigger: no difference found in 2000 events, and none excluded" in done.stdout
    assert atpath("diff", *maps, "--format", "markdown").stdout.startswith(f"## `{maps[1]}`: no difference found\n")


def test_diff_of_git_revisions(tmp_path: Path) -> None:
    def git(*words: str) -> None:
        who = ["-c", "user.name=n", "-c", "user.email=n@example.com"]
        subprocess.run(["git", *who, *words], cwd=tmp_path, check=True, capture_output=True)

    folder = tmp_path / "mappings"
    folder.mkdir()
    (folder / "m.map").write_text(OLD)
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "one")
    (folder / "m.map").write_text(OLD.replace("track", "page"))
    done = atpath("diff", "HEAD", "--", "mappings/", cwd=tmp_path)
    assert done.returncode == 1
    assert "a trigger: changed, breaking" in done.stdout
    git("commit", "-qam", "two")
    assert atpath("diff", "HEAD~1", "HEAD", "--", "mappings/m.map", cwd=tmp_path).returncode == 1
    assert atpath("diff", "HEAD", "--", "mappings/", cwd=tmp_path).stdout == "mappings/m.map: the same\n"
    for words in (
        ("--format", "markdown", "HEAD~1", "--", "mappings"),
        ("HEAD~1", "--", "mappings", "--format", "markdown"),
    ):
        assert atpath("diff", *words, cwd=tmp_path).stdout.startswith("## `mappings/m.map`: ")
    assert atpath("diff", "HEAD", "--", "mappings", "nowhere", cwd=tmp_path).stderr.startswith(
        "error: nowhere: no mapping"
    )
    assert "unrecognized arguments: --nope" in atpath("diff", "HEAD", "--", "mappings", "--nope", cwd=tmp_path).stderr
    assert "what is to be compared?" in atpath("diff", "--all", cwd=tmp_path).stderr


def test_diff_of_what_is_not_there(tmp_path: Path) -> None:
    done = atpath("diff", "nowhere.map", "heap", cwd=tmp_path)
    assert done.returncode == 1
    assert "nowhere.map: no mapping file and no git revision" in done.stderr


def test_mutate_prints_examples_to_paste(maps: tuple[Path, Path]) -> None:
    done = atpath("mutate", maps[0])
    assert done.returncode == 0
    assert done.stdout.startswith("0%: 0 of ")
    examples = done.stdout[done.stdout.index("example ") :]
    maps[0].write_text(f"{OLD}\n{examples}")
    assert atpath("mutate", maps[0], "--at-least", "100").stdout.startswith("100%")
    report = json.loads(atpath("mutate", maps[1], "--format", "json", "--at-least", "50").stdout)
    assert report["survivors"]
    assert report["score"] == 0
    assert atpath("mutate", maps[1], "--at-least", "50").returncode == 1
    for wrong in ("200", "-1", "nan"):
        assert f"--at-least {wrong}: a percentage, 0 to 100" in atpath("mutate", maps[0], "--at-least", wrong).stderr


def test_mutate_names_examples_that_fail_anyway(maps: tuple[Path, Path]) -> None:
    maps[0].write_text(OLD + '\nexample "wrong"\ngiven {"type": "track"}\nexpect a {"id": "WRONG"}\n')
    done = atpath("mutate", maps[0])
    assert done.stdout.startswith("0%: 0 of ")
    assert 'example "wrong" fails on the mapping as it is' in done.stdout
    assert json.loads(atpath("mutate", maps[0], "--format", "json").stdout)["failing"] == ["wrong"]


def test_explain_a_code() -> None:
    assert atpath("explain", "e012").stdout.startswith("# E012")
    assert "there is no code E999" in atpath("explain", "E999").stderr
    assert "explain what of it?" in atpath("explain", "heap").stderr


def test_explain_an_event(maps: tuple[Path, Path]) -> None:
    done = atpath("explain", maps[1], '{"type": "track", "messageId": 7, "anonymousId": "n"}')
    assert done.returncode == 0
    assert 'id: "7", made of 7' in done.stdout
    assert "by $.anonymousId" in done.stdout
    assert "no JSON object" in atpath("explain", maps[1], "[1]").stderr
    assert "looked at $.userId, where there is nothing" in done.stdout
    done = atpath("explain", maps[1], '{"type": "page"}')
    assert 'false  type = "track"  <- in the way' in done.stdout
    assert '$.type = "track"' in done.stdout
    (story,) = json.loads(atpath("explain", maps[1], '{"type": "page"}', "--format", "json").stdout)
    assert story["nearest"] == {"type": "track"}


def test_explain_has_one_clock_for_what_is_kept_and_what_it_is_made_of() -> None:
    shown = atpath("explain", "heap", '{"type": "page", "messageId": "m"}').stdout
    told = next(line for line in shown.splitlines() if line.startswith("    timestamp: "))
    assert "made of" not in told


def test_explain_a_rejected_event() -> None:
    shown = atpath("explain", "heap", '{"type": "page"}').stdout
    assert "rejected: E201: `message_id` is required" in shown
    assert "    anonymous_id: left out, had the event not been rejected\n" in shown
    assert "null" not in shown
    (story,) = [
        s for s in json.loads(atpath("explain", "heap", '{"type": "page"}', "--format", "json").stdout) if s["fires"]
    ]
    assert story["payloads"][0]["fields"][1]["outcome"] == "would be left out"


def test_explain_what_is_no_event(maps: tuple[Path, Path]) -> None:
    assert "no JSON" in atpath("explain", maps[0], '{"type"').stderr
    assert "no such file" in atpath("explain", maps[0], "none.json").stderr
    assert "nested too deep" in atpath("explain", maps[0], "[" * 100_000).stderr
    assert "/dev/null: there is no event in it" in atpath("explain", maps[0], "/dev/null").stderr
    other = maps[0].parent / "latin.json"
    other.write_bytes(b'{"event": "\xe9"}')
    assert "no UTF-8 text" in atpath("explain", maps[0], other).stderr


def test_lineage_on_the_screen_and_as_a_graph(maps: tuple[Path, Path]) -> None:
    assert atpath("lineage", maps[0]).stdout == (
        "a\n  id\n    $.messageId\n  who\n    $.userId\n  (its trigger)\n    depends on $.type\n"
    )
    assert '"$.userId" -> "a.who";' in atpath("lineage", maps[0], "--format", "dot").stdout
    assert "$.messageId" not in atpath("lineage", maps[0], "--from", "$.userId").stdout
    assert atpath("lineage", maps[0], "--from", "$.userid").stdout == (
        "$.userid: it reaches nothing; did you mean `$.userId`?\n"
    )
    assert atpath("lineage", maps[0], "--from", "$.context").stdout == "$.context: it reaches nothing\n"
    maps[0].write_text('destination d\n\naction a\n| field | source |\n| ----- | ------ |\n| id    | "x"    |\n')
    assert atpath("lineage", maps[0]).stdout == f"{maps[0]}: it reads no event\n"


def test_lineage_holds_rules(maps: tuple[Path, Path], tmp_path: Path) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text('[person]\npaths = ["$.userId"]\nonly = ["id"]\n')
    done = atpath("lineage", maps[0], "--rules", rules)
    assert (done.returncode, "person reaches a.who from $.userId" in done.stdout) == (1, True)
    rules.write_text('[person]\npaths = ["$.userId"]\nonly = ["a.who"]\n')
    assert atpath("lineage", maps[0], "--rules", rules).returncode == 0
    rules.write_text("[person]\npath = 1\n")
    assert "`[person]` is no rule" in atpath("lineage", maps[0], "--rules", rules).stderr


def test_lineage_says_what_check_says_of_names_in_rules(maps: tuple[Path, Path], tmp_path: Path) -> None:
    rules = tmp_path / "old.rules.toml"
    rules.write_text('[person]\npaths = ["$.userID"]\nonly = ["who", "whom"]\n')
    for words in ((), ("--rules", rules)):
        done = atpath("lineage", maps[0], *words)
        assert done.returncode == 1
        assert "error[E120]: Segment's events have no `$.userID`" in done.stderr
        assert "did you mean `$.userId`?" in done.stderr
        assert "warning[W316]: no action has `whom`" in done.stderr
        assert "$.userId" in done.stdout
    check = atpath("check", maps[0])
    assert "error[E120]: Segment's events have no `$.userID`" in check.stdout + check.stderr
    rules.write_text('[person]\npaths = ["$.userId"]\nonly = ["who", "whom"]\n')
    assert atpath("lineage", maps[0]).returncode == 0  # a warning


def test_lineage_holds_rules_against_the_events_that_there_are(maps: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "events.ndjson").write_text('{"type": "track", "userID": "u"}\n')
    atpath("infer", tmp_path / "events.ndjson", "-o", tmp_path / "schema.json")
    (tmp_path / "old.rules.toml").write_text('[person]\npaths = ["$.userID"]\nonly = ["who"]\n')
    assert atpath("lineage", maps[0], "--events", tmp_path / "schema.json").returncode == 0


def test_the_matrix_of_triggers(capsys: pytest.CaptureFixture[str]) -> None:
    show_triggers(["heap"])
    screen = capsys.readouterr().out
    assert "trackEvent" in screen
    assert "no action takes events of type group" in screen
    show_triggers(["heap"], "json")
    assert json.loads(capsys.readouterr().out)["heap"]["pairs"][0]["relation"] == "apart"


def test_the_matrix_of_triggers_in_the_docs_page(tmp_path: Path) -> None:
    section = atpath("docs", "heap").stdout.split("## Triggers\n")[1]
    assert "| 1 `trackEvent` |  | `.` |" in section
    assert "- no action takes events of type group, alias" in section
    file = tmp_path / "open.map"
    head = "| field | type | source |\n| --- | --- | --- |\n| x | string | $.x |\n"
    conditions = ('lower(event) = "A"', 'type = "a" or type != "a"', 'type = "a|`b"')
    file.write_text("destination d\n\n" + "\n".join(f"action a{i}\nwhen {c}\n{head}" for i, c in enumerate(conditions)))
    page = atpath("docs", file).stdout
    assert "`a1` fires for every event: `" in page
    assert "`a0`: no event that fires it was found in 1000 events, and none is excluded" in page
    assert '`a1` and `a2` both fire for `` {"type": "a|`b"} ``' in page
    file.write_text("destination d\n\naction a\n| field | type | source |\n| --- | --- | --- |\n| x | text | $.x |\n")
    assert "no section on triggers, as the mapping has errors" in atpath("docs", file).stderr
