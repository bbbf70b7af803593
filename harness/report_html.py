"""Coverage as a page: the mapping file drawn with colours, what was never reached, and events that reach it."""

import re
from collections.abc import Iterator, Sequence
from html import escape

from .coverage import Part
from .report_coverage import by_reason, missed_lines, part_text
from .report_values import shown_json
from .run import Report

STYLE = """
:root { color-scheme: light dark; --back: #fff; --text: #1f2328; --dim: #656d76; --line: #d8dee4;
  --good: #dafbe1; --part: #fff8c5; --bad: #ffebe9; --good-mark: #1a7f37; --part-mark: #7d4e00; --bad-mark: #a40e26; }
@media (prefers-color-scheme: dark) { :root { --back: #0d1117; --text: #e6edf3; --dim: #9198a1; --line: #30363d;
  --good: #12261e; --part: #2e2409; --bad: #341a1e; --good-mark: #3fb950; --part-mark: #e3b341; --bad-mark: #ff7b72; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1200px; padding: 24px 16px 64px; background: var(--back); color: var(--text);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 22px; } h2 { font-size: 18px; margin-top: 40px; }
table.figures { border-collapse: collapse; } .figures th, .figures td { padding: 4px 16px 4px 0; text-align: left; }
.figures th { color: var(--dim); font-weight: 500; } .figures tr { border-bottom: 1px solid var(--line); }
.file { border: 1px solid var(--line); border-radius: 6px; overflow-x: auto; font: 13px/1.55 ui-monospace, monospace; }
.file > div { width: max-content; min-width: 100%; }
.file > div > div { display: flex; white-space: pre; }
.file .no { width: 52px; padding-right: 12px; text-align: right; color: var(--dim); user-select: none; flex: none; }
.file .sign { width: 20px; flex: none; font-weight: 700; }
.file code { font: inherit; padding-right: 16px; }
.all { background: var(--good); } .all .sign { color: var(--good-mark); }
.some { background: var(--part); } .some .sign { color: var(--part-mark); }
.none { background: var(--bad); } .none .sign { color: var(--bad-mark); }
.missed { padding-left: 20px; } .missed li { margin-bottom: 10px; overflow-wrap: anywhere; }
.missed pre { margin: 4px 0; padding: 8px 12px; white-space: pre-wrap; overflow-wrap: anywhere;
  border: 1px solid var(--line); border-radius: 6px; font: 13px/1.5 ui-monospace, monospace; }
.key span { display: inline-block; padding: 2px 8px; border-radius: 4px; margin: 0 8px 8px 0; }
code { font: 13px/1.5 ui-monospace, monospace; } .missed p { margin: 2px 0; color: var(--dim); }
.bad { color: var(--bad-mark); }
.dim { color: var(--dim); }
a { color: inherit; } h2 { border-top: 1px solid var(--line); padding-top: 24px; }
"""
WORDS = {
    "all": ("✓", "reached by the examples"),
    "some": ("~", "reached by made-up events, by the examples not or in part"),
    "none": ("✗", "never reached, or in part"),
}


def page(reports: Sequence[Report]) -> str:
    """The page of some reports; it stands alone, without scripts."""
    body = "\n".join(section for number, report in enumerate(reports) for section in _mapping(report, number))
    names = escape(", ".join(report.destination.name for report in reports))
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Coverage: {names}</title>\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<style>{STYLE}</style>\n</head>\n'
        f"<body>\n<h1>What was reached: {names}</h1>\n{_links(reports)}\n{_key()}\n{body}\n</body>\n</html>\n"
    )


def _key() -> str:
    marks = "".join(f'<span class="{kind}">{sign} {words}</span>' for kind, (sign, words) in WORDS.items())
    return f'<p class="key">{marks}</p>'


def _links(reports: Sequence[Report]) -> str:
    """The mappings with their figures, where there are several."""
    if len(reports) < 2:
        return ""
    rows = "".join(
        f'<tr><td><a href="#m{number}">{escape(report.destination.resolved.source.name)}</a></td>'
        f"<td>{report.by_examples.share:.0%}</td><td>{report.coverage.share:.0%}</td>{_failed(report)}</tr>"
        for number, report in enumerate(reports)
    )
    heads = "".join(f"<th>{words}</th>" for words in ("mapping", "by examples", "by the run", "failures"))
    return f'<table class="figures"><tr>{heads}</tr>{rows}</table>'


def _failed(report: Report) -> str:
    count = len(report.failures)
    return f'<td class="bad">✗ {count}</td>' if count else "<td>none</td>"


def _mapping(report: Report, number: int) -> Iterator[str]:
    resolved = report.destination.resolved
    yield f'<h2 id="m{number}">{escape(resolved.title or resolved.name)}</h2>'
    yield _figures(report)
    yield f'<p class="dim">{report.events:,} made-up events, seed {report.seed}</p>'
    yield from _failures(report)
    yield from _list(report, "Never reached", report.coverage.missed)
    for source in resolved.sources:
        parts = [part for part in report.coverage.parts if part.span.file == source.file]
        if parts:
            yield f"<h3>{escape(source.name)}</h3>"
            yield f'<div class="file" tabindex="0"><div>{"".join(_lines(report, parts, source.text))}</div></div>'
    yield from _out_of_reach(report)
    if report.examples:
        by_none = [part for part in report.by_examples.missed if part in report.coverage.reached]
        yield from _list(report, "Reached by no example", by_none)


def _failures(report: Report) -> Iterator[str]:
    """Each failure with its row and its event; the screen of `atpath test` says more."""
    if report.failures:
        items = "".join(
            f'<li><span class="bad">✗ {escape(failure.kind)} {escape(failure.name)}</span>: '
            f"{_coded(failure.broken.message)}<pre>{escape(shown_json(failure.event))}</pre></li>"
            for failure in report.failures
        )
        yield f'<h3>Failures</h3>\n<ul class="missed">{items}</ul>'


def _out_of_reach(report: Report) -> Iterator[str]:
    """Each reason why nothing reaches a thing, with the things."""
    reasons = by_reason(report)
    if reasons:
        items = "".join(f"<li>{_coded(reason)}: {escape('; '.join(names))}</li>" for reason, names in reasons.items())
        yield f'<h3>Without a way there</h3>\n<ul class="missed">{items}</ul>'


def _list(report: Report, title: str, missed: Sequence[Part]) -> Iterator[str]:
    if missed:
        yield f'<h3>{title}</h3>\n<ul class="missed">{"".join(_missed(report, part) for part in missed)}</ul>'


def _figures(report: Report) -> str:
    rows = ""
    for kind, words in (("row", "rows"), ("arm", "arms"), ("atom", "trigger's answers")):
        cells = "".join("<td>{} of {}</td>".format(*c.of_kind(kind)) for c in (report.by_examples, report.coverage))
        rows += f"<tr><td>{words}</td>{cells}</tr>"
    rows += f"<tr><td>all</td><td>{report.by_examples.share:.0%}</td><td>{report.coverage.share:.0%}</td></tr>"
    return f'<table class="figures"><tr><th></th><th>by examples</th><th>by the run</th></tr>{rows}</table>'


def _missed(report: Report, part: Part) -> str:
    head, below = missed_lines(report, part)
    place = head.partition(": ")[0]
    said = below.strip()
    shown = f"<pre>{escape(said)}</pre>" if said.startswith("{") else f"<p>{_coded(said)}</p>"
    return f'<li>{_coded(part_text(report, part))} <span class="dim">{escape(place)}</span>{shown}</li>'


def _coded(text: str) -> str:
    """Words as HTML, with what stands in backticks as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def _lines(report: Report, parts: list[Part], text: str) -> Iterator[str]:
    """Each line of a file; a line's colour is that of what stands in it."""
    offset = 0
    for number, line in enumerate(text.splitlines(), 1):
        end = offset + len(line)
        mine = [
            part
            for part in parts
            if offset <= part.span.start < end or (part.kind == "row" and part.span.start == offset)
        ]
        kind = _kind(report, mine)
        sign, words = WORDS.get(kind, ("", ""))
        wanting = report.coverage.reached if kind == "none" else report.by_examples.reached
        missed = "; ".join(f"{part.action}: {part.which}" for part in mine if part not in wanting)
        title = f' title="{escape(words + (": " + missed if missed else ""))}"' if kind else ""
        yield (
            f'<div class="{kind}"{title}><span class="no">{number}</span><span class="sign">{sign}</span>'
            f"<code>{escape(line)}</code></div>"
        )
        offset = end + 1


def _kind(report: Report, parts: list[Part]) -> str:
    if not parts:
        return ""
    if any(part not in report.coverage.reached for part in parts):
        return "none"
    return "all" if all(part in report.by_examples.reached for part in parts) else "some"
