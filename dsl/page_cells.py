"""Cells as docs pages have them: what each means, and the row that they make."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from . import nodes as n
from .build import Builder, parse_condition, parse_expr, parse_type
from .cells import parse_tree
from .directives import to_expr
from .markdown import Plain, plain, unescaped, unlinked
from .problems import CellProblem
from .reader import Reader, parse_default, parse_field, parse_name
from .source import Excerpt
from .tables import SEPARATOR, Table, TableRow, read_table
from .type_names import OTHER_NAMES, TYPES

T = TypeVar("T")
R = TypeVar("R", n.Row, n.SettingRow)

ROW_COLUMNS = ("field", "type", "source", "required", "description", "extra")
SETTING_COLUMNS = ("name", "type", "required", "default", "description", "extra")
_TYPE_WORDS = OTHER_NAMES | {"date-time": "datetime"}
_NOTHING = re.compile(r"[-–—]?\Z")
_TRUTH = {"True": True, "TRUE": True, "False": False, "FALSE": False}  # as other languages write it
_YES_OR_NO = {
    "required": True, "✅": True, "✓": True, "✔": True, "✔️": True, "y": True,
    "optional": False, "❌": False, "✗": False, "✘": False, "n": False, "-": False,
}  # fmt: skip
# What pages put behind a field's name: `name*`, `name (required)`, `name _optional_`.
_MARK = re.compile(
    r"(?:\s*\\?\*|(?:\s*<br\s*/?>\s*|\s+(?=[_*])|\s*(?=[(\[]))[(\[_*]*\s*(?P<word>required|optional)\s*[)\]_*]*)\s*\Z",
    re.I,
)
_STRONG = re.compile(r"(\*{1,2}|_{1,2})(?!\s)[^*]+\1\Z")
_COMMENT = re.compile(r"<!--\s*(#.*?)\s*-->\s*", re.S)


# --- what one cell means: code spans hold the language as mapping files have it. Errors: CellProblem.


def page_field(cell: Plain) -> n.FieldName:
    """The field of a cell; a name that is none of the language's stands for itself."""
    try:
        return parse_field(cell.text)
    except CellProblem:
        if cell.code or cell.text.text.startswith('"'):
            raise
        return n.FieldName((cell.text.text,), span=cell.text.whole)


def unmarked(cell: Excerpt) -> tuple[Excerpt, bool]:
    """A field's cell without links and without the mark that it is required, and whether there was one."""
    if plain(cell).code:
        return cell, False
    cell = unlinked(cell)
    mark = _MARK.search(cell.text)
    if mark is None or mark.start() == 0 or _STRONG.match(cell.text):
        return cell, False
    return cell.cut(0, mark.start()), (mark["word"] or "required").lower() == "required"


def page_source(cell: Plain) -> n.Expr:
    """The source of a cell; directives are put in words where that is exact."""
    if cell.text.text == "$.":  # so Segment's definitions write the whole event
        return n.Path("$", (), span=cell.text.whole)
    if cell.code:
        return parse_expr(cell.text)
    if cell.text.text in _TRUTH:
        return n.Literal(_TRUTH[cell.text.text], span=cell.text.whole)
    return Builder(cell.text, page=True, directive=_in_words).expr(parse_tree(cell.text, "expr"))


def _in_words(directive: n.Directive) -> n.Expr:
    return replace(to_expr(json.loads(directive.text)), span=directive.span)


def page_type(cell: Plain, source: n.Expr | None) -> n.FieldType:
    """The type of a cell; pages call a list of objects `object`."""
    kind = parse_type(cell.text)
    if is_misspelt(kind.value):
        kind = replace(kind, value=_well_spelt(kind.value))
    if kind.value == n.NamedType("object") and not cell.code and gives_list(source):
        return replace(kind, value=n.ListType(kind.value, span=kind.value.span))
    return kind


def is_misspelt(kind: n.ValueType) -> bool:
    """True for `String` and `text`, which a page means as `string`, and for lists of them."""
    if isinstance(kind, n.ListType):
        return is_misspelt(kind.item)
    return isinstance(kind, n.NamedType) and kind.name not in TYPES and _type_word(kind.name) in TYPES


def _well_spelt(kind: n.ValueType) -> n.ValueType:
    if isinstance(kind, n.ListType):
        return replace(kind, item=_well_spelt(kind.item))
    return replace(kind, name=_type_word(kind.name)) if isinstance(kind, n.NamedType) else kind


def _type_word(name: str) -> str:
    return _TYPE_WORDS.get(name.lower(), name.lower())


def page_default(cell: Plain, kind: n.ValueType) -> n.Expr:
    """The default of a setting: bare text, where its type does not say otherwise."""
    named = kind.name if isinstance(kind, n.NamedType) else ""
    if named == "boolean" and not cell.code and cell.text.text in _TRUTH:
        return n.Literal(_TRUTH[cell.text.text], span=cell.text.whole)
    if cell.code or cell.text.text.startswith('"') or named in ("number", "integer", "boolean"):
        return parse_default(cell.text)
    return n.Literal(cell.text.text, span=cell.text.whole)


def page_condition(cell: Plain) -> n.Condition:
    """The trigger under "Matched events"."""
    return parse_condition(cell.text)


def gives_list(source: n.Expr | None) -> bool:
    """True if all that a source can give is lists."""
    match source:
        case n.List() | n.Each():
            return True
        case n.Path():
            return not source.singular
        case n.Call(name):
            return name == "split"
        case n.Directive(text):
            return text.startswith('{"@arrayPath"')
        case n.Pipe(body=body):
            return gives_list(body)
        case n.Coalesce(arms):
            return all(map(gives_list, arms))
        case n.If(then=then, otherwise=otherwise):
            return gives_list(then) and (otherwise is None or gives_list(otherwise))
        case _:
            return False


# --- rows


def not_read(text: str) -> str:
    """The comment that stands where something of a page could not be read."""
    return f"# not read: {' '.join(text.split())}"


@dataclass(slots=True)
class PageCells(Reader):
    """Reads the tables of a docs page; what it cannot read it keeps as comments."""

    _lost: list[str] = field(default_factory=list[str])

    def lose(self, text: str) -> None:
        """Keep what could not be read for the next comment."""
        self._lost.append(not_read(text))

    def lost(self) -> tuple[str, ...]:
        """The comments about what was lost since the last time; they are taken once."""
        taken, self._lost = tuple(self._lost), []
        return taken

    def rows(self, lines: Sequence[tuple[int, int]], above: dict[int, tuple[str, ...]]) -> tuple[n.Row, ...]:
        """The rows of an action's table; a comment tells of each that is not among them."""
        found = Reader.rows(self, lines, above)
        return tuple(replace(row, comments=(*told, *row.comments)) for row, told in self._told(found, lines))

    def rows_of(self, tables: Sequence[Sequence[tuple[int, int]]]) -> tuple[n.Row, ...]:
        """The rows of all tables of an action; a field that an earlier table has is told, and not among them."""
        found = [row for lines in tables for row in self.rows(lines, {})]
        kept = self._unique(found, "field", lambda row: row.field.text)
        ids = {id(row) for row in kept}
        for row in found:
            if id(row) not in ids:
                self._lost += row.comments
                self.lose(self.source.text[row.span.start : row.span.end])
        return kept

    def settings(self, lines: Sequence[tuple[int, int]], above: dict[int, tuple[str, ...]]) -> tuple[n.SettingRow, ...]:
        """The rows of the settings table; a comment tells of each that is not among them."""
        found = Reader.settings(self, lines, above)
        return tuple(replace(row, comments=(*told, *row.comments)) for row, told in self._told(found, lines))

    def _told(self, rows: Sequence[R], lines: Sequence[tuple[int, int]]) -> Iterator[tuple[R, tuple[str, ...]]]:
        text = self.source.text
        left = [line for line in lines[1:] if not SEPARATOR.match(text[slice(*line)].strip())]
        for row in rows:
            while left and left[0][1] <= row.span.start:
                self.lose(text[slice(*left.pop(0))])
            left = [line for line in left if line[0] >= row.span.end]
            yield row, self.lost()
        for line in left:
            self.lose(text[slice(*line)])

    def _required(self, kind: n.FieldType, cell: Excerpt) -> n.FieldType:
        word = _YES_OR_NO.get(cell.text.lower())
        if word is None:
            return Reader._required(self, kind, cell)
        return n.FieldType(kind.value, kind.required or word, kind.nullable, span=kind.span)

    def table(self, lines: Sequence[tuple[int, int]], columns: Sequence[str], key: str) -> Table | None:
        """The table of these lines; what is wrong with it, and what is not read, is reported."""
        columns = ROW_COLUMNS if key == "field" else columns
        table = read_table(self.source, lines, columns, key, page=True)
        for problem, span in table.problems:
            self.report(problem.code, problem.message, span, problem.hint)
        for column in dict.fromkeys(table.columns):
            cell = next((row.cell(column) for row in table.rows if row.cell(column).text), None)
            if column not in columns and cell is not None:
                hint = "the columns are " + ", ".join(columns)
                self.report("I404", f"the column `{column}` is not read", cell.whole, hint)
        return table if key in table.columns else None

    def read(self, parse: Callable[[Plain], T], cell: Excerpt) -> T | None:
        """What `parse` makes of a cell without its Markdown; None, and perhaps a diagnostic, where it cannot."""
        piece = plain(cell)
        if not piece.code and _NOTHING.match(piece.text.text):
            return None
        return self.cell(lambda text: parse(Plain(text, piece.code)), piece.text)

    def _row(self, row: TableRow, comments: tuple[str, ...]) -> n.Row | None:
        before = len(self.diagnostics)
        field, required = unmarked(row.cell("field"))
        name = self.read(page_field, field)
        source = self.read(page_source, row.cell("source"))
        kind = self.read(lambda cell: page_type(cell, source), row.cell("type"))
        if name is None or len(self.diagnostics) > before:
            if len(self.diagnostics) == before:
                self.report("E001", "this row names no field", row.cell("field").whole)
            self.broken.add(row.cell("field").text)
            return None
        if row.cell("required").text and kind is not None:
            kind = self._required(kind, plain(row.cell("required")).text)
        if required and kind is not None:
            kind = replace(kind, required=kind.required or True)
        own, description = split_comments(row.cell("description").text.replace("\n", " "))
        return n.Row(name, kind, source, description, self._extra(row), comments + own, span=row.span)

    def _setting(self, row: TableRow, comments: tuple[str, ...]) -> n.SettingRow | None:
        name = self.read(lambda cell: parse_name(cell.text), row.cell("name"))
        kind = self.read(lambda cell: page_type(cell, None), row.cell("type"))
        if kind is None and not row.cell("type").text:
            kind = n.FieldType(n.NamedType("string"))
        if name is None or kind is None:
            self.broken.add(row.cell("name").text)
            return None
        if row.cell("required").text:
            kind = self._required(kind, plain(row.cell("required")).text)
        default = self.read(lambda cell: page_default(cell, kind.value), row.cell("default"))
        own, description = split_comments(row.cell("description").text.replace("\n", " "))
        return n.SettingRow(name, kind, default, description, self._extra(row), comments + own, span=row.span)

    def _extra(self, row: TableRow) -> str:
        cell = plain(row.cell("extra")).text
        return (self.json(cell, "extra") or "") if cell.text else ""


def split_comments(description: str) -> tuple[tuple[str, ...], str]:
    """The comments that a description begins with, and the rest of it."""
    comments: list[str] = []
    while match := _COMMENT.match(description):
        comments.append(unescaped(match[1]))
        description = description[match.end() :]
    return tuple(comments), description
