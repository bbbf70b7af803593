"""The rules of the house that a machine can see: imports point one way, parts are small, public names are sorted."""

import ast
import importlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LAYERS = {
    "dsl": {"dsl"},
    "compiler": {"compiler", "dsl"},
    "runtime": {"runtime", "compiler", "dsl"},
    "harness": {"harness", "compiler", "dsl"},
    "cli": {"cli", "harness", "runtime", "compiler", "dsl", "mappings", "examples"},
}
MODULES = sorted(path for layer in LAYERS for path in (ROOT / layer).rglob("*.py"))
OTHERS = {".venv", "build", "dist", "node_modules", ".git"}
TEXTS = (".py", ".md", ".map", ".toml", ".lark", "Makefile")


def name_of(path: Path) -> str:
    """A path as a test's id."""
    return str(path.relative_to(ROOT))


def ours() -> Iterator[Path]:
    """The texts of this checkout, without a look into the folders of others, which hold many times more."""
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in OTHERS]
        yield from (Path(folder, name) for name in files if name.endswith(TEXTS))


def imported_layers(path: Path) -> set[str]:
    """The layers that a module imports."""
    package = path.relative_to(ROOT).with_suffix("").parts
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = package[: len(package) - node.level]
            whole = (*base, *(node.module or "").split(".")) if node.module else base
            names = [whole] if whole and whole[0] else [(alias.name,) for alias in node.names]
            found |= {name[0] for name in names if name}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("atpath."):
            found.add((node.module or "").split(".")[1])
    return found & LAYERS.keys()


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_point_one_way(path: Path) -> None:
    layer = path.relative_to(ROOT).parts[0]
    assert imported_layers(path) <= LAYERS[layer]


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_parts_are_small_and_say_their_job(path: Path) -> None:
    text = path.read_text("utf-8")
    tree = ast.parse(text)
    assert text.count("\n") <= 500
    assert ast.get_docstring(tree) or not text.strip(), "a module says its job in its first line"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno + 1 <= 60, f"{node.name} is too long"


@pytest.mark.parametrize(
    "package", ["dsl", "compiler", "compiler.exchange", "compiler.segment", "runtime", "harness", "cli"]
)
def test_public_names_are_sorted_and_there(package: str) -> None:
    module = importlib.import_module(f"atpath.{package}")
    public = getattr(module, "__all__", [])
    assert list(public) == sorted(public)
    for name in public:
        assert hasattr(module, name)


def test_the_project_speaks_of_itself_alone() -> None:
    machine = re.compile("/(?:" + "|".join(("work", "farm", "root")) + ")/")
    named = [name_of(path) for path in ours() if machine.search(path.read_text("utf-8", errors="replace"))]
    assert not named, f"paths of a machine in {named}"
