"""@liquid without its library."""

import subprocess
import sys

import pytest
from atpath.compiler import load_text
from atpath.compiler.segment import MappingError, transform
from atpath.compiler.segment.liquid import _parsed


def test_nothing_imports_the_library_before_a_template_needs_it() -> None:
    code = "import sys, atpath.compiler.segment, atpath.runtime.segment_heap; print('liquid' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_without_it_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    _parsed.cache_clear()
    monkeypatch.setitem(sys.modules, "liquid", None)
    monkeypatch.delitem(sys.modules, "atpath.compiler.segment.liquid_engine", raising=False)
    with pytest.raises(MappingError, match=r"atpath\[segment\]"):
        transform({"out": {"@liquid": "{{ a }}"}}, {})


def test_without_it_the_language_says_so_before_any_event(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "liquid", None)
    text = 'destination d\n\naction a\n| field | type | source |\n| - | - | - |\n| x | string | liquid("{{{{a}}") |\n'
    with pytest.raises(ModuleNotFoundError, match="the extra `segment`"):
        load_text(text)


def test_a_template_has_at_most_a_thousand_units() -> None:
    with pytest.raises(MappingError, match="limited to 1000 characters"):
        transform({"out": {"@liquid": "👍" * 501}}, {})
