"""A syntax tree to a docs page, from which the same mapping is read back."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from . import nodes as n
from .format import action_clauses, format_section, ordered
from .format_expr import Cells, format_condition, format_expr, format_field, format_type
from .json_text import layout_json
from .markdown import Plain, code_span, escaped, heading, plain
from .page_cells import (
    gives_list,
    is_misspelt,
    page_condition,
    page_default,
    page_field,
    page_source,
    page_type,
    split_comments,
)
from .page_names import FIELDS, Names, camel_case
from .problems import CellProblem
from .source import Excerpt

T = TypeVar("T")

# The parts of a page that only hold blocks, in the order of a mapping file: heading -> kinds of sections.
_BEFORE: dict[str, tuple[type[n.Node], ...]] = {"Shared parts": (n.Include, n.Let, n.LookupTable, n.Rows)}
_AFTER: dict[str, tuple[type[n.Node], ...]] = {"Shapes": (n.Shape,), "Examples": (n.Example,), "Laws": (n.Law,)}
_KNOWN = re.compile(
    r"(?:(?:available|connection|destination)\s+)?(?:config|configuration|options|settings)"
    r"(?:\s+(?:options|parameters|settings))?|data[\s-]*modell?ing|match(?:ed|ing|es)?\s+events?"
    r"|(?:(?:data|fields?)[\s-]*)?mappings?|(?:default\s+)?triggers?(?:\s+conditions?)?"
    rf"|{FIELDS.pattern}",
    re.I,
)


def format_page(mapping: n.Mapping) -> str:
    """The docs page of a mapping, as Markdown.

    Shape:  what a page has words for is in headings and tables, all else in blocks of the language;
            `ordered(parse_page(Source("", format_page(m))).mapping) == ordered(m)` where there is a destination
    """
    mapping = ordered(mapping)
    parts: list[str] = [] if mapping.destination is None else _destination(mapping.destination)
    settings = mapping.all_of(n.Settings)
    for section in settings:
        parts += _settings(section, alone=len(settings) == 1)
    for title, kinds in _BEFORE.items():
        parts += _blocks(title, [s for s in mapping.sections if isinstance(s, kinds)])
    names = Names()
    actions = [s for s in mapping.sections if isinstance(s, n.Action | n.Preset)]
    if actions:
        parts.append("## Data Modeling")
    for section in actions:
        parts += _action(section, names) if isinstance(section, n.Action) else _preset(section)
    for title, kinds in _AFTER.items():
        parts += _blocks(title, [s for s in mapping.sections if isinstance(s, kinds)])
    parts += _comments(mapping.trailing)
    return "\n\n".join(parts) + "\n" if parts else ""


# --- pieces of a page


def _block(section: n.Section) -> str:
    text = format_section(section)
    if isinstance(section, n.Action | n.Destination) and not section.title:
        word = "action" if isinstance(section, n.Action) else "destination"
        # Without a title the reader would take it for clauses of the action above.
        text = re.sub(rf"^({word} [\w-]+)$", r'\1 ""', text, count=1, flags=re.M)
    return _fence(text)


def _fence(text: str) -> str:
    return f"```atpath\n{text}\n```"


def _blocks(title: str, sections: Sequence[n.Section]) -> list[str]:
    return [f"## {title}", *map(_block, sections)] if sections else []


def _comments(lines: Iterable[str]) -> list[str]:
    return [_comment(line) for line in lines]


def _comment(line: str) -> str:
    return f"<!-- {_hidden(line)} -->"


def _hidden(text: str) -> str:
    return escaped(text).replace("--", "-&#45;")


def _is_heading(title: str) -> bool:
    """True if a heading of this text is read back as it is, and as nothing else."""
    return title.isprintable() and heading(f" {title}") == title != "" and not _KNOWN.fullmatch(title.strip(" :*"))


def _is_prose(text: str) -> bool:
    """True if a line of this text is read back as prose."""
    return text.isprintable() and text[:1].isalnum() and "|" not in text and text.strip() == text


# --- the head


def _destination(node: n.Destination) -> list[str]:
    titled = _is_heading(node.title)
    clauses: list[str] = []
    if node.semantics:
        clauses.append(f"semantics {node.semantics}")
    named = camel_case(node.title, "destination") == node.name
    quoted = bool(node.about) and _is_prose(node.about)
    if node.extra or node.semantics or not (titled and named) or (node.about and not quoted):
        bare = n.Destination(node.name, "" if titled else node.title, "" if quoted else node.about, node.extra)
        text = format_section(bare)
        if not titled and not node.title:
            text = text.replace(f"destination {node.name}", f'destination {node.name} ""', 1)
        clauses.append(text)
    return [
        *_comments(node.comments),
        f"# {node.title if titled else node.name}",
        *([f"> {node.about}"] if quoted else []),
        *([_fence("\n".join(clauses))] if clauses else []),
        *_comments(node.trailing),
    ]


# --- settings


def _settings(node: n.Settings, *, alone: bool) -> list[str]:
    if not node.rows or not alone or not all(map(_is_said, node.rows)):
        return [_block(node)]
    header = ["Name", "Type", "Description", "Required", "Default"]
    rows = [_setting(row) for row in node.rows]
    if any(row.extra for row in node.rows):
        header.append("Extra")
        rows = [[*cells, code_span(row.extra) if row.extra else ""] for cells, row in zip(rows, node.rows, strict=True)]
    return [
        "### Configuration options",
        *_comments(node.comments),
        _table(header, rows),
        *_comments(node.trailing),
    ]


def _setting(row: n.SettingRow) -> list[str]:
    required = row.type.required is True
    kind = n.FieldType(row.type.value, False if required else row.type.required, row.type.nullable)
    return [
        row.name,
        _cell([format_type(kind)], format_type(kind), kind, lambda cell: page_type(cell, None)),
        _description(row),
        "true" if required else "false",
        _default(row.default, row.type.value),
    ]


def _default(default: n.Expr | None, kind: n.ValueType) -> str:
    if default is None:
        return ""
    text = format_expr(default)
    bare = default.value if isinstance(default, n.Literal) and isinstance(default.value, str) else text
    return _cell([bare], text, default, lambda cell: page_default(cell, kind))


# --- actions


def _action(node: n.Action, names: Names) -> list[str]:
    summary = escaped(node.summary)
    if not _is_heading(node.title) or not all(map(_is_said, node.rows)):
        names.take(node.name)
        return [_block(node)]
    named = names.of(node.title) == node.name
    names.take(node.name)
    folded = bool(summary) and " ".join(summary.split()) == summary and node.summary.isprintable()
    prose = bool(node.about) and _is_prose(node.about)
    unsaid = replace(node, summary="" if folded else node.summary, about="" if prose else node.about, when=None)
    rest = action_clauses(unsaid)
    if rest or not named or (node.when is None and not node.rows):
        rest = [f"action {node.name}", *rest]
    lines = [
        f"#### {node.title}",
        *_comments(node.comments),
        *([node.about] if prose else []),
        *([_fence("\n".join(rest))] if rest else []),
        *(["#### Matched events\n" + _trigger(node.when)] if node.when is not None else []),
        *(["#### Data Mapping\n" + _rows(node.rows)] if node.rows else []),
        *_comments(node.trailing),
    ]
    if not folded:
        return lines
    return [f"<details>\n<summary>{summary}</summary>", *lines, "</details>"]


def _preset(node: n.Preset) -> list[str]:
    title = f"Preset: {node.title}"
    return [*([f"#### {title}"] if _is_heading(title) else []), _block(node)]


def _trigger(when: n.Condition) -> str:
    text = format_condition(when)
    return _cell([escaped(text)], text, when, page_condition)


def _rows(rows: Sequence[n.Row]) -> str:
    header = ["Destination Field", "Type", "Description", "Source Field"]
    lines = [_row(row) for row in rows]
    if any(row.extra for row in rows):
        header.append("Extra")
        lines = [[*cells, code_span(row.extra) if row.extra else ""] for cells, row in zip(lines, rows, strict=True)]
    return _table(header, lines)


def _row(row: n.Row) -> list[str]:
    name = format_field(row.field)
    return [
        _cell([escaped(name)], name, row.field, page_field),
        _type(row.type, row.source) if row.type else "",
        _description(row),
        _source(row.source) if row.source is not None else "",
    ]


def _type(kind: n.FieldType, source: n.Expr | None) -> str:
    text = format_type(kind)
    candidates = [escaped(text)]
    if kind.value == n.ListType(n.NamedType("object")) and gives_list(source):
        candidates.insert(0, format_type(n.FieldType(n.NamedType("object"), kind.required, kind.nullable)))
    return _cell(candidates, text, kind, lambda cell: page_type(cell, source))


def _source(source: n.Expr) -> str:
    candidates = [escaped(Cells(page=True).expr(source))]
    if isinstance(source, n.Directive):
        candidates = ["<pre>" + escaped(layout_json(source.text)).replace("\n", "<br/>") + "</pre>"]
    return _cell(candidates, format_expr(source), source, page_source)


def _cell(candidates: Iterable[str], text: str, node: T, read: Callable[[Plain], T]) -> str:
    """The first way to write a cell that is read back as the same node; as code if there is none."""
    for candidate in candidates:
        quiet = candidate.isprintable() and not re.search(r"[*`~\\]|__|\]\(|\b_|_\b", candidate)
        if quiet or candidate.startswith("<pre>"):
            piece = plain(Excerpt(candidate, ((0, 0),)))
            try:
                if piece.text.text not in ("", "-", "–", "—") and repr(read(piece)) == repr(node):
                    return candidate
            except CellProblem:
                pass
    return code_span(text)


def _description(row: n.Row | n.SettingRow) -> str:
    return " ".join([*_comments(row.comments), row.description]).strip()


def _is_said(row: n.Row | n.SettingRow) -> bool:
    """True if a row of a page's table is read back as this one."""
    plain_description = split_comments(_description(row)) == (row.comments, row.description)
    return plain_description and not (row.type and is_misspelt(row.type.value))


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
