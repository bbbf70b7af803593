"""The part of `atpath import` that reads JSON: Segment's definitions, and RudderStack's rows."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .failures import UserError

if TYPE_CHECKING:
    from ..dsl.nodes import Json, Mapping


@dataclass(frozen=True, slots=True)
class Imported:
    """A mapping, and what of the JSON is not in it: a line each."""

    mapping: "Mapping"
    remarks: tuple[str, ...]


def import_json(text: str, name: str, generic: str | None = None) -> Imported:
    """The mapping of a JSON text: an object is Segment's definition, a list RudderStack's rows.

    Shape:  `name` is the file's, for messages and as a name for rows; `generic` the file of RudderStack's generic
        field map
    Errors: UserError
    """
    from ..compiler.exchange import NoDefinition, import_definition, import_rows, unkept

    data = _loads(text, name)
    try:
        match data:
            case {"actions": _}:
                mapping = import_definition(data)
                remarks = tuple(f"{place}: is not given back by `atpath export`" for place in unkept(data, mapping))
            case [{"destKey": _} | {"sourceKeys": _}, *_]:
                mapping, losses = import_rows(data, Path(name).stem if name != "-" else "rows", _generic(generic))
                remarks = tuple(f"{loss.row or '(no field)'}: {loss.message}" for loss in losses)
            case _:
                hint = "an object with `actions` is Segment's, a list of rows with `destKey` is RudderStack's"
                raise UserError(f"{name}: this JSON is no destination's definition", hint)
    except NoDefinition as error:
        raise UserError(f"{name}: {error}") from None
    except RecursionError:
        raise UserError(f"{name}: this JSON is nested too deep") from None
    return Imported(mapping, remarks)


def _loads(text: str, name: str) -> "Json":
    try:
        return json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise UserError(f"{name} is no JSON: {error}") from None


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is no number")


def _generic(name: str | None) -> "dict[str, Json]":
    if name is None:
        return {}
    data = _loads(Path(name).read_text("utf-8-sig"), name)
    if not isinstance(data, dict):
        raise UserError(f"{name}: a generic field map is an object of names and their source keys")
    return data
