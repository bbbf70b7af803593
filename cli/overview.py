"""What `atpath` alone, `--help` and `--version` show."""

from .failures import paint
from .verbs import listed


def version() -> str:
    """The installed version, such as "0.1.0"."""
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed

    try:
        return installed("atpath")
    except PackageNotFoundError:
        return "unknown"


def overview() -> str:
    """The screen of all verbs."""
    import sys

    lines = ["atpath: a compiler and test harness for mapping files.", "", "usage: atpath VERB ...", ""]
    for group, verbs in listed().items():
        lines.append(paint(f"{group}:", "strong", sys.stdout))
        lines += [f"  {name:<10} {summary}" for name, summary in verbs.items()]
        lines.append("")
    lines.append("`atpath VERB --help` shows what it takes, with an example. `atpath --version`")
    return "\n".join(lines)
