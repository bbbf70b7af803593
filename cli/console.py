"""Where screens are drawn: rich, with the terminal's own colours, on standard error or standard output.

Importing this imports rich; a verb does so only when it has something to draw.
"""

import json
import sys

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

LONGEST_NAME = 24  # columns of a name that is left whole
LEAST = 12  # columns that prose beside names is left
GAP = 3  # columns between two of a table


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


def keep_names(table: Table, width: int, *columns: str) -> None:
    """Leave names in these columns whole, once all rows are there, where a console of that width has room for it.

    Shape:  what else is in a row gives way, down to LEAST columns
    """
    widest = [max(cell_len(str(cell)) for cell in (column.header, *column.cells)) for column in table.columns]
    least = [
        min(wide, LONGEST_NAME if column.header in columns else LEAST)
        for wide, column in zip(widest, table.columns, strict=True)
    ]
    if sum(least) + GAP * (len(least) - 1) <= width:
        for column, wide in zip(table.columns, least, strict=True):
            column.min_width = wide


def write_json(report: object) -> None:
    """A report on standard output, for programs."""
    json.dump(report, sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")
