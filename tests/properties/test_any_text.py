"""Any text at all gives a mapping that maps, or diagnostics that can be drawn. `ATPATH_FUZZ=20` tries 20 times more."""

import os
import random
from functools import cache

import pytest
from atpath.compiler import MappingError, Rejected, load_text
from atpath.compiler.outcome import check_source
from atpath.dsl import cells
from atpath.dsl.codes import Code
from atpath.dsl.diagnostics import Severity
from atpath.dsl.mend import edits_of, mended
from atpath.dsl.render import render_all
from atpath.dsl.report import to_json, to_sarif
from atpath.dsl.source import Source
from command import ROOT
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from lark.grammar import Rule
from lark.lexer import PatternStr

TIMES = int(os.environ.get("ATPATH_FUZZ", "1"))
FILES = [
    path.read_text("utf-8")
    for pattern in ("mappings/*.map", "tests/cases/**/*.map", "docs/**/*.map")
    for path in sorted(ROOT.glob(pattern))
]
EVENTS: list[dict[str, object]] = [
    {},
    {"type": "track", "event": "A", "properties": {"a": 1, "products": [{"price": 1}, None]}, "traits": None},
    {"type": ["track"], "properties": "text", "context": {"traits": []}, "userId": 12},
]
WORDS = (
    *"|.,:;()[]{}$@*?!=<>#\\'\"-+\n\n\n\t ",
    "destination", "action", "settings", "when", "use", "rows", "shape", "let", "table", "include", "example", "law",
    "given", "expect", "preset", "of", "for each", "semantics segment", "deliver heap track", "never", "extra",
    "| field | type | source |\n| --- | --- | --- |\n", "| name | type | default |\n", "| from | to |\n", "\n| ", " | ",
    "$.a", "$$", "$.a[0]", "$.a[*].b", "[?@.a == 1]", "..", "->", "??", "each", "if", "then", "else",
    "and", "or", "not", "in", "null", "true", "required", "nullable", "string", "number", "object[]",
    '"text"', '"{{a}}"', "12", "-1.5e3",
    "lower(", "lookup(", "now()", "first_present(", "settings.a", '{"@path": "$.a"}', "a", "b", "Item",
    "é", "\ud83d", "日",
)  # fmt: skip
PATIENT = settings(deadline=None, suppress_health_check=list(HealthCheck))


def try_text(text: str) -> None:
    """What holds of every text."""
    source = Source("any.map", text)
    found = check_source(source)
    for diagnostic in found:
        assert diagnostic.code in set(Code)
        assert diagnostic.message
        assert 0 <= diagnostic.span.start <= diagnostic.span.end <= max(len(text), 1)
    for width in (40, 120):
        render_all(found[:20], width=width)
    to_json(found, ["any.map"])
    to_sarif(found, "0", {})
    mended(source, edits_of(found, source))
    errors = [d for d in found if d.severity is Severity.ERROR]
    try:
        destination = load_text(text, "any.map")
    except MappingError as error:
        assert errors and error.diagnostics
        return
    for event in EVENTS:
        for name, result in destination.route(event):
            assert isinstance(name, str) and isinstance(result, dict | Rejected)


def table(source: str, kind: str = "any", when: str = "") -> str:
    """A mapping with one row that has this source."""
    head = f'destination d "D"\n\naction a "A"\n{when}\n| field | type | source |\n| --- | --- | --- |\n'
    return f"{head}| f | {escaped(kind)} | {escaped(source)} |\n"


def escaped(cell: str) -> str:
    return cell.replace("\n", " ").replace("\r", " ").replace("|", "\\|")


@settings(PATIENT, max_examples=150 * TIMES)
@given(st.text(st.characters(codec="utf-8")) | st.lists(st.sampled_from(WORDS), max_size=60).map("".join))
@example("")
@example("\ufeff")
@example("action a\u2028b")
def test_any_text(text: str):
    try_text(text.encode("utf-8", "replace").decode())


@settings(PATIENT, max_examples=100 * TIMES)
@given(st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join))
def test_any_cell(text: str):
    text = text.encode("utf-8", "replace").decode().replace("\n", " ")
    try_text(table(text))
    try_text(table("$.a", text))
    try_text(table("$.a", when=f"when {text}"))


TERMINALS = {
    "ROOT": ["$", "$$"],
    "OPERATOR": ["=", "!=", "==", "<", ">="],
    "NAME": ["a", "lower", "now", "settings", "Item", "type", "string"],
    "DOT_NAME": [".a", ".b", ".context", ".Actions Amplitude"],
    "DOT_INDEX": [".0", ".12"],
    "ESCAPED": ["\\.a"],
    "STRING": ['""', '"a"', '"{{a.b}} {{$$.c}}"', '"\\u00e9\\n"', '"@path"', '"| \\\\"'],
    "SINGLE_QUOTED": ["'a'", "'\\''"],
    "NUMBER": ["0", "1", "-1", "1.5", "1e3"],
    "FUNCTION": ["length(", "count(", "match("],
    "DESCEND_NAME": ["..a"],
    "SLICE": [":", "1:", "::-1", "0:2:1"],
}


@cache
def grammar() -> tuple[dict[str, list[Rule]], dict[str, str], dict[str, int]]:
    """The rules of the cell grammar by name, its fixed words, and how deep each rule has to go at least."""
    parser = cells.make_parser(cells.grammar_text())
    rules: dict[str, list[Rule]] = {}
    for rule in parser.rules:
        rules.setdefault(rule.origin.name, []).append(rule)
    words = {t.name: t.pattern.value for t in parser.terminals if isinstance(t.pattern, PatternStr)}
    depths: dict[str, int] = {}
    while len(depths) < len(rules):
        for name, ways in rules.items():
            ends = [depth_of(way, depths) for way in ways]
            if name not in depths and (known := [end for end in ends if end is not None]):
                depths[name] = min(known) + 1
    return rules, words, depths


def depth_of(rule: Rule, depths: dict[str, int]) -> int | None:
    below = [0 if symbol.is_term else depths.get(symbol.name) for symbol in rule.expansion]
    return None if None in below else max((d for d in below if d is not None), default=0)


def derived(name: str, chance: random.Random, left: int) -> str:
    """A text of the cell grammar; below `left` steps it takes the shortest way."""
    rules, words, depths = grammar()
    if name not in rules:
        return words[name] if name in words else chance.choice(TERMINALS[name])
    ways = rules[name]
    if left <= 0:
        least = min(depth_of(way, depths) or 0 for way in ways)
        ways = [way for way in ways if depth_of(way, depths) == least]
    return " ".join(derived(symbol.name, chance, left - 1) for symbol in chance.choice(ways).expansion)


@pytest.mark.parametrize("start", ["expr", "condition", "type_cell"])
def test_what_the_grammar_makes(start: str):
    chance = random.Random(start)
    for _ in range(150 * TIMES):
        text = derived(start, chance, chance.randrange(2, 14))
        match start:
            case "expr":
                try_text(table(text))
            case "condition":
                try_text(table("$.a", when=f"when {escaped(text)}"))
            case _:
                try_text(table("$.a", text))


def mutated(text: str, chance: random.Random) -> str:
    """A file with a few accidents: a stretch lost, doubled, moved, or replaced by a word."""
    for _ in range(chance.randint(1, 4)):
        start = chance.randrange(len(text) + 1)
        end = min(start + int(chance.expovariate(1 / 8)), len(text))
        at = chance.randrange(len(text) + 1)
        match chance.randrange(5):
            case 0:
                text = text[:start] + text[end:]
            case 1:
                text = text[:end] + text[start:]
            case 2:
                text = text[:at] + text[start:end] + text[at:]
            case 3:
                text = text[:start] + chance.choice(WORDS) + text[end:]
            case _:
                lines = text.split("\n")
                chance.shuffle(lines) if chance.random() < 0.1 else lines.pop(chance.randrange(len(lines)))
                text = "\n".join(lines)
    return text.encode("utf-8", "replace").decode()


@settings(PATIENT, max_examples=80 * TIMES)
@given(st.sampled_from(FILES), st.integers(0, 2**32))
def test_mutated_files(text: str, seed: int):
    try_text(mutated(text, random.Random(seed)))
