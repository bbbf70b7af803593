"""What every test may use."""

import os
import sys
from collections.abc import Callable, Iterator
from difflib import unified_diff
from pathlib import Path

import pytest
from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parent))  # `import shared`

# Processes that tests start keep their bytecode, whatever holds for this one: without it they start ten times slower.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

settings.register_profile("suite", max_examples=40)
settings.register_profile("long", max_examples=1000)
settings.load_profile(os.environ.get("ATPATH_PROFILE", "suite"))

CASES = Path(__file__).parent / "cases"
collect_ignore_glob = ["*.map"]  # goldens, right and wrong: the plugin for mapping files is not for them


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write what the tests see into tests/cases")


@pytest.fixture(scope="session", autouse=True)
def _temporary_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What is left behind, such as a report of a defect, lies where pytest clears up: for child processes as well."""
    folder = str(tmp_path_factory.mktemp("tmp"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", folder)
        patch.setattr("tempfile.tempdir", folder)
        yield


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """`golden(name, text)`: the text is that of tests/cases/NAME; `--update-golden` writes it there."""
    update: bool = request.config.getoption("--update-golden")

    def compare(name: str, text: str) -> None:
        path = CASES / name
        if update:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8", newline="\n")
            return
        want = path.read_text("utf-8") if path.exists() else ""
        if text != want:
            lines = unified_diff(want.splitlines(), text.splitlines(), f"cases/{name}", "seen", lineterm="")
            pytest.fail("\n".join(lines) + "\n(`pytest --update-golden` takes what is seen)", pytrace=False)

    return compare
