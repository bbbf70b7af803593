"""Classes of data and the only fields that they may reach: rules as data, and the flows that break them."""

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

from ...dsl import nodes as n
from ...dsl.build_path import parse_path
from ...dsl.problems import CellProblem
from ...dsl.source import Excerpt
from .flows import Flow
from .origins import Way, path_of, rests

Toml: TypeAlias = Any  # what a TOML text holds
SUFFIX = "rules.toml"
_WORDS = ("paths", "only", "derived")


class BadRules(ValueError):
    """A text that holds no rules.

    Shape:  the message says what is wrong; `word` is the text at fault, where there is one, `hint` what to write
    """

    def __init__(self, message: str, word: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.word = word
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Rule:
    """A class of data (places of the event) and the only fields that it may reach.

    Shape:  only: "field", "action.field", "action.*", or the words of a `deliver`; none at all: it may reach nothing
            derived: whether what is made of it counts too, or a copy alone
            paths: the places as they are written
    """

    name: str
    places: tuple[Way, ...]
    only: tuple[str, ...]
    derived: bool = False
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Leak:
    """A flow that breaks a rule.

    Shape:  place: the shortest of the class's places that comes along; field: where that stands in the payload
    """

    rule: Rule
    flow: Flow
    place: Way
    field: str

    @property
    def path(self) -> str:
        """The place as a path."""
        return path_of(self.place)


def leaks(flows: Iterable[Flow], rules: Iterable[Rule]) -> Iterator[Leak]:
    """The flows that break a rule, each once."""
    kept = tuple(rules)
    for flow in flows:
        for rule in kept:
            if flow.origin.how == "copy" or (rule.derived and flow.origin.how == "derived"):
                broken = [Leak(rule, flow, p, field) for p in rule.places for field in _leaked(flow, rule, p)]
                if broken:
                    yield min(broken, key=lambda leak: len(leak.place))


def _leaked(flow: Flow, rule: Rule, place: Way) -> Iterator[str]:
    """The fields that a place reaches by a flow and may not."""
    for rest in rests(flow.origin, place):
        field = flow.field if flow.origin.mixed else _below(flow.field, rest)
        if not any(_allows(pattern, flow, field) for pattern in rule.only):
            yield field


def _below(field: str, rest: Way) -> str:
    spread = field == n.SPREAD and bool(rest)
    return path_of(rest, "").removeprefix(".") if spread else field + path_of(rest, "")


def _allows(pattern: str, flow: Flow, field: str) -> bool:
    for prefix in ("", f"{flow.action}.", f"{flow.name}."):
        name = f"{prefix}{field}"
        if pattern == name or name.startswith((f"{pattern}.", f"{pattern}[")):
            return True
    return pattern in (f"{flow.action}.*", f"{flow.name}.*") or (flow.request != "" and pattern == flow.request)


def parse_rules(*texts: str) -> tuple[Rule, ...]:
    """The rules of some texts; what a later one says of a class goes before what an earlier one says.

    Shape:  [email]
            paths = ["$.traits.email", "$.context.traits.email"]
            only = ["identity", "identifyUser.email"]       # no list: it may go nowhere
            derived = true                                  # hashes and the like count too
    Errors: BadRules
    """
    tables: dict[str, dict[str, Toml]] = {}
    for text in texts:
        for name, table in _tables(text).items():
            tables[name] = tables.get(name, {}) | table
    return tuple(_rule(name, table) for name, table in tables.items())


def _tables(text: str) -> dict[str, dict[str, Toml]]:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadRules(f"no TOML: {error}") from error
    for name, table in data.items():
        for word in cast("dict[str, Toml]", table) if isinstance(table, dict) else (name,):
            if word not in _WORDS:
                raise BadRules(f"`[{name}]` is no rule", word, "a rule has `paths`, and may have `only` and `derived`")
    return data


def _rule(name: str, table: dict[str, Toml]) -> Rule:
    paths = _texts(name, table, "paths")
    derived = table.get("derived", False)
    if not paths:
        raise BadRules(f"`[{name}]` names no path", name, 'such as `paths = ["$.traits.email"]`')
    if not isinstance(derived, bool):
        raise BadRules(f"`derived` of `[{name}]` is true or false", "derived")
    return Rule(name, tuple(map(parse_place, paths)), _texts(name, table, "only"), derived, paths)


def _texts(name: str, table: dict[str, Toml], word: str) -> tuple[str, ...]:
    texts = table.get(word, [])
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in cast("list[Toml]", texts)):
        raise BadRules(f"`{word}` of `[{name}]` is a list of texts", word)
    return tuple(cast("list[str]", texts))


def parse_place(text: str) -> Way:
    """The place that a path of names and indexes leads to; `*` is any item or member. Errors: BadRules"""
    try:
        path = parse_path(Excerpt(text, ((0, 0),)))
    except CellProblem as problem:
        raise BadRules(f"{text}: {problem.message}", text, problem.hint) from problem
    way: list[str | int] = []
    for segment in path.segments:
        match segment.selectors:
            case (n.NameSelector(name),) if not segment.descend:
                way.append(name)
            case (n.IndexSelector(index),) if not segment.descend:
                way.append(index)
            case (n.WildcardSelector(),) if not segment.descend:
                way.append("*")
            case _:
                raise BadRules(f"{text} is no single place", text, "name one member or item after the other")
    return tuple(way)
