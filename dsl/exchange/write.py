"""Expressions to Segment's JSON directives."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from .. import nodes as n
from ..source import NOWHERE, Span
from .paths import path_text, template_text
from .positions import Position, needs_literal

_LONGEST = 10  # UTF-16 units of a pattern and of a replacement


class CannotSay(ValueError):
    """Segment's JSON has no way to say this; `span` is where it stands, `hint` what to do about it."""

    def __init__(self, message: str, span: Span = NOWHERE, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.span = span
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes the directives of one row.

    Shape:  `names`: what a bare name stands for (a `let`, a shape as an object); `spelt`: canonical path text ->
        the text to write in its place; `nested`: `$` is no longer the event
    """

    names: Mapping[str, n.Expr] = field(default_factory=lambda: MappingProxyType({}))
    spelt: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    nested: bool = False

    def at(self, node: n.Expr, position: Position) -> n.Json:
        """The JSON of an expression where it stands, in `@literal` if it has to be."""
        value = self.write(node)
        return {"@literal": value} if needs_literal(value, position) else value

    def write(self, node: n.Expr) -> n.Json:
        """The JSON of an expression. Errors: CannotSay"""
        match node:
            case n.Literal(value):
                return value
            case n.Object(members):
                return {member.key: self.write(member.value) for member in members}
            case n.List(items):
                return [self.write(item) for item in items]
            case n.Path():
                return {"@path": self._path(node)}
            case n.Template(parts):
                return {"@template": self._template(parts, node.span)}
            case n.Coalesce(arms):
                return self._coalesce(arms)
            case n.If(condition, then, otherwise):
                return self._if(condition, then, otherwise)
            case n.Each(items, body):
                root = self._path(items) if isinstance(items, n.Path) else self.at(items, Position.ROOT)
                return {"@arrayPath": [root, self._within.at(body, Position.SHAPE)]}
            case n.Pipe(value, body):
                apply = self.at(value, Position.OBJECT)
                return {"@transform": {"apply": apply, "mapping": self._within.at(body, Position.OBJECT)}}
            case n.Call():
                return self._call(node)
            case n.Directive(text):
                return json.loads(text)
            case n.Ref(name):
                return self._ref(name, node.span)
            case n.Setting(name):
                raise CannotSay(f"a mapping of Segment's cannot read settings.{name}", node.span)

    @property
    def _within(self) -> "Writer":
        return replace(self, nested=True)

    def _rooted(self, path: n.Path) -> n.Path:
        """The path with the root `$`."""
        if path.root == "$":
            return path
        if path.root == "$$" and not self.nested:
            return replace(path, root="$")
        if path.root == "$$":
            what, hint = "an item's shape cannot read the event", "read it outside of `each` and `->`"
        else:
            what, hint = "a bare name is no source", f"write `{path_text(replace(path, root='$')) or '$.'}`"
        raise CannotSay(what, path.span, hint)

    def _path(self, path: n.Path) -> str:
        text = path_text(self._rooted(path))
        if text is None:
            hint = "only names and indexes; no name with a dot, a quote or a bracket"
            raise CannotSay("Segment has no such path", path.span, hint)
        return self.spelt.get(text, text)

    def _template(self, parts: tuple[str | n.Path, ...], span: Span) -> str:
        text = template_text(tuple(part if isinstance(part, str) else self._rooted(part) for part in parts))
        if text is None:
            raise CannotSay("Segment's engine would read this template otherwise", span)
        return text

    def _ref(self, name: str, span: Span) -> n.Json:
        if name not in self.names:
            raise CannotSay(f"`{name}` is known to the mapping file only", span)
        return self.write(self.names[name])

    # --- choices

    def _coalesce(self, arms: tuple[n.Expr, ...]) -> n.Json:
        value = self.at(arms[-1], Position.TRUTHY)
        for arm in reversed(arms[:-1]):
            value = self._fallback(arm, value)
        return value

    def _fallback(self, arm: n.Expr, rest: n.Json) -> n.Json:
        return {"@if": {"exists": self.at(arm, Position.TRUTHY), "then": self.write(arm), "else": rest}}

    def _if(self, condition: n.Condition, then: n.Expr, otherwise: n.Expr | None) -> n.Json:
        word, tested, holds = _tested(condition)
        branches: dict[str, n.Json] = {word: self.at(tested, Position.TRUTHY)}
        for name, branch in (("then", then if holds else otherwise), ("else", otherwise if holds else then)):
            if branch is not None:
                # A bare 0, "", false or null is no `else` to the engine.
                branches[name] = self.at(branch, Position.TRUTHY if name == "else" else Position.ANY)
        return {"@if": branches}

    # --- functions

    def _call(self, node: n.Call) -> n.Json:
        write: Callable[[Writer, n.Call], n.Json] | None = _CALLS.get(node.name)
        if write is None:
            raise CannotSay(f"Segment has no directive for `{node.name}(…)`", node.span)
        return write(self, node)

    def _case(self, node: n.Call) -> n.Json:
        return {"@case": {"operator": node.name, "value": self.at(_only(node), Position.TEXT)}}

    def _replace(self, node: n.Call) -> n.Json:
        value, pattern, replacement = _arguments(node, 3)
        texts = [_short_text(pattern, least=1), _short_text(replacement, escape=True)]
        options = _options(node, "ignorecase", "global")
        return {
            "@replace": {"pattern": texts[0], "value": self.at(value, Position.TEXT), "replacement": texts[1]} | options
        }

    def _merge(self, node: n.Call) -> n.Json:
        objects: list[n.Json] = [self.at(item, Position.OBJECT) for item in node.arguments]
        return {"@merge": {"objects": objects, "direction": _options(node, "direction").get("direction", "right")}}

    def _flatten(self, node: n.Call) -> n.Json:
        value, separator = _arguments(node, 2)
        options = _options(node, "omit_arrays")
        body: dict[str, n.Json] = {"value": self.write(value), "separator": _text(separator)}
        return {"@flatten": body | ({"omitArrays": options["omit_arrays"]} if options else {})}

    def _json(self, node: n.Call) -> n.Json:
        mode = "encode" if node.name == "to_json" else "decode"
        return {"@json": {"mode": mode, "value": self.at(_only(node), Position.TRUTHY)}}

    def _drop_null(self, node: n.Call) -> n.Json:
        return {"@excludeWhenNull": self.write(_only(node))}

    def _liquid(self, node: n.Call) -> n.Json:
        return {"@liquid": _text(_only(node))}

    def _first_present(self, node: n.Call) -> n.Json:
        if not node.arguments:
            raise CannotSay("`first_present` with 0 arguments", node.span)
        *firsts, value = [self.at(arm, Position.TRUTHY) for arm in node.arguments]
        last: n.Json = {"@if": {"blank": value, "then": self.write(node.arguments[-1])}}
        for arm, test in zip(reversed(node.arguments[:-1]), reversed(firsts), strict=True):
            last = {"@if": {"blank": test, "then": self.write(arm), "else": last}}
        return last


_CALLS: Mapping[str, Callable[[Writer, n.Call], n.Json]] = {
    "lower": Writer._case,  # pyright: ignore[reportPrivateUsage]
    "upper": Writer._case,  # pyright: ignore[reportPrivateUsage]
    "replace": Writer._replace,  # pyright: ignore[reportPrivateUsage]
    "merge": Writer._merge,  # pyright: ignore[reportPrivateUsage]
    "flatten": Writer._flatten,  # pyright: ignore[reportPrivateUsage]
    "to_json": Writer._json,  # pyright: ignore[reportPrivateUsage]
    "from_json": Writer._json,  # pyright: ignore[reportPrivateUsage]
    "drop_null": Writer._drop_null,  # pyright: ignore[reportPrivateUsage]
    "liquid": Writer._liquid,  # pyright: ignore[reportPrivateUsage]
    "first_present": Writer._first_present,  # pyright: ignore[reportPrivateUsage]
}


def _tested(condition: n.Condition) -> tuple[str, n.Expr, bool]:
    """What `@if` asks: its word, of which value, and whether the condition holds where the answer is yes."""
    match condition:
        case n.Test("exists", (value,)):
            return "exists", value, True
        case n.Test("present", (value,)):
            return "blank", value, True  # `then` is taken of what is not blank
        case n.Compare(value, "!=" | "=" as op, n.Literal(None)):
            return "exists", _as_source(value), op == "!="
        case n.Not(term):
            word, value, holds = _tested(term)
            return word, value, not holds
        case _:
            hint = "it can ask `exists(…)` and `present(…)`"
            raise CannotSay("Segment's `@if` cannot ask this", condition.span, hint)


def _as_source(value: n.Expr) -> n.Expr:
    """A bare name in a condition is the event's."""
    return replace(value, root="$$") if isinstance(value, n.Path) and value.root == "" else value


def _arguments(node: n.Call, count: int) -> tuple[n.Expr, ...]:
    if len(node.arguments) != count:
        raise CannotSay(f"`{node.name}` with {len(node.arguments)} arguments", node.span)
    return node.arguments


def _only(node: n.Call) -> n.Expr:
    return _arguments(node, 1)[0]


def _text(node: n.Expr) -> str:
    if isinstance(node, n.Literal) and isinstance(node.value, str) and node.value:
        return node.value
    raise CannotSay("Segment takes a plain text here", node.span)


def _short_text(node: n.Expr, *, least: int = 0, escape: bool = False) -> str:
    """A text of few characters. `escape`: a `$` doubled, which the engine would read as a pattern of its own."""
    if not isinstance(node, n.Literal) or not isinstance(node.value, str):
        raise CannotSay("Segment takes a plain text here", node.span)
    text = node.value.replace("$", "$$") if escape else node.value
    if not least <= len(text.encode("utf-16-le", "surrogatepass")) // 2 <= _LONGEST:
        raise CannotSay(f"Segment takes a text of {least} to {_LONGEST} characters here", node.span)
    return text


def _options(node: n.Call, *known: str) -> dict[str, n.Json]:
    """The options of a call as JSON members, in the order in which they are known."""
    options = {option.name: option.value for option in node.options}
    found: dict[str, n.Json] = {}
    for name in known:
        value = options.pop(name, None)
        if isinstance(value, n.Literal):
            found[name] = value.value
        elif value is not None:
            raise CannotSay(f"`{name}` is no literal", value.span)
    if options:
        raise CannotSay(f"Segment's directive has no option `{next(iter(options))}`", node.span)
    return found
