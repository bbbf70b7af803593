"""What Segment's engine refuses of a mapping is said with its place: by `check` and by `load`."""

import pytest
from atpath.compiler import MappingError, load_text
from atpath.compiler.functions import FUNCTIONS
from atpath.compiler.outcome import check_source
from atpath.dsl.source import Source

HEAD = """\
semantics segment
destination d

action a
| field | type   | source      | extra |
| ----- | ------ | ----------- | ----- |
| ok    | string | $.event     |       |
"""
MANY = " ?? ".join(f"$.a{number}" for number in range(3000))


@pytest.mark.parametrize(
    ("row", "place", "message"),
    [
        ('| time | string | $.timestamp | {"format": "nope"} |', "time", "field 'time' has an unknown format, 'nope'"),
        ('| time | string | $.timestamp | {"format": 5} |', "time", "unknown format, 5"),
        ('| o.p | string | $.timestamp | {"format": "nope"} |', "o.p", "field 'p' has an unknown format"),
        ('| n | number | $.a | {"minimum": "1"} |', "n", "a 'minimum' that is no number"),
        ('| n | string | $.a | {"required": {"conditions": []}} |', "n", "under no condition"),
        ('| n | string | $.a | {"required": {"conditions": [{"operator": "is"}]}} |', "n", "a condition of no field"),
        (f"| n | string | {MANY} | |", MANY, "call stack"),
    ],
)
def test_what_is_refused(row: str, place: str, message: str) -> None:
    text = f"{HEAD}{row}\n"
    with pytest.raises(MappingError) as raised:
        load_text(text)
    for diagnostics in (raised.value.diagnostics, check_source(Source("a.map", text))):
        (found,) = [each for each in diagnostics if each.code == "E128"]
        assert text[found.span.start : found.span.end] == place
        assert message in found.message


def test_a_preset_says_it_as_well() -> None:
    text = f'{HEAD}\npreset "P" of a\nwhen type = "page"\n| field | source |\n| --- | --- |\n| ok | {MANY} |\n'
    (found,) = [each for each in check_source(Source("a.map", text)) if each.code == "E128"]
    assert text[found.span.start : found.span.end] == MANY


@pytest.mark.parametrize("name", [function.name for function in FUNCTIONS.values() if function.low])
def test_calls_without_arguments(name: str) -> None:
    text = f"{HEAD}| n | string | {name}() | |\n"
    codes = [each.code for each in check_source(Source("a.map", text)) if each.code.startswith("E")]
    assert codes == ["E110"]


def test_a_field_without_a_type_is_told_once() -> None:
    text = f"{HEAD}| n |  | $.a | |\n"
    (found,) = [each for each in check_source(Source("a.map", text)) if each.code == "E128"]
    assert (found.message, found.hint) == ("the field `n` has no type", "a type such as `string`")
