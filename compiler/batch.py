"""Many mapping files checked, and compiled, on all cores where that takes long."""

import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TypeAlias

from ..dsl.diagnostics import Diagnostic, MappingError, Severity
from .outcome import check_file, known_outcome

Judged: TypeAlias = tuple[Diagnostic, ...] | OSError
FEW = 3  # new files that one process works at alone: others have to start first


def check_files(names: Sequence[str], schema: str = "", compiled: bool = False) -> list[Judged]:
    """What is wrong with each of some mapping files (no two the same), in their order; where one cannot be read, why.

    Shape:  with `compiled`, those without an error are compiled too and kept, so that they start at once
    Errors: BadSchema
    """
    judge = partial(_judge, schema=schema, compiled=compiled)
    known = {name: _known(name, schema, compiled) for name in names}
    new = [name for name, found in known.items() if found is None]
    if len(new) > FEW and _cores() > 1:
        judged = _on_all_cores(judge, new)
    else:
        judged = {name: judge(name) for name in new}
    return [judged[name] if found is None else found for name, found in known.items()]


def _known(name: str, schema: str, compiled: bool) -> Judged | None:
    """What was found before, where the file is as it was then."""
    try:
        found = known_outcome(name, schema)
        if found is None or not compiled or _has_errors(found) or _is_compiled(name):
            return found
    except OSError as error:
        return error
    return None


def _on_all_cores(judge: "partial[Judged]", names: Sequence[str]) -> dict[str, Judged]:
    from concurrent.futures import ProcessPoolExecutor  # most runs need none

    largest_first = sorted(names, key=_size, reverse=True)
    with ProcessPoolExecutor(min(_cores(), len(names))) as pool:
        return dict(zip(largest_first, pool.map(judge, largest_first), strict=True))


def _judge(name: str, schema: str, compiled: bool) -> Judged:
    try:
        found = check_file(name, schema)
        return found if not compiled or _has_errors(found) else found + _compile(name)
    except OSError as error:
        return error


def _is_compiled(name: str) -> bool:
    from .cache import is_kept  # most runs only check

    return is_kept(name)


def _has_errors(found: tuple[Diagnostic, ...]) -> bool:
    return any(d.severity is Severity.ERROR for d in found)


def _compile(name: str) -> tuple[Diagnostic, ...]:
    from .cache import open_mapping

    try:
        open_mapping(name)
    except MappingError as error:
        return error.diagnostics
    return ()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _size(name: str) -> int:
    path = Path(name)
    return path.stat().st_size if path.is_file() else 0
