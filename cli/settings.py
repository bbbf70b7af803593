"""Settings that a command line gives, held against the tables of mappings."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from .failures import UserError

if TYPE_CHECKING:
    from ..compiler.resolved import Resolved


def resolved_mapping(mapping: str) -> "Resolved":
    """A mapping whose names are bound, not compiled. Errors: MappingError, OSError"""
    from ..compiler.files import find_mapping, read_mapping
    from ..compiler.loader import check_text
    from ..dsl.diagnostics import MappingError

    path = find_mapping(mapping)
    checked = check_text(read_mapping(path), mapping, path.parent)
    if checked.errors:
        raise MappingError(checked.diagnostics)
    return checked.resolved


def refuse_settings(settings: Mapping[str, str], resolved: "Resolved", before: str = "") -> None:
    """UserError for a setting that the mapping does not have, or whose value is not of its type.

    Shape:  `before` is what the command line has before a name: "heap." of `--set heap.appId=11`
    """
    from ..compiler.check.given import wrong_settings
    from ..compiler.setting_fits import fit_settings
    from ..compiler.setting_types import setting_types

    _refuse_unknown(settings, [row.name for row in resolved.settings], f"{resolved.name} has", before)
    of_json = {name: how for name, how in setting_types(resolved).items() if how == "json"}
    values = fit_settings(of_json, settings)  # other words are shown as they were given
    for wrong in wrong_settings(resolved, values):
        if wrong.given:  # a required one that is left out is nothing to the rows that read it
            raise UserError(f"--set {before}{wrong.name}: {wrong.message}", wrong.hint)


def settings_of_each(
    given: Mapping[str, str], mappings: Iterable[str], before: Mapping[str, str] | None = None
) -> dict[str, dict[str, str]]:
    """The settings that each of several mappings takes: those that it has. UserError for one that none has.

    Shape:  a mapping that cannot be read is given all, as what is wrong with it is said where it is loaded;
            `before` is what a name may begin with to be of one mapping alone: {"mappings/heap.map": "heap."}
    """
    every = list(mappings)
    if not given or len(every) < 2:
        return {mapping: dict(given) for mapping in every}  # of one mapping, it is said where that is loaded
    known = {mapping: _known(mapping) for mapping in every}
    if None not in known.values():
        names = dict.fromkeys(name for each in known.values() for name in each or ())
        own = [f"{before[mapping]}{name}" for mapping, each in known.items() for name in each or ()] if before else []
        _refuse_unknown(given, list(names), "the mappings have", more=own)
    return {
        mapping: {name: value for name, value in given.items() if names is None or name in names}
        for mapping, names in known.items()
    }


def _known(mapping: str) -> list[str] | None:
    from ..dsl.diagnostics import MappingError

    try:
        return [row.name for row in resolved_mapping(mapping).settings]
    except (MappingError, OSError):
        return None


def _refuse_unknown(
    names: Iterable[str], known: list[str], who_has: str, before: str = "", more: Iterable[str] = ()
) -> None:
    for name in names:
        if name not in known:
            from difflib import get_close_matches  # only a misspelt setting needs it

            close = get_close_matches(name, [*known, *more], n=1)
            listed = ", ".join(f"{before}{each}" for each in known)
            hint = f"did you mean {before}{close[0]}?" if close else f"there are {listed}"
            if not known:
                hint = f"it has no `settings` table: give it one (name, type) with a row `| {name} | string |`"
            raise UserError(f"--set {before}{name}: {who_has} no such setting", hint=hint)
