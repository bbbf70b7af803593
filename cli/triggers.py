"""The triggers of a mapping on the terminal, and in a docs page: what `check --triggers` shows."""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

from ..compiler.loader import load
from ..dsl.markdown import code_span
from ..harness.matrix import Matrix, matrix
from .console import plain_table, standard_output, write_json

Json: TypeAlias = Any  # what a JSON text holds
_SIGNS = {"same": "=", "inside": "<", "around": ">", "overlap": "x", "apart": ".", "undecided": "?"}
_MEANINGS = {
    "=": "the same", "<": "only where the other fires", ">": "wherever the other fires", "x": "both, on some events",
    ".": "never both", "?": "not decided",
}  # fmt: skip


def show_triggers(names: Sequence[str], form: str = "pretty") -> None:
    """Show how the triggers of mappings stand to each other.

    Shape:  names of files, or of mappings that ship; form "pretty" or "json"
    Errors: MappingError, OSError
    """
    found = {name: matrix(load(name)) for name in names}
    if form == "json":
        write_json({name: to_json(one) for name, one in found.items()})
        return
    for number, (name, one) in enumerate(found.items()):
        if number:
            standard_output().print()
        _draw(name, one)


def to_json(one: Matrix) -> Json:
    """The matrix for programs."""
    return {
        "triggers": [
            {
                "action": t.key, "when": t.text, "never": t.never, "always": t.always, "idle": t.idle,
                "event": t.event, "tried": t.tried,
            }
            for t in one.triggers
        ],
        "pairs": [
            {"first": p.first, "second": p.second, "relation": p.word, "event": p.event, "tried": p.tried}
            for p in one.pairs
        ],
        "types": [{"type": k.kind, "taken": k.taken, "missed": k.event, "tried": k.tried} for k in one.kinds],
    }  # fmt: skip


def _draw(name: str, one: Matrix) -> None:
    console = standard_output()
    console.print(name, style="bold", markup=False)
    table = plain_table("", "action", *(str(number) for number in range(1, len(one.triggers) + 1)))
    for number, row in enumerate(_cells(one), 1):
        table.add_row(str(number), one.triggers[number - 1].key, *row)
    console.print(table)
    if len(one.triggers) > 1:
        console.print(_legend(one), markup=False)
    for line in notes_of(one):
        console.print(line, markup=False, soft_wrap=True)


def _cells(one: Matrix) -> list[list[str]]:
    """The signs of the matrix, row by row."""
    signs = {(p.first, p.second): _SIGNS[p.word] for p in one.pairs}
    mirrored = {"<": ">", ">": "<"}
    signs |= {(second, first): mirrored.get(sign, sign) for (first, second), sign in signs.items()}
    keys = [t.key for t in one.triggers]
    return [["" if a == b else signs[a, b] for b in keys] for a in keys]


def _legend(one: Matrix) -> str:
    """The signs that this matrix has, with their meaning."""
    used = {cell for row in _cells(one) for cell in row}
    return "   ".join(f"{sign} {meaning}" for sign, meaning in _MEANINGS.items() if sign in used)


def notes_of(one: Matrix) -> list[str]:
    """What is worth a word: a line each."""
    return _notes(one, str)


def _notes(one: Matrix, mark: Callable[[str], str]) -> list[str]:
    """The same, with what is code marked."""
    lines: list[str] = []
    for trigger in one.triggers:
        key, text = mark(trigger.key), mark(trigger.text)
        if trigger.never:
            lines.append(f"{key} never fires: {text}")
        if trigger.never is None:
            lines.append(f"{key}: no event that fires it {_open(trigger.tried)}")
        if trigger.always is None:
            lines.append(f"{key}: no event that does not fire it {_open(trigger.tried)}")
        if trigger.always and trigger.text != "always":
            lines.append(f"{key} fires for every event: {text}")
        lines += [f"{key}: {code_span(test)} changes nothing" for test in trigger.idle if not trigger.never]
    for pair in one.pairs:
        both = f"{mark(pair.first)} and {mark(pair.second)}"
        if pair.word == "undecided":
            lines.append(f"{both}: no event that fires both {_open(pair.tried)}")
        elif pair.event is not None:
            lines.append(f"{both} both fire for {mark(_text(pair.event))}")
    return [*lines, *_kinds(one, mark)]


def _kinds(one: Matrix, mark: Callable[[str], str]) -> Iterator[str]:
    missed = [kind.kind for kind in one.kinds if kind.taken == "none"]
    if missed:
        yield f"no action takes events of type {', '.join(missed)}"
    for kind in one.kinds:
        if kind.taken == "some":
            yield f"of type {kind.kind}, no action takes {mark(_text(kind.event))}"
        elif kind.taken == "undecided":
            yield f"of type {kind.kind}, no event that no action takes {_open(kind.tried)}"


def to_markdown(one: Matrix) -> str:
    """The matrix as a section of a docs page, the notes as a list below it; "" where there is no trigger."""
    if not one.triggers:
        return ""
    keys = [code_span(t.key).replace("|", "\\|") for t in one.triggers]
    lines = ["| | " + " | ".join(map(str, range(1, len(keys) + 1))) + " |", "| --- |" + " --- |" * len(keys)]
    for number, (key, row) in enumerate(zip(keys, _cells(one), strict=True), 1):
        lines.append(f"| {number} {key} | " + " | ".join(code_span(cell) if cell else "" for cell in row) + " |")
    notes = [f"- {note}" for note in _notes(one, code_span)]
    table = [*lines, "", code_span(_legend(one)), ""] if len(keys) > 1 else []
    return "\n".join(["## Triggers", "", *table, *(notes or ["Every event is taken."]), ""])


def _open(tried: int) -> str:
    return f"was found in {tried} events, and none is excluded"


def _text(event: Json) -> str:
    return json.dumps(event, ensure_ascii=False)
