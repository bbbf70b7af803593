"""Where the placeholders of a text are: in mapping files, and as docs pages print them."""

import re
from collections.abc import Sequence

from . import nodes as n

# `{{{{` is a bare `{{`; a placeholder begins with no third brace, so that a text may end in one before it.
PLACEHOLDER = re.compile(r"\{\{\{\{|\{\{(?!\{)(.*?)\}\}", re.S)
_PAGE_PLACEHOLDER = re.compile(r"\$((?:\.[A-Za-z_]\w*)(?:\.[A-Za-z_]\w*|\[(?:0|[1-9][0-9]{0,14})\])*)")
_STEP = re.compile(r"\.(\w+)|\[([0-9]+)\]")

_TEMPLATE = re.compile(r'("@(?:template|liquid)": )("(?:[^"\\]|\\.)*")')
_BRACES = {"((": "{{", "))": "}}", "(%": "{%", "%)": "%}"}


def with_braces(directive: str) -> str:
    """The JSON of a directive that stands in parentheses, whose templates lost their braces with it."""
    return _TEMPLATE.sub(lambda found: found[1] + _braced(found[2]), directive)


def _braced(text: str) -> str:
    if "{" in text or "}" in text:
        return text
    return re.sub(r"\(\(|\)\)|\(%|%\)", lambda found: _BRACES[found[0]], text)


def page_parts(text: str) -> tuple[str | n.Path, ...]:
    """The parts of a text on a docs page, where `$.a.b` is a placeholder."""
    parts: list[str | n.Path] = []
    done = 0
    for match in _PAGE_PLACEHOLDER.finditer(text):
        parts += (text[done : match.start()], _path(match[1]))
        done = match.end()
    return join_texts([*parts, text[done:]])


def _path(steps: str) -> n.Path:
    selectors = (n.NameSelector(name) if name else n.IndexSelector(int(index)) for name, index in _STEP.findall(steps))
    return n.Path("$", tuple(n.Segment((selector,)) for selector in selectors))


def join_texts(parts: Sequence[str | n.Path]) -> tuple[str | n.Path, ...]:
    """The parts of a template: no text is empty, and no two stand side by side."""
    joined: list[str | n.Path] = []
    for part in parts:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        elif part != "":
            joined.append(part)
    return tuple(joined)
