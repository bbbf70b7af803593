"""What was reached of a mapping, as a screen: figures, what was never reached, and why."""

import json
from collections.abc import Iterator

from ..dsl.nodes import Json
from .coverage import Coverage, CoverageMeter, Part
from .fill import Event
from .report_values import shown_json
from .run import Report
from .settings import variants
from .shrink import shrink
from .strategies_recipes import Plan, Unreached

MOST_MISSED = 8


def coverage_screen(report: Report) -> str:
    """How much of the mapping was reached, what was not, and an event that reaches it."""
    run, examples = report.coverage, report.by_examples
    lines = ["reached               by examples        by the run"]
    for kind, words in (("row", "rows"), ("arm", "arms"), ("atom", "trigger's answers")):
        lines.append(f"  {words:<20}{_ratio(examples, kind):<19}{_ratio(run, kind)}")
    total = f"  {'all':<20}{examples.share:<19.0%}{run.share:.0%}"
    lines.append(total)
    never = set(run.missed)
    by_none = tuple(part for part in examples.missed if part not in never)
    for title, missed in (("never reached", run.missed), ("reached by no example", by_none)):
        if missed and not report.failures and not (title == "reached by no example" and not report.examples):
            lines += ["", f"{title}:"]
            lines += [f"  {line}" for part in missed[:MOST_MISSED] for line in missed_lines(report, part)]
            if len(missed) > MOST_MISSED:
                lines.append(f"  and {len(missed) - MOST_MISSED} more")
    lines += _out_of_reach_lines(report)
    return "\n".join(lines) + "\n"


def out_of_reach(report: Report) -> tuple[Unreached, ...]:
    """What counts as no part of the mapping, or was not reached, because no event can reach it; with the reasons."""
    reached = {(part.action, part.span, part.which) for part in report.coverage.reached}
    return tuple(
        one
        for one in report.plan.unreached
        if one.target.kind != "miss" and (one.target.action, one.target.part, one.target.which) not in reached
    )


def by_reason(report: Report) -> dict[str, list[str]]:
    """Each reason why no event reaches something that does not count as a part, with all that it keeps out."""
    reasons: dict[str, list[str]] = {}
    missed = {(part.action, part.span, part.which) for part in report.coverage.missed}
    for one in out_of_reach(report):
        target = one.target
        if (target.action, target.part, target.which) in missed:
            continue
        what = f"action {target.action}" if target.kind == "match" else f"{target.action}, row {target.text}"
        reasons.setdefault(one.reason, []).append(what)
    return reasons


def _out_of_reach_lines(report: Report) -> Iterator[str]:
    reasons = by_reason(report)
    if reasons:
        yield from ("", "without a way there:")
    for reason, names in reasons.items():
        yield f"  {reason}:"
        yield from (f"    {name}" for name in names[:MOST_MISSED])
        if len(names) > MOST_MISSED:
            yield f"    and {len(names) - MOST_MISSED} more"


def _ratio(coverage: Coverage, kind: str) -> str:
    reached, of = coverage.of_kind(kind)
    return f"{reached} of {of}" if of else "-"


def missed_lines(report: Report, part: Part) -> Iterator[str]:
    """A part that was not reached, where it stands, and an event that reaches it or why there is none."""
    source = report.destination.resolved.sources[part.span.file]
    yield f"{source.name}:{source.line_of(part.span.start)}: {part_text(report, part)}"
    found = reaching_event(report, part)
    if found is None:
        yield f"    {reason_of(report.plan, part)}"
        return
    event, settings = found
    yield f"    {shown_json(event)}{f' with {shown_json(settings)}' if settings else ''}"


def part_text(report: Report, part: Part) -> str:
    """A part in words."""
    source = report.destination.resolved.sources[part.span.file]
    text = " ".join(source.text[part.span.start : part.span.end].split())
    text = text if len(text) <= 60 else text[:59] + "…"
    match part.kind:
        case "atom":
            return f"{part.action}: `{text}` deciding, {part.which}"
        case "row":
            return f"{part.action}: a value of `{part.row}`"
        case _:
            return f"{part.action}, row {part.row}: {part.which} of `{text}`"


def reaching_event(report: Report, part: Part) -> tuple[Event, dict[str, Json]] | None:
    """A small event that reaches a part, with the settings under which it does; None where the plan has none."""
    meter = CoverageMeter(report.destination)
    for settings in ({}, *variants(report.destination)):
        for recipe in report.plan.recipes:
            if part.action in {recipe.action, *(target.action for target in recipe.targets)}:
                for text in (recipe.frame, recipe.full):
                    event: Event = json.loads(text)
                    if meter.reaches(event, part, settings):
                        return shrink(event, lambda e, given=settings: meter.reaches(e, part, given)), settings
    return None


def reason_of(plan: Plan, part: Part) -> str:
    """Why nothing reaches a part."""
    for unreached in plan.unreached:
        target = unreached.target
        same = target.part == part.span and target.which == part.which
        if target.action == part.action and (same or target.kind == "match"):
            return unreached.reason
    return "no event was found that does"
