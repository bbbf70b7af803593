"""A small destination of our own, and the way it takes through a mapping file."""

import json
from typing import Any

from atpath.compiler.exchange import export_definition, import_definition
from atpath.compiler.resolve import resolve
from atpath.dsl.diagnostics import Diagnostic
from atpath.dsl.format import format_mapping
from atpath.dsl.parser import parse
from atpath.dsl.source import Source


def definition(**fields: Any) -> dict[str, Any]:
    """A destination with one action of these fields."""
    return {
        "slug": "actions-birdhouse",
        "name": "Birdhouse",
        "directory": "birdhouse",
        "registered": True,
        "mode": "cloud",
        "auth_scheme": "custom",
        "settings": [],
        "presets": [],
        "actions": [{"key": "nest", "title": "Nest", "defaultSubscription": 'type = "track"', "fields": fields}],
    }


def text_of(value: dict[str, Any]) -> str:
    """The mapping file of a definition."""
    return format_mapping(import_definition(value))


def exported(text: str) -> tuple[dict[str, Any], tuple[Diagnostic, ...]]:
    """The definition of a mapping file, and what is not in it."""
    source = Source("birdhouse.map", text)
    resolved, found = resolve(source, parse(source), lambda _: None)
    assert not found, found
    return export_definition(resolved)


def rows_of(text: str) -> list[str]:
    """The rows of a mapping file's tables, without spaces and empty cells."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    rows = [" | ".join(filter(None, (cell.strip() for cell in line.split(" |")))) for line in lines]
    return [f"{row} |" for row in rows if not row.startswith(("| field", "| name", "| ---"))]


def plain(value: Any) -> str:
    """JSON as a text that shows 1 from 1.0 and true, the order of keys aside."""
    return json.dumps(value, sort_keys=True)
