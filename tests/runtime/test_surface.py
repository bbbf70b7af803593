"""What `atpath.runtime` offers, and what it does not import before it is asked."""

import subprocess
import sys

import atpath.runtime as runtime
import pytest


def test_every_public_name_is_there():
    assert sorted(runtime.__all__) == runtime.__all__
    for name in runtime.__all__:
        assert getattr(runtime, name).__name__ == name


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'Nothing'"):
        _ = runtime.Nothing  # type: ignore[attr-defined]


def test_running_a_mapping_imports_no_http_and_no_parser():
    code = "import sys, atpath.runtime.run; print([n for n in ('httpx', 'lark', 'rich', 'ssl') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
