"""Every example in the documents is run."""

import json
import re
from pathlib import Path

import pytest
from atpath.compiler import Rejected, load_text
from atpath.compiler.loader import check_text
from atpath.compiler.prelude import Run
from atpath.compiler.reference import Reference
from command import atpath

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
LINKED = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "tests" / "README.md"]
LINK = re.compile(r"\]\((?!https?://)([^)\s#]*)(?:#([^)\s]*))?\)")
CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.M | re.S)
NOW = "2024-01-01T00:00:00.000Z"
ROW = re.compile(r"^\| `((?:[^`\\]|\\.)+)` \| `(\{.*\})` \| (?:`(.*)`|nothing) \|$", re.M)
FILE = re.compile(r"^```atpath\n(destination .*?|#.*?)^```", re.M | re.S)


def expressions() -> list[tuple[str, str, str]]:
    """Rows of tables with the columns expression, event, gives."""
    text = (ROOT / "docs" / "language.md").read_text("utf-8")
    return [(m[1].replace("\\|", "|"), m[2], m[3] or "") for m in ROW.finditer(text)]


@pytest.mark.parametrize(("source", "event", "wanted"), expressions())
def test_an_expression_gives_what_its_page_says(source: str, event: str, wanted: str) -> None:
    cell = source.replace("|", "\\|")
    text = f"destination d\naction a\n| field | type | source |\n| --- | --- | --- |\n| f | any | {cell} |\n"
    destination = load_text(text, now=lambda: NOW)
    ((_, payload),) = destination.route(json.loads(event))
    reference = Reference(destination.resolved, Run(lambda: NOW, {}))
    assert [("a", payload)] == reference.route(json.loads(event))
    assert not isinstance(payload, Rejected)
    assert payload == ({"f": json.loads(wanted)} if wanted else {})


def test_the_language_page_has_its_examples() -> None:
    assert len(expressions()) > 60


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_mapping_files_on_a_page_are_right(page: Path) -> None:
    for match in FILE.finditer(page.read_text("utf-8")):
        checked = check_text(match[1], page.name)
        assert not checked.errors, [d.message for d in checked.errors]
        destination = load_text(match[1], settings={"apiKey": "k"}, now=lambda: NOW)
        for example in destination.resolved.examples:
            results = destination.route(json.loads(example.given))
            wanted = [e for e in example.expects if e.action is not None]
            assert len(results) == len(wanted), example.title
            for expect, (name, result) in zip(wanted, results, strict=True):
                assert expect.action is not None
                assert name == expect.action.name
                if isinstance(result, Rejected):
                    assert result.code == expect.rejected
                else:
                    assert result == json.loads(expect.payload or "null")


def test_the_language_pages_first_example_keeps_its_laws(tmp_path: Path) -> None:
    example = FILE.search((ROOT / "docs" / "language.md").read_text("utf-8"))
    assert example is not None
    (tmp_path / "shop.map").write_text(example[1], "utf-8")
    done = atpath("test", "shop.map", "--no-database", cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    assert "1 law of its own" in done.stdout


@pytest.mark.parametrize("page", LINKED, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for match in LINK.finditer(CODE.sub("", page.read_text("utf-8"))):
        target = (page.parent / match[1]).resolve() if match[1] else page
        assert target.exists(), match[0]
        if match[2]:
            headings = re.findall(r"^#+ (.*)$", target.read_text("utf-8"), re.M)
            anchors = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
            assert match[2] in anchors, match[0]
