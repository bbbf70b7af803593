"""The examples of docs/segment.md, run."""

import json
import re
from pathlib import Path

import pytest
from atpath.compiler.segment import MappingError, PayloadRefused, compile_directives, matches, transform
from atpath.compiler.segment.coerce import coerce_payload
from atpath.compiler.segment.dates import iso_text, parse_dayjs
from atpath.compiler.segment.schema import object_schema

PAGE = (Path(__file__).parents[2] / "docs" / "segment.md").read_text(encoding="utf-8")


def rows(section: str) -> list[list[str]]:
    """The cells of a section's table, without the header; code without its ticks."""
    text = PAGE.split(f"\n## {section}\n")[1].split("\n## ")[0]
    lines = [line for line in text.splitlines() if line.startswith("| ")][2:]
    return [[cell.strip().strip("`") for cell in line.strip("| ").split(" | ")] for line in lines]


def ids(section: str) -> list[str]:
    return [row[0] for row in rows(section)]


@pytest.mark.parametrize("row", rows("Mappings"), ids=ids("Mappings"))
def test_mappings(row: list[str]) -> None:
    mapping, event = json.loads(row[1]), json.loads(row[2])
    refused = re.fullmatch("(validation|runtime): `(.*)", row[3])
    if refused:
        with pytest.raises(MappingError) as caught:
            transform(mapping, event)
        assert (caught.value.kind, str(caught.value)) == refused.groups()
    else:
        assert transform(mapping, event) == json.loads(row[3])
        assert compile_directives(mapping)(event) == json.loads(row[3])


@pytest.mark.parametrize("row", rows("Triggers"), ids=ids("Triggers"))
def test_triggers(row: list[str]) -> None:
    assert matches(row[1], json.loads(row[2])) is json.loads(row[3])


@pytest.mark.parametrize("row", rows("Payloads"), ids=ids("Payloads"))
def test_payloads(row: list[str]) -> None:
    schema = object_schema({"f": json.loads(row[1])})
    if row[3].startswith("{"):
        assert coerce_payload(schema, json.loads(row[2])) == json.loads(row[3])
    else:
        with pytest.raises(PayloadRefused, match=f"^{re.escape(row[3])}$"):
            coerce_payload(schema, json.loads(row[2]))


@pytest.mark.parametrize("row", rows("Dates"), ids=ids("Dates"))
def test_dates(row: list[str]) -> None:
    instant = parse_dayjs(row[1])
    assert instant is not None
    assert iso_text(instant) == row[2]
