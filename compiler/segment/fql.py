"""Triggers: Segment's parser of FQL, which has no precedence and skips what it does not know.

The tree: a Group ("and" or "or", whatever operator came last) of conditions, of groups one level deep, and of
None where the trigger has empty parentheses. The quirks: docs/segment.md.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal, TypeAlias

from .fql_tokens import FqlError, Token, tokenize
from .values import from_units, number_text, to_number, units

Subject: TypeAlias = Literal["event-type", "event", "name", "userId", "event-property", "event-trait", "event-context"]

_SUBJECTS: Final[dict[str, Subject]] = {
    "type": "event-type",
    "event": "event",
    "name": "name",
    "userId": "userId",
    "context": "event-context",
    "properties": "event-property",
    "traits": "event-trait",
}
_FUNCTION_SUBJECTS: Final = ("event", "name", "userId")
_CONTAINERS: Final = ("properties", "traits", "context")
# JavaScript finds these in every object: used as a name they eat two words and give no condition.
_INHERITED: Final = frozenset(
    {
        "__defineGetter__", "__defineSetter__", "__lookupGetter__", "__lookupSetter__", "__proto__", "constructor",
        "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable", "toLocaleString", "toString", "valueOf",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Condition:
    """One test.

    Shape:  subject "event-property", name "plan", operator "=", value "pro"
            name: the path below properties, traits or context; None for the four others
            operator: = != < <= > >= number_equals number_not_equals contains not_contains starts_with
                not_starts_with ends_with not_ends_with exists not_exists is_true is_false, or any other word that
                stood there, which never holds
            value: None where the operator needs none; NaN for a lone sign
    """

    subject: Subject
    operator: str
    name: str | None = None
    value: str | float | bool | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """All of the children ("and") or any of them ("or"); a child None, from (), crashes the test that reaches it."""

    operator: Literal["and", "or"]
    children: tuple["Condition | Group | None", ...]


@lru_cache(maxsize=1024)
def parse_fql(fql: str) -> Group:
    """Read a trigger as Segment reads it.

    Shape:  'type = "a" and event = "b" or name = "c"' -> Group("or", (…, …, …))
    Errors: FqlError where Segment refuses the trigger
    """
    tree = _Parser(tokenize(fql)).level()
    if tree is None:
        raise FqlError("no condition")
    return tree if isinstance(tree, Group) else Group("and", (tree,))


def _plain(token: Token) -> str | float | bool:
    if token.kind == "string":
        return from_units(token.text.removeprefix('"').removesuffix('"'))  # single quotes stay
    if token.kind == "number":
        return to_number(token.text)
    if token.kind == "ident" and token.text in ("true", "false"):
        return token.text == "true"
    return from_units(token.text)


def _as_text(token: Token) -> str:
    value = _plain(token)
    return value if isinstance(value, str) else token.text if isinstance(value, bool) else number_text(value)


class _Parser:
    """Takes words off the front, often without a look at what they are, as the original does."""

    def __init__(self, tokens: tuple[Token, ...]) -> None:
        self._tokens = tokens
        self._at = 0

    def level(self) -> Condition | Group | None:
        """One level: every condition found, under the last operator seen; None where there is none."""
        nodes: list[Condition | Group | None] = []
        operator: Literal["and", "or"] = "and"
        while (token := self._take()) and token.kind != "end":
            if token.kind == "ident":
                self._named(token, nodes)
            elif token == Token("operator", "!"):
                self._negated(nodes)
            elif token == Token("mark", "("):
                nodes.append(self._group())
            elif token.kind == "conditional":
                operator = "or" if token.text == "or" else "and"
        if len(nodes) > 1:
            return Group(operator, tuple(nodes))
        return nodes[0] if nodes else None

    def _take(self) -> Token | None:
        if self._at == len(self._tokens):
            return None
        self._at += 1
        return self._tokens[self._at - 1]

    def _need(self, what: str) -> Token:
        token = self._take()
        if token is None:
            raise FqlError(f"{what} is missing")
        return token

    def _named(self, token: Token, nodes: list[Condition | Group | None]) -> None:
        root = token.text.split(".")[0]
        if root in _SUBJECTS or root in _INHERITED:
            operator, value = self._need("an operator"), self._need("a value")
            if root in _SUBJECTS:
                nodes.append(_condition(_SUBJECTS[root], token.text, operator, value))
        if _is_function(token):
            self._function(token.text, nodes, negated=False)

    def _negated(self, nodes: list[Condition | Group | None]) -> None:
        if self._at == len(self._tokens):
            raise FqlError("nothing after '!'")
        if _is_function(self._tokens[self._at]):
            self._function(self._tokens[self._at].text, nodes, negated=True, skip=1)

    def _group(self) -> Condition | Group | None:
        """The words up to the first ")", be it that of a function."""
        inner: list[Token] = []
        while (token := self._need("')'")) != Token("mark", ")"):
            inner.append(token)
        return _Parser((*inner, Token("end", "eos"))).level()

    def _function(self, name: str, nodes: list[Condition | Group | None], *, negated: bool, skip: int = 0) -> None:
        """contains(subject, value) or match(…): five words, of which only the second and the fourth are looked at."""
        self._at += skip
        self._take()
        subject = self._need(f"the first argument of {name}()")
        self._take()
        value = self._need(f"the second argument of {name}()")
        self._take()
        operator, text = ("contains", _as_text(value)) if name == "contains" else _pattern(value)
        operator = f"not_{operator}" if negated else operator
        if subject.text in _FUNCTION_SUBJECTS:
            nodes.append(Condition(_SUBJECTS[subject.text], operator, None, text))
        for root in _CONTAINERS:
            if subject.text.startswith(root):
                nodes.append(Condition(_SUBJECTS[root], operator, _below(subject.text, root), text))


def _is_function(token: Token) -> bool:
    return token.kind == "ident" and token.text in ("contains", "match")


def _pattern(token: Token) -> tuple[str, str]:
    """match's operator and text: "x*" is a prefix; whatever else loses its first character and is a suffix."""
    if token.text.endswith('*"'):
        return "starts_with", _as_text(token)[:-1]
    # A first character of two UTF-16 units loses one of them.
    return "ends_with", from_units(units(_as_text(token))[1:])


def _below(path: str, root: str) -> str:
    return from_units(path.removeprefix(f"{root}."))


def _condition(subject: Subject, path: str, operator_token: Token, value_token: Token) -> Condition:
    operator = from_units(operator_token.text)
    if subject in ("event-type", "event"):
        return Condition(subject, operator, None, _as_text(value_token))
    tests = {("!=", "null"): "exists", ("=", "null"): "not_exists"}
    if subject != "name":
        tests |= {("=", "true"): "is_true", ("=", "false"): "is_false"}
    name = None if subject in ("name", "userId") else _below(path, path.split(".")[0])
    test = tests.get((operator, value_token.text))
    if test is not None:
        return Condition(subject, test, name)
    if name is None:
        return Condition(subject, operator, None, _as_text(value_token))
    if value_token.kind == "number" and operator in ("=", "!="):
        return Condition(
            subject, "number_equals" if operator == "=" else "number_not_equals", name, _plain(value_token)
        )
    return Condition(subject, operator, name, _plain(value_token))
