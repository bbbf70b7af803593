"""Table rows to cells: splitting, unescaping, continuation rows, columns by their header."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from .problems import CellProblem
from .source import Excerpt, Source, Span
from .spelling import did_you_mean

# The line of dashes under a header; the outer bars may be missing.
SEPARATOR = re.compile(r"(?=.*\|)[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t\r]*\Z")

MOST_CELLS = 1000  # of one row

ALIASES = {
    "destination field": "field", "source field": "source", "descriptions": "description",
}  # fmt: skip


PAGE_ALIASES = ALIASES | {
    "field name": "field", "destination": "field", "destination fields": "field", "fields": "field",
    "property": "field", "destination property": "field", "attribute": "field", "source property": "source",
    "source": "source", "source fields": "source", "default mapping": "source", "default source": "source",
    "mapping": "source", "mapped from": "source", "value": "source",
    "default value": "default", "defaults": "default", "setting": "name", "option": "name", "parameter": "name",
    "data type": "type", "details": "description", "mandatory": "required",
}  # fmt: skip
# What the columns of fields may be called where no column has a name of its own that says so: the first that is there.
_GUESSES = {
    "field": ("destination key", "destination path", "key", "column", "name"),
    "source": ("source path", "event path", "event field", "event property", "from", "path", "default"),
}


@dataclass(frozen=True, slots=True)
class TableRow:
    """The cells of one row by column; `span` is the row's own lines."""

    cells: dict[str, Excerpt]
    span: Span
    start: int

    def cell(self, column: str) -> Excerpt:
        """The cell of a column; an empty one at the row's start where there is none."""
        return self.cells.get(column) or Excerpt("", ((0, self.start),), self.span.file)


@dataclass(frozen=True, slots=True)
class Table:
    """A whole table: its columns as they are called, its rows, and what is wrong with either."""

    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]
    problems: tuple[tuple[CellProblem, Span], ...]
    span: Span


def split_row(source: Source, start: int, end: int) -> list[Excerpt]:
    r"""The cells of a row, unescaped: `\|` is a bar inside a cell. The outer bars may be missing."""
    text = source.text
    end = start + len(text[start:end].rstrip())
    cells: list[Excerpt] = []
    at = start + (text[start] == "|")
    pieces: list[tuple[int, int]] = [(0, at)]
    chars: list[str] = []
    size = 0
    while at < end and len(cells) < MOST_CELLS:
        bar = text.find("|", at, end)
        stop = end if bar < 0 else bar
        if bar > at and text[bar - 1] == "\\":
            chars.append(text[at : bar - 1] + "|")
            size += bar - at
            pieces += [(size - 1, bar), (size, bar + 1)]
            at = bar + 1
            continue
        chars.append(text[at:stop])
        cells.append(Excerpt("".join(chars), tuple(pieces), source.file).strip())
        at = stop + 1
        pieces, chars, size = [(0, at)], [], 0
    return cells


def read_table(
    source: Source, lines: Sequence[tuple[int, int]], known: Sequence[str], key: str, *, page: bool = False
) -> Table:
    """The table in these lines (offsets of start and end).

    Shape: `known` are the columns that such a table may have, `key` the one that every row fills;
        `page`: as Markdown has it, where a short row is filled up and a column may be anything
    """
    problems: list[tuple[CellProblem, Span]] = []
    header = split_row(source, *lines[0])
    if page:
        columns = page_columns(header, key)
    else:
        columns = tuple(_column(cell, known, key, problems) for cell in header)
    head_span = source.span(lines[0][0], lines[0][0] + len(source.text[slice(*lines[0])].rstrip()))
    _check_columns(columns, () if page else known, key, head_span, problems)
    rows: list[TableRow] = []
    for start, end in lines[1:]:
        if SEPARATOR.match(source.text[start:end]):
            continue
        span = source.span(start, start + len(source.text[start:end].rstrip()))
        cells = split_row(source, start, end)
        if page:
            cells = _filled(cells, len(columns), span)
        if len(cells) != len(columns):
            problems.append((_ragged(cells, columns), span))
            continue
        row = TableRow(dict(zip(columns, cells, strict=True)), span, start)
        if key in columns and not row.cell(key).text:
            if rows:
                rows[-1] = _continued(rows[-1], row)
            elif any(cell.text for cell in cells):
                message = f"the first row has no {key}, and there is no row above to go on with"
                problems.append((CellProblem("E003", message, 0, 1), span))
            continue
        rows.append(row)
    last = rows[-1].span if rows else head_span
    return Table(columns, tuple(rows), tuple(problems), head_span.to(last))


def _column(cell: Excerpt, known: Sequence[str], key: str, problems: list[tuple[CellProblem, Span]]) -> str:
    name = " ".join(cell.text.lower().split())
    name = ALIASES.get(name, name)
    if key == "field" and name in ("name", "default"):
        name = {"name": "field", "default": "source"}[name]
    if name not in known:
        hint = did_you_mean(name, known) or "the columns are " + ", ".join(known)
        shown = cell.text or "(empty)"
        problems.append((CellProblem("E004", f"there is no column `{shown}`", 0, 1, hint), cell.whole))
    return name


def page_columns(header: Sequence[Excerpt], key: str) -> tuple[str, ...]:
    """The columns of a page's table: those that mean something under their own names, others as they are called."""
    names = (" ".join(re.sub(r"[*`]|\(s\)", "", cell.text.lower()).split()).strip("?: ") for cell in header)
    columns = [PAGE_ALIASES.get(name, name) for name in names]
    for column, guesses in _GUESSES.items() if key == "field" else ():
        guess = next((name for name in guesses if name in columns), None)
        if guess is not None and column not in columns:
            columns[columns.index(guess)] = column
    return tuple(columns)


def _filled(cells: list[Excerpt], width: int, span: Span) -> list[Excerpt]:
    """A row as wide as its header, as Markdown shows it; one with more to say stays too wide."""
    empty = Excerpt("", ((0, span.end),), span.file)
    while len(cells) > width and not cells[-1].text:
        cells = cells[:-1]
    return cells + [empty] * (width - len(cells))


def _check_columns(
    columns: Sequence[str], known: Sequence[str], key: str, span: Span, problems: list[tuple[CellProblem, Span]]
) -> None:
    unknown = any(column not in known for column in columns) and bool(known)
    if key not in columns and not unknown:
        message = f"this table has no column `{key}`"
        hint = f"its header is | {' | '.join(known)} |" if known else ""
        problems.append((CellProblem("E005", message, 0, 1, hint), span))
    for index, column in enumerate(columns):
        if column in columns[:index]:
            problems.append((CellProblem("E010", f"the column `{column}` is there twice", 0, 1), span))


def _ragged(cells: Sequence[Excerpt], columns: Sequence[str]) -> CellProblem:
    message = f"this row has {len(cells)} cell{'s' * (len(cells) != 1)}, its header has {len(columns)}"
    if len(cells) > len(columns):
        return CellProblem("E003", message, 0, 1, r"a bar inside a cell is written `\|`")
    return CellProblem("E003", message, 0, 1, "a row has a cell for every column, empty or not, and ends with `|`")


def _continued(row: TableRow, more: TableRow) -> TableRow:
    cells = dict(row.cells)
    for column, cell in more.cells.items():
        if cell.text:
            above = cells[column]
            size = len(above.text) + 1
            pieces = above.pieces + tuple((at + size, place) for at, place in cell.pieces)
            cells[column] = Excerpt(f"{above.text}\n{cell.text}", pieces, above.file) if above.text else cell
    return replace(row, cells=cells, span=row.span.to(more.span))
