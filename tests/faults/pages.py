"""The page that lists the faults, for readers."""

from collections import Counter
from collections.abc import Iterable, Sequence

from .faults import Fault

HEAD = """# Seeded faults

{count} wrong mappings, compilers and runtimes. Each is a small change that a public bug report tells of; the test
plants it and looks what finds it. {found} are found, each by an event of at most five leaves. A fault of code is
found by a law; a fault of a mapping by a check, by a law, by the mapping's own examples, or, where none of these has
a word for it, by `atpath diff` against the right mapping.

The list was closed before it was first run. Then 92 of 127 were found: 61 of 63 wrong mappings, 22 of 40 wrong
compilers, 9 of 24 wrong runtimes. Two of those missed turned out to change nothing and were replaced or taken out.
For the others laws were added (`arrives`, `members`, `moment`, `trigger`) or look at more (`bulk`, `fast-way`,
`json`, `nobody`, `requests`, `total`, `verbatim`), and the harness reports a mapping that fails where it used to fail
with it.

A second list, closed after that, was run once as well: of its 20 faults 15 were found, 10 of 10 wrong mappings, 2 of 4
wrong compilers, 3 of 6 wrong runtimes. Of the rest one law finds one more.

{tally}

A right mapping raises no alarm: `ATPATH_FAULT_SEEDS=10 pytest tests/faults` looks at ten seeds. What else finds a
fault says `python -m tests.faults.hunt NAME`. This page is written by `pytest tests/faults --update-golden`.
"""
TITLES = {"mapping": "Wrong mappings", "compiler": "Wrong compilers", "runtime": "Wrong runtimes"}


def page(faults: Sequence[Fault]) -> str:
    """The page, in Markdown."""
    tally = _table(("wrong", "faults", "check", "law", "example", "diff", "not found"), _tallies(faults))
    parts = [HEAD.format(count=len(faults), found=sum(bool(f.found) for f in faults), tally=tally)]
    for kind, title in TITLES.items():
        mine = [fault for fault in faults if fault.kind == kind]
        head = ("fault", "in", "what the report tells", "report", "found by")
        parts.append(f"\n## {title}\n\n{_table(head, map(_row, mine))}\n")
    missed = [fault for fault in faults if not fault.found]
    if missed:
        parts.append("\n## Not found\n\n" + "".join(f"- `{fault.name}`: {fault.why}\n" for fault in missed))
    return "".join(parts)


def _tallies(faults: Sequence[Fault]) -> Iterable[tuple[str, ...]]:
    for kind, title in TITLES.items():
        mine = Counter(_way(fault) for fault in faults if fault.kind == kind)
        yield title.split()[1], str(mine.total()), *(str(mine[way]) for way in ("check", "law", "example", "diff", ""))


def _way(fault: Fault) -> str:
    way = fault.found.partition(" ")[0]
    return "law" if way == "own" else way


def _row(fault: Fault) -> tuple[str, ...]:
    how, _, what = fault.found.partition(" ")
    match how:
        case "law":
            found = f"law [{what}](../../docs/laws/{what}.md)"
        case "check":
            found = f"check [{what}](../../docs/diagnostics/{what}.md)"
        case _:
            found = fault.found or "nothing"
    place = fault.place if ":" not in fault.place else f"`{fault.place.partition(':')[2]}`"
    return fault.name.replace("_", " "), place, fault.story, f"[{fault.report}]({fault.address})", found


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)
