"""Tables of text, aligned."""

from collections.abc import Sequence

from rich.cells import cell_len  # counts columns of a terminal: a wide character takes two


def format_table(header: Sequence[str], rows: Sequence[tuple[Sequence[str], Sequence[str]]]) -> list[str]:
    """The lines of a table whose bars stand under each other.

    Shape:  each row has its cells and the comment lines above it; cells are escaped here
    """
    escaped = [[cell.replace("|", "\\|") for cell in cells] for cells, _ in rows]
    widths = [max(map(cell_len, column)) for column in zip(header, *escaped, strict=True)]
    lines = [_line(header, widths), _line(["-" * width for width in widths], widths)]
    for cells, (_, comments) in zip(escaped, rows, strict=True):
        lines += [*comments, _line(cells, widths)]
    return lines


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell + " " * (width - cell_len(cell)) for cell, width in zip(cells, widths, strict=True))
    return f"| {' | '.join(padded)} |"


def used_columns(
    header: Sequence[str], rows: Sequence[Sequence[str]], always: Sequence[str]
) -> tuple[list[str], list[list[str]]]:
    """The same table without the columns that are empty all the way down; those of `always` stay."""
    kept = [i for i, name in enumerate(header) if name in always or any(row[i] for row in rows)]
    return [header[i] for i in kept], [[row[i] for i in kept] for row in rows]
