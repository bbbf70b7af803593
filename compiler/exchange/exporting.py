"""A mapping to a destination as Segment defines it, and a list of what Segment's JSON cannot say."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from ...dsl import nodes as n
from ...dsl.codes import Code
from ...dsl.diagnostics import Diagnostic
from ...dsl.directives import CannotSay
from ...dsl.source import NOWHERE, Span
from ..resolved import Resolved, ResolvedAction
from .notes import (
    ACTION_KEYS,
    AUDIENCE,
    DEFINITION_KEYS,
    FIELD_KEYS,
    OPTIONAL,
    PRESET_KEYS,
    PRESETS,
    SETTING_KEYS,
    WITHOUT,
    completed,
    read_extra,
)
from .sources import mapping_of, names_of
from .triggers import ALWAYS, NEVER, read_trigger, same_trigger, write_trigger
from .types import agrees, write_type
from .words import action_words, destination_words, preset_words, setting_words


def export_definition(resolved: Resolved) -> tuple[dict[str, n.Json], tuple[Diagnostic, ...]]:
    """The definition of a mapping's destination, and what of the mapping is not in it.

    Shape:  what `import_definition` reads; W310 for what Segment's JSON cannot say, I410 for what it has no place for
    """
    exporter = _Exporter(resolved, names_of(resolved))
    definition = exporter.definition()
    found = [*exporter.found, *_without_place(resolved)]
    # A row of several actions, or of an action and its presets, is written for each of them, and said once.
    return definition, tuple(sorted(dict.fromkeys(found), key=lambda d: (d.span.file, d.span.start)))


def _without_place(resolved: Resolved) -> Iterator[Diagnostic]:
    """Sections and lines that are for this language's own tools."""
    for kind, word in ((n.Example, "examples"), (n.Law, "laws")):
        for section in resolved.mapping.all_of(kind)[:1]:
            yield resolved.diagnostic(Code.NO_PLACE, f"a definition of Segment's has no {word}", section.span)
    for action in resolved.mapping.all_of(n.Action):
        if action.deliver:
            message = "Segment's definition does not say how a payload is delivered"
            yield resolved.diagnostic(
                Code.NO_PLACE, message, action.span, f"`deliver {' '.join(action.deliver)}` is left out"
            )
    if resolved.semantics != "segment":
        span = resolved.mapping.destination.span if resolved.mapping.destination else NOWHERE
        hint = "`semantics segment` in the mapping makes it mean what Segment's engine does"
        yield resolved.diagnostic(Code.NO_PLACE, "Segment's engine has rules of its own for odd values", span, hint)


@dataclass(slots=True)
class _Exporter:
    resolved: Resolved
    names: Mapping[str, n.Expr]
    found: list[Diagnostic] = field(default_factory=list[Diagnostic])
    optional: bool = False
    inside: tuple[str, ...] = ()  # the shapes whose members are being written

    def definition(self) -> dict[str, n.Json]:
        head = self.resolved.mapping.destination or n.Destination("destination", "")
        extra = read_extra(head.extra)
        self.optional = extra.get(OPTIONAL) is True
        words = destination_words(head.name, head.title, head.about)
        settings = [(AUDIENCE in read_extra(row.extra), self._setting(row)) for row in self.resolved.settings]
        words["settings"] = [value for audience, value in settings if not audience]
        if any(audience for audience, _ in settings):
            words["audience_settings"] = [value for audience, value in settings if audience]
        nodes = {action.name: action for action in self.resolved.mapping.all_of(n.Action)}
        presets = [(a, a.preset) for a in self.resolved.actions if a.preset is not None]
        written = [self._preset(laid, preset, nodes[laid.name]) for laid, preset in presets]
        actions: list[n.Json] = []
        for action in self.resolved.actions:
            if action.preset is None:
                mine = [w for (laid, _), w in zip(presets, written, strict=True) if laid.name == action.name]
                actions.append(self._action(action, nodes[action.name], mine))
        words["presets"] = _with_strays(written, extra.get(PRESETS))
        words["actions"] = actions
        return completed(words, extra, DEFINITION_KEYS)

    def _report(self, error: CannotSay, span: Span) -> None:
        place = error.span if error.span != NOWHERE else span
        self.found.append(self.resolved.diagnostic(Code.UNSAID, error.message, place, error.hint))

    def _setting(self, row: n.SettingRow) -> dict[str, n.Json]:
        try:
            words = setting_words(row, optional=self.optional)
        except CannotSay as error:
            self._report(error, row.span)
            words = setting_words(replace(row, type=_nearest(row.type)), optional=self.optional)
        return completed(words, read_extra(row.extra), SETTING_KEYS)

    # --- actions and presets

    def _action(self, action: ResolvedAction, node: n.Action, presets: list[dict[str, n.Json]]) -> dict[str, n.Json]:
        triggers = [str(preset["subscribe"]) for preset in presets if "subscribe" in preset] if presets else None
        words, extra = action_words(node, triggers), read_extra(node.extra)
        self._trigger(node.when or ALWAYS, words, extra, "defaultSubscription")
        if node.for_each is not None:
            self._report(CannotSay("Segment's actions make one payload of an event"), node.for_each.span)
        words["fields"] = self._fields(action)
        return completed(words, extra, ACTION_KEYS)

    def _preset(self, laid: ResolvedAction, preset: n.Preset, action: n.Action) -> dict[str, n.Json]:
        words, extra = preset_words(preset), read_extra(preset.extra)
        if preset.when is not None:
            self._trigger(preset.when, words, extra, "subscribe")
        words["partnerAction"] = read_extra(action.extra).get("key", action.name)
        words["mapping"] = self._preset_mapping(laid, preset)
        return completed(words, extra, PRESET_KEYS)

    def _trigger(self, when: n.Condition, words: dict[str, n.Json], extra: dict[str, n.Json], key: str) -> None:
        """Drops a text from `extra` that no longer says what `when` says, and reports what no text says."""
        if when == NEVER:
            return
        text = extra.get(key)
        if isinstance(text, str) and not same_trigger(read_trigger(text), when):
            del extra[key]
        without = extra.get(WITHOUT)
        extra[WITHOUT] = [name for name in without if name != key] if isinstance(without, list) else []
        if key not in words and key not in extra:
            try:
                write_trigger(when)
            except CannotSay as error:
                self._report(error, when.span)

    def _mapping(self, action: ResolvedAction) -> dict[str, n.Json]:
        return mapping_of(action.rows, self.names, lambda error, row: self._report(error, row.span))

    def _preset_mapping(self, laid: ResolvedAction, preset: n.Preset) -> dict[str, n.Json]:
        """The preset's mapping: what the action has by itself comes first, then what the preset adds."""
        mapping = self._mapping(laid)
        below = next(a for a in self.resolved.actions if a.preset is None and a.name == laid.name)
        first = [row.field.parts[0] for row in below.rows if row.source is not None]
        own = [row.field.parts[0] for row in preset.rows]
        return {name: mapping[name] for name in (*first, *own) if name in mapping} | mapping

    # --- fields

    def _fields(self, action: ResolvedAction) -> dict[str, n.Json]:
        defaults = self._mapping(action)
        fields = self._members(action.rows)
        for name, default in defaults.items():
            field = fields.get(name)
            if isinstance(field, dict):
                fields[name] = completed(field | {"default": default}, {}, FIELD_KEYS)
        return fields

    def _members(self, rows: tuple[n.Row, ...]) -> dict[str, n.Json]:
        """The fields of rows, members inside of those that hold them."""
        own: dict[str, n.Row | None] = {}
        below: dict[str, list[n.Row]] = {}
        for row in rows:
            name, *rest = row.field.parts
            if name == n.SPREAD and not rest:
                continue
            own.setdefault(name, None)
            if rest:
                inner = n.FieldName(tuple(rest), span=row.field.span)
                below.setdefault(name, []).append(replace(row, field=inner))
            else:
                own[name] = row
        return {name: self._field(name, row, tuple(below.get(name, ()))) for name, row in own.items()}

    def _field(self, name: str, row: n.Row | None, members: tuple[n.Row, ...]) -> dict[str, n.Json]:
        words: dict[str, n.Json] = {"type": "object"}
        kind = row.type if row is not None else None
        if row is not None:
            try:
                kind, shaped = self._shape_of(kind)
                words = write_type(kind) | shaped
            except CannotSay as error:
                self._report(error, row.span)
                words = write_type(_nearest(kind)) if kind is not None else {}
        if self.optional and "required" not in words:
            words["required"] = False
        if row is not None and row.description:
            words["description"] = row.description
        if members:
            words["properties"] = self._members(members)
        extra = read_extra(row.extra) if row is not None else {}
        whole = completed(words, extra, FIELD_KEYS)
        if not agrees(whole, kind):
            whole = completed(extra, words, FIELD_KEYS)  # the type was changed since: its words win
        if row is not None and kind is not None and "type" not in whole:
            self._report(CannotSay("Segment's fields have one type", kind.span), row.span)
        return whole

    def _shape_of(self, kind: n.FieldType | None) -> tuple[n.FieldType | None, dict[str, n.Json]]:
        """The type with `object` for a shape, and what the shape says."""
        value = kind.value.item if kind is not None and isinstance(kind.value, n.ListType) else kind and kind.value
        shape = self.resolved.shapes.get(value.name) if isinstance(value, n.NamedType) else None
        if kind is None or shape is None:
            return kind, {}
        if shape.name in self.inside:
            hint = "give the innermost a type `object`"
            raise CannotSay(f"Segment's fields cannot hold themselves, as `{shape.name}` does", kind.span, hint)
        plain = n.NamedType("object", span=kind.span)
        outside, self.inside = self.inside, (*self.inside, shape.name)
        shaped: dict[str, n.Json] = {"properties": self._members(shape.rows)}
        self.inside = outside
        if not shape.closed:
            shaped["additionalProperties"] = True
        return replace(kind, value=n.ListType(plain) if isinstance(kind.value, n.ListType) else plain), shaped


def _nearest(kind: n.FieldType) -> n.FieldType:
    """A type that Segment has, for one that it has not: without bounds and conditions, and else an object."""
    kind = replace(kind, required=kind.required is True)
    value = kind.value.item if isinstance(kind.value, n.ListType) else kind.value
    if isinstance(value, n.NamedType):
        value = replace(value, low=None, high=None)
    for nearest in (value, n.NamedType("object")):
        listed = n.ListType(nearest) if isinstance(kind.value, n.ListType) else nearest
        try:
            write_type(replace(kind, value=listed))
        except CannotSay:
            continue
        return replace(kind, value=listed)
    return replace(kind, value=n.NamedType("object"))


def _with_strays(presets: list[dict[str, n.Json]], strays: n.Json) -> list[n.Json]:
    """The presets with those of no action of the file in their places."""
    whole: list[n.Json] = [*presets]
    for stray in strays if isinstance(strays, list) else ():
        if isinstance(stray, list) and len(stray) == 2 and isinstance(stray[0], int):
            whole.insert(stray[0], stray[1])
    return whole
