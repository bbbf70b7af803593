"""Examples that cannot hold, and examples and laws that go by one name."""

from collections.abc import Iterator, Sequence

from ...dsl import nodes as n
from ...dsl.codes import Code
from ...dsl.diagnostics import Diagnostic
from ...dsl.source import Span
from ...dsl.spelling import did_you_mean
from ..resolved import Resolved
from ..schema import Schema

REJECTIONS = (Code.MISSING, Code.WRONG_TYPE, Code.LEFT_OUT, Code.DIRECTIVE_FAILED)  # those of mappings


def check_expectations(resolved: Resolved, schema: Schema) -> Iterator[Diagnostic]:
    """E131 and W314."""
    known = [str(code) for code in REJECTIONS]
    for example in resolved.examples:
        yield from _contradictions(resolved, example)
        for expect in example.expects:
            if expect.rejected is not None and expect.rejected not in known:
                hint = did_you_mean(expect.rejected, known) or "a mapping rejects with " + ", ".join(known)
                message = f"no mapping rejects with {expect.rejected}"
                yield resolved.diagnostic(Code.IMPOSSIBLE_EXAMPLE, message, expect.span, hint)
    yield from _same_names(resolved, "example", resolved.examples)
    yield from _same_names(resolved, "law", resolved.laws)


def _contradictions(resolved: Resolved, example: n.Example) -> Iterator[Diagnostic]:
    nothing = [expect for expect in example.expects if expect.action is None]
    if nothing and len(nothing) < len(example.expects):
        message = "`expect nothing` stands beside something that is expected"
        hint = "take one of them out: what is not expected may not fire anyway"
        yield resolved.diagnostic(Code.IMPOSSIBLE_EXAMPLE, message, nothing[0].span, hint)


def _same_names(resolved: Resolved, word: str, sections: Sequence[n.Example | n.Law]) -> Iterator[Diagnostic]:
    first: dict[str, Span] = {}
    for section in sections:
        if section.title in first:
            line = resolved.sources[section.span.file].line_of(first[section.title].start)
            hint = f"give it a name of its own; the first is on line {line}"
            message = f"{word} `{section.title}` is there twice: reports cannot tell them apart"
            yield resolved.diagnostic(Code.NAMED_ALIKE, message, _head(resolved, section.span), hint)
        first.setdefault(section.title, section.span)


def _head(resolved: Resolved, span: Span) -> Span:
    """The first line of a section."""
    end = resolved.sources[span.file].text.find("\n", span.start)
    return Span(span.start, span.end if end < 0 else min(end, span.end), span.file)
