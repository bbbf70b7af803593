"""What came of a run, as a screen: each failure with its law, its row, the smallest event, an example to paste."""

import json
from collections.abc import Iterator

from ..compiler.loader import default_settings
from ..compiler.prelude import Rejected, Run
from ..compiler.reference import Reference
from ..compiler.resolved import ResolvedAction
from ..dsl import nodes as n
from ..dsl.diagnostics import Diagnostic, Label
from ..dsl.format import format_section
from ..dsl.json_text import layout_json, one_line_json
from ..dsl.render import render
from ..dsl.source import Span
from .fill import Event
from .laws import law_named
from .laws.base import NOON, Json
from .report_coverage import coverage_screen, out_of_reach
from .report_values import differences, json_lines, shown_json, text_lines
from .run import Failure, Report

LONGEST_LINE = 72  # of an example to paste
LONGEST_HEAD = 60  # of a failure's first line: what failed


def screen(report: Report, *, width: int = 80, colour: bool = False, coverage: bool = True) -> str:
    """The whole report, for a terminal."""
    blocks = [failure_screen(report, failure, width=width, colour=colour) for failure in report.failures]
    if coverage:
        blocks.append(coverage_screen(report))
    blocks.append(summary_line(report) + "\n")
    return "\n".join(blocks)


def summary_line(report: Report) -> str:
    """`heap: 1 of 7 examples fails; 3 laws of its own, 27 laws, 418 events: no other failure; seed 0`."""
    failed = len(report.failures)
    bad = sum(failure.kind == "example" for failure in report.failures)
    good = (
        _count(report.examples, "example") if not bad else f"{bad} of {report.examples} examples fail{'s' * (bad == 1)}"
    )
    laws = f"{_count(report.own_laws, 'law')} of its own, {_count(len(report.laws), 'law')} on {report.events:,} events"
    broken = failed - bad
    end = f"{broken} broken" if broken else "none broken"
    return f"{report.destination.name}: {good}; {laws}: {end}; seed {report.seed}; {report.seconds:.1f} s"


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def failure_screen(report: Report, failure: Failure, *, width: int = 80, colour: bool = False) -> str:
    """One failure, drawn as diagnostics are."""
    resolved = report.destination.resolved
    action = _action(report, failure)
    span, labels = _places(report, failure, action)
    room = LONGEST_HEAD - len(failure.kind) - 3
    name = failure.name if len(failure.name) <= room else f"{failure.name[: room - 1]}…"  # it is in the excerpt, whole
    head = f"{failure.kind}[{name}]" if failure.kind == "law" else f'{failure.kind} "{name}"'
    source = resolved.sources[span.file]
    code = "E" + "!" * max(len(head) - len("error[E]"), 1)  # as long as the head, so that lines are broken right
    diagnostic = Diagnostic(code, failure.broken.message, source, span, labels=labels)
    drawn = render(diagnostic, width=width, colour=colour).replace(f"error[{code}]", head, 1)
    lines = [drawn.rstrip("\n")]
    lines += [line for name, said in _notes(failure, width - 6) for line in _note(name, said)]
    if failure.kind != "example" and failure.event:
        lines += ["", "  to paste into the mapping, once its outcome is what you want:", ""]
        lines += [f"  {line}" for line in example_block(report, failure).rstrip("\n").split("\n")]
    return "\n".join(lines) + "\n"


def _note(name: str, said: list[str]) -> list[str]:
    """`  = name: text`; a value that takes several lines stands below."""
    if len(said) == 1 or not said[0].startswith(("{", "[", "-", "+")):
        return [f"  = {name}: {said[0]}", *(f"      {line}" for line in said[1:])]
    return [f"  = {name}:", *(f"      {line}" for line in said)]


def _notes(failure: Failure, width: int) -> Iterator[tuple[str, list[str]]]:
    broken = failure.broken
    yield "event", json_lines(failure.event, width - len("event"))
    if failure.settings:
        yield "settings", [shown_json(failure.settings)]
    wanted = _wanted(failure)
    if wanted is not None:
        yield "expected (-) and given (+)", list(differences(wanted, broken.payload))
        return
    if broken.payload is not None:
        yield "gives", json_lines(broken.payload, width - len("gives"))
    if broken.expected:
        yield "expected", text_lines(broken.expected, width - len("expected"))
    if failure.kind == "law" and law_named(failure.name) is not None:
        words = f"{failure.says} (docs/laws/{failure.name}.md; off with --without {failure.name})"
        yield "law", text_lines(words, width - len("law"))


def _wanted(failure: Failure) -> Json:
    """The payload that an example expects in place of one that it got; None where it is not about two payloads."""
    node = failure.node
    if not isinstance(node, n.Example) or not isinstance(failure.broken.payload, dict):
        return None
    mine = [e for e in node.expects if e.action is not None and e.action.name == failure.broken.action]
    return json.loads(mine[0].payload) if len(mine) == 1 and mine[0].payload is not None else None


def _action(report: Report, failure: Failure) -> ResolvedAction | None:
    actions = report.destination.resolved.actions
    named = failure.broken.action
    return next((a for a in actions if a.key == named), None) or next((a for a in actions if a.name == named), None)


def _places(report: Report, failure: Failure, action: ResolvedAction | None) -> tuple[Span, tuple[Label, ...]]:
    """Where to draw: the row, else the action; an example or a law of the mapping's own is pointed at too."""
    resolved = report.destination.resolved
    row = _row(action, failure.broken.row) if action is not None and failure.broken.row is not None else None
    head = None if action is None else _first_line(report, action.span)
    place = row.span if row is not None else head
    if row is not None:
        place = _trimmed(report, row.source.span if row.source is not None else row.span)
    own = failure.node.span if failure.node is not None else None
    if place is None:
        return _first_line(report, own if own is not None else Span(0, len(resolved.source.text))), ()
    if own is None or own.file != place.file:
        return place, ()
    return place, (Label(_first_line(report, own), f"this {failure.kind.removeprefix('own ')}"),)


def _row(action: ResolvedAction, name: str) -> n.Row | None:
    rows = {row.field.text: row for row in action.rows}
    while name and name not in rows:
        name = name.rpartition(".")[0]
    return rows.get(name)


def _trimmed(report: Report, span: Span) -> Span:
    text = report.destination.resolved.sources[span.file].text
    end = span.start + len(text[span.start : span.end].rstrip())
    return Span(span.start, max(end, span.start + 1), span.file)


def _first_line(report: Report, span: Span) -> Span:
    text = report.destination.resolved.sources[span.file].text
    end = text.find("\n", span.start)
    return Span(span.start, min(end if end >= 0 else len(text), max(span.end, span.start + 1)), span.file)


def example_block(report: Report, failure: Failure) -> str:
    """The failing event as an example of the mapping file, with what the mapping's text says comes of it."""
    destination = report.destination
    settings = {**destination.settings, **failure.settings}
    results = _results(report, failure.event, settings)
    bare = default_settings(destination.resolved)
    needed = {name: value for name, value in settings.items() if bare.get(name) != value and value is not None}
    told = shown_json(_results(report, failure.event, bare)) != shown_json(results)
    expects = tuple(_expect(name, result) for name, result in results) or (n.Expect(None),)
    title = f"{failure.name}: {failure.broken.row or failure.broken.action or destination.name}"
    given = _one_line(needed) if told and needed else ""
    return format_section(n.Example(title.replace('"', "'"), _one_line(failure.event), expects, given))


def _results(report: Report, event: Event, settings: dict[str, Json]) -> list[tuple[str, Json]]:
    """What the mapping's text says comes of an event; nothing where it fails."""
    reference = Reference(report.destination.resolved, Run(lambda: NOON, settings))
    try:
        return reference.route(event)
    except (ValueError, TypeError, ArithmeticError, RecursionError):
        return []


def _expect(name: str, result: Json) -> n.Expect:
    if isinstance(result, Rejected):
        return n.Expect(n.Named(name), rejected=result.code)
    return n.Expect(n.Named(name), payload=_one_line(result))


def _one_line(value: Json) -> str:
    text = one_line_json(json.dumps(value, ensure_ascii=False))
    return text if len(text) <= LONGEST_LINE else layout_json(text, LONGEST_LINE)


def to_json(report: Report) -> Json:
    """The report for programs."""
    return {
        "destination": report.destination.name,
        "seed": report.seed,
        "events": report.events,
        "examples": report.examples,
        "laws": [law.name for law in report.laws],
        "coverage": {"run": report.coverage.share, "examples": report.by_examples.share},
        "missed": [
            {"action": p.action, "row": p.row, "kind": p.kind, "which": p.which, "line": _line(report, p.span)}
            for p in report.coverage.missed
        ],
        "out_of_reach": [
            {"action": u.target.action, "row": u.target.row, "which": u.target.which, "reason": u.reason}
            for u in out_of_reach(report)
        ],
        "failures": [
            {
                "kind": f.kind, "name": f.name, "action": f.broken.action, "row": f.broken.row,
                "message": f.broken.message, "expected": f.broken.expected, "event": f.event, "settings": f.settings,
                "payload": json.loads(json.dumps(f.broken.payload, default=str)),
                "example": example_block(report, f) if f.kind != "example" and f.event else None,
            }
            for f in report.failures
        ],
    }  # fmt: skip


def _line(report: Report, span: Span) -> int:
    return report.destination.resolved.sources[span.file].line_of(span.start)
