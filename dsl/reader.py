"""Lines of a file to nodes, collecting what is wrong: what mapping files and docs pages share."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from lark import Token

from . import nodes as n
from .build import Builder, parse_expr, parse_type
from .cells import MAX_DEPTH, parse_tree
from .diagnostics import Diagnostic
from .json_text import one_line_json
from .problems import CellProblem
from .source import Excerpt, Source, Span, excerpt
from .tables import Table, TableRow, read_table

T = TypeVar("T")
R = TypeVar("R", n.Row, n.SettingRow)
ROW_COLUMNS = ("field", "type", "source", "description", "extra")
SETTING_COLUMNS = ("name", "type", "required", "default", "description", "extra")
LOOKUP_COLUMNS = ("from", "to")


@dataclass(slots=True)
class Reader:
    """Reads the cells of one source as mapping files have them."""

    source: Source
    diagnostics: list[Diagnostic] = field(default_factory=list[Diagnostic])
    broken: set[str] = field(default_factory=set[str])
    dropped_to: int = -1
    """Where the last line ends that goes with a misspelt one: what follows from there is not said."""

    def report(self, code: str, message: str, span: Span, hint: str = "") -> None:
        """Note that something is wrong."""
        self.diagnostics.append(Diagnostic(code, message, self.source, span, hint))

    def cell(self, parse: Callable[[Excerpt], T], cell: Excerpt) -> T | None:
        """What `parse` makes of a cell; None, and a diagnostic, where it cannot."""
        try:
            return parse(cell)
        except CellProblem as problem:
            span = cell.span(problem.start, problem.end)
            self.report(problem.code, problem.message, span, problem.hint)
            return None

    def rest(self, token: Token, words: str) -> Excerpt:
        """What follows the keyword of a line."""
        match = re.match(words, str(token))
        start = (token.start_pos or 0) + (match.end() if match else 0)
        return excerpt(self.source, start, token.end_pos or 0).strip()

    # --- pieces of lines

    def text(self, cell: Excerpt) -> str:
        """A line's quoted text."""
        return self.cell(_quoted, cell) or ""

    def json(self, cell: Excerpt, what: str) -> str | None:
        """A JSON text, checked, on one line; its numbers and escapes as they stand."""
        try:
            json.loads(cell.text, parse_constant=_no_constant)
            return one_line_json(cell.text)
        except json.JSONDecodeError as error:
            at = min(error.pos, max(len(cell.text) - 1, 0))
            hint = "names and texts stand in double quotes; no comma after the last member"
            self.report("E009", f"this {what} is no JSON: {error.msg.lower()}", cell.span(at, at + 1), hint)
        except (ValueError, RecursionError) as error:
            self.report("E009", f"this {what} is no JSON: {error}", cell.whole)
        return None

    def names(self, cell: Excerpt, start: str = "names") -> tuple[n.Named, ...]:
        """A line's names."""
        tree = self.cell(lambda c: parse_tree(c, start), cell)
        if tree is None:
            return ()
        build = Builder(cell)
        return tuple(n.Named(str(t), span=build.span(t)) for t in tree.children)

    # --- tables

    def table(self, lines: Sequence[tuple[int, int]], columns: Sequence[str], key: str) -> Table | None:
        """The table of these lines, what is wrong with it reported."""
        if not lines:
            return None
        table = read_table(self.source, lines, columns, key)
        for problem, span in table.problems:
            self.report(problem.code, problem.message, span, problem.hint)
            if problem.code == "E003":
                first = re.match(r"\|\s*([^|]*?)\s*\|", self.source.text[span.start : span.end])
                if first:
                    self.broken.add(first[1])
        return table if key in table.columns else None

    def rows(self, lines: Sequence[tuple[int, int]], above: dict[int, tuple[str, ...]]) -> tuple[n.Row, ...]:
        """The rows of an action, preset, `rows` or shape table."""
        table = self.table(lines, ROW_COLUMNS, "field")
        if table is None:
            return ()
        rows = [self._row(row, above.get(row.start, ())) for row in table.rows]
        return self._unique([row for row in rows if row is not None], "field", lambda row: row.field.text)

    def _row(self, row: TableRow, comments: tuple[str, ...]) -> n.Row | None:
        field_cell, type_cell, source_cell = row.cell("field"), row.cell("type"), row.cell("source")
        name = self.cell(parse_field, field_cell)
        kind = self.cell(parse_type, type_cell) if type_cell.text else None
        value = self.cell(parse_expr, source_cell) if source_cell.text else None
        if name is None or (type_cell.text and kind is None) or (source_cell.text and value is None):
            self.broken.add(name.text if name else field_cell.text)
        if name is None:
            return None  # a row with a name stays, without the cell that could not be read: the rest of it is checked
        extra = self.json(row.cell("extra"), "extra") if row.cell("extra").text else ""
        description = row.cell("description").text.replace("\n", " ")
        return n.Row(name, kind, value, description, extra or "", comments, span=row.span)

    def settings(self, lines: Sequence[tuple[int, int]], above: dict[int, tuple[str, ...]]) -> tuple[n.SettingRow, ...]:
        """The rows of the settings table."""
        table = self.table(lines, SETTING_COLUMNS, "name")
        if table is None:
            return ()
        rows = [self._setting(row, above.get(row.start, ())) for row in table.rows]
        return self._unique([row for row in rows if row is not None], "setting", lambda row: row.name)

    def _setting(self, row: TableRow, comments: tuple[str, ...]) -> n.SettingRow | None:
        name = self.cell(parse_name, row.cell("name"))
        kind = self.cell(parse_type, row.cell("type")) if row.cell("type").text else None
        if kind is None and not row.cell("type").text:
            self.report("E011", "this setting has no type", row.cell("name").whole, "a type such as `string`")
        if name is None or kind is None:
            self.broken.add(row.cell("name").text)
            return None
        required = row.cell("required")
        if required.text:
            kind = self._required(kind, required)
        default = row.cell("default")
        value = self.cell(parse_default, default) if default.text else None
        description = row.cell("description").text.replace("\n", " ")
        extra = self.json(row.cell("extra"), "extra") if row.cell("extra").text else ""
        return n.SettingRow(name, kind, value, description, extra or "", comments, span=row.span)

    def _required(self, kind: n.FieldType, cell: Excerpt) -> n.FieldType:
        word = cell.text.lower()
        if word not in ("true", "false", "yes", "no"):
            self.report("E004", f"`{cell.text}` is neither true nor false", cell.whole, "write `true` or `false`")
        required = kind.required or word in ("true", "yes")
        return n.FieldType(kind.value, required, kind.nullable, span=kind.span)

    def lookups(self, lines: Sequence[tuple[int, int]], above: dict[int, tuple[str, ...]]) -> tuple[n.LookupRow, ...]:
        """The rows of a lookup table."""
        table = self.table(lines, LOOKUP_COLUMNS, "from")
        found: list[n.LookupRow] = []
        for row in table.rows if table else ():
            keys = self.cell(parse_literals, row.cell("from"))
            value = self.cell(parse_literals, row.cell("to"))
            if keys and value:
                first, *more = value
                if more:
                    self.report("E001", "a lookup gives one value", row.cell("to").whole)
                found.append(n.LookupRow(keys, first, above.get(row.start, ()), span=row.span))
        return tuple(found)

    def _unique(self, rows: list[R], what: str, name_of: Callable[[R], str]) -> tuple[R, ...]:
        seen: dict[str, R] = {}
        for row in rows:
            name = name_of(row)
            if name in seen:
                line = self.source.line_of(seen[name].span.start)
                self.report("E010", f"the {what} `{name}` is there twice", row.span, f"the first is on line {line}")
            else:
                seen[name] = row
        return tuple(seen.values())


def _no_constant(text: str) -> None:
    raise ValueError(f"`{text}` is no JSON number")


def _quoted(cell: Excerpt) -> str:
    tree = parse_tree(cell, "quoted")
    return Builder(cell).key(tree.children[0])


def parse_default(cell: Excerpt) -> n.Expr:
    """The literal that a setting falls back to. Errors: CellProblem."""
    return Builder(cell).expr(parse_tree(cell, "default"))


def parse_name(cell: Excerpt) -> str:
    """A plain name. Errors: CellProblem."""
    return str(parse_tree(cell, "named").children[0])


def parse_field(cell: Excerpt) -> n.FieldName:
    """The name of a field: `a`, `a.b`, `"any text".b`, or `*`. Errors: CellProblem."""
    tree = parse_tree(cell, "field")
    parts: list[str] = []
    for token in tree.children:
        assert isinstance(token, Token)
        text = str(token).removeprefix(".")
        if token.type in ("STRING", "DOT_STRING"):
            start = token.start_pos or 0
            quoted = Token("STRING", text, start_pos=start, end_pos=token.end_pos)
            text = Builder(cell).key(quoted)
        elif " " in text or "(" in text:
            raise CellProblem("E001", f"the name `{text}` needs quotes", token.start_pos or 0, token.end_pos or 0,
                              f'write `"{text}"`')  # fmt: skip
        parts.append(text)
    if len(parts) > MAX_DEPTH:
        message = f"this name has {len(parts)} parts; at most {MAX_DEPTH} are read"
        raise CellProblem("E012", message, 0, len(cell.text))
    return n.FieldName(tuple(parts), span=cell.whole)


def parse_literals(cell: Excerpt) -> tuple[n.Literal, ...]:
    """One literal or several with commas. Errors: CellProblem."""
    tree = parse_tree(cell, "literals")
    build = Builder(cell)
    return tuple(build.plain(child) for child in tree.children)
