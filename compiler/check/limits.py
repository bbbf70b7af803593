"""What a destination does not take: fields, texts and names held against the profile of `deliver`."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from ...dsl import nodes as n
from ...dsl.codes import Code
from ...dsl.diagnostics import Diagnostic, Edit
from ...dsl.source import Span
from ...dsl.spelling import nearest
from ...dsl.text import quote
from ..profile import SUFFIX, BadProfile, Limits, Profile, parse_profile, shipped_profile
from ..resolved import Resolved, ResolvedAction
from .leaves import leaves


def check_limits(resolved: Resolved, read: Callable[[str], str | None]) -> Iterator[Diagnostic]:
    """E129, W311, W315, and E111 for a profile that is none.

    Shape:  `read` gives the text of a file beside the mapping
    """
    profiles: dict[str, Profile | None] = {}
    done: set[Span] = set()
    for action in resolved.actions:
        if not action.deliver:
            continue
        name = action.deliver[0]
        if name not in profiles:
            try:
                profiles[name] = _profile(name, read)
            except BadProfile as error:
                profiles[name] = None
                message = f"`{name}{SUFFIX}` is no profile: {error}"
                yield resolved.diagnostic(Code.BAD_INCLUDE, message, action.span, "docs/profiles.md has one")
        profile = profiles[name]
        if profile is not None:
            call = " ".join(action.deliver[1:])
            if call not in profile.calls and profile is shipped_profile(name):  # one of the user's lists limits alone
                yield from _unknown_call(resolved, action, call, list(profile.calls))
            limits = profile.calls.get(call, {})
            for found in _check(resolved, action, profile.title, limits):
                if found.span not in done:  # presets show an action's rows again
                    done.add(found.span)
                    yield found


def _unknown_call(resolved: Resolved, action: ResolvedAction, call: str, calls: list[str]) -> Iterator[Diagnostic]:
    if action.preset is not None:
        return  # its action says it
    name, text = action.deliver[0], resolved.sources[action.span.file].text
    start = text.find("\ndeliver", action.span.start, action.span.end) + 1
    end = text.find("\n", start)
    span = Span(start, end if end >= 0 else len(text), action.span.file) if start else action.span
    message = f"`deliver {name}` has no call `{call}`" if call else f"`deliver {name}` names no call"
    near = nearest(call, calls)
    hint = (
        f"did you mean `deliver {name} {near}`?"
        if near
        else "write " + " or ".join(f"`deliver {name} {c}`" for c in calls)
    )
    yield resolved.diagnostic(Code.UNKNOWN_CALL, message, span, hint)


def _profile(name: str, read: Callable[[str], str | None]) -> Profile | None:
    text = read(f"{name}{SUFFIX}")
    return shipped_profile(name) if text is None else parse_profile(text)


def _check(
    resolved: Resolved, action: ResolvedAction, title: str, limits: Mapping[str, Limits]
) -> Iterator[Diagnostic]:
    for row in action.rows:
        field, *below = row.field.parts
        limit = limits.get(field)
        if limit is None:
            continue
        name, taken = ".".join(below), _Taken(resolved, title, field, limit)
        if below:
            yield from taken.name(name, row.field.span)
        elif row.type is not None and limit.longest is not None and limit.over == "cut":
            yield from _bound(resolved, title, row, row.type, limit.longest)
        for leaf in leaves(row.source) if row.source is not None else ():
            yield from taken.value(leaf, name)


def _bound(resolved: Resolved, title: str, row: n.Row, kind: n.FieldType, longest: int) -> Iterator[Diagnostic]:
    """W311: longer texts are cut on their way to the destination, where no one counts them."""
    value = kind.value
    if not isinstance(value, n.NamedType) or value.name != "string" or (value.high or longest + 1) <= longest:
        return
    if row.source is not None and all(isinstance(leaf, n.Literal) for leaf in leaves(row.source)):
        return
    bound = f"string({longest})" if value.low is None else f"string({value.low}..{longest})"
    message = f"{title} takes at most {longest:,} characters as `{row.field.text}`"
    found = resolved.diagnostic(Code.NO_BOUND, message, value.span, f"write `{bound}`: what is cut is then counted")
    text = resolved.sources[value.span.file].text[value.span.start : value.span.end]
    plain = value.span.file == 0 and text.startswith("string")
    yield replace(found, edit=Edit(value.span, bound)) if plain else found


@dataclass(frozen=True, slots=True)
class _Taken:
    """What the destination takes of one field."""

    resolved: Resolved
    title: str
    field: str
    limit: Limits

    def value(self, expr: n.Expr, name: str) -> Iterator[Diagnostic]:
        """An expression; `name` is the member's that it fills, "" for the field itself."""
        match expr:
            case n.Literal(str() as text):
                longest = self.limit.longest_value if name else self.limit.longest
                if longest is not None and len(text) > longest:
                    message = (
                        f"this text has {len(text):,} characters; {self.title} takes {longest:,} in `{self.field}`"
                    )
                    yield self.resolved.diagnostic(Code.OVER_LIMIT, message, expr.span, "write a shorter one")
            case n.Object(members):
                for member in members:
                    joined = f"{name}.{member.key}" if name else member.key
                    yield from self.name(joined, member.span)
                    yield from self.value(member.value, joined)
            case n.List(items):
                for index, item in enumerate(items):
                    yield from self.value(item, f"{name}.{index}" if name else str(index))
            case n.Call("merge", arguments):
                for argument in arguments:
                    yield from self.value(argument, name)
            case _:
                pass

    def name(self, name: str, span: Span) -> Iterator[Diagnostic]:
        """A member's name: those of the objects that it is in come first, joined by dots."""
        if name.lower() in self.limit.forbidden:
            message = f"{self.title} takes no member named {quote(name)} in `{self.field}`"
            yield self.resolved.diagnostic(Code.OVER_LIMIT, message, span, "give it another name")
        elif self.limit.longest_name is not None and len(name) > self.limit.longest_name:
            longest = f"{self.title} takes {self.limit.longest_name:,} in `{self.field}`"
            message = f"this name has {len(name):,} characters with those of the objects around it; {longest}"
            yield self.resolved.diagnostic(Code.OVER_LIMIT, message, span, "give it a shorter name")
