"""How many typos in real paths are noticed against a schema learned from real-looking events, and mended right."""

import json
import random
import re
import string
from collections.abc import Iterator

import pytest
from atpath.compiler.check import run_checks
from atpath.compiler.resolve import resolve
from atpath.compiler.schema import Schema, infer
from atpath.dsl.diagnostics import Diagnostic
from atpath.dsl.parser import parse
from atpath.dsl.source import Source
from shared import shared

Way = tuple[str, ...]
ROUNDS = 3


def vectors() -> list[dict[str, object]]:
    lines = shared("conformance/mapping.ndjson").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def ways_in(mapping: object, over: Way | None = None) -> Iterator[tuple[Way | None, Way]]:
    """Every path of a mapping: the list that it is read from, if it is an item's, and its names."""
    if isinstance(mapping, list):
        for item in mapping:
            yield from ways_in(item, over)
    if not isinstance(mapping, dict):
        return
    if isinstance(mapping.get("@path"), str):
        yield over, names_of(mapping["@path"])
    if isinstance(mapping.get("@arrayPath"), list):
        root, *shape = mapping["@arrayPath"]
        if isinstance(root, str) and over is None:
            yield over, names_of(root)
            yield from ways_in(shape, names_of(root))
        return
    for value in mapping.values():
        yield from ways_in(value, over)


def names_of(path: str) -> Way:
    return tuple(name for name in re.split(r"\.|\[[\"']?|[\"']?\]", path.replace("$.", "", 1)) if name)


def typed(over: Way | None, way: Way) -> str:
    path = "$" + "".join(f".{n}" if n.isdigit() or n.isidentifier() else f"[{json.dumps(n)}]" for n in way)
    return path if over is None else f"each {typed(None, over)} -> {{x: {path}}}"


def slip(way: Way, chance: random.Random) -> Way:
    """One letter left out, put in, changed or swapped."""
    at = chance.choice([i for i, name in enumerate(way) if not name.isdigit()])
    name = way[at]
    while name == way[at] or not name or name.isdigit():
        i, letter = chance.randrange(len(name)), chance.choice(string.ascii_lowercase)
        name = way[at]
        i = min(i, len(name) - 1)
        kind = chance.choice(("out", "in", "change", "swap"))
        match kind:
            case "out":
                name = name[:i] + name[i + 1 :]
            case "in":
                name = name[:i] + letter + name[i:]
            case "change":
                name = name[:i] + letter + name[i + 1 :]
            case _:
                name = name[:i] + name[i + 1 : i + 2] + name[i] + name[i + 2 :]
        name = name or way[at]
    return (*way[:at], name, *way[at + 1 :])


def found_in(sources: list[str], schema: Schema) -> dict[int, list[Diagnostic]]:
    """What is said about each of these sources, as rows of one mapping."""
    rows = "".join(f"| f{i} | any | {source} |\n" for i, source in enumerate(sources))
    text = f'destination d "D"\naction a "A"\n| field | type | source |\n| --- | --- | --- |\n{rows}'
    source = Source("typos.map", text)
    parsed = parse(source)
    resolved, problems = resolve(source, parsed)
    assert not problems
    found: dict[int, list[Diagnostic]] = {}
    for diagnostic in run_checks(resolved, schema):
        if diagnostic.code in ("E120", "E121", "W306"):
            found.setdefault(source.line_of(diagnostic.span.start) - 5, []).append(diagnostic)
    return found


def suggestion(diagnostic: Diagnostic) -> str:
    return re.findall(r"`([^`]*)`", diagnostic.hint)[-1] if diagnostic.hint else ""


def test_figures(capsys: pytest.CaptureFixture[str]):
    records = vectors()
    schema = infer([record["event"] for record in records])
    ways = sorted({way for record in records for way in ways_in(record["mapping"]) if way[1]}, key=str)
    clean = found_in([typed(*way) for way in ways], schema)
    chance = random.Random(1)
    slips = [(over, way, slip(way, chance)) for over, way in ways * ROUNDS]
    slips = [(over, way, bad) for over, way, bad in slips if (over, bad) not in ways]
    found = found_in([typed(over, bad) for over, _, bad in slips], schema)
    right = sum(suggestion(found[i][0]) == typed(None, slips[i][1]) for i in found)
    with capsys.disabled():
        print(
            f"\n{len(ways)} distinct paths: {len(clean)} false alarms ({len(clean) / len(ways):.1%}); "
            f"{len(slips)} typos: {len(found) / len(slips):.1%} flagged, right first in {right / len(slips):.1%}"
        )
    assert len(clean) <= 0.01 * len(ways)
    assert len(found) >= 0.98 * len(slips)
    assert right >= 0.95 * len(slips)
