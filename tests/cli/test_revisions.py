"""diff of git revisions: which files are compared, however they are named, and what is said of those that are not."""

import json
import subprocess
from pathlib import Path

import pytest
from atpath.cli.revisions import find_repository
from command import atpath

MAP = """\
destination d

action a
when type = "track"
| field | type   | source      |
| ----- | ------ | ----------- |
| id    | string | $.messageId |
"""
CHANGED = MAP.replace("$.messageId", "$.userId   ")
CHANGE = "a field id: changed, breaking"


def git(folder: Path, *words: str) -> None:
    who = ["-c", "user.name=n", "-c", "user.email=n@example.com", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """maps/a.map, which has changed since; maps/b.map, which has not; folders without mappings; other files."""
    top = tmp_path / "top"
    for folder in ("maps", "sub"):
        (top / folder).mkdir(parents=True)
    for file in ("maps/a.map", "maps/b.map", "mapping.txt"):
        (top / file).write_text(MAP)
    (top / "README.md").write_text("# Hello\n")
    git(top, "init", "-q")
    git(top, "add", ".")
    git(top, "commit", "-qm", "one")
    for file in ("maps/a.map", "mapping.txt"):
        (top / file).write_text(CHANGED)
    return top


@pytest.mark.parametrize(
    ("folder", "path", "shown"),
    [
        ("", "maps/a.map", "maps/a.map"), ("", "./sub/../maps", "maps/a.map"), ("", ".", "maps/a.map"),
        ("", "{top}/maps", "maps/a.map"), ("", "{link}/maps", "maps/a.map"), ("", "mapping.txt", "mapping.txt"),
        ("maps", "../maps/a.map", "a.map"), ("maps", "../maps", "a.map"), ("maps", ".", "a.map"),
        ("maps", "a.map", "a.map"), ("sub", "../maps", "../maps/a.map"),
        ("sub", "..", "../maps/a.map"), ("sub", "{top}/maps/a.map", "../maps/a.map"),
    ],
)  # fmt: skip
def test_a_path_may_be_spelt_in_any_way(repository: Path, folder: str, path: str, shown: str) -> None:
    link = repository.parent / "link"
    link.symlink_to(repository)
    words = ("diff", "HEAD", "--", path.format(top=repository, link=link))
    done = atpath(*words, cwd=repository / folder)
    assert (done.returncode, done.stderr) == (1, "")
    assert f"{shown}: 1 difference, 1 breaking\n  {CHANGE}" in done.stdout
    assert "new" not in done.stdout.replace("    new    ", "")
    found = json.loads(atpath(*words, "--format", "json", cwd=repository / folder).stdout)
    assert shown in [mapping["mapping"] for mapping in found if mapping["breaking"]]


def test_what_is_named_is_compared_and_what_git_ignores_is_not(repository: Path) -> None:
    (repository / ".gitignore").write_text("*.tmp.map\n")
    (repository / "maps/x.tmp.map").write_text(MAP)
    assert "x.tmp.map" not in atpath("diff", "HEAD", "--", "maps", cwd=repository).stdout
    assert "the mapping: new" in atpath("diff", "HEAD", "--", "maps/x.tmp.map", cwd=repository).stdout


def test_a_mapping_that_came_or_went_is_a_difference(repository: Path) -> None:
    git(repository, "checkout", "-q", "maps")
    (repository / "maps/b.map").unlink()
    done = atpath("diff", "HEAD", "--", "maps", cwd=repository)
    assert (done.returncode, done.stderr) == (1, "")
    assert "maps/b.map: 1 difference, 1 breaking\n  the mapping: gone, breaking\n" in done.stdout
    words = ("diff", "HEAD", "--", "maps/b.map", "--format")
    (report,) = json.loads(atpath(*words, "json", cwd=repository).stdout)
    (finding,) = report["findings"]
    assert (report["mapping"], report["breaking"]) == ("maps/b.map", True)
    assert (finding["part"], finding["status"], finding["breaking"]) == ("mapping", "gone", True)
    assert "| the mapping | gone | **breaking** |" in atpath(*words, "markdown", cwd=repository).stdout
    git(repository, "checkout", "-q", "maps")
    (repository / "maps/c.map").write_text(MAP)
    done = atpath("diff", "HEAD", "--", "maps", cwd=repository)
    assert (done.returncode, "maps/c.map: 1 difference, none breaking\n  the mapping: new\n" in done.stdout) == (
        1,
        True,
    )


def test_what_others_include_is_compared_with_them(repository: Path) -> None:
    (repository / "maps/part.map").write_text("let who = $.messageId\n")
    text = MAP.replace("action a", 'include "part.map"\n\naction a').replace("$.messageId", "who        ")
    (repository / "maps/i.map").write_text(text)
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "two")
    (repository / "maps/part.map").write_text("let who = $.anonymousId\n")
    done = atpath("diff", "HEAD", "--", "maps", cwd=repository)
    assert (done.returncode, done.stderr) == (1, "")
    assert f"maps/i.map: 1 difference, 1 breaking\n  {CHANGE}" in done.stdout
    assert "part.map" not in done.stdout


def test_links_and_includes_are_read_in_the_revision(repository: Path) -> None:
    shared = "let who = $.messageId\n"
    (repository / "shared.map").write_text(shared)
    (repository / "maps/i.map").write_text(
        MAP.replace("action a", 'include "../shared.map"\n\naction a').replace("$.messageId", "who        ")
    )
    (repository / "maps/l.map").symlink_to("../mapping.txt")
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "two")
    (repository / "shared.map").write_text(shared.replace("messageId", "anonymousId"))
    (repository / "mapping.txt").write_text(MAP)
    done = atpath("diff", "HEAD", "--", "maps/i.map", "maps/l.map", cwd=repository)
    assert done.stdout.count(CHANGE) == 2
    assert '"anonymousId"' in done.stdout


def test_a_bare_repository_has_revisions_alone(repository: Path) -> None:
    git(repository, "commit", "-qam", "two")
    git(repository, "clone", "-q", "--bare", ".", "../bare")
    bare = repository.parent / "bare"
    assert CHANGE in atpath("diff", "HEAD~1", "HEAD", "--", "maps", cwd=bare).stdout
    assert "no working tree" in atpath("diff", "HEAD", "--", "maps", cwd=bare).stderr


def test_a_mistake_in_a_revision_is_shown_there(repository: Path) -> None:
    (repository / "maps/a.map").write_text(MAP.replace("$.messageId", "$.message["))
    git(repository, "commit", "-qam", "two")
    (repository / "maps/a.map").write_text(MAP)
    assert "--> HEAD:maps/a.map:7:" in atpath("diff", "HEAD", "--", "maps", cwd=repository).stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("HEAD -- README.md", "no mapping file\n --> README.md:1:1"),
        ("HEAD -- sub", "sub: no mapping file there\n hint: neither HEAD nor the working tree has one"),
        ("HEAD -- maps nowhere", "nowhere: no mapping file there"),
        ("HEAD -- ..", "..: outside the git repository"),
        ("main feature -- maps/a.map", "feature: no revision of this git repository"),
        ("HEAD --", "no path stands behind `--`\n hint: atpath diff OLD NEW, or"),
        ("HEAD", "HEAD: which mappings are to be compared?\n hint: atpath diff OLD NEW, or"),
        ("main main main -- maps", "3 revisions"),
        ("heap", "heap: compared with what?\n hint: atpath diff OLD NEW, or"),
        ("heap heap heap", "two mappings are compared, not 3"),
        ("heap sub", "sub: a folder, where a mapping file is wanted"),
        ("heap nowhere.map", "nowhere.map: no mapping file and no git revision"),
        ("heap hep", "hep: no mapping file and no git revision\n hint: did you mean `heap`?\n"),
    ],
)
def test_what_cannot_be_compared_is_said(repository: Path, words: str, said: str) -> None:
    done = atpath("diff", *words.split(), cwd=repository)
    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr


def test_without_a_repository_there_are_no_revisions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ok.map").write_text(MAP)
    assert "no git repository here" in atpath("diff", "HEAD~1", "--", "ok.map", cwd=tmp_path).stderr
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "git is not installed" in atpath("diff", "HEAD~1", "--", "ok.map", cwd=tmp_path).stderr
    assert "no git revision" in atpath("diff", "HEAD~1", "ok.map", cwd=tmp_path).stderr


def test_what_git_complains_of_is_said(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository)
    (repository / ".git/index").write_text("broken")
    done = atpath("diff", "HEAD", "--", "maps", cwd=repository)
    assert done.stderr.startswith("error: git: ")
    assert find_repository().shown("maps") == "maps"
