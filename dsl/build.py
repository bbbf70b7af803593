"""Lark trees of cells to nodes: expressions, conditions, types, heads of sections."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from lark import Token

from . import nodes as n
from .build_path import build_path, number_of, parse_path, scalar_of, span_of, text_of
from .cells import LarkTree, parse_tree
from .problems import CellProblem
from .source import Excerpt, Span
from .templates import PLACEHOLDER, join_texts, page_parts, with_braces

TESTS = {"contains": 2, "match": 2, "exists": 1, "present": 1}
MOST_PLACEHOLDERS = 256  # of one text
Child = LarkTree | Token


@dataclass(frozen=True, slots=True)
class Builder:
    """Builds the nodes of one cell.

    Shape: `page`: texts are templates as docs pages print them, and `directive` makes what it can of directives
    """

    cell: Excerpt
    page: bool = False
    directive: Callable[[n.Directive], n.Expr] | None = None

    def span(self, tree: Child) -> Span:
        """Where the tree stands in the source."""
        return span_of(tree, self.cell)

    # --- expressions

    def expr(self, tree: Child) -> n.Expr:
        """The expression of a tree."""
        assert not isinstance(tree, Token)
        span, children = self.span(tree), tree.children
        match str(tree.data):
            case "path":
                return build_path(tree, self.cell)
            case "literal":
                return self._literal(children[0], span)
            case "name":
                return self._name(tree, span)
            case "call":
                return self._call(tree, span)
            case "object":
                return self._object(tree, span)
            case "list":
                return n.List(tuple(self.expr(c) for c in children), span=span)
            case "coalesce":
                arms = tuple(self.expr(c) for c in children)
                flat = tuple(a for arm in arms for a in (arm.arms if isinstance(arm, n.Coalesce) else (arm,)))
                return n.Coalesce(flat, span=span)
            case "if_":
                condition = self.condition(children[0])
                rest = [self.expr(c) for c in children[1:]]
                return n.If(condition, rest[0], rest[1] if len(rest) > 1 else None, span=span)
            case "each" | "pipe" as kind:
                left, right = (self.expr(c) for c in children if not isinstance(c, Token))
                return (n.Each if kind == "each" else n.Pipe)(left, right, span=span)
            case other:
                raise AssertionError(other)

    def _literal(self, token: Child, span: Span) -> n.Expr:
        assert isinstance(token, Token)
        if token.type == "STRING":
            return self._text(token, span)
        return n.Literal(scalar_of(token), span=span)

    def _text(self, token: Token, span: Span) -> n.Literal | n.Template:
        text = text_of(token)
        if self.page and "{{" not in text:
            joined = tuple(part if isinstance(part, str) else replace(part, span=span) for part in page_parts(text))
        else:
            joined = self._parts(text, token, span)
        if all(isinstance(part, str) for part in joined):
            return n.Literal("".join(str(part) for part in joined), span=span)
        return n.Template(joined, span=span)

    def _parts(self, text: str, token: Token, span: Span) -> tuple[str | n.Path, ...]:
        parts: list[str | n.Path] = []
        done = 0
        for match in PLACEHOLDER.finditer(text):
            parts.append(text[done : match.start()])
            done = match.end()
            parts.append("{{" if match[0] == "{{{{" else self._placeholder(match[1], token, span))
        if len(parts) > 2 * MOST_PLACEHOLDERS:
            message = f"this text has {len(parts) // 2} placeholders; at most {MOST_PLACEHOLDERS} are read"
            raise CellProblem("E012", message, token.start_pos or 0, token.end_pos or 0)
        return join_texts([*parts, text[done:]])

    def _placeholder(self, text: str, token: Token, span: Span) -> n.Path:
        inner = text.strip()
        start, end = token.start_pos or 0, token.end_pos or 0
        if not inner:
            raise CellProblem("E016", "this template has an empty placeholder", start, end,
                              "name a path without `$.`, as in `{{properties.name}}`")  # fmt: skip
        if inner.startswith("$.") or inner == "$":
            raise CellProblem("E016", f"a placeholder is a path without `$.`: `{inner}`", start, end,
                              f"write `{{{{{inner[2:] or 'name'}}}}}`")  # fmt: skip
        path = inner if inner.startswith("$$") else f"$.{inner}" if inner[0] != "[" else f"${inner}"
        try:
            node = parse_path(Excerpt(path, ((0, 0),)))
        except CellProblem as error:
            raise CellProblem("E016", f"the placeholder `{inner}` is no path", start, end, error.hint) from None
        if not node.singular:
            raise CellProblem("E016", f"the placeholder `{inner}` can give several values", start, end)
        return replace(node, span=span)

    def _name(self, tree: LarkTree, span: Span) -> n.Expr:
        first, *rest = tree.children
        name = str(first)
        if not rest:
            return n.Ref(name, span=span)
        if name == "settings" and len(rest) == 1 and isinstance(rest[0], Token) and rest[0].type == "DOT_NAME":
            return n.Setting(str(rest[0])[1:], span=span)
        return n.Path("", self._bare_steps(name, rest, span), span=span)

    def _bare_steps(self, name: str, rest: list[Child], span: Span) -> tuple[n.Segment, ...]:
        """The steps of a bare name; a backslash takes the next character as it is (Segment's FQL)."""
        text = name + "".join(str(token) for token in rest)
        if "\\" in text:
            text = re.sub(r"\\(.)", r"\1", text).replace("[", ".").replace("]", "")
        steps: list[n.Segment] = []
        for word in text.split("."):
            if re.fullmatch(r"0|[1-9][0-9]*", word):
                steps.append(n.Segment((n.IndexSelector(int(word), dotted=True, span=span),), span=span))
            elif word:
                steps.append(n.Segment((n.NameSelector(word, span=span),), span=span))
        return tuple(steps)

    def _call(self, tree: LarkTree, span: Span) -> n.Call:
        name = str(tree.children[0])
        arguments: list[n.Expr] = []
        options: list[n.Option] = []
        for child in tree.children[1:]:
            if not isinstance(child, Token) and child.data == "option":
                value = self.expr(child.children[1])
                options.append(n.Option(str(child.children[0]), value, span=self.span(child)))
            else:
                arguments.append(self.expr(child))
        return n.Call(name, tuple(arguments), tuple(options), span=span)

    def _object(self, tree: LarkTree, span: Span) -> n.Expr:
        pairs = [(self.key(c.children[0]), c) for c in tree.children if not isinstance(c, Token)]
        if any(key.startswith("@") for key, _ in pairs):
            text = self._json(tree)
            if self.page and self.cell.text[tree.meta.start_pos] == "(":
                text = with_braces(text)
            directive = n.Directive(text, span=span)
            return self.directive(directive) if self.directive else directive
        seen: dict[str, n.Member] = {}
        for key, child in pairs:
            if key in seen:
                start, end = child.meta.start_pos, child.meta.end_pos
                raise CellProblem("E010", f"the key `{key}` is there twice", start, end)
            seen[key] = n.Member(key, self.expr(child.children[1]), span=self.span(child))
        return n.Object(tuple(seen.values()), span=span)

    def key(self, token: Child) -> str:
        """The text of a name or a quoted token."""
        assert isinstance(token, Token)
        return text_of(token) if token.type == "STRING" else str(token)

    def _json(self, tree: Child) -> str:
        """The JSON text of a directive as written; its texts are no templates."""
        if isinstance(tree, Token):
            return json.dumps(text_of(tree), ensure_ascii=False) if tree.type == "STRING" else str(tree)
        match str(tree.data):
            case "object":
                parts = [
                    f"{json.dumps(self.key(c.children[0]), ensure_ascii=False)}: {self._json(c.children[1])}"
                    for c in tree.children
                    if not isinstance(c, Token)
                ]
                return "{" + ", ".join(parts) + "}"
            case "list":
                return "[" + ", ".join(self._json(c) for c in tree.children) + "]"
            case "literal":
                return self._json(tree.children[0])
            case _:
                raise CellProblem(
                    "E001", "a directive object holds JSON only", tree.meta.start_pos, tree.meta.end_pos,
                    "inside an object with an `@` key, write directives, not expressions",
                )  # fmt: skip

    # --- conditions

    def condition(self, tree: Child) -> n.Condition:
        """The condition of a tree; bare names in it become paths with root ""."""
        assert not isinstance(tree, Token)
        span, children = self.span(tree), tree.children
        match str(tree.data):
            case "or_" | "and_" as kind:
                terms = tuple(self.condition(c) for c in children)
                if len(terms) == 1:
                    return terms[0]
                node = n.Or if kind == "or_" else n.And
                flat = tuple(t for term in terms for t in (term.terms if isinstance(term, node) else (term,)))
                return node(flat, span=span)
            case "not_":
                child = children[0]
                if isinstance(child, Token) or child.data != "call":
                    return n.Not(self.condition(child), span=span)
                return n.Not(self._test(child), span=span)
            case "test":
                return self._test(children[0])
            case "compare":
                return self._compare(tree, span)
            case "in_":
                choices = tuple(self.plain(c) for c in children[1:])
                return n.In(bare(self.expr(children[0])), choices, span=span)
            case kind:
                return n.Constant(kind == "always", span=span)

    def _compare(self, tree: LarkTree, span: Span) -> n.Compare:
        left, operator, right = tree.children
        assert isinstance(operator, Token)
        if str(operator) == "==":
            raise CellProblem("E008", "`==` is no operator of a condition", operator.start_pos or 0,
                              operator.end_pos or 0, "equality is written `=`")  # fmt: skip
        return n.Compare(bare(self.expr(left)), str(operator), bare(self.expr(right)), span=span)

    def _test(self, tree: Child) -> n.Test:
        assert not isinstance(tree, Token)
        call = self._call(tree, self.span(tree))
        start, end = tree.meta.start_pos, tree.meta.end_pos
        if call.name not in TESTS:
            raise CellProblem("E008", f"`{call.name}(…)` is no condition by itself", start, end,
                              "conditions are " + ", ".join(TESTS) + "; compare a value: `= …`")  # fmt: skip
        if len(call.arguments) != TESTS[call.name] or call.options:
            wanted = TESTS[call.name]
            raise CellProblem("E008", f"`{call.name}` takes {wanted} argument{'s' * (wanted > 1)}", start, end)
        return n.Test(call.name, tuple(bare(a) for a in call.arguments), span=call.span)

    def plain(self, tree: Child) -> n.Literal:
        """A literal as it stands: its text is no template."""
        assert not isinstance(tree, Token)
        token = tree.children[0]
        assert isinstance(token, Token)
        return n.Literal(scalar_of(token), span=self.span(tree))

    # --- types

    def field_type(self, tree: LarkTree) -> n.FieldType:
        """The node of a type cell."""
        value, *modifiers = tree.children
        required: bool | n.Condition = False
        nullable = False
        for modifier in modifiers:
            assert not isinstance(modifier, Token)
            if modifier.data == "nullable":
                nullable = True
            else:
                required = self.condition(modifier.children[0]) if modifier.children else True
        return n.FieldType(self._value_type(value), required, nullable, span=self.span(tree))

    def _value_type(self, tree: Child) -> n.ValueType:
        assert not isinstance(tree, Token)
        span = self.span(tree)
        match str(tree.data):
            case "literal_type":
                return n.LiteralType(tuple(self.plain(c).value for c in tree.children), span=span)
            case "literal_list":
                values = tuple(self.plain(c).value for c in tree.children)
                return n.ListType(n.LiteralType(values, span=span), span=span)
            case "list_type":
                return n.ListType(self._value_type(tree.children[0]), span=span)
            case _:
                return self._bounded(tree, span)

    def _bounded(self, tree: LarkTree, span: Span) -> n.NamedType:
        tokens = [c for c in tree.children if isinstance(c, Token)]
        name, numbers = str(tokens[0]), tokens[1:]
        low = high = None
        if tree.data == "named_type":
            high = number_of(numbers[0]) if numbers else None
        else:
            low = number_of(numbers[0]) if numbers[0].type == "NUMBER" else None
            high = number_of(numbers[-1]) if numbers[-1].type == "NUMBER" else None
        wrong = wrong_bounds(name, low, high)
        if wrong:
            raise CellProblem("E011", wrong, tree.meta.start_pos, tree.meta.end_pos)
        return n.NamedType(name, low, high, span=span)


def wrong_bounds(name: str, low: float | None, high: float | None) -> str:
    """What is wrong with the bounds of a type; "" if nothing is."""
    counts = [bound for bound in (low, high) if bound is not None]
    if name in ("string", "array", "secret") and any(type(bound) is not int or bound < 0 for bound in counts):
        return "a length is a whole number, 0 or more"
    if low is None or high is None:
        return ""
    is_empty = low > high or (name == "integer" and -(-low // 1) > high // 1)  # no whole number lies between
    return f"the range {low}..{high} is empty" if is_empty else ""


def bare(node: n.Expr) -> n.Expr:
    """In a condition a bare name is a path: of the event in `when` and `if`, of the payload in a law."""
    match node:
        case n.Ref(name):
            step = n.Segment((n.NameSelector(name, span=node.span),), span=node.span)
            return n.Path("", (step,), span=node.span)
        case n.Call():
            return replace(node, arguments=tuple(bare(a) for a in node.arguments))
        case n.Coalesce():
            return replace(node, arms=tuple(bare(a) for a in node.arms))
        case _:
            return node


def parse_expr(cell: Excerpt) -> n.Expr:
    """The expression of a source cell. Errors: CellProblem."""
    return Builder(cell).expr(parse_tree(cell, "expr"))


def parse_condition(cell: Excerpt) -> n.Condition:
    """The condition of a trigger or law. Errors: CellProblem."""
    return Builder(cell).condition(parse_tree(cell, "condition"))


def parse_type(cell: Excerpt) -> n.FieldType:
    """The type of a type cell. Errors: CellProblem."""
    return Builder(cell).field_type(parse_tree(cell, "type_cell"))
