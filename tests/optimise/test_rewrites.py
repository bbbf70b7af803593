"""Each rewrite on cases of its own, as text before and after; and none changes what comes of an event."""

import json
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from atpath.compiler import Rejected, ir
from atpath.compiler.code import known_names, namespace_of
from atpath.compiler.emit import emit
from atpath.compiler.loader import check_text
from atpath.compiler.lower import lower
from atpath.compiler.optimise import FOR_DICTS, OPTIMISATIONS, Rewrite
from atpath.compiler.prelude import Run
from atpath.compiler.reference import Reference
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from strategies import programs

CASES = Path(__file__).parents[1] / "cases" / "optimise"
REWRITES = OPTIMISATIONS + FOR_DICTS
NOW = "2024-01-01T00:00:00.000Z"


def program_of(text: str) -> ir.Program:
    """A mapping's program as lowering leaves it."""
    checked = check_text(text, "case.map")
    assert not checked.errors, checked.errors
    return lower(checked.resolved)


def shown(part: Any) -> str:
    """A node in words: `FirstOf($0.a, "none")`."""
    match part:
        case ir.Const(value):
            return json.dumps(value)
        case ir.Read(var, steps):
            names = (f".{step.name}" if hasattr(step, "name") else f"[{step.index}]" for step in steps)
            return f"${var}" + "".join(names)
        case ir.Select(var, path):
            return f"${var}<{len(path.segments)} segments>"
        case ir.Field():
            return f"{'.'.join(part.names)}: {shown(part.value)}"
        case ir.Ir():
            members = (getattr(part, field.name) for field in fields(part) if field.name != "span")
            return f"{type(part).__name__}({', '.join(shown(member) for member in members)})"
        case tuple():
            return f"({', '.join(map(shown, part))})"
        case _:
            return json.dumps(part)


def rows(program: ir.Program) -> list[str]:
    """A line for every trigger and field."""
    lines: list[str] = []
    for build in program.builds:
        lines.append(f"{build.key} when {shown(build.trigger)}")
        lines += [f"{build.key}.{shown(row)}" for row in build.record.fields]
    return lines


def changes(before: ir.Program, after: ir.Program) -> str:
    """What a rewrite did, and what it left alone."""
    lines: list[str] = []
    for old, new in zip(rows(before), rows(after), strict=True):
        lines += [f"  {old}"] if old == new else [f"- {old}", f"+ {new}"]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("rewrite", REWRITES, ids=lambda rewrite: rewrite.__name__)
def test_a_rewrite_has_a_file_and_cases_of_its_name(rewrite: Rewrite) -> None:
    assert rewrite.__module__ == f"atpath.compiler.optimise.{rewrite.__name__}"
    assert [*(CASES / rewrite.__name__).glob("*.map")]


@pytest.mark.parametrize("path", sorted(CASES.rglob("*.map")), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_case(path: Path, golden: Callable[[str, str], None]) -> None:
    rewrite = next(each for each in REWRITES if each.__name__ == path.parent.name)
    before = program_of(path.read_text("utf-8"))
    for earlier in REWRITES[: REWRITES.index(rewrite)]:
        before = earlier(before)
    after = rewrite(before)
    assert after != before
    assert rewrite(after) == after, "a second time changes nothing more"
    golden(f"optimise/{path.parent.name}/{path.stem}.want.txt", changes(before, after))


def outcome(results: list[tuple[str, object]]) -> str:
    """Results as one text: key order, number kinds and rejections included."""
    return json.dumps([(name, repr(r) if isinstance(r, Rejected) else r) for name, r in results])


@pytest.mark.parametrize("rewrite", [None, *REWRITES], ids=lambda rewrite: rewrite.__name__ if rewrite else "none")
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(programs.mappings(), st.lists(programs.events, min_size=1, max_size=4))
def test_a_rewrite_alone_keeps_every_payload(
    rewrite: Rewrite | None, text: str, events: list[dict[str, object]]
) -> None:
    checked = check_text(text, "case.map")
    program = lower(checked.resolved)
    emitted = emit(rewrite(program) if rewrite is not None else program)
    namespace = namespace_of(known_names())
    exec(emitted.text, namespace)
    defaults = {"region": "US"}
    run, reference = Run(lambda: NOW, defaults), Reference(checked.resolved, Run(lambda: NOW, defaults))
    note(text)
    for event in events:
        assert outcome(namespace["route"](event, run)) == outcome(reference.route(event)), emitted.text
    assert run.drops == reference.run.drops
