"""Data that reaches fields where it may not go: the flows held against the rules beside a mapping."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import PurePath

from ...dsl.codes import Code
from ...dsl.diagnostics import Diagnostic, Label
from ...dsl.source import Source, Span
from ..lineage.flows import flows_of
from ..lineage.rules import SUFFIX, BadRules, Leak, Rule, leaks, parse_rules
from ..resolved import Resolved
from ..schema import Schema
from .rule_names import place_of, unknown_fields, unknown_paths

Read = Callable[[str], str | None]


def own_rules(mapping: str) -> str:
    """What the file with a mapping's own rules is called: heap.rules.toml for heap.map."""
    return f"{PurePath(mapping).stem}.{SUFFIX}"


def rule_files(mapping: str, read: Read) -> dict[str, str]:
    """The texts of the rules that hold for a mapping, by name: those of its folder, then its own.

    Shape:  `mapping` is the file's name, `read` gives the text of a file beside it: rules.toml, heap.rules.toml
    """
    texts = {name: read(name) for name in (SUFFIX, own_rules(mapping))}
    return {name: text for name, text in texts.items() if text is not None}


def check_leaks(resolved: Resolved, schema: Schema, read: Read) -> Iterator[Diagnostic]:
    """E130 for each row and class, E111 for rules that are none, and what `check_rules` says."""
    files = rule_files(resolved.source.name, read)
    if not files:
        return
    sources = {name: Source(name, text) for name, text in files.items()}
    try:
        rules = parse_rules(*files.values())
    except BadRules as error:
        yield _no_rules(sources, error)
        return
    yield from check_rules(resolved, schema, files, rules)
    told: set[tuple[Span, str]] = set()
    for leak in sorted(leaks(flows_of(resolved), rules), key=lambda leak: len(leak.place)):
        if (leak.flow.span, leak.rule.name) not in told:  # presets show an action's rows again
            told.add((leak.flow.span, leak.rule.name))
            yield _leak(resolved, leak)


def check_rules(
    resolved: Resolved, schema: Schema, files: Mapping[str, str], rules: Sequence[Rule]
) -> Iterator[Diagnostic]:
    """E120 for a class's path that no event has, W316 for a field that no action has.

    Shape:  files: the texts that hold the rules, by name; those of a folder may name fields of its other mappings
    """
    sources = tuple(Source(name, text) for name, text in files.items())
    own = tuple(source for source in sources if source.name != SUFFIX)
    for rule in rules:
        yield from unknown_paths(rule, schema, sources)
        yield from unknown_fields(rule, resolved, own)


def _leak(resolved: Resolved, leak: Leak) -> Diagnostic:
    flow, rule = leak.flow, leak.rule
    way = "what is made of " if flow.origin.how == "derived" else ""
    message = f"no {rule.name} may come here: {way}`{leak.path}` reaches `{leak.field}` of `{flow.action}`"
    allowed = ", ".join(f"`{pattern}`" for pattern in rule.only)
    keep = "`omit` keeps a member out; " if len(leak.place) > len(flow.origin.way) else ""
    hint = f"{keep}{rule.name} may reach {allowed or 'no field'}"
    read = flow.origin.span
    outside = read.file == flow.span.file and not flow.span.start <= read.start < flow.span.end
    labels = (Label(read, f"{rule.name} is read here"),) if outside and read.end > read.start else ()
    return Diagnostic(Code.LEAK, message, resolved.sources[flow.span.file], flow.span, hint, labels)


def _no_rules(sources: dict[str, Source], error: BadRules) -> Diagnostic:
    holding = [source for source in sources.values() if error.word and error.word in source.text]
    source = holding[-1] if holding else tuple(sources.values())[-1]
    span = place_of(source, error.word) if holding else Span(0, 1)
    hint = error.hint or "docs/lineage.md has some"
    return Diagnostic(Code.BAD_INCLUDE, f"`{source.name}` holds no rules: {error}", source, span, hint)
