"""Settings on the command line: what a mapping does not take is refused in the same words by every verb."""

from pathlib import Path

import pytest
from atpath.cli import main
from atpath.compiler.cache import open_mapping

MAPPING = """\
destination shop

settings
| name   | type                 | default |
| ------ | -------------------- | ------- |
| appId  | string               | "11"    |
| most   | number               | 5       |
| batch  | integer(1..100)      |         |
| on     | boolean              |         |
| region | "US" or "EU"         | "US"    |
| key    | secret(3..) required |         |
| more   | object               |         |
| tags   | string[]             |         |

action a
deliver heap track
| field | type   | source          |
| ----- | ------ | --------------- |
| most  | number | settings.most   |
| id    | string | $.messageId     |
| where | string | settings.region |
"""
VERBS = {
    "run": ["run", "shop.map", "events.ndjson"],
    "send": ["send", "shop.map", "events.ndjson", "--dry-run"],
    "serve": ["serve", "shop.map", "--port", "0"],
    "replay": ["replay", "events.ndjson", "--mapping", "shop.map"],
    "explain": ["explain", "shop.map", "{}"],
    "eval": ["eval", "settings.most", "{}", "--mapping", "shop.map"],
    "test": ["test", "shop.map", "--events", "5", "--no-database"],
    "gen": ["gen", "shop.map", "-n", "1"],
    "mutate": ["mutate", "shop.map"],
}
WRONG = {
    "mosst=1": "shop has no such setting\n hint: did you mean most?",
    "most=abc": '"abc" is not a number, which the setting `most` takes',
    "batch=101": '"101" is not a whole number from 1 to 100, which the setting `batch` takes',
    "batch=1.5": '"1.5" is not a whole number from 1 to 100, which the setting `batch` takes',
    "on=yes": '"yes" is not true or false, which the setting `on` takes',
    "region=XX": '"XX" is not "US" or "EU", which the setting `region` takes',
    "more=x": '"x" is not an object, which the setting `more` takes',
    "key=ab": "this is not a secret from 3 characters, which the setting `key` takes",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the mapping, and a cache of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "shop.map").write_text(MAPPING)
    (tmp_path / "other.map").write_text(
        MAPPING.replace("shop", "other")
        .replace("| most   |", "| fewest |")
        .replace("settings.most ", "settings.fewest ")
    )
    (tmp_path / "events.ndjson").write_text("{}\n")
    return tmp_path


@pytest.mark.parametrize("word", WRONG)
@pytest.mark.parametrize("verb", VERBS)
def test_what_is_not_taken_is_refused(verb: str, word: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2 if verb in ("run", "send") else 1):  # compiled, and kept
        assert main([*VERBS[verb], "--set", word]) == 1
        assert f"error: --set {word.partition('=')[0]}: {WRONG[word]}" in capsys.readouterr().err


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb not in ("serve", "replay")])
def test_what_is_taken_is_a_value_of_its_type(verb: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [f"--set={word}" for word in ("most=7", "batch=100", "on=true", "region=EU", "key=abc")]
    assert main([*VERBS[verb], *words]) == 0
    assert "error" not in capsys.readouterr().err


def test_objects_and_lists_are_given_as_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--set", 'more={"a": 1}', "--set", 'tags=["x", "y"]']
    assert main(["eval", "{m: settings.more, t: settings.tags}", "{}", "--mapping", "shop.map", *words]) == 0
    assert capsys.readouterr().out == '{"m": {"a": 1}, "t": ["x", "y"]}\n'


def test_one_that_is_required_and_not_given_is_nothing(folder: Path) -> None:
    assert main(["run", "shop.map", "events.ndjson", "-o", "out.ndjson", "--set", "most=7"]) == 0
    assert (folder / "out.ndjson").read_text() == '{"action":"a","payload":{"most":7,"where":"US"}}\n'


def test_a_setting_of_several_mappings_is_one_of_any(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    both = ["test", "shop.map", "other.map", "--events", "5", "--no-database"]
    assert main([*both, "--set", "fewest=1", "--set", "most=2"]) == 0
    capsys.readouterr()
    assert main([*both, "--set", "few=1"]) == 1
    assert "--set few: the mappings have no such setting" in capsys.readouterr().err
    serve = ["serve", "shop.map", "other.map", "--spool", "events.ndjson"]  # no folder: it goes no further
    assert main([*serve, "--set", "fewest=1", "--set", "shop.most=2"]) == 1
    assert "--set" not in capsys.readouterr().err
    for word, said in {
        "few=1": "few: the mappings have no such setting",
        "shop.fewest=1": "shop.fewest: shop has no such setting\n hint: there are shop.appId, shop.most,",
        "shop.mst=1": "shop.mst: shop has no such setting\n hint: did you mean shop.most?\n",
        "shap.most=1": "shap.most: the mappings have no such setting\n hint: did you mean shop.most?\n",
        "other.fewest=x": 'other.fewest: "x" is not a number',
    }.items():
        assert main([*serve, "--set", word]) == 1
        assert f"error: --set {said}" in capsys.readouterr().err


def test_a_setting_of_no_mapping(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "$.a", "{}", "--set", "a=1"]) == 1
    assert "error: --set a: there is no mapping to have it\n hint: name one with --mapping" in capsys.readouterr().err


def test_settings_that_surely_fit_are_known_without_the_syntax_tree(folder: Path) -> None:
    for given, fit in (({"most": "7"}, True), ({"most": "x"}, False), ({"batch": "7"}, False), ({"no": ""}, False)):
        assert [open_mapping("shop.map", settings=given).settings_fit for _ in range(2)] == [fit, fit]
