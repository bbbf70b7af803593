"""Lark trees of a mapping file's lines to sections."""

import re
from collections.abc import Callable
from dataclasses import replace

from lark import Token

from . import nodes as n
from .build import Builder, parse_condition, parse_expr
from .build_path import text_of
from .cells import LarkTree, parse_tree
from .comments import Comments
from .reader import Reader, parse_name
from .source import Excerpt, Span, excerpt


class Sections:
    """Builds the sections of one mapping file."""

    def __init__(self, reader: Reader, comments: Comments) -> None:
        self.reader = reader
        self.comments = comments

    def build(self, tree: LarkTree) -> n.Section | None:
        """The section of a tree; None where its first line cannot be read."""
        head, *lines = [token for token in tree.children if isinstance(token, Token)]
        kind = str(tree.data)
        make: Callable[[Token, list[Token]], n.Section | None] = getattr(self, f"_{kind}")
        section = make(head, lines)
        if section is None:
            return None
        start, last = head.start_pos or 0, (lines[-1] if lines else head)
        end = (last.start_pos or 0) + len(str(last).rstrip())
        above = self.comments.above.get(start, ())
        rows = {row.span.start for row in getattr(section, "rows", ())}  # these keep their own comments
        places = [at for line in lines if (at := line.start_pos or 0) not in rows]
        inner = tuple(comment for at in places for comment in self.comments.above.get(at, ()))
        return replace(
            section,
            span=self.reader.source.span(start, end),
            comments=above + inner,
            trailing=self.comments.after.get(start, ()),
        )

    # --- sections

    def _destination(self, head: Token, lines: list[Token]) -> n.Destination | None:
        titled = self._titled(head, "destination")
        if titled is None:
            return None
        return n.Destination(*titled, about=self._text(lines, "ABOUT"), extra=self._json(lines, "EXTRA"))

    def _settings(self, head: Token, lines: list[Token]) -> n.Settings:
        return n.Settings(self.reader.settings(_rows(lines), self.comments.above))

    def _action(self, head: Token, lines: list[Token]) -> n.Action | None:
        titled = self._titled(head, "action")
        if titled is None:
            return None
        return n.Action(
            *titled,
            summary=self._text(lines, "SUMMARY"),
            about=self._text(lines, "ABOUT"),
            deliver=self._deliver(lines),
            when=self._when(lines),
            for_each=self._for_each(lines),
            use=self._use(lines),
            rows=self.reader.rows(_rows(lines), self.comments.above),
            extra=self._json(lines, "EXTRA"),
        )

    def _preset(self, head: Token, lines: list[Token]) -> n.Preset | None:
        cell = self.reader.rest(head, "preset")
        tree = self.reader.cell(lambda c: _head(c, "preset_head"), cell)
        if tree is None:
            return None
        build = Builder(cell)
        name = tree.children[-1]
        return n.Preset(
            build.key(tree.children[0]),
            n.Named(str(name), span=build.span(name)),
            when=self._when(lines),
            slug=self._text(lines, "SLUG"),
            use=self._use(lines),
            rows=self.reader.rows(_rows(lines), self.comments.above),
            extra=self._json(lines, "EXTRA"),
        )

    def _rows(self, head: Token, lines: list[Token]) -> n.Rows | None:
        name = self.reader.cell(parse_name, self.reader.rest(head, "rows"))
        return n.Rows(name, self.reader.rows(_rows(lines), self.comments.above)) if name is not None else None

    def _shape(self, head: Token, lines: list[Token]) -> n.Shape | None:
        tree = self.reader.cell(lambda c: parse_tree(c, "shape_head"), self.reader.rest(head, "shape"))
        if tree is None:
            return None
        rows = self.reader.rows(_rows(lines), self.comments.above)
        header = str(lines[0]).lower() if lines else ""
        sources = bool(re.search(r"\|\s*(?:source(?: field)?|default)\s*\|", header))
        return n.Shape(str(tree.children[0]), rows, len(tree.children) > 1, sources)

    def _let(self, head: Token, lines: list[Token]) -> n.Let | None:
        cell = self.reader.rest(head, "let")
        tree = self.reader.cell(lambda c: parse_tree(c, "let_head"), cell)
        if tree is None:
            return None
        value = self.reader.cell(lambda c: Builder(c).expr(tree.children[1]), cell)
        return value and n.Let(str(tree.children[0]), value)

    def _table(self, head: Token, lines: list[Token]) -> n.LookupTable | None:
        name = self.reader.cell(parse_name, self.reader.rest(head, "table"))
        return n.LookupTable(name, self.reader.lookups(_rows(lines), self.comments.above)) if name is not None else None

    def _include(self, head: Token, lines: list[Token]) -> n.Include | None:
        path = self.reader.text(self.reader.rest(head, "include"))
        return n.Include(path) if path else None

    def _example(self, head: Token, lines: list[Token]) -> n.Example | None:
        title = self.reader.text(self.reader.rest(head, "example"))
        given = self._json(lines, "GIVEN")
        if not given:
            if not any(line.type == "GIVEN" for line in lines):
                self._missing(head, "this example gives no event", 'a line `given {"type": "track"}`')
            return None
        expects = [self._expect(line) for line in lines if line.type == "EXPECT"]
        if not expects:
            self._missing(head, "this example expects nothing in particular", "a line `expect ACTION {…}`")
        settings = self._json(lines, "WITH")
        return n.Example(title, given, tuple(e for e in expects if e is not None), settings)

    def _expect(self, line: Token) -> n.Expect | None:
        cell = self.reader.rest(line, "expect")
        match = re.match(r"([A-Za-z_][A-Za-z0-9_-]*)\s*", cell.text)
        if match is None:
            self.reader.report("E001", "what is expected?", cell.whole, "`nothing`, or an action and a payload")
            return None
        rest = cell.cut(match.end(), len(cell.text))
        span = self.reader.source.span(line.start_pos or 0, line.end_pos or 0)
        if match[1] == "nothing" and not rest.text:
            return n.Expect(None, span=span)
        action = n.Named(match[1], span=cell.span(*match.span(1)))
        code = re.fullmatch(r"rejected(?:\s+([A-Z][0-9]{3}))?", rest.text)
        if code:
            return n.Expect(action, rejected=code[1] or "", span=span)
        if not rest.text:
            hint = "`expect nothing`, or what it is to be: `expect ACTION {…}`"
            self.reader.report("E001", f"what is expected of `{match[1]}`?", cell.whole, hint)
            return None
        payload = self.reader.json(rest, "payload")
        return n.Expect(action, payload, span=span) if payload is not None else None

    def _law(self, head: Token, lines: list[Token]) -> n.Law | None:
        first = re.match(r"law\s+\"(?:[^\"\\\n]|\\.)*\"(?:[ \t]+for[ \t]+[\w-]+)?", str(head))
        start = (head.start_pos or 0) + (first.end() if first else len("law"))
        cell = excerpt(self.reader.source, (head.start_pos or 0) + 3, start).strip()
        tree = self.reader.cell(lambda c: _head(c, "law_head"), cell)
        rest = excerpt(self.reader.source, start, head.end_pos or 0).strip()
        if tree is None:
            return None
        if not rest.text:
            self._missing(head, "this law says nothing", "a condition over the payload on the next line")
            return None
        condition = self.reader.cell(parse_condition, rest)
        build = Builder(cell)
        action = tree.children[1] if len(tree.children) > 1 else None
        named = n.Named(str(action), span=build.span(action)) if action is not None else None
        return condition and n.Law(build.key(tree.children[0]), named, condition)

    # --- clauses

    def _span(self, token: Token) -> Span:
        start = token.start_pos or 0
        first = str(token).split("\n", 1)[0].rstrip()
        return self.reader.source.span(start, start + len(first))

    def _titled(self, head: Token, word: str) -> tuple[str, str] | None:
        cell = self.reader.rest(head, word)
        tree = self.reader.cell(lambda c: _head(c, "titled"), cell)
        if tree is None:
            return None
        name, *title = tree.children
        return str(name), Builder(cell).key(title[0]) if title else ""

    def _last(self, lines: list[Token], kind: str) -> Token | None:
        found = [line for line in lines if line.type == kind]
        for line in found[1:]:
            word = str(line).split(None, 1)[0]
            self.reader.report("E010", f"a second `{word}`", self._span(line), "one of them is enough")
        return found[0] if found else None

    def _text(self, lines: list[Token], kind: str) -> str:
        line = self._last(lines, kind)
        return self.reader.text(self.reader.rest(line, r"\w+")) if line is not None else ""

    def _json(self, lines: list[Token], kind: str) -> str:
        line = self._last(lines, kind)
        if line is None:
            return ""
        return self.reader.json(self.reader.rest(line, r"\w+"), str(line).split(None, 1)[0]) or ""

    def _deliver(self, lines: list[Token]) -> tuple[str, ...]:
        line = self._last(lines, "DELIVER")
        if line is None:
            return ()
        return tuple(word.name for word in self.reader.names(self.reader.rest(line, "deliver"), "words"))

    def _when(self, lines: list[Token]) -> n.Condition | None:
        line = self._last(lines, "WHEN")
        if line is None:
            return None
        condition = self.reader.cell(parse_condition, self.reader.rest(line, "when"))
        return condition or n.Constant(False, span=self._span(line))

    def _for_each(self, lines: list[Token]) -> n.Expr | None:
        line = self._last(lines, "FOR_EACH")
        if line is None:
            return None
        return self.reader.cell(parse_expr, self.reader.rest(line, r"for\s+each"))

    def _use(self, lines: list[Token]) -> tuple[n.Named, ...]:
        uses = [self.reader.names(self.reader.rest(line, "use")) for line in lines if line.type == "USE"]
        return tuple(name for names in uses for name in names)

    def _missing(self, head: Token, message: str, hint: str) -> None:
        self.reader.report("E015", message, self._span(head), hint)


def _head(cell: Excerpt, rule: str) -> LarkTree:
    """The tree of a section's first line. Errors: CellProblem, for a wrong escape in a title, too"""
    tree = parse_tree(cell, rule)
    for text in tree.scan_values(lambda child: isinstance(child, Token) and child.type == "STRING"):
        text_of(text)
    return tree


def _rows(lines: list[Token]) -> list[tuple[int, int]]:
    return [(line.start_pos or 0, line.end_pos or 0) for line in lines if line.type == "ROW"]
