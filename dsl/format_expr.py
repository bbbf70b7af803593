"""Expressions, conditions and types to their canonical text; parentheses only where they are needed."""

import re
from dataclasses import dataclass
from typing import assert_never

from . import nodes as n
from .format_path import format_path, format_scalar
from .templates import page_parts
from .text import quote

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*\Z")
_LOOSE = (n.If, n.Each, n.Pipe)  # what stands in parentheses wherever an atom or a fallback is wanted


@dataclass(frozen=True, slots=True)
class Cells:
    """Writes the texts of cells. `page`: as docs pages have them, with `$.a` for a placeholder where that will do."""

    page: bool = False

    def expr(self, node: n.Expr) -> str:
        """The text of an expression."""
        match node:
            case n.Path():
                return format_path(node)
            case n.Literal(value):
                return self._text((value,)) if isinstance(value, str) else format_scalar(value)
            case n.Template(parts):
                return self._text(parts)
            case n.Object(members):
                return "{" + ", ".join(f"{_key(m.key)}: {self.expr(m.value)}" for m in members) + "}"
            case n.List(items):
                return f"[{', '.join(map(self.expr, items))}]"
            case n.Coalesce(arms):
                return " ?? ".join(self._within(arm, n.Coalesce, *_LOOSE) for arm in arms)
            case n.If(condition, then, otherwise):
                return self._if(condition, then, otherwise)
            case n.Each(items, body):
                return f"each {self._within(items, *_LOOSE)} -> {self.expr(body)}"
            case n.Pipe(value, body):
                return f"{self._within(value, *_LOOSE)} -> {self.expr(body)}"
            case n.Call(name, arguments, options):
                words = [*map(self.expr, arguments), *(f"{o.name}: {self.expr(o.value)}" for o in options)]
                return f"{name}({', '.join(words)})"
            case n.Ref(name):
                return name
            case n.Setting(name):
                return f"settings.{name}"
            case n.Directive(text):
                return text
            case _:
                assert_never(node)

    def condition(self, node: n.Condition) -> str:
        """The text of a condition."""
        match node:
            case n.Or(terms):
                return " or ".join(self.condition_term(term, n.Or) for term in terms)
            case n.And(terms):
                return " and ".join(self.condition_term(term, n.And, n.Or) for term in terms)
            case n.Not(n.Test() as test):
                return f"!{self.condition(test)}"
            case n.Not(term):
                return f"not ({self.condition(term)})"
            case n.Compare(left, op, right):
                return f"{self.expr(left)} {op} {self.expr(right)}"
            case n.In(value, choices):
                return f"{self.expr(value)} in ({', '.join(format_scalar(c.value) for c in choices)})"
            case n.Test(name, arguments):
                return f"{name}({', '.join(map(self.expr, arguments))})"
            case n.Constant(value):
                return "always" if value else "never"
            case _:
                assert_never(node)

    def condition_term(self, node: n.Condition, *looser: type[n.Node]) -> str:
        """A condition as a term of another, in parentheses where it binds no tighter."""
        text = self.condition(node)
        return f"({text})" if isinstance(node, looser) else text

    def _within(self, node: n.Expr, *looser: type[n.Node]) -> str:
        text = self.expr(node)
        return f"({text})" if isinstance(node, looser) else text

    def _if(self, condition: n.Condition, then: n.Expr, otherwise: n.Expr | None) -> str:
        head = f"if {self.condition(condition)} then"
        if otherwise is None:
            return f"{head} {self.expr(then)}"
        first = f"({self.expr(then)})" if _takes_else(then) else self.expr(then)
        return f"{head} {first} else {self.expr(otherwise)}"

    def _text(self, parts: tuple[n.Scalar | n.Path, ...]) -> str:
        if self.page:
            printed = "".join(format_path(p) if isinstance(p, n.Path) else str(p) for p in parts)
            if "{{" not in printed and page_parts(printed) == parts:
                return quote(printed)
        return quote("".join(_placeholder(p) if isinstance(p, n.Path) else _bare(str(p)) for p in parts))


def _takes_else(node: n.Expr) -> bool:
    """True if an `else` that follows the node's text would belong to it."""
    match node:
        case n.If(otherwise=None):
            return True
        case n.If(otherwise=n.Node() as last) | n.Each(body=last) | n.Pipe(body=last):
            return _takes_else(last)
        case _:
            return False


def _bare(text: str) -> str:
    return text.replace("{{", "{{{{")


def _placeholder(path: n.Path) -> str:
    text = format_path(path)
    if path.root == "$":
        text = text[2:] if text.startswith("$.") else text[1:]
    return "{{" + text.replace("}", "\\u007d") + "}}"


def _key(key: str) -> str:
    return key if _NAME.match(key) else quote(key)


def format_expr(node: n.Expr) -> str:
    """The canonical text of an expression."""
    return Cells().expr(node)


def format_condition(node: n.Condition) -> str:
    """The canonical text of a condition, on one line."""
    return Cells().condition(node)


def format_type(node: n.FieldType) -> str:
    """The canonical text of a type cell: the value's type, `required`, `nullable`."""
    words = [format_value_type(node.value)]
    if node.required is True:
        words.append("required")
    elif node.required is not False:
        words.append(f"required if {format_condition(node.required)}")
    if node.nullable:
        words.append("nullable")
    return " ".join(words)


def format_value_type(node: n.ValueType) -> str:
    """The canonical text of a value's type."""
    match node:
        case n.NamedType(name, None, None):
            return name
        case n.NamedType(name, None, high):
            return f"{name}({format_scalar(high)})"
        case n.NamedType(name, low, high):
            return f"{name}({format_scalar(low)}..{'' if high is None else format_scalar(high)})"
        case n.LiteralType(values):
            return " or ".join(map(format_scalar, values))
        case n.ListType(n.LiteralType() as item):
            return f"({format_value_type(item)})[]"
        case n.ListType(item):
            return f"{format_value_type(item)}[]"
        case _:
            assert_never(node)


def format_field(name: n.FieldName) -> str:
    """The canonical text of a field cell: parts that are no plain names stand in quotes."""
    if name.parts == (n.SPREAD,):
        return n.SPREAD
    return ".".join(part if _NAME.match(part) else quote(part) for part in name.parts)
