"""Where screens are drawn: rich, with the terminal's own colours, on standard error or standard output.

Importing this imports rich; a verb does so only when it has something to draw.
"""

import json
import sys

from rich import box
from rich.console import Console
from rich.table import Table


def standard_error() -> Console:
    """For summaries, progress and diagnostics."""
    return Console(stderr=True, highlight=False)


def standard_output() -> Console:
    """For reports that are a verb's output."""
    return Console(highlight=False)


def plain_table(*columns: str, numbers: tuple[str, ...] = ()) -> Table:
    """A table with a line under its header and none elsewhere; columns named in `numbers` lean right."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, justify="right" if column in numbers else "left", overflow="fold")
    return table


def write_json(report: object) -> None:
    """A report on standard output, for programs."""
    json.dump(report, sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")
