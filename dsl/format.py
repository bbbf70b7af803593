"""A syntax tree to its canonical mapping file."""

from collections.abc import Sequence
from dataclasses import replace
from typing import assert_never

from . import nodes as n
from .format_expr import Cells, format_condition, format_expr, format_field, format_type
from .format_path import format_path, format_scalar
from .format_table import format_table, used_columns
from .json_text import layout_json
from .text import quote

__all__ = [
    "format_condition",
    "format_expr",
    "format_mapping",
    "format_path",
    "format_section",
    "format_type",
    "ordered",
]

WIDTH = 110  # columns; a longer condition or JSON text goes over several lines

# Presets stay among the actions: which follows which says something to a reader.
_ORDER: tuple[tuple[type[n.Node], ...], ...] = (
    (n.Include,), (n.Settings,), (n.Let,), (n.LookupTable,), (n.Rows,), (n.Action, n.Preset), (n.Shape,),
    (n.Example,), (n.Law,),
)  # fmt: skip


def ordered(mapping: n.Mapping) -> n.Mapping:
    """The same mapping with its sections in canonical order; those of one kind keep theirs."""
    place = {kind: at for at, kinds in enumerate(_ORDER) for kind in kinds}
    return replace(mapping, sections=tuple(sorted(mapping.sections, key=lambda s: place[type(s)])))


def format_mapping(mapping: n.Mapping) -> str:
    """The canonical text of a mapping file.

    Shape:  `parse(Source("", format_mapping(m))).mapping == ordered(m)`, for every mapping that was parsed
    """
    sections = ordered(mapping).sections
    blocks: list[str] = []
    if mapping.destination is not None:
        blocks.append(format_section(mapping.destination))
    for before, section in zip((None, *sections), sections, strict=False):
        text = format_section(section)
        if before is not None and _touches(before, section):
            blocks[-1] += "\n" + text
        else:
            blocks.append(text)
    if mapping.trailing:
        blocks.append("\n".join(mapping.trailing))
    return "\n\n".join(blocks) + "\n" if blocks else ""


def _touches(before: n.Section, section: n.Section) -> bool:
    """Sections of one line stand under each other without a blank one between."""
    same = type(before) is type(section)
    return same and isinstance(section, n.Let | n.Include) and not before.trailing and not section.comments


def format_section(section: n.Section) -> str:
    """The lines of one section with its comments, without a blank line or an end of line."""
    return "\n".join([*section.comments, *_lines(section), *section.trailing])


def _lines(section: n.Section) -> list[str]:
    match section:
        case n.Destination():
            return _destination(section)
        case n.Settings(rows):
            return ["settings", *_settings(rows)]
        case n.Action():
            return _action(section)
        case n.Preset():
            return _preset(section)
        case n.Rows(name, rows):
            return [f"rows {name}", *_rows(rows, "source")]
        case n.Shape(name, rows, closed, sources):
            table = _rows(rows, "source" if sources else "", header=sources)
            return [f"shape {name}{' closed' if closed else ''}", *table]
        case n.Let(name, value):
            return [f"let {name} = {format_expr(value)}"]
        case n.LookupTable(name, rows):
            return [f"table {name}", *_lookups(rows)]
        case n.Include(path):
            return [f"include {quote(path)}"]
        case n.Example():
            return _example(section)
        case n.Law(title, action, condition):
            head = f"law {quote(title)}" + (f" for {action.name}" if action else "")
            return [head, *_condition("", condition)]
        case _:
            assert_never(section)


# --- sections


def _destination(node: n.Destination) -> list[str]:
    semantics = [f"semantics {node.semantics}"] if node.semantics else []
    return [*semantics, _titled("destination", node.name, node.title), *_about(node.about), *_json("extra", node.extra)]


def _action(node: n.Action) -> list[str]:
    return [_titled("action", node.name, node.title), *action_clauses(node), *_rows(node.rows, "source")]


def action_clauses(node: n.Action) -> list[str]:
    """The lines between an action's head and its table."""
    return [
        *([f"summary {quote(node.summary)}"] if node.summary else []),
        *_about(node.about),
        *([f"deliver {' '.join(node.deliver)}"] if node.deliver else []),
        *(_condition("when ", node.when) if node.when is not None else []),
        *([f"for each {format_expr(node.for_each)}"] if node.for_each is not None else []),
        *_use(node.use),
        *_json("extra", node.extra),
    ]


def _preset(node: n.Preset) -> list[str]:
    return [
        f"preset {quote(node.title)} of {node.of.name}",
        *([f"slug {quote(node.slug)}"] if node.slug else []),
        *(_condition("when ", node.when) if node.when is not None else []),
        *_use(node.use),
        *_json("extra", node.extra),
        *_rows(node.rows, "source"),
    ]


def _example(node: n.Example) -> list[str]:
    return [
        f"example {quote(node.title)}",
        *_json("with  ", node.settings),
        *_json("given ", node.given),
        *(line for expect in node.expects for line in _expect(expect)),
    ]


def _expect(node: n.Expect) -> list[str]:
    if node.action is None:
        return ["expect nothing"]
    if node.payload is None:
        return [f"expect {node.action.name} rejected {node.rejected}".rstrip()]
    return _json(f"expect {node.action.name}", node.payload)


# --- clauses


def _titled(word: str, name: str, title: str) -> str:
    return f"{word} {name} {quote(title)}" if title else f"{word} {name}"


def _about(text: str) -> list[str]:
    return [f"about {quote(text)}"] if text else []


def _use(names: Sequence[n.Named]) -> list[str]:
    return [f"use {', '.join(name.name for name in names)}"] if names else []


def _json(word: str, text: str) -> list[str]:
    if not text:
        return []
    one = f"{word} {text}"
    return [one] if len(one) <= WIDTH else f"{word} {layout_json(text, WIDTH)}".split("\n")


def _condition(word: str, node: n.Condition) -> list[str]:
    cells = Cells()
    one = word + cells.condition(node)
    if len(one) <= WIDTH or not isinstance(node, n.And | n.Or):
        return [one]
    sign, looser = ("and", (n.And, n.Or)) if isinstance(node, n.And) else ("or", (n.Or,))
    first, *rest = (cells.condition_term(term, *looser) for term in node.terms)
    return [word + first, *(f"  {sign} {term}" for term in rest)]


# --- tables


def _rows(rows: Sequence[n.Row], always: str, *, header: bool = False) -> list[str]:
    if not rows and not header:
        return []
    cells = [
        (
            format_field(row.field),
            format_type(row.type) if row.type else "",
            format_expr(row.source) if row.source is not None else "",
            row.description,
            row.extra,
        )
        for row in rows
    ]
    return _table(("field", "type", "source", "description", "extra"), cells, rows, ("field", always))


def _settings(rows: Sequence[n.SettingRow]) -> list[str]:
    if not rows:
        return []
    cells = [
        (
            row.name,
            format_type(row.type),
            format_expr(row.default) if row.default is not None else "",
            row.description,
            row.extra,
        )
        for row in rows
    ]
    return _table(("name", "type", "default", "description", "extra"), cells, rows, ("name", "type"))


def _lookups(rows: Sequence[n.LookupRow]) -> list[str]:
    if not rows:
        return []
    cells = [(", ".join(format_scalar(k.value) for k in row.keys), format_scalar(row.value.value)) for row in rows]
    return _table(("from", "to"), cells, rows, ("from", "to"))


def _table(
    header: Sequence[str],
    cells: Sequence[Sequence[str]],
    rows: Sequence[n.Row | n.SettingRow | n.LookupRow],
    always: Sequence[str],
) -> list[str]:
    names, texts = used_columns(header, cells, always)
    return format_table(names, [(text, row.comments) for text, row in zip(texts, rows, strict=True)])
