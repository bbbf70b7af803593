"""A destination as Segment defines it to a mapping file's tree, nothing lost."""

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, replace

from ...dsl import nodes as n
from ...dsl.exchange.read import same
from .fields import FieldReader, Fields, Shapes, Sources, defaults, is_one_line, part, read_source
from .notes import AUDIENCE, OPTIONAL, PRESETS, extra_text, left_over
from .triggers import NEVER, read_trigger
from .types import read_type
from .words import action_words, destination_words, preset_words, setting_words, written_trigger

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*\Z")


class NoDefinition(ValueError):
    """The JSON is no destination's definition; the message says why."""


def import_definition(definition: dict[str, n.Json]) -> n.Mapping:
    """The mapping of a destination's definition, under `semantics segment`.

    Shape:  {"slug", "name", "settings": […], "presets": […], "actions": [{"key", "fields": {…}}]}; what is said in
            words and what is kept in `extra`: docs/exchange.md
    Errors: NoDefinition
    """
    return _Importer(definition, _objects(definition, "actions")).mapping()


def _objects(holder: Mapping[str, n.Json], key: str) -> list[dict[str, n.Json]]:
    value = holder.get(key, [])
    found = [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
    if not isinstance(value, list) or len(found) != len(value):
        raise NoDefinition(f"`{key}` is no list of objects")
    return found


def _text(holder: Mapping[str, n.Json], key: str) -> str:
    value = holder.get(key)
    if not isinstance(value, str):
        raise NoDefinition(f"`{key}` is no text")
    return value


def legal_name(text: str, taken: Container[str]) -> str:
    """The text as a name: itself where it is one, else the nearest that is still free."""
    base = text if _NAME.match(text) else re.sub(r"[^A-Za-z0-9_-]+", "_", text)
    base = base if _NAME.match(base) else f"_{base}"
    name, count = base, 1
    while name in taken:
        count += 1
        name = f"{base}{count}"
    return name


@dataclass(slots=True)
class _Importer:
    definition: dict[str, n.Json]
    actions: list[dict[str, n.Json]]

    def mapping(self) -> n.Mapping:
        for action in self.actions:
            _text(action, "key")
            if not isinstance(action.get("fields", {}), dict):
                raise NoDefinition(f"`fields` of the action {action['key']!r} is no object")
        shapes = Shapes()
        reader = FieldReader(shapes, self._says_optional())
        names: dict[str, str] = {}  # of the definition -> of the file
        for action in self.actions:
            names.setdefault(_text(action, "key"), legal_name(_text(action, "key"), set(names.values())))
        settings, audience = self._settings(reader)
        actions = [self._action(action, names, reader) for action in self.actions]
        fields = {_text(action, "key"): _fields(action) for action in self.actions}
        presets, strays = self._presets(names, fields, {action.name: action.rows for action in actions})
        notes: dict[str, n.Json] = {OPTIONAL: True} if reader.optional else {}
        if strays:
            notes[PRESETS] = strays
        sections: list[n.Section] = [n.Settings(settings)] if settings else []
        sections += _grouped(actions, presets)
        return n.Mapping(self._destination(audience, notes), (*sections, *shapes.found.values()))

    def _destination(self, audience: bool, notes: dict[str, n.Json]) -> n.Destination:
        slug = _text(self.definition, "slug")
        title = _text(self.definition, "name")
        name = legal_name(slug, ())
        about = _one_line(self.definition.get("description"))
        words = destination_words(name, title, about)
        words |= {key: self.definition.get(key, []) for key in ("settings", "presets", "actions")}
        if audience:
            words["audience_settings"] = self.definition["audience_settings"]
        extra = left_over(self.definition, words) | notes
        return n.Destination(name, title, about, extra_text(extra), "segment")

    def _says_optional(self) -> bool:
        """True if most of what is not required says so."""
        todo: list[n.Json] = [*_objects(self.definition, "settings")]
        for action in self.actions:
            todo += _fields(action).values()
        says = 0
        while todo:
            field = todo.pop()
            if isinstance(field, dict):
                says += 1 if field.get("required") is False else -1 if "required" not in field else 0
                properties = field.get("properties")
                todo += properties.values() if isinstance(properties, dict) else ()
        return says > 0

    # --- settings

    def _settings(self, reader: FieldReader) -> tuple[tuple[n.SettingRow, ...], bool]:
        """The rows of the destination's settings, then of its audiences', if those fit in."""
        rows: dict[str, n.SettingRow] = {}
        for setting in _objects(self.definition, "settings"):
            row = _setting(setting, legal_name(_text(setting, "key"), rows), reader, {})
            rows[row.name] = row
        audience = self.definition.get("audience_settings")
        of_audience = _objects(self.definition, "audience_settings") if isinstance(audience, list) else []
        for setting in of_audience:
            row = _setting(setting, legal_name(_text(setting, "key"), rows), reader, {AUDIENCE: True})
            rows[row.name] = row
        return tuple(rows.values()), bool(of_audience)

    # --- actions

    def _action(self, action: dict[str, n.Json], names: Mapping[str, str], reader: FieldReader) -> n.Action:
        key = _text(action, "key")
        name = names[key]
        title = action.get("title")
        node = n.Action(name, title if isinstance(title, str) else "", about=_one_line(action.get("description")))
        trigger, mine = action.get("defaultSubscription"), self._triggers_of(key)
        if isinstance(trigger, str) and mine is None:
            node = replace(node, when=read_trigger(trigger), comments=_remark(trigger))
        else:
            node = replace(node, when=NEVER)
        words = action_words(node, mine) | {"fields": action.get("fields", {})}
        rows = reader.rows(_fields(action))
        return replace(node, rows=rows, extra=extra_text(left_over(action, words)))

    def _triggers_of(self, key: str) -> list[str] | None:
        """The triggers of an action's presets as they will be written; None without a preset."""
        mine = [preset for preset in _objects(self.definition, "presets") if preset.get("partnerAction") == key]
        return [str(p["subscribe"]) for p in mine if isinstance(p.get("subscribe"), str)] if mine else None

    # --- presets

    def _presets(
        self, names: Mapping[str, str], fields: Mapping[str, Fields], rows: Mapping[str, tuple[n.Row, ...]]
    ) -> tuple[list[n.Preset], list[n.Json]]:
        """The presets, and with their places those of no action that there is."""
        found: list[n.Preset] = []
        strays: list[n.Json] = []
        for place, preset in enumerate(_objects(self.definition, "presets")):
            key = _text(preset, "partnerAction")
            if key in names:
                found.append(_preset(preset, names[key], fields[key], {row.field.parts for row in rows[names[key]]}))
            else:
                strays.append([place, preset])
        return found, strays


def _one_line(text: n.Json) -> str:
    return text if isinstance(text, str) and is_one_line(text) else ""


def _remark(trigger: str) -> tuple[str, ...]:
    """A comment on a trigger that says something else than it seems to."""
    written = written_trigger(read_trigger(trigger))
    text = " ".join(trigger.split())
    plain = re.sub(r"\s*(!=|=)\s*", r" \1 ", text.replace(" AND ", " and "))
    return () if plain == written else (f"# Segment's engine reads this out of: {text or 'an empty text'}",)


def _grouped(actions: list[n.Action], presets: list[n.Preset]) -> list[n.Section]:
    """Presets below their actions, where that keeps their order; else below all of them."""
    groups = [(action, [preset for preset in presets if preset.of.name == action.name]) for action in actions]
    if [preset for _, mine in groups for preset in mine] != presets:
        return [*actions, *presets]
    return [section for action, mine in groups for section in (action, *mine)]


def _setting(setting: dict[str, n.Json], name: str, reader: FieldReader, notes: dict[str, n.Json]) -> n.SettingRow:
    kind = read_type(setting) or n.FieldType(n.NamedType("any"))
    default = setting.get("default")
    literal = n.Literal(default) if "default" in setting and not isinstance(default, dict | list) else None
    row = n.SettingRow(name, kind, literal, _one_line(setting.get("description")))
    words = setting_words(row, optional=reader.optional)
    return replace(row, extra=extra_text(left_over(setting, words) | notes))


def _preset(preset: dict[str, n.Json], of: str, fields: Fields, rows: set[tuple[str, ...]]) -> n.Preset:
    title = _text(preset, "name")
    slug, trigger = preset.get("eventSlug"), preset.get("subscribe")
    node = n.Preset(title, n.Named(of), slug=slug if isinstance(slug, str) and is_one_line(slug) else "")
    if isinstance(trigger, str):
        node = replace(node, when=read_trigger(trigger), comments=_remark(trigger))
    elif not node.slug:
        node = replace(node, when=NEVER)
    mapping = preset.get("mapping")
    laid: tuple[n.Row, ...] = ()
    words = preset_words(node) | {
        "partnerAction": preset["partnerAction"],
        "mapping": mapping if isinstance(mapping, dict) else {},
    }
    if isinstance(mapping, dict):
        laid = tuple(_laid(fields, mapping, rows))
    return replace(node, rows=laid, extra=extra_text(left_over(preset, words)))


def _laid(fields: Fields, mapping: Fields, rows: set[tuple[str, ...]]) -> Iterator[n.Row]:
    """The rows in which a preset's mapping differs from the action's defaults."""
    below = defaults(fields)
    own: Sources = {}
    for key, source in mapping.items():
        field = fields.get(key)
        own |= part((key,), field if isinstance(field, dict) else {}, source, rows)
    for parts in below | own:
        if parts not in own:
            yield n.Row(n.FieldName(parts))
        elif parts not in below or not same(below[parts], own[parts]):
            source, notes = read_source(own[parts])
            kind = None if parts in rows else n.FieldType(n.NamedType("any"))
            yield n.Row(n.FieldName(parts), kind, source, extra=extra_text(notes))


def _fields(action: Mapping[str, n.Json]) -> Fields:
    fields = action.get("fields")
    return fields if isinstance(fields, dict) else {}
