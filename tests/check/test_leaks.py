"""Rules beside a mapping: what `check` says of data that goes where it may not."""

from pathlib import Path

import pytest
from atpath.compiler.outcome import check_file, check_source
from atpath.compiler.schema import infer
from atpath.compiler.schema_file import to_text
from atpath.dsl.source import Source
from command import ROOT

MAPPING = """\
destination d

let person = merge($.context.traits, $.traits)

action a
when type = "identify"
| field  | type   | source                   |
| ------ | ------ | ------------------------ |
| traits | object | {source}                 |
| mail   | string | person -> $.email        |

preset "Again" of a
when type = "track"
| field | source |
| ----- | ------ |
"""
EMAIL = '[email]\npaths = ["$.traits.email"]\n'


def said(source: str, rules: dict[str, str], schema: str = "") -> list[tuple[str, str, str]]:
    found = check_source(Source("maps/a.map", MAPPING.replace("{source}", source)), rules.get, schema)
    shown = [(each, each.source.text[each.span.start : each.span.end]) for each in found]
    return [(str(each.code), text, each.message) for each, text in shown if each.code in ("E130", "E120", "E111")]


def test_a_row_is_named_once_with_the_shortest_way() -> None:
    way = "no email may come here: `$.traits.email` reaches `{}` of `a`"
    assert said("$.traits", {"a.rules.toml": EMAIL}) == [
        ("E130", "$.traits", way.format("traits.email")),
        ("E130", "person -> $.email", way.format("mail")),
    ]
    assert said('omit($.traits, "email")', {"a.rules.toml": EMAIL + 'only = ["mail"]'}) == []


def test_where_it_is_read_is_shown_as_well() -> None:
    text = MAPPING.replace("{source}", "person")
    found = check_source(Source("a.map", text), {"a.rules.toml": EMAIL + 'only = ["mail"]'}.get)
    (leak,) = [each for each in found if each.code == "E130"]
    (label,) = leak.labels
    assert text[label.span.start : label.span.end] == "$.traits"
    assert leak.hint == "`omit` keeps a member out; email may reach `mail`"


def test_the_rules_of_a_folder_hold_unless_the_mapping_has_its_own() -> None:
    folder = {"rules.toml": EMAIL, "b.rules.toml": "[other]\n"}
    assert len(said("$.context", folder)) == 1
    assert said("$.context", folder | {"a.rules.toml": '[email]\nonly = ["mail"]\n'}) == []


@pytest.mark.parametrize(
    ("rules", "place", "message"),
    [
        ("[email", "[", "no TOML"),
        ('[email]\npath = ["$.userId"]\n', "path", "`[email]` is no rule"),
        ("[email]\n", "email", "`[email]` names no path"),
        ('[email]\npaths = "$.userId"\n', "paths", "is a list of texts"),
        ('[email]\npaths = ["$..email"]\n', "$..email", "no single place"),
        ('[email]\npaths = ["userId"]\n', "userId", "userId"),
        ('[email]\npaths = ["$.userId"]\nderived = 1\n', "derived", "true or false"),
        ("email = 1\n", "email", "is no rule"),
    ],
)
def test_rules_that_are_none(rules: str, place: str, message: str) -> None:
    ((code, text, told),) = said("$.context", {"a.rules.toml": rules})
    assert (code, text) == ("E111", place)
    assert message in told


def test_a_class_that_no_event_has_would_hold_nothing_back() -> None:
    rules = {"a.rules.toml": '[email]\npaths = ["$.userid"]\nonly = ["mail"]\n'}
    assert [(code, text) for code, text, _ in said("$.context", rules)] == [("E120", "$.userid")]
    schema = to_text(infer([{"traits": {"e_mail": "a@b.test"}, "context": {}}]))
    rules = {"a.rules.toml": EMAIL + 'only = ["mail", "traits"]'}
    found = [text for code, text, _ in said("$.traits", rules, schema) if code == "E120"]
    assert "$.traits.email" in found


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("$.userid", "did you mean `$.userId`?"),
        ("$.contxt.traits.email", "did you mean `$.context.traits.email`?"),
        ("$.messageID", "did you mean `$.messageId`?"),
    ],
)
def test_the_whole_path_is_proposed(path: str, hint: str) -> None:
    rules = {"a.rules.toml": f'[email]\npaths = ["{path}"]\nonly = ["mail"]\n'}
    found = check_source(Source("a.map", MAPPING.replace("{source}", "$.context")), rules.get)
    assert [each.hint for each in found if each.code == "E120"] == [hint]


@pytest.mark.parametrize(
    ("pattern", "hint"),
    [
        ("nope.x", "fields are such as a.traits, a.mail"),
        ("a.mial", "did you mean `a.mail`?"),
        ("mial", "did you mean `mail`?"),
        ("b.*", "fields are such as"),
        ("heap users", "fields are such as"),
        ("mail2", "did you mean `mail`?"),
    ],
)
def test_a_field_that_no_action_has_is_told(pattern: str, hint: str) -> None:
    rules = EMAIL + f'only = ["mail", "traits", "{pattern}"]\n'
    text = MAPPING.replace("{source}", "$.traits")
    found = check_source(Source("a.map", text), {"a.rules.toml": rules}.get)
    (told,) = [each for each in found if each.code == "W316"]
    assert (told.source.text[told.span.start : told.span.end], told.source.name) == (pattern, "a.rules.toml")
    assert told.hint.startswith(hint)
    of_the_folder = check_source(Source("a.map", text), {"rules.toml": rules}.get)
    assert "W316" not in {each.code for each in of_the_folder}  # it may be another mapping's


@pytest.mark.parametrize(
    "pattern",
    ["mail", "a.mail", "traits", "traits.email", "a.traits.email", "traits[0]", "a.*", "Again.*", "Again.mail"],
)
def test_a_field_that_an_action_has_is_none_to_be_told(pattern: str) -> None:
    rules = EMAIL + f'only = ["mail", "traits", "{pattern}"]\n'
    found = check_source(Source("a.map", MAPPING.replace("{source}", "$.traits")), {"a.rules.toml": rules}.get)
    assert "W316" not in {each.code for each in found}


def test_files_are_read_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "a.map"
    path.write_text(MAPPING.replace("{source}", "$.traits"))
    assert "E130" not in {each.code for each in check_file(str(path))}
    (tmp_path / "a.rules.toml").write_text(EMAIL)
    assert "E130" in {each.code for each in check_file(str(path))}
    (tmp_path / "a.rules.toml").write_text(EMAIL + 'only = ["a.*", "Again.*"]\n')
    assert "E130" not in {each.code for each in check_file(str(path))}


def test_what_ships_keeps_its_rules(tmp_path: Path) -> None:
    assert not [each for each in check_file("braze") if each.code[0] in "EW"]
    for name in ("braze.map", "braze.rules.toml"):
        text = (ROOT / "mappings" / name).read_text("utf-8")
        (tmp_path / name).write_text(text.replace('omit($.properties, "email")', "$.properties"))
    (leak,) = [each for each in check_file(str(tmp_path / "braze.map")) if each.code == "E130"]
    assert "`$.properties.email` reaches `properties.email` of `logEvent`" in leak.message
