"""Data that reaches fields where it may not go: the flows held against the rules beside a mapping."""

from collections.abc import Callable, Iterator
from pathlib import PurePath

from ...dsl import nodes as n
from ...dsl.codes import Code
from ...dsl.diagnostics import Diagnostic, Label
from ...dsl.source import Source, Span
from ..lineage.flows import flows_of
from ..lineage.origins import Way
from ..lineage.rules import SUFFIX, BadRules, Leak, Rule, leaks, parse_rules
from ..resolved import Resolved
from ..schema import Schema
from .follow import Miss, follow
from .nearest import find_nearest

Read = Callable[[str], str | None]


def rule_files(mapping: str, read: Read) -> dict[str, str]:
    """The texts of the rules that hold for a mapping, by name: those of its folder, then its own.

    Shape:  `mapping` is the file's name, `read` gives the text of a file beside it: rules.toml, heap.rules.toml
    """
    names = (SUFFIX, f"{PurePath(mapping).stem}.{SUFFIX}")
    texts = {name: read(name) for name in names}
    return {name: text for name, text in texts.items() if text is not None}


def check_leaks(resolved: Resolved, schema: Schema, read: Read) -> Iterator[Diagnostic]:
    """E130 for each row and class, E120 for a class's path that no event has, E111 for rules that are none."""
    files = rule_files(resolved.source.name, read)
    if not files:
        return
    sources = {name: Source(name, text) for name, text in files.items()}
    try:
        rules = parse_rules(*files.values())
    except BadRules as error:
        yield _no_rules(sources, error)
        return
    for rule in rules:
        yield from _unknown(rule, schema, tuple(sources.values()))
    told: set[tuple[Span, str]] = set()
    for leak in sorted(leaks(flows_of(resolved), rules), key=lambda leak: len(leak.place)):
        if (leak.flow.span, leak.rule.name) not in told:  # presets show an action's rows again
            told.add((leak.flow.span, leak.rule.name))
            yield _leak(resolved, leak)


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
    span = _place(source, error.word) if holding else Span(0, 1)
    hint = error.hint or "docs/lineage.md has some"
    return Diagnostic(Code.BAD_INCLUDE, f"`{source.name}` holds no rules: {error}", source, span, hint)


def _unknown(rule: Rule, schema: Schema, sources: tuple[Source, ...]) -> Iterator[Diagnostic]:
    """A class whose path is misspelt would hold nothing back."""
    for text, place in zip(rule.paths, rule.places, strict=True):
        path = _path(place)
        miss = follow(path, schema.root)
        if not isinstance(miss, Miss) or any(at.open for at in miss.before if miss.index):
            continue
        source = next((each for each in reversed(sources) if text in each.text), sources[-1])
        found = find_nearest(path, miss, schema.root)
        hint = f"did you mean `{found.names[0]}`?" if found is not None and found.names else ""
        whose = "no event has" if schema.sampled else "Segment's events have no"
        yield Diagnostic(Code.UNKNOWN_PATH, f"{whose} `{text}`", source, _place(source, text), hint)


def _path(place: Way) -> n.Path:
    def selector(step: str | int) -> n.Selector:
        if step == "*":
            return n.WildcardSelector()
        return n.IndexSelector(step) if isinstance(step, int) else n.NameSelector(step)

    return n.Path("$", tuple(n.Segment((selector(step),)) for step in place))


def _place(source: Source, text: str) -> Span:
    start = max(source.text.find(text), 0)
    return Span(start, start + len(text))
