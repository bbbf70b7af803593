"""Hints where somebody writes as another language has it: followed, they give a mapping without that error."""

from pathlib import Path

import pytest
from atpath.compiler.outcome import check_source
from atpath.dsl.render import render_all
from atpath.dsl.source import Source
from command import atpath

HEAD = 'destination d "D"\n\naction a "A"\n'
TABLE = "| field | source |\n| --- | --- |\n| a | {} |\n"


def told(text: str, code: str) -> tuple[str, str]:
    """The message and hint of the one diagnostic with this code."""
    (found,) = [d for d in check_source(Source("a.map", text)) if d.code == code]
    return found.message, found.hint


@pytest.mark.parametrize(
    ("source", "code", "hint"),
    [
        ("properties.total", "E113", "a path begins with `$.`: write `$.properties.total`"),
        ("$.properties.total == 1", "E001", "equality is written `=`, in a condition: `if A = B then X else Y`"),
        ("$.properties.total >= 1", "E001", "a source is a value, no condition: `if A = B then X else Y`"),
        ('$.event = "x"', "E001", "a source is a value, no condition: `if A = B then X else Y`"),
        ("$.event => $.name", "E001", "the arrow is written `->`"),
        ('concat($.event, "x")', "E104", 'a text has placeholders: `"{{first_name}} {{last_name}}"`'),
        ("coalesce($.event, $.name)", "E104", "the first that is there: `X ?? Y`"),
        ("exists($.event)", "E104", "`exists(…)` is a condition: `if exists(…) then X else Y`"),
        ("length($.products)", "E104", "`count(…)` counts the items of a list"),
        ("substring($.event, 1)", "E104", "here it is `slice(…)`"),
        ("lowr($.event)", "E104", "did you mean `lower`?"),
        ('if event <> "x" then 1', "E001", "`is not equal` is written `!=`"),
        (
            "$.event ?? \u00a01",
            "E001",
            "U+00A0 (no-break space) cannot be seen here: take it out, or type a plain space",
        ),
        ("$.event ?? \u200b1", "E001", "U+200B (zero width space) cannot be seen here"),
    ],
)
def test_hints_of_sources(source: str, code: str, hint: str):
    assert told(HEAD + TABLE.format(source), code)[1].startswith(hint)


@pytest.mark.parametrize(
    ("trigger", "code", "hint"),
    [
        ('not type = "track"', "E008", "`not` takes parentheses: `not (…)`"),
        ('type = "track" and not event = "x"', "E008", "`not` takes parentheses: `not (…)`"),
        ('type in ["track", "page"]', "E008", 'the values stand in parentheses: `in ("A", "B")`'),
        ('type not in ("track", "page")', "E008", "`not` stands before it, with parentheses: `not (X in (…))`"),
        ('type <> "track"', "E008", "`is not equal` is written `!=`"),
        ("type = track", "W306", 'did you mean "track"?'),
        ("event != Signup", "W306", 'did you mean "Signup"?'),
    ],
)
def test_hints_of_triggers(trigger: str, code: str, hint: str):
    assert told(f"{HEAD}when {trigger}\n{TABLE.format('$.event')}", code)[1] == hint


@pytest.mark.parametrize(
    ("source", "code", "hint"),
    [
        ("{{$.event}}", "E001", 'a template stands in double quotes: `"{{event}}"`'),
        (
            "{{ event | upcase }}",
            "E001",
            'a template stands in double quotes, and its placeholders are paths: `"{{a.b}}"`',
        ),
        ("${ event }", "E006", "a path is written `$.event`"),
        ("${$.event}", "E006", "a path is written `$.event`"),
        ('${context["ip"]}', "E006", ""),
        ("order_id", "E106", 'a path begins with `$.`, a text stands in quotes: `$.order_id` or `"order_id"`'),
        ("key", "E106", 'a path begins with `$.`, a text stands in quotes: `$.key` or `"key"`'),
        ("user_id", "E106", "did you mean `$.userId`?"),
        ("messageIds", "E106", "did you mean `$.messageId`?"),
        ('if type = "a" || type = "b" then 1', "E001", "write `or` in a condition, `??` in a source"),
        ('if type = "a" then $.event || $.name', "E001", "did you mean `??`?"),
        ('if type in ("a" or "b") then 1', "E001", ""),
        ("split($.event, ,)", "E001", 'a text stands in double quotes: `","`'),
    ],
)
def test_a_hint_parses_and_means_what_was_meant(source: str, code: str, hint: str):
    assert told(HEAD + TABLE.format(source.replace("|", "\\|")), code)[1] == hint


@pytest.mark.parametrize(
    ("kind", "hint"),
    [
        ("string, required", "the words of a type stand side by side: `string required`"),
        ('"a", "b"', "the words of a type stand side by side: `string required`"),
        ("string?", "a field without `required` may be missing"),
        ('"a" orr "b"', ""),
    ],
)
def test_hints_of_types(kind: str, hint: str):
    table = "| field | type | source |\n| --- | --- | --- |\n| a | {} | $.event |\n"
    said = told(HEAD + table.format(kind), "E011")[1]
    assert said.startswith(hint) and bool(said) == bool(hint)


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        (
            "action b Order Paid",
            'a title stands in double quotes: `b "Order Paid"`; a name is letters, digits, `_` and `-`: `b_Order_Paid`',
        ),
        ('action Order Paid "Paid"', "a name is letters, digits, `_` and `-`: `Order_Paid`"),
        ('action Caf\u00e9 "Paid"', "a name is letters, digits, `_` and `-`: `Cafe`"),
        ('action "\u65e5"', "a name is letters, digits, `_` and `-`"),
        ('action "1 a"', "a name is letters, digits, `_` and `-`"),
        ("let my name = 1", "a name is letters, digits, `_` and `-`: `my_name`"),
        ("let a 1", "a let is written `let NAME = X`"),
        ("let a := 1", "a let is written `let NAME = X`"),
        ("rows my rows", "a name is letters, digits, `_` and `-`: `my_rows`"),
        (
            'rows r "Shared"',
            "only the destination and actions have titles: what is said of others stands in a comment above them",
        ),
        ("settings\n| name |\n| --- |\n| api key |", "a name is letters, digits, `_` and `-`: `api_key`"),
    ],
)
def test_hints_of_names(line: str, hint: str):
    assert told(f"{HEAD}{TABLE.format('$.event')}\n{line}\n", "E001")[1] == hint


ACTION = f'{HEAD}when type = "track"\n{TABLE.format("$.event")}\n'


@pytest.mark.parametrize(
    "section",
    [
        f'acton b "B"\nwhen type = "page"\n{TABLE.format("$.event")}',
        f"shpe S\n\n# Its members.\n{TABLE.format('$.nothing')}",
        "setings\n| name | type | default |\n| --- | --- | --- |\n| key | secret | |\n",
        "tabel t\n| from | to |\n| --- | --- |\n| 1 | 2 |\n",
        f'preest "P" of a\nslug "p"\n{TABLE.format("1")}',
    ],
)
def test_what_a_misspelt_section_holds_is_not_read_as_the_one_above(section: str):
    found = check_source(Source("a.map", ACTION + section + "\nlet never = 1\n"))
    assert [d.code for d in found] == ["E002", "W304"]


@pytest.mark.parametrize("word", ["destinaton", "Destination"])
def test_a_file_with_a_misspelt_destination_is_not_said_to_have_none(word: str):
    found = check_source(Source("a.map", ACTION.replace("destination", word, 1)))
    assert [d.code for d in found] == ["E002"]


def test_a_line_that_begins_with_nothing_known_in_a_misspelt_section_is_told_alone():
    found = check_source(Source("a.map", f'{ACTION}acton b "B"\nfilter it\n{TABLE.format("$.event")}'))
    assert [d.message for d in found] == ["no line begins with `acton`", "no line begins with `filter`"]


@pytest.mark.parametrize("character", ["\u00a0", "\u200b", "\u202e"])
def test_what_cannot_be_seen_is_named(character: str):
    screen = render_all(check_source(Source("a.map", HEAD + TABLE.format(f"$.event ?? {character}1"))))
    message = screen.splitlines()[0]
    assert message == f"error[E001]: this source cannot be read from `U+{ord(character):04X}` on"


@pytest.mark.parametrize(
    ("text", "count"),
    [('"{{event}"', 1), ('"{{event}} {{name"', 1), ('"{{{{event"', 0), ('"{{event}} {x}"', 0), ('"{{{name}}"', 0)],
)
def test_a_placeholder_that_is_not_closed(text: str, count: int):
    found = [d.code for d in check_source(Source("a.map", HEAD + TABLE.format(text)))]
    assert found.count("W313") == count


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'destination shop "Sh\xf6p"\n', "error[E013]: this file is no text: byte 21 is no UTF-8\n"),
        (
            b'\xef\xbb\xbfdestination shop "Sh\xf6p"\n',
            "error[E013]: this file is no text: byte 24 is no UTF-8\n"
            " --> a.map:1:21, in destination shop\n  |\n"
            '1 | destination shop "Sh\ufffd\n'
            "  |                     ^\n",
        ),
        (b"destination shop\n\0\n", "error[E013]: this file is no text: it holds a zero byte\n"),
        (
            b'# a shop\rdestination d "D"\r',
            "error[E013]: the lines of this file end as on old Macs: in CR without LF\n",
        ),
        (b"\r", "error[E014]: this file is empty\n"),
    ],
)
def test_files_of_other_encodings(data: bytes, said: str, tmp_path: Path):
    (tmp_path / "a.map").write_bytes(data)
    assert atpath("check", "a.map", cwd=tmp_path).stdout.startswith(said)
