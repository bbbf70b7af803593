"""What the words of a section say in Segment's JSON: `extra` holds what an import finds beyond it."""

from collections.abc import Sequence

from ...dsl import nodes as n
from ...dsl.directives import CannotSay
from .triggers import NEVER, write_trigger
from .types import write_type


def written_trigger(condition: n.Condition | None) -> str | None:
    """The trigger text of a condition; None where there is none, or Segment cannot say it."""
    try:
        return write_trigger(condition) if condition is not None and condition != NEVER else None
    except CannotSay:
        return None


def destination_words(name: str, title: str, about: str) -> dict[str, n.Json]:
    """A destination's own members. What no line of the file says is as it most often is."""
    words: dict[str, n.Json] = {"slug": name, "name": title or name}
    if about:
        words["description"] = about
    common: dict[str, n.Json] = {"registered": True, "mode": "cloud", "auth_scheme": "custom"}
    return words | {"directory": name.removeprefix("actions-")} | common


def setting_words(row: n.SettingRow, *, optional: bool) -> dict[str, n.Json]:
    """The members of a setting. Errors: CannotSay"""
    words: dict[str, n.Json] = {"key": row.name} | write_type(row.type)
    if optional and "required" not in words:
        words["required"] = False
    if row.description:
        words["description"] = row.description
    if isinstance(row.default, n.Literal):
        words["default"] = row.default.value
    return words


def action_words(action: n.Action, presets: Sequence[str] | None) -> dict[str, n.Json]:
    """An action's members but its fields. `presets`: the triggers of its presets; None where it has none.

    An action that its presets run has the first one's trigger as its default.
    """
    words: dict[str, n.Json] = {"key": action.name}
    if action.title:
        words["title"] = action.title
    if action.about:
        words["description"] = action.about
    trigger = presets[0] if presets and action.when == NEVER else written_trigger(action.when or n.Constant(True))
    return words | ({"defaultSubscription": trigger} if trigger is not None else {})


def preset_words(preset: n.Preset) -> dict[str, n.Json]:
    """A preset's members but its mapping."""
    words: dict[str, n.Json] = {"name": preset.title, "type": "specificEvent" if preset.slug else "automatic"}
    trigger = written_trigger(preset.when if preset.slug or preset.when is not None else n.Constant(True))
    if trigger is not None:
        words["subscribe"] = trigger
    return words | ({"eventSlug": preset.slug} if preset.slug else {}) | {"partnerAction": preset.of.name}
