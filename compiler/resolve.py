"""Names to what they name: one mapping and its includes become a resolved mapping.

Rows of `use` and of presets are laid over each other, names that mean nothing are reported, and nothing
is evaluated.
"""

import posixpath
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from ..dsl import nodes as n
from ..dsl.codes import Code
from ..dsl.diagnostics import Diagnostic
from ..dsl.parser import Parsed, parse
from ..dsl.source import Source, Span
from ..dsl.spelling import did_you_mean, slip_of
from .names import check_names
from .resolve_types import with_nested
from .resolved import Resolved, ResolvedAction
from .size import check_size

MOST_FILES_DEEP = 64  # a chain of files that include each other

Read = Callable[[str], str | None]  # an included path to its text; None where there is no such file


@dataclass(slots=True)
class _Binder:
    sources: list[Source]
    diagnostics: list[Diagnostic]
    broken: set[str]

    def report(self, code: str, message: str, span: Span, hint: str = "") -> None:
        self.diagnostics.append(Diagnostic(code, message, self.sources[span.file], span, hint))


def resolve(source: Source, parsed: Parsed, read: Read = lambda _: None) -> tuple[Resolved, tuple[Diagnostic, ...]]:
    """Bind the names of a parsed mapping.

    Shape:  the resolved mapping (of what could be bound) and what is wrong, the parser's diagnostics included
    """
    if parsed.mapping.destination is None and source.name.endswith(".md"):
        parsed = _of_page(source)
    bind = _Binder([source], list(parsed.diagnostics), set(parsed.broken))
    included = _include(bind, parsed.mapping, read)
    everything = (*included, *parsed.mapping.sections)
    shapes = _by_name(bind, everything, n.Shape, "shape")
    lets = _by_name(bind, everything, n.Let, "let")
    tables = _by_name(bind, everything, n.LookupTable, "table")
    rows = _by_name(bind, everything, n.Rows, "rows")
    actions = _by_name(bind, everything, n.Action, "action")
    head = parsed.mapping.destination
    if head is None and not any(d.code in ("E013", "E014", "E114") or _is_of_head(d) for d in bind.diagnostics):
        bind.report(
            "E114", "this file has no destination", source.span(0, 0), 'its first line is `destination NAME "Title"`'
        )
    resolved_actions = [_action(bind, action, rows) for action in actions.values()]
    presets = _presets(bind, [s for s in everything if isinstance(s, n.Preset)], actions, rows)
    resolved = Resolved(
        mapping=parsed.mapping,
        sources=tuple(bind.sources),
        name=head.name if head else "",
        title=(head.title or head.name) if head else "",
        semantics=head.semantics if head else "",
        settings=_settings(bind, everything),
        actions=(*resolved_actions, *presets),
        shapes=with_nested(shapes, required=head is None or head.semantics != "segment"),
        lets=lets,
        tables=tables,
        rows=rows,
        examples=tuple(s for s in everything if isinstance(s, n.Example)),
        laws=tuple(s for s in everything if isinstance(s, n.Law)),
        broken=frozenset(bind.broken),
    )
    found = (*bind.diagnostics, *check_names(resolved), *check_size(resolved))
    return resolved, tuple(sorted(found, key=lambda d: (d.span.file, d.span.start, d.code)))


def _include(
    bind: _Binder, mapping: n.Mapping, read: Read, chain: tuple[str, ...] = (), done: set[str] | None = None
) -> tuple[n.Section, ...]:
    """The rows, shapes, lets and tables of included files, in order.

    Shape:  `chain` are the files that led here, the nearest last; `done` those that were read: a file that
        several others include is read once
    """
    done = set() if done is None else done
    found: list[n.Section] = []
    for include in mapping.all_of(n.Include):
        name = _from_folder_of(chain[-1] if chain else "", include.path)
        if name in chain:
            bind.report("E111", f"`{name}` includes itself", include.span, "take one of the `include` lines out")
            continue
        if len(chain) == MOST_FILES_DEEP:
            bind.report("E111", f"more than {MOST_FILES_DEEP} files include each other in a row", include.span)
            continue
        if name in done:
            continue
        done.add(name)
        text = read(name)
        if text is None:
            hint = "the path is from this file's folder"
            bind.report("E111", f"there is no file `{name}` to include", include.span, hint)
            continue
        source = Source(name, text, len(bind.sources))
        bind.sources.append(source)
        parsed = parse(source)
        bind.diagnostics += parsed.diagnostics
        bind.broken |= parsed.broken
        found += _include(bind, parsed.mapping, read, (*chain, name), done)
        found += [s for s in parsed.mapping.sections if isinstance(s, n.Rows | n.Shape | n.Let | n.LookupTable)]
        _left_behind(bind, include, name, parsed.mapping)
    return tuple(found)


_WORDS: tuple[tuple[type[n.Section], str, str], ...] = (
    (n.Settings, "settings", "settings"), (n.Action, "an action", "actions"), (n.Preset, "a preset", "presets"),
    (n.Example, "an example", "examples"), (n.Law, "a law", "laws"),
)  # fmt: skip


def _left_behind(bind: _Binder, include: n.Include, name: str, mapping: n.Mapping) -> None:
    """W312 for what stands in an included file and takes no part here."""
    counts = [(len(mapping.all_of(kind)), one, many) for kind, one, many in _WORDS]
    left = [one if count == 1 else f"{count} {many}" for count, one, many in counts if count]
    if left:
        listed = left[0] if len(left) == 1 else f"{', '.join(left[:-1])} and {left[-1]}"
        message = f"`{name}` has {listed}, which `include` does not bring"
        bind.report(Code.NOT_INCLUDED, message, include.span, "it brings rows, shapes, lets and tables")


def _of_page(source: Source) -> Parsed:
    """A docs page where a mapping file is wanted: each of its lines would be an error."""
    span, hint = source.span(0, 0), f"`atpath import {source.name}` makes a mapping file of it"
    return Parsed(
        n.Mapping(None, ()), (Diagnostic("E114", "this is a docs page, no mapping file", source, span, hint),)
    )


def _is_of_head(diagnostic: Diagnostic) -> bool:
    """Whether it is the line of the destination that could not be read, or whose first word is misspelt."""
    text = diagnostic.source.text
    start = text.rfind("\n", 0, diagnostic.span.start) + 1
    if diagnostic.code != "E002":
        return text.startswith("destination", start)
    return slip_of(text[start : diagnostic.span.end].partition(" ")[0], ("destination",)) is not None


def _from_folder_of(file: str, path: str) -> str:
    """The path of a file that `file` includes, from the mapping's own folder."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(file), path))


NamedSection = TypeVar("NamedSection", n.Shape, n.Let, n.LookupTable, n.Rows, n.Action)


def _by_name(
    bind: _Binder, sections: tuple[n.Section, ...], kind: type[NamedSection], word: str
) -> dict[str, NamedSection]:
    found: dict[str, NamedSection] = {}
    for section in sections:
        if not isinstance(section, kind):
            continue
        first = found.setdefault(section.name, section)
        if first is not section:
            where = bind.sources[first.span.file]
            hint = f"the first is on line {where.line_of(first.span.start)} of {where.name}"
            bind.report("E109", f"{word} `{section.name}` is there twice", section.span, hint)
    return found


def _settings(bind: _Binder, sections: tuple[n.Section, ...]) -> tuple[n.SettingRow, ...]:
    tables = [s for s in sections if isinstance(s, n.Settings)]
    for table in tables[1:]:
        bind.report("E109", "a second table of settings", table.span, "put its rows into the first")
    return tables[0].rows if tables else ()


def _used(
    bind: _Binder, use: tuple[n.Named, ...], rows: dict[str, n.Rows], own: tuple[n.Row, ...]
) -> tuple[n.Row, ...]:
    """Own rows laid over those of `use`: an own row takes the place of a shared one of its name."""
    shared: dict[str, n.Row] = {}
    for name in use:
        if name.name not in rows:
            hint = did_you_mean(name.name, rows) or "name a `rows` section"
            bind.report("E102", f"there are no rows `{name.name}`", name.span, hint)
            continue
        shared |= {row.field.text: row for row in rows[name.name].rows}
    return _laid_over(shared, own)


def _laid_over(below: dict[str, n.Row], own: tuple[n.Row, ...]) -> tuple[n.Row, ...]:
    merged = dict(below)
    for row in own:
        under = merged.get(row.field.text)
        if under is not None and row.type is None:
            row = replace(row, type=under.type)
        merged[row.field.text] = row
    return tuple(merged.values())


def _action(bind: _Binder, action: n.Action, rows: dict[str, n.Rows]) -> ResolvedAction:
    return ResolvedAction(
        key=action.name,
        name=action.name,
        title=action.title or action.name,
        deliver=action.deliver,
        when=action.when,
        for_each=action.for_each,
        rows=_used(bind, action.use, rows, action.rows),
        preset=None,
        span=action.span,
    )


def _presets(
    bind: _Binder, presets: list[n.Preset], actions: dict[str, n.Action], rows: dict[str, n.Rows]
) -> list[ResolvedAction]:
    found: list[ResolvedAction] = []
    taken = set(actions)
    for preset in presets:
        action = actions.get(preset.of.name)
        if action is None:
            hint = did_you_mean(preset.of.name, actions) or "name an action of this file"
            bind.report("E101", f"there is no action `{preset.of.name}`", preset.of.span, hint)
            continue
        below = {row.field.text: row for row in _used(bind, action.use, rows, action.rows)}
        own = _used(bind, preset.use, rows, preset.rows)
        for row in own:
            if row.type is None and row.field.text not in below and row.field.parts != ("*",):
                hint = did_you_mean(row.field.text, below) or "give it a type to add it"
                message = f"action `{action.name}` has no field `{row.field.text}`"
                bind.report("E108", message, row.field.span, hint)
        found.append(_laid(preset, action, _laid_over(below, own), _free(preset.title, taken)))
    return found


def _laid(preset: n.Preset, action: n.Action, rows: tuple[n.Row, ...], key: str) -> ResolvedAction:
    when = preset.when if preset.when is not None or not preset.slug else n.Constant(False)
    return ResolvedAction(
        key, action.name, preset.title, action.deliver, when, action.for_each, rows, preset, preset.span
    )


def _free(title: str, taken: set[str]) -> str:
    key, count = title, 1
    while key in taken:
        count += 1
        key = f"{title} {count}"
    taken.add(key)
    return key
