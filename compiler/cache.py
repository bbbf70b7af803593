"""Compiled mappings kept between runs: who maps events again starts at once.

Kept is generated text, which is executed, so it is taken only from a file that this user owns and nobody else may
write to, and only under the digest of everything that it was made from. The compiler is imported where nothing fits.
"""

from collections.abc import Callable, Mapping
from dataclasses import astuple, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from ..dsl.cache import digest, keep, recall
from ..dsl.source import Source, Span
from .code import code_of, namespace_of, used_names
from .destination import Action, Clock, Event, Payload
from .fast.lines import LineMapper, Plan, load_plan
from .files import find_mapping, read_included, read_mapping
from .prelude import Rejected, Run
from .setting_fits import do_fit, fit_settings

if TYPE_CHECKING:
    from .destination import Destination
    from .resolved import Resolved

Json: TypeAlias = Any  # what a JSON text holds
KIND = "compiled"


@dataclass(slots=True)
class Compiled:
    """A mapping ready to run, as a Destination is, without the syntax tree.

    Shape:  `known_settings` are the names that it has settings for; `settings_fit`: those that were given are among
            them and of their types, which False leaves open
    """

    name: str
    title: str
    settings: dict[str, Any]
    known_settings: tuple[str, ...]
    settings_fit: bool
    run: Run
    actions: dict[str, Action]
    _plan: Plan | None
    _route: Callable[[Event, Run], list[tuple[str, Payload | Rejected]]]

    def route(self, event: Event) -> list[tuple[str, Payload | Rejected]]:
        """Each action whose trigger holds with its payload or its rejection, in the mapping's order."""
        return self._route(event, self.run)

    def line_mapper(self) -> LineMapper | None:
        """The fast way from lines to lines, None where the mapping has more to it than that."""
        return None if self._plan is None else load_plan(self._plan, self.run)

    @property
    def drops(self) -> dict[tuple[str, str], int]:
        """What was left out or cut so far: {(row, reason): n}."""
        return self.run.drops


def open_mapping(
    mapping: str, *, settings: Mapping[str, Any] | None = None, strict: bool = False, now: Clock | None = None
) -> Compiled:
    """A mapping file, or one that ships, compiled now or before.

    Errors: MappingError with every diagnostic of the file; OSError where it cannot be read
    """
    path = find_mapping(mapping)
    text = read_mapping(path)
    key = digest(KIND, mapping, text)
    compiled = _recalled(recall(KIND, key), Source(mapping, text), path.parent, settings or {}, strict, now)
    if compiled is not None:
        return compiled
    return _compiled(key, mapping, text, path.parent, settings or {}, strict, now)


def is_kept(mapping: str) -> bool:
    """Whether a mapping was compiled as it is now. Errors: OSError"""
    path = find_mapping(mapping)
    kept = recall(KIND, digest(KIND, mapping, read_mapping(path)))
    return kept is not None and _is_fresh(kept, path.parent)


def _is_fresh(kept: Json, folder: Path) -> bool:
    return all(_mark(read_included(folder, other)) == mark for other, mark in kept["read"].items())


def _compiled(
    key: str, name: str, text: str, folder: Path, settings: Mapping[str, Any], strict: bool, now: Clock | None
) -> Compiled:
    from ..dsl.diagnostics import MappingError
    from .loader import check_text, compile_resolved

    read: dict[str, str | None] = {}

    def included(folder: Path | None, other: str) -> str | None:
        read[other] = read_included(folder, other)
        return read[other]

    checked = check_text(text, name, folder, included)
    if checked.errors:
        raise MappingError(checked.diagnostics)
    destination = compile_resolved(checked.resolved, settings=settings, strict=strict, now=now)
    plan = _plan_of(destination)
    known = tuple(row.name for row in destination.resolved.settings)
    record = _record(destination, plan, known)
    if record is not None:
        keep(KIND, key, record | {"read": {other: _mark(held) for other, held in read.items()}})
    return Compiled(
        destination.name, destination.title, destination.settings, known, _do_fit(destination.resolved, settings),
        destination.run, destination.actions, plan, lambda event, run: destination.route(event),
    )  # fmt: skip


def _do_fit(resolved: "Resolved", settings: Mapping[str, Any]) -> bool:
    from .setting_types import plain_settings, setting_types

    return do_fit(setting_types(resolved), plain_settings(resolved), settings)


def _plan_of(destination: "Destination") -> Plan | None:
    from .fast.emit import emit_plan

    return None if destination.program is None else emit_plan(destination.program)


def _record(destination: "Destination", plan: Plan | None, known: tuple[str, ...]) -> Json | None:
    """A compiled mapping as JSON.

    Shape:  under `semantics segment` the definition, which is data; None for what is more than generated text, single
        directives that Segment's rules run
    """
    from .emit import emit
    from .loader import default_settings
    from .optimise import optimise_for_dicts
    from .setting_types import plain_settings, setting_types

    head = {
        "name": destination.name,
        "title": destination.title,
        "known": known,
        "defaults": default_settings(destination.resolved),
        "types": setting_types(destination.resolved),
        "plain": plain_settings(destination.resolved),
    }
    if destination.program is None:
        return head | _definition_of(destination.resolved)
    emitted = emit(optimise_for_dicts(destination.program))
    if emitted.raws:
        return None
    return head | {
        "actions": [
            [a.key, a.name, a.title, a.deliver, a.per_item, *emitted.functions[a.key]]
            for a in destination.actions.values()
        ],
        "text": emitted.text,
        "spans": [[s.start, s.end, s.file] for s in emitted.spans],
        "names": used_names(emitted.text),
        "plan": None if plan is None else [plan.text, plan.actions],
    }


def _definition_of(resolved: "Resolved") -> Json:
    from .exchange.exporting import export_definition
    from .segment.destination import to_called

    exported, _ = export_definition(resolved)
    return {"definition": exported, "called": [astuple(called) for called in to_called(resolved)]}


def _recalled(
    kept: Json | None, source: Source, folder: Path, settings: Mapping[str, Any], strict: bool, now: Clock | None
) -> Compiled | None:
    if kept is None:
        return None
    try:
        if not _is_fresh(kept, folder):
            return None
        values = kept["defaults"] | fit_settings(kept["types"], settings)
        do = do_fit(kept["types"], kept["plain"], settings)
        run = Run(now, values, strict)
        if "definition" in kept:
            return _with_definition(kept, values, do, run)
        text = _Text(kept["text"], kept["spans"], kept["names"], source)
        actions = {
            key: Action(key, name, title, tuple(deliver), text.function(build), text.function(fires), per_item, run)
            for key, name, title, deliver, per_item, fires, build in kept["actions"]
        }
        plan = None if kept["plan"] is None else Plan(kept["plan"][0], tuple(kept["plan"][1]))
        return Compiled(
            kept["name"], kept["title"], values, tuple(kept["known"]), do, run, actions, plan, text.function("route")
        )
    except (AttributeError, LookupError, TypeError, ValueError):
        return None


def _with_definition(kept: Json, values: dict[str, Any], do: bool, run: Run) -> Compiled:
    from .segment.actions import Called, to_late_actions, to_route_all

    called = [Called(key, name, title, tuple(deliver), *flags) for key, name, title, deliver, *flags in kept["called"]]
    actions = to_late_actions(called, kept["definition"], run)
    known = tuple(kept["known"])
    return Compiled(kept["name"], kept["title"], values, known, do, run, actions, None, to_route_all(actions))


@dataclass(slots=True)
class _Text:
    """Generated text that is compiled when one of its functions is called: the fast way may need none."""

    text: str
    spans: list[list[int]]
    names: dict[str, str]
    source: Source
    namespace: dict[str, Any] = field(default_factory=dict[str, Any])

    def function(self, name: str) -> Callable[..., Any]:
        """The function of this name."""

        def call(*values: Any) -> Any:
            if not self.namespace:
                loaded = namespace_of(self.names)
                exec(code_of(self.text, [Span(*span) for span in self.spans], self.source), loaded)
                self.namespace.update(loaded)
            return self.namespace[name](*values)

        return call


def _mark(text: str | None) -> str | None:
    return None if text is None else digest("included", text)
