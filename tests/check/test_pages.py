"""Every code has a page whose examples do what they say."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import pytest
from atpath.compiler.exchange import export_definition
from atpath.compiler.given_settings import check_given
from atpath.compiler.loader import check_text, load_text
from atpath.compiler.outcome import check_source
from atpath.compiler.prelude import Rejected
from atpath.compiler.schema import infer
from atpath.compiler.schema_file import to_text
from atpath.dsl.codes import Code
from atpath.dsl.explanations import page_of, title_of
from atpath.dsl.page_reader import parse_page
from atpath.dsl.source import Source
from atpath.runtime.codes import EventCode
from atpath.runtime.delivery.letters import DeliveryCode
from atpath.runtime.events import Chunk, DeadLetter, read_event, split_lines
from atpath.runtime.heap import event_key, to_items

PAGES = Path(__file__).resolve().parents[2] / "docs" / "diagnostics"
BLOCK = re.compile(r"```([^\n]*)\n(.*?)\n```", re.S)
HEADINGS = ["Wrong", "Right", "How to mend it"]


@dataclass(frozen=True)
class Blocks:
    """The blocks of one half of a page: (what stands behind the fence, text)."""

    all: tuple[tuple[str, str], ...]

    def of(self, kind: str) -> list[tuple[str, str]]:
        return [(info.removeprefix(kind).strip(), text) for info, text in self.all if info.split()[0] == kind]


def halves(code: str) -> tuple[Blocks, Blocks]:
    page = page_of(code)
    assert page is not None
    wrong, right = page.partition("## Wrong\n")[2].split("## Right\n")
    return Blocks(tuple(BLOCK.findall(wrong))), Blocks(tuple(BLOCK.findall(right)))


def codes_of(blocks: Blocks) -> set[str]:
    """The codes that an example of a page is answered with."""
    first, text = blocks.all[0]
    if blocks.of("settings"):
        resolved = check_text(text, "page.map").resolved
        return {str(found.code) for found in check_given(resolved, "settings.json", blocks.of("settings")[0][1])}
    if blocks.of("json"):
        return set(rejections(text, *blocks.of("json")[0]))
    match first.split():
        case ["map", "export"]:
            return set(losses(text))
        case ["page"]:
            return {str(found.code) for found in parse_page(Source("page.md", f"{text}\n")).diagnostics}
        case ["map" | "bytes", *_]:
            return set(diagnostics(blocks))
        case ["payload", *_] | ["python", "payload"]:
            return set(refusals(blocks))
        case _:
            return set(lines(blocks))


def diagnostics(blocks: Blocks) -> Iterator[str]:
    text = blocks.of("map")[0][1] if blocks.of("map") else unescaped(blocks.of("bytes")[0][1])
    files = {name: text for name, text in (*blocks.of("map"), *blocks.of("toml")) if name}
    events = [json.loads(text) for times, text in blocks.of("events") for _ in range(int(times))]
    schema = to_text(infer(events)) if events else ""
    for found in check_source(Source("page.map", f"{text}\n"), files.get, schema):
        yield str(found.code)


def unescaped(text: str) -> str:
    """As the reader of files gives it: what is no UTF-8 ends in a zero byte."""
    data = text.encode().decode("unicode_escape").encode("latin-1")
    return data.decode(errors="replace")


def rejections(mapping: str, info: str, event: str) -> Iterator[str]:
    for _, result in load_text(mapping, strict=info == "strict").route(json.loads(event)):
        if isinstance(result, Rejected):
            yield str(result.code)


def losses(mapping: str) -> Iterator[str]:
    checked = check_text(mapping, "page.map")
    for found in (*checked.diagnostics, *export_definition(checked.resolved)[1]):
        yield str(found.code)


def refusals(blocks: Blocks) -> Iterator[str]:
    info, text = blocks.all[0]
    payload = json.loads(output(text) if info.startswith("python") else text)
    try:
        to_items(payload, "track", event_key(payload, {}), "2024-01-01T00:00:00.000Z")
    except Rejected as error:
        yield str(error.code)


def lines(blocks: Blocks) -> Iterator[str]:
    info, text = blocks.all[0]
    data = output(text) if info == "python" else text.encode()
    for line in split_lines(Chunk(data, 1, 0, len(data))):
        event = read_event(line)
        if isinstance(event, DeadLetter):
            yield str(event.code)


def output(program: str) -> bytes:
    return subprocess.run([sys.executable, "-c", program], check=True, capture_output=True).stdout


@pytest.mark.parametrize("code", list(Code), ids=str)
def test_a_page_has_examples_that_do_what_they_say(code: str):
    page = page_of(code)
    assert page is not None, f"docs/diagnostics/{code}.md is not there"
    assert page.startswith(f"# {code}: ")
    assert re.findall(r"^## (.*)$", BLOCK.sub("", page), re.M) == HEADINGS
    wrong, right = halves(code)
    if code.startswith("E23"):  # what Heap answers: tests/delivery
        return
    assert code in codes_of(wrong)
    answered = codes_of(right)
    assert code not in answered
    assert not any(other.startswith("E") for other in answered), answered


def test_every_page_is_of_a_code_and_in_the_index():
    index = (PAGES / "README.md").read_text("utf-8")
    pages = {path.stem for path in PAGES.glob("*.md")} - {"README"}
    assert pages == {str(code) for code in Code}
    for code in Code:
        assert f"| [{code}]({code}.md) | {title_of(code)} |" in index


def test_codes_are_one_registry():
    numbers = [str(code) for code in Code]
    assert len(set(numbers)) == len(numbers)
    assert all(re.fullmatch(r"E[012][0-9]{2}|W3[0-9]{2}|I4[0-9]{2}", number) for number in numbers)
    assert {str(code) for code in (*EventCode, *DeliveryCode)} <= set(numbers)


def test_codes_in_the_source_are_in_the_registry():
    root = PAGES.parent.parent
    known = {str(code) for code in Code}
    for folder in ("dsl", "compiler", "runtime", "harness", "cli"):
        for path in (root / folder).rglob("*.py"):
            used = set(re.findall(r"[\"']([EWI][0-4][0-9]{2})[\"']", path.read_text("utf-8")))
            assert used <= known, f"{path.name}: {sorted(used - known)}"


def test_registry_is_an_enum_of_texts():
    assert issubclass(Code, StrEnum)
