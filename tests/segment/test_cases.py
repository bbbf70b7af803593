"""Each directive, trigger, number, date, field rule and template: the cases lie in cases/."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from atpath.compiler.segment import (
    FqlCrash,
    FqlError,
    MappingError,
    PayloadRefused,
    compile_directives,
    compile_fql,
    matches,
    parse_fql,
    transform,
)
from atpath.compiler.segment.coerce import coerce_payload
from atpath.compiler.segment.dates import is_date_like, iso_text, parse_dayjs
from atpath.compiler.segment.schema import object_schema
from atpath.compiler.segment.values import number_text

CASES = Path(__file__).parent / "cases"


def cases(name: str, label: str) -> list[Any]:
    """The file's records, each under the words it calls itself by."""
    records = [json.loads(line) for line in (CASES / f"{name}.ndjson").read_bytes().splitlines()]
    return [pytest.param(record, id=repr(record[label])) for record in records]


def as_json(value: object) -> str:
    """Text that tells true from 1, with one spelling a number."""
    return json.dumps(value, sort_keys=True)


@pytest.mark.parametrize("case", cases("mapping", "name"))
def test_a_mapping_gives_what_the_engine_gives(case: dict[str, Any]) -> None:
    before = copy.deepcopy((case["mapping"], case["event"]))
    for run in (transform, lambda mapping, event: compile_directives(mapping)(event)):
        if "error" in case:
            with pytest.raises(MappingError) as caught:
                run(case["mapping"], case["event"])
            assert (caught.value.kind, list(caught.value.messages)) == (case["kind"], case["error"])
        else:
            assert as_json(run(case["mapping"], case["event"])) == as_json(case["want"])
    assert (case["mapping"], case["event"]) == before


@pytest.mark.parametrize("case", cases("trigger", "trigger"))
def test_a_trigger_holds_where_the_engine_says_so(case: dict[str, Any]) -> None:
    event = json.loads((CASES / "trigger.event.json").read_text(encoding="utf-8"))
    trigger = case["trigger"]
    if case.get("refused"):
        with pytest.raises(FqlError):
            parse_fql(trigger)
    else:
        parse_fql(trigger)
    for run in (matches, lambda fql, event: compile_fql(fql)(event)):
        if case["want"] is None:
            with pytest.raises(FqlCrash):
                run(trigger, event)
        else:
            assert run(trigger, event) is case["want"]


@pytest.mark.parametrize("case", cases("number", "number"))
def test_numbers_are_written_as_javascript_writes_them(case: dict[str, Any]) -> None:
    assert number_text(case["number"]) == case["want"]


@pytest.mark.parametrize("case", cases("date", "text"))
def test_dates_are_read_as_dayjs_reads_them(case: dict[str, Any]) -> None:
    instant = parse_dayjs(case["text"])
    assert (None if instant is None else iso_text(instant)) == case["want"]
    assert is_date_like(case["text"]) is case["date_like"]


@pytest.mark.parametrize("case", cases("payload", "payload"))
def test_a_payload_is_coerced_or_refused(case: dict[str, Any]) -> None:
    schema = object_schema(json.loads((CASES / "payload.fields.json").read_text(encoding="utf-8")))
    before = copy.deepcopy(case["payload"])
    if "error" in case:
        with pytest.raises(PayloadRefused) as caught:
            coerce_payload(schema, case["payload"])
        assert str(caught.value) == case["error"]
    else:
        assert as_json(coerce_payload(schema, case["payload"])) == as_json(case["want"])
    assert case["payload"] == before


@pytest.mark.parametrize("case", cases("liquid", "template"))
def test_a_liquid_template_renders(case: dict[str, Any]) -> None:
    pytest.importorskip("liquid")
    event = json.loads((CASES / "liquid.event.json").read_text(encoding="utf-8"))
    mapping = {"out": {"@liquid": case["template"]}}
    if case.get("error"):
        with pytest.raises(MappingError) as caught:
            transform(mapping, event)
        assert caught.value.kind == "runtime"
    else:
        assert transform(mapping, event) == {"out": case["want"]}
