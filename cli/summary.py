"""What became of the events, as a screen or as JSON."""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..runtime.json_text import Json, Object
from ..runtime.run import Tally

if TYPE_CHECKING:
    from rich.console import Console

Drops = Mapping[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run came to.

    Shape:  drops: (row, reason) -> times a value was left out or cut; more: further numbers, each
            (a name for programs, words, number); a pretty summary leaves noughts out; kept: where the dead letters
            of an earlier run are now
    """

    tally: Tally
    drops: Drops
    dead_letters: Path
    buried: int
    more: tuple[tuple[str, str, int], ...] = ()
    kept: Path | None = None


def to_json(summary: Summary) -> Object:
    """The summary for programs."""
    tally = summary.tally
    actions: Object = {
        action: {
            "matched": matched,
            "rejected": _rejected_by(tally, action),
            "accepted": matched - _rejected_by(tally, action),
        }
        for action, matched in sorted(tally.matched.items())
    }
    rejected: list[Json] = [
        {"action": action, "row": row, "code": code, "reason": reason, "events": events}
        for (action, row, code, reason), events in tally.rejected.most_common()
    ]
    left_out: list[Json] = [
        {"row": row, "reason": reason, "times": times} for (row, reason), times in _by_times(summary.drops)
    ]
    return {
        "read": tally.read,
        "unmatched": tally.unmatched,
        "actions": actions,
        "rejected": rejected,
        "left_out": left_out,
        "dead_letters": {
            "file": str(summary.dead_letters) if summary.buried else None,
            "count": summary.buried,
            "earlier": str(summary.kept) if summary.kept else None,
        },
        **{name: number for name, _, number in summary.more},
    }


def show(summary: Summary, form: str) -> None:
    """Put the summary on standard error.

    Shape:  form is "pretty" or "json"
    """
    if form == "json":
        print(json.dumps(to_json(summary), ensure_ascii=False), file=sys.stderr)
        return
    from .console import standard_error

    draw(summary, standard_error())


def draw(summary: Summary, console: "Console") -> None:
    """Put the summary on a console as tables."""
    from .console import keep_names, plain_table

    tally = summary.tally
    actions = plain_table("action", "matched", "rejected", "accepted", numbers=("matched", "rejected", "accepted"))
    for action, matched in sorted(tally.matched.items()):
        rejected = _rejected_by(tally, action)
        actions.add_row(action, f"{matched:,}", f"{rejected:,}", f"{matched - rejected:,}")
    if tally.unmatched:
        actions.add_row("no action", f"{tally.unmatched:,}", "", "", style="dim")
    console.print(f"[bold]{tally.read:,}[/] {_plural(tally.read, 'event')} read")
    tables = [actions]
    if tally.rejected:
        tables.append(plain_table("rejected", "code", "action", "row", "events", numbers=("events",)))
        for (action, row, code, reason), events in tally.rejected.most_common():
            tables[-1].add_row(_plain(reason), code, action or "", _plain(row or ""), f"{events:,}")
    if summary.drops:
        tables.append(plain_table("left out or cut", "row", "times", numbers=("times",)))
        for (row, reason), times in _by_times(summary.drops):
            tables[-1].add_row(_plain(reason), _plain(row), f"{times:,}")
    for table in tables:
        keep_names(table, console.width, "action", "row")
        if table.row_count:
            console.print()
            console.print(table)
    console.print()
    for _, words, number in summary.more:
        if number:
            console.print(f"[bold]{number:,}[/] {words}")
    if summary.buried:
        letters = _plural(summary.buried, "dead letter")
        console.print(f"[bold]{summary.buried:,}[/] {letters} in {_plain(str(summary.dead_letters))}")
    if summary.kept:
        console.print(f"those of an earlier run are in {_plain(str(summary.kept))} now")


def _rejected_by(tally: Tally, action: str) -> int:
    return sum(events for key, events in tally.rejected.items() if key[0] == action)


def _by_times(drops: Drops) -> list[tuple[tuple[str, str], int]]:
    return sorted(drops.items(), key=lambda entry: (-entry[1], entry[0]))


def _plural(number: int, word: str) -> str:
    return word if number == 1 else f"{word}s"


def _plain(text: str) -> str:
    from rich.markup import escape

    return escape(text)
