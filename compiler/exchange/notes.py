"""What the language has no words for: kept in `extra`, and put back where it was.

A key that begins with `$` is a note to the export; all others are the definition's own.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Final

from ...dsl import nodes as n
from ...dsl.exchange.read import same
from .conditions import condition_json, condition_words

WITHOUT: Final = "$without"
"""Keys that the words would give and the definition lacks."""
PATHS: Final = "$paths"
"""Path texts of a row that are written otherwise than `$.a.b`."""
AUDIENCE: Final = "$audience"
"""A setting of an audience, not of the destination."""
OPTIONAL: Final = "$optional"
"""Of a destination: what is not required says `"required": false`."""
PRESETS: Final = "$presets"
"""Presets of no action of the file: [place, preset]."""

DEFINITION_KEYS: Final = (
    "slug", "name", "description", "directory", "registered", "mode", "auth_scheme", "settings", "audience_settings",
    "presets", "actions",
)  # fmt: skip
ACTION_KEYS: Final = (
    "key", "title", "description", "defaultSubscription", "platform", "batch", "syncMode", "hooks", "hidden", "fields",
)  # fmt: skip
PRESET_KEYS: Final = ("name", "type", "subscribe", "eventSlug", "partnerAction", "mapping")
FIELD_KEYS: Final = (
    "label", "description", "type", "required", "minimum", "maximum", "multiple", "allowNull", "format", "readOnly",
    "unsafe_hidden", "additionalProperties", "category", "dynamic", "defaultObjectUI", "depends_on", "choices",
    "default", "properties",
)  # fmt: skip
SETTING_KEYS: Final = (
    "key", "label", "description", "type", "required", "format", "choices", "default", "depends_on", "multiple",
)  # fmt: skip


CONDITIONS: Final = ("depends_on",)


def left_over(original: Mapping[str, n.Json], words: Mapping[str, n.Json]) -> dict[str, n.Json]:
    """What has to be added to (and taken from) the words' JSON to make it the original."""
    extra: dict[str, n.Json] = {}
    extra |= {key: value for key, value in original.items() if key not in words or not same(words[key], value)}
    without: list[n.Json] = [key for key in words if key not in original]
    if without:
        extra[WITHOUT] = without
    return extra


def completed(words: Mapping[str, n.Json], extra: Mapping[str, n.Json], order: Sequence[str]) -> dict[str, n.Json]:
    """The words' JSON with what `extra` adds and takes away, in Segment's order of keys."""
    own = {key: value for key, value in extra.items() if not key.startswith("$")}
    without = extra.get(WITHOUT)
    gone = without if isinstance(without, list) else []
    whole = {key: value for key, value in {**words, **own}.items() if key not in gone}
    known = {key: whole[key] for key in order if key in whole}
    return known | whole


def read_extra(text: str) -> dict[str, n.Json]:
    """The members of an `extra` cell or line; none where it is no object."""
    value: n.Json = json.loads(text) if text else {}
    extra = value if isinstance(value, dict) else {}
    return extra | {key: condition_json(extra[key]) for key in CONDITIONS if key in extra}


def extra_text(extra: Mapping[str, n.Json]) -> str:
    """An `extra` cell or line; empty for nothing. Conditions over fields are in the language's words."""
    shown = {**extra, **{key: condition_words(extra[key]) for key in CONDITIONS if key in extra}}
    return json.dumps(shown, ensure_ascii=False) if shown else ""
