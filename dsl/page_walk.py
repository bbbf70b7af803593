"""The walk over a docs page's lines: which of them belong together, and what they make."""

import re
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise
from typing import TypeGuard

from lark import Token

from . import nodes as n
from .markdown import heading, plain, unescaped
from .page_cells import PageCells, not_read, page_condition
from .page_names import FIELDS, Names, camel_case
from .page_parts import Candidate, bare_lines, inside, place, without
from .problems import CellProblem
from .source import Source, Span, excerpt
from .tables import SEPARATOR, page_columns, split_row

_CLAUSES = re.compile(r"action[ \t]+[\w-]+[ \t\r]*(?=\n|\Z)")
_INTRODUCTION = re.compile(r"[^:]*:[* \t]*")
_MARK = re.compile(r"[>*+-][ \t]+|")
_LINE = re.compile(r"[-*_=]{3,}|:::.*")
_TAGS = re.compile(r"<[^>]*>")


class PageWalk:
    """Goes over a page's lines once, and keeps what it knows."""

    def __init__(self, cells: PageCells, blocks: n.Mapping) -> None:
        self.cells = cells
        self.source = cells.source
        self.sections: list[n.Section] = []
        self._head = blocks.destination
        self._in_blocks = blocks.sections
        self._names = Names()
        self._title: tuple[str, Span] | None = None
        self._front_title = ""
        self._about: list[str] = []
        self._comments: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
        self._settings: int | None = None  # its place among the sections
        self._part = "head"
        self._before: tuple[str, ...] = ()
        self._summary = ""
        self._candidate: Candidate | None = None
        self._above: tuple[str, Token] | None = None  # what may be the heading of a next action, right above this
        self._lines: list[tuple[int, int]] = []

    # --- the walk

    def read(self, tokens: list[Token]) -> None:
        """Take the tokens in turn; tables end where anything else begins."""
        for token in tokens:
            if token.type == "ROW":
                self._lines.append(place(token))
                continue
            self._end_table()
            self._take(token)
        self._end_table()
        self._end_action()

    def _take(self, token: Token) -> None:
        text = str(token)
        above, self._above = self._above, None
        match token.type:
            case "FRONT":
                found = re.search(r"^title:[ \t]*[\"']?(.*?)[\"']?[ \t\r]*$", text, re.M)
                self._front_title = found[1] if found else ""
            case "TITLE" if self._title is None:
                self._title = heading(text.split("\n")[0].removeprefix("#")), self.source.span(*place(token))
            case "TITLE" | "HEADING":
                self._heading(heading(text.split("\n")[0].lstrip("#")), token)
            case "SETTINGS" | "MODELING":
                self._end_action()
                self._part = token.type.lower()
            case "MATCHED" | "INLINE" | "MAPPING":
                self._part_of_action(token, above)
            case "BOLD" if self._candidate is None and (self._summary or self._part == "modeling"):
                self._begin(_bold(text), token)
            case "BOLD":
                self._above = _bold(text), token
                self._prose(token)
            case "DETAILS" | "END":
                self._end_action()
                self._summary = ""
            case "SUMMARY":
                self._end_action()
                self._summary = " ".join(unescaped(_TAGS.sub("", text)).split())
            case "BLOCK":
                self._block(token)
            case "FENCE":
                self._fence(token)
            case "COMMENT":
                self._comment(unescaped(text[4:-3].strip()))
            case "BARE_TABLE":
                self._lines += bare_lines(token)
                self._end_table()
            case _:
                self._prose(token)

    def _heading(self, title: str, token: Token) -> None:
        here = self._candidate
        if here is not None and here.trigger and FIELDS.fullmatch(title.rstrip(" :")):
            here.part = "mapping"
            self._above = title, token
        else:
            self._begin(title, token)

    def _begin(self, title: str, token: Token) -> None:
        self._end_action()
        self._candidate = Candidate(title, token.start_pos or 0, self._summary)

    def _part_of_action(self, token: Token, above: tuple[str, Token] | None) -> None:
        """Go on with a part of an action; a second trigger is another action's, called as what stands right above."""
        here = self._candidate
        if here and here.trigger and here.tables and token.type != "MAPPING":
            self._end_action()
            if above:
                self._begin(*above)
        here = self._open(token)
        here.part = "mapping" if token.type == "MAPPING" else "matched"
        if token.type == "INLINE":
            here.trigger.append(without(_INTRODUCTION, token))

    def _open(self, token: Token) -> Candidate:
        """The action that this belongs to; one without a heading of its own is called as its summary is."""
        if self._candidate is None:
            self._begin(self._summary or self._title_text(), token)
        assert self._candidate is not None
        return self._candidate

    def _prose(self, token: Token) -> None:
        here = self._candidate
        text = str(token).strip()
        if here is None:
            if token.type == "QUOTE" and self._title and self._part == "head":
                self._about.append(text.removeprefix(">").strip())
        elif here.part == "mapping" and re.match(r"<(?:table|tr|td)\b|>\s*\|", text, re.I):
            self._unread(here, *place(token), "a table of this kind is not read", "write it with bars, in Markdown")
        elif here.part == "mapping" and here.tables and "|" in text:
            self._stray_rows([place(token)])
        elif here.part == "matched" and not _LINE.fullmatch(text):
            here.trigger.append(without(_MARK, token))
        elif here.part == "about" and not here.tables and not _LINE.fullmatch(text):
            here.about.append(text)

    def _fence(self, token: Token) -> None:
        text = str(token).rstrip()
        if not re.search(r"\n[ \t]*(?:`{3,}|~{3,})\Z", text):
            span = self.source.span(token.start_pos or 0, (token.start_pos or 0) + len(text.split("\n")[0]))
            self.cells.report("E001", "this code block never ends", span, "it takes all the rest of the page")
        elif self._candidate is not None and self._candidate.part == "matched":
            self._candidate.trigger.append(inside(token))

    def _comment(self, text: str) -> None:
        if not text.startswith("#"):
            return
        here = self._candidate
        if here is not None:
            if here.real or here.about:
                here.trailing += (text,)
            else:
                here.comments += (text,)
        elif self._part == "settings" and self._settings is not None:
            settings = self.sections[self._settings]
            self.sections[self._settings] = replace(settings, trailing=(*settings.trailing, text))
        elif self._part == "settings":
            self._before += (text,)
        else:
            above, below = self._comments
            self._comments = (above, (*below, text)) if self._title else ((*above, text), below)

    # --- tables

    def _end_table(self) -> None:
        lines, self._lines = self._lines, []
        for table in self._split(lines):
            self._table(table)

    def _split(self, lines: list[tuple[int, int]]) -> list[list[tuple[int, int]]]:
        """Tables that stand under each other: each begins a line above its line of dashes."""
        text = self.source.text
        starts = [at - 1 for at, line in enumerate(lines) if at and SEPARATOR.match(text[slice(*line)])]
        if not starts or starts[0] > 0:
            starts = [0, *starts]
        return [lines[a:b] for a, b in zip(starts, [*starts[1:], len(lines)], strict=True) if lines[a:b]]

    def _table(self, lines: list[tuple[int, int]]) -> None:
        header = len(lines) > 1 and bool(SEPARATOR.match(self.source.text[slice(*lines[1])]))
        here = self._candidate
        if not header:
            self._stray_rows(lines)
            return
        cells = split_row(self.source, *lines[0])
        fields, settings = set(page_columns(cells, "field")), set(page_columns(cells, "name"))
        if here is None or (here.part == "about" and {"name", "required", "default"} <= settings):
            if self._settings is None and (self._part == "settings" or {"name", "required", "default"} <= settings):
                rows, lost = self.cells.settings(lines, {}), self.cells.lost()
                span = self.source.span(lines[0][0], lines[-1][1])
                self._settings = len(self.sections)
                self.sections.append(n.Settings(rows, self._before, lost, span=span))
                self._part, self._candidate = "settings", None
            elif here is None and self._summary and "field" in fields:
                self._open_at(lines[0][0]).tables.append(lines)
            else:
                self._passed_over(lines, fields)
        elif here.part == "mapping" or {"field", "source"} <= fields:
            here.tables.append(lines)
        else:
            self._passed_over(lines, fields)

    def _passed_over(self, lines: list[tuple[int, int]], columns: set[str]) -> None:
        """Tell of a table that looks like one of fields, and is none; others are nothing to the mapping."""
        if len({"field", "type", "source"} & columns) > 1:
            hint = "one of fields has a column `Source Field`, under the heading of an action"
            span = self.source.span(*lines[0])
            self.cells.report("I404", "this table is not read", span, hint)

    def _open_at(self, start: int) -> Candidate:
        self._candidate = Candidate(self._summary, start, self._summary)
        return self._candidate

    def _stray_rows(self, lines: list[tuple[int, int]]) -> None:
        """Rows without a header of their own go on with the table above, else they are told."""
        here = self._candidate
        if here is None:
            return
        width = len(split_row(self.source, *here.tables[-1][0])) if here.tables else 0
        hint = "a table begins with a header and a line of dashes"
        for start, end in lines:
            if width and (self.source.text[start] == "|" or len(split_row(self.source, start, end)) == width):
                here.tables[-1].append((start, end))
            elif width or here.part != "about":
                self._unread(here, start, end, "a table row that belongs to no table", hint)

    def _unread(self, here: Candidate, start: int, end: int, message: str, hint: str) -> None:
        self.cells.report("E015", message, self.source.span(start, end), hint)
        here.trailing += (not_read(self.source.text[start:end]),)

    # --- blocks of the language

    def _block(self, token: Token) -> None:
        start, end = place(token)
        for section in self._in_blocks:
            if not start <= section.span.start < end:
                continue
            here = self._candidate
            if here is not None and here.clauses is None and self._is_clauses(section):
                here.clauses = section
                continue
            self._end_action()
            if isinstance(section, n.Action):
                self._names.take(section.name)
            self.sections.append(section)

    def _is_clauses(self, section: n.Section) -> TypeGuard[n.Action]:
        """True for an action without a title: it goes on with the one that the heading began."""
        return isinstance(section, n.Action) and bool(_CLAUSES.match(self.source.text, section.span.start))

    # --- what comes of it

    def _title_text(self) -> str:
        return self._title[0] if self._title else self._front_title

    def destination(self) -> n.Destination | None:
        """The head of the mapping."""
        title, head = self._title_text(), self._head
        if head is None and not title:
            at = self.source.span(0, 0)
            self.cells.report(
                "E005", "this page has no title", at, "its first heading, `# Heap`, names the destination"
            )
            return None
        span = self._title[1] if self._title else self.source.span(0, 0)
        above, below = self._comments
        made = head or n.Destination(camel_case(title, "destination"), title, span=span)
        return replace(
            made,
            title=made.title if head and (head.title or _has_title(self.source, head)) else title,
            about=made.about or " ".join(self._about),
            comments=above + made.comments,
            trailing=made.trailing + below,
        )

    def _end_action(self) -> None:
        here, self._candidate = self._candidate, None
        if here is None or not here.real:
            return
        clauses = here.clauses or n.Action("", "")
        name = self._names.take(clauses.name or self._names.of(here.title))
        rows = self.cells.rows_of(here.tables)
        lost = self.cells.lost()
        when = clauses.when if here.part == "about" and not here.trigger else self._when(here.trigger)
        last = max((end for table in here.tables for _, end in table), default=here.start + len(here.title))
        self.sections.append(
            replace(
                clauses,
                name=name,
                title=here.title,
                summary=clauses.summary or here.summary,
                about=clauses.about or " ".join(here.about),
                when=when,
                rows=rows,
                comments=clauses.comments + here.comments + self.cells.lost(),
                trailing=clauses.trailing + here.trailing + lost,
                span=self.source.span(here.start, last),
            )
        )

    def _when(self, lines: list[tuple[int, int]]) -> n.Condition | None:
        if not lines:
            return None
        ends = lines[-1][1], self._first_paragraph(lines)
        whole, first = (plain(excerpt(self.source, lines[0][0], end)) for end in ends)
        if not whole.text.text:
            return None
        try:
            return page_condition(whole)
        except CellProblem as problem:
            with suppress(CellProblem):
                return page_condition(first)
            span = whole.text.span(problem.start, problem.end)
            self.cells.report(problem.code, problem.message, span, problem.hint)
        self.cells.lose(f"when {whole.text.text}")
        return n.Constant(False, span=whole.text.whole)

    def _first_paragraph(self, lines: list[tuple[int, int]]) -> int:
        """Where the first paragraph ends: what follows is prose about the trigger."""
        for (_, end), (start, _) in pairwise(lines):
            if self.source.text.count("\n", end, start) > 1:
                return end
        return lines[-1][1]


def _bold(text: str) -> str:
    """What stands in a line of bold text."""
    return text.strip().strip("*").strip()


def _has_title(source: Source, head: n.Destination) -> bool:
    return bool(re.match(r"destination[ \t]+[\w-]+[ \t]*\"", source.text[head.span.start : head.span.end]))
