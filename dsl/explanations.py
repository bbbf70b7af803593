"""The page of each code, as it lies in `docs/diagnostics`."""

from functools import cache
from importlib import resources


@cache
def page_of(code: str) -> str | None:
    """The page of a code, as Markdown; None where there is none."""
    if not code.isalnum():
        return None
    page = resources.files("atpath.diagnostics") / f"{code}.md"
    return page.read_text("utf-8") if page.is_file() else None


def title_of(code: str) -> str:
    """What a code says, in a few words; "" where it has no page."""
    page = page_of(code)
    return page.split("\n", 1)[0].partition(": ")[2] if page else ""
