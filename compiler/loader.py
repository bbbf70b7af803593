"""A mapping file to a destination that maps events: parse, resolve, check, lower, optimise, emit, load."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path as FilePath
from types import CodeType
from typing import Any, cast

from ..dsl import nodes as n
from ..dsl.diagnostics import Diagnostic, MappingError, Severity
from ..dsl.parser import parse
from ..dsl.source import Source
from . import ir, prelude
from .code import code_of, known_names, namespace_of
from .destination import Action, Clock, Destination
from .emit import Emitted, emit
from .files import find_mapping, read_included, read_mapping
from .lower import lower
from .prelude import Run
from .resolve import resolve
from .resolved import Resolved
from .setting_fits import fit_settings
from .setting_types import setting_types


@dataclass(frozen=True, slots=True)
class Checked:
    """A mapping with its diagnostics: what `check` shows and `load` compiles."""

    resolved: Resolved
    diagnostics: tuple[Diagnostic, ...]

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """Those that keep the mapping from being compiled."""
        return tuple(d for d in self.diagnostics if d.severity is Severity.ERROR)


def check_text(
    text: str,
    name: str,
    folder: FilePath | None = None,
    read: Callable[[FilePath | None, str], str | None] = read_included,
) -> Checked:
    """Parse and resolve a mapping's text; includes are read from `folder`."""
    source = Source(name, text)
    resolved, diagnostics = resolve(source, parse(source), lambda path: read(folder, path))
    return Checked(resolved, diagnostics)


def load(
    mapping: str | FilePath,
    *,
    settings: Mapping[str, Any] | None = None,
    strict: bool = False,
    now: Clock | None = None,
) -> Destination:
    """Compile a mapping file, or one that ships (`load("heap")`).

    Shape:  `settings` by name; `strict`: a value that does not fit its type rejects the event; `now` gives the time
        as ISO 8601 text (the real clock without it)
    Errors: MappingError with every diagnostic of the file; OSError where it cannot be read
    """
    path = find_mapping(str(mapping))
    text = read_mapping(path)
    return load_text(text, str(mapping), path.parent, settings=settings, strict=strict, now=now)


def load_text(
    text: str,
    name: str = "<mapping>",
    folder: FilePath | None = None,
    *,
    settings: Mapping[str, Any] | None = None,
    strict: bool = False,
    now: Clock | None = None,
) -> Destination:
    """The same from a text. `name` is what messages and tracebacks call it."""
    checked = check_text(text, name, folder)
    if checked.errors:
        raise MappingError(checked.diagnostics)
    return compile_resolved(checked.resolved, settings=settings, strict=strict, now=now)


def compile_resolved(
    resolved: Resolved, *, settings: Mapping[str, Any] | None = None, strict: bool = False, now: Clock | None = None
) -> Destination:
    """The destination of a resolved mapping without errors.

    Errors: ModuleNotFoundError for a mapping that says `liquid` where its library is not installed
    """
    from .optimise import optimise, optimise_for_dicts

    if resolved.semantics == "segment":
        from .segment.destination import segment_destination

        return segment_destination(resolved, _settings(resolved, settings or {}), strict, now)
    program = optimise(lower(resolved))
    emitted = emit(optimise_for_dicts(program))
    _need_liquid(emitted)
    namespace = run_text(emitted, code_of(emitted.text, emitted.spans, resolved.source))
    values = _settings(resolved, settings or {})
    run = Run(now, values, strict)
    actions = {build.key: _action(build, resolved, emitted, namespace, run) for build in program.builds}
    return Destination(
        resolved.name, resolved.title, actions, values, resolved, program, run, emitted.module, namespace["route"]
    )


def _need_liquid(emitted: Emitted) -> None:
    """Without its library a template would give nothing, and nobody would hear of it."""
    if any('"@liquid"' in text for text in emitted.raws.values()) and find_spec("liquid") is None:
        raise ModuleNotFoundError("`liquid` needs python-liquid, which the extra `segment` brings", name="liquid")


def _action(build: ir.Build, resolved: Resolved, emitted: Emitted, namespace: dict[str, Any], run: Run) -> Action:
    fires, function = emitted.functions[build.key]
    deliver = next(a.deliver for a in resolved.actions if a.key == build.key)
    return Action(
        build.key, build.name, build.title, deliver, namespace[function], namespace[fires], build.items is not None, run
    )


def _settings(resolved: Resolved, given: Mapping[str, Any]) -> dict[str, Any]:
    return default_settings(resolved) | fit_settings(setting_types(resolved), given)


def default_settings(resolved: Resolved) -> dict[str, Any]:
    """The settings that nobody has to give."""
    return {row.name: row.default.value for row in resolved.settings if isinstance(row.default, n.Literal)}


def run_text(emitted: Emitted, code: CodeType | None = None) -> dict[str, Any]:
    """The functions of emitted text by their names; without a code of its own, its lines are the text's."""
    namespace = namespace_of(known_names()) | {name: raw_directive(text) for name, text in emitted.raws.items()}
    exec(code or emitted.text, namespace)
    return namespace


def raw_directive(text: str) -> Callable[[Any], Any]:
    """A directive that the language has no words for runs by Segment's rules."""
    from .segment import compile_directives
    from .segment.errors import MappingError as SegmentError

    run = compile_directives({"value": json.loads(text)})

    def raw(value: Any) -> Any:
        try:
            result: Any = run(value)
        except SegmentError:
            return prelude.NOTHING
        return cast("dict[str, Any]", result).get("value", prelude.NOTHING)

    return raw
