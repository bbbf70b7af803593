"""Lark trees of paths to path nodes, with RFC 9535's rules that a grammar cannot say."""

import re

from lark import Token

from . import nodes as n
from .cells import LarkTree, parse_tree
from .problems import CellProblem
from .source import Excerpt, Span
from .text import BadText, unquote

_SHORTHAND = re.compile(r"[^\x00-@\[-^`{-\x7f\ud800-\udfff][^\x00-/:-@\[-^`{-\x7f\ud800-\udfff]*\Z")
_INTEGER = re.compile(r"(?:0|-?[1-9][0-9]*)\Z")
_LIMIT = 2**53 - 1
MOST_STEPS = 256  # of one path
_QUOTED_OR_BREAK = re.compile(r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|<br *\/?>|<\/?pre>""", re.S)

# what a function takes and gives (RFC 9535, 2.4.4 to 2.4.8): value, nodes or logical
_FUNCTIONS = {
    "length": (("value",), "value"),
    "count": (("nodes",), "value"),
    "match": (("value", "value"), "logical"),
    "search": (("value", "value"), "logical"),
    "value": (("nodes",), "value"),
}


def parse_path(cell: Excerpt, *, strict: bool = False) -> n.Path:
    """The path that a text is.

    Shape:  `strict` refuses what RFC 9535 does not have: `$$`, `$.items.0`, names with spaces
    Errors: CellProblem
    """
    if strict:
        _refuse_frills(cell.text)
    tree = parse_tree(cell, "strict_path")
    return build_path(tree, cell, strict=strict)


def _refuse_frills(text: str) -> None:
    """What a cell may have and a path may not: white space around it, and the line breaks of pages."""
    if text != text.strip(" \t\n\r"):
        at = 0 if text[0].isspace() else len(text.rstrip(" \t\n\r"))
        raise CellProblem("E006", "a path has no white space around it", at, at + 1, "take it away")
    for found in _QUOTED_OR_BREAK.finditer(text):
        if found[0][0] == "<":
            raise CellProblem("E006", f"`{found[0]}` is no part of a path", found.start(), found.end())


def build_path(tree: LarkTree, cell: Excerpt, *, strict: bool = False) -> n.Path:
    """The node of a `path`, `strict_path` or `relative` tree."""
    root = _token(tree.children[0])
    if strict and str(root) == "$$":
        raise _bad(root, "`$$` is not RFC 9535", "write `$`")
    segments = tuple(_segment(child, cell, strict) for child in tree.children[1:] if not isinstance(child, Token))
    if len(segments) > MOST_STEPS and not strict:  # a mapping's; `find` reads paths of any length
        message = f"this path has {len(segments)} steps; at most {MOST_STEPS} are read"
        raise CellProblem("E012", message, 0, len(cell.text))
    return n.Path(str(root), segments, span=span_of(tree, cell))


def span_of(tree: LarkTree | Token, cell: Excerpt) -> Span:
    """Where a tree or token stands in the source."""
    if isinstance(tree, Token):
        return cell.span(tree.start_pos or 0, tree.end_pos or 0)
    if tree.meta.empty:
        return cell.whole
    return cell.span(tree.meta.start_pos, tree.meta.end_pos)


def _token(child: "LarkTree | Token") -> Token:
    assert isinstance(child, Token)
    return child


def _bad(token: Token, message: str, hint: str = "") -> CellProblem:
    return CellProblem("E006", message, token.start_pos or 0, token.end_pos or 0, hint)


def _segment(tree: "LarkTree | Token", cell: Excerpt, strict: bool) -> n.Segment:
    assert not isinstance(tree, Token)
    span = span_of(tree, cell)
    first = tree.children[0]
    if not isinstance(first, Token):
        return n.Segment(_selectors(first, cell, strict), span=span)
    text = str(first)
    match first.type:
        case "DOT_NAME" | "DESCEND_NAME":
            descend = first.type == "DESCEND_NAME"
            name = text[2:] if descend else text[1:]
            if strict and not _SHORTHAND.match(name):
                raise _bad(first, f"`{name}` is no name that may follow a dot", f'write `["{name}"]`')
            return n.Segment((n.NameSelector(name, span=span),), descend, span=span)
        case "DOT_INDEX":
            if strict:
                raise _bad(first, "an index stands in brackets", f"write `[{text[1:]}]`")
            return n.Segment((n.IndexSelector(_index(first, text[1:]), dotted=True, span=span),), span=span)
        case "DESCEND_BRACKET":
            rest = tree.children[1]
            assert not isinstance(rest, Token)
            return n.Segment(_selectors(rest, cell, strict), True, span=span)
        case _:  # DOT_STAR, DESCEND_STAR
            return n.Segment((n.WildcardSelector(span=span),), first.type == "DESCEND_STAR", span=span)


def _selectors(tree: LarkTree, cell: Excerpt, strict: bool) -> tuple[n.Selector, ...]:
    return tuple(_selector(child, cell, strict) for child in tree.children if not isinstance(child, Token))


def _selector(tree: LarkTree, cell: Excerpt, strict: bool) -> n.Selector:
    span = span_of(tree, cell)
    first = tree.children[0] if tree.children else None
    match str(tree.data):
        case "name_selector":
            return n.NameSelector(text_of(_token(first)), span=span)  # type: ignore[arg-type]
        case "index_selector":
            token = _token(first)  # type: ignore[arg-type]
            return n.IndexSelector(_index(token, str(token)), span=span)
        case "slice":
            return _slice(_token(first), span)  # type: ignore[arg-type]
        case "filter":
            assert first is not None and not isinstance(first, Token)
            return n.FilterSelector(_test(_filter(first, cell, strict), first), span=span)
        case _:
            return n.WildcardSelector(span=span)


def _index(token: Token, text: str) -> int:
    if not _INTEGER.match(text):
        raise _bad(token, f"`{text}` is no index", "an index is a whole number without leading zeros")
    value = int(text)
    if abs(value) > _LIMIT:
        raise _bad(token, f"the index {text} is out of range", "at most 9007199254740991 either way")
    return value


def _slice(token: Token, span: Span) -> n.SliceSelector:
    parts = [part.strip(" \t\n\r") for part in str(token).split(":")]
    numbers = [_index(token, part) if part else None for part in parts] + [None]
    return n.SliceSelector(numbers[0], numbers[1], numbers[2], span=span)


def text_of(token: Token) -> str:
    """The text of a quoted token; CellProblem where its escapes are wrong."""
    try:
        return unquote(str(token))
    except BadText as error:
        raise CellProblem("E007", str(error), token.start_pos or 0, token.end_pos or 0) from None


def number_of(token: Token) -> int | float:
    """The number that a token is: an int where it has neither fraction nor exponent."""
    text = str(token)
    if re.fullmatch(r"-?[0-9]+", text):
        if len(text) > 400:
            raise CellProblem("E007", "this number is too long", token.start_pos or 0, token.end_pos or 0)
        return int(text)
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise CellProblem("E007", "this number is out of range", token.start_pos or 0, token.end_pos or 0)
    return value


def _filter(tree: "LarkTree | Token", cell: Excerpt, strict: bool) -> n.FilterExpr:
    assert not isinstance(tree, Token)
    span = span_of(tree, cell)
    children = tree.children
    match str(tree.data):
        case "filter_or" | "filter_and" as kind:
            if len(children) == 1:
                return _filter(children[0], cell, strict)
            terms = tuple(_test(_filter(c, cell, strict), c) for c in children)
            return (n.FilterOr if kind == "filter_or" else n.FilterAnd)(terms, span=span)
        case "filter_not":
            return n.FilterNot(_test(_filter(children[0], cell, strict), children[0]), span=span)
        case "filter_compare":
            operator = _token(children[1])
            if str(operator) == "=":
                raise _bad(operator, "`=` inside `[?…]`", "a filter compares with `==`")
            left, right = _filter(children[0], cell, strict), _filter(children[2], cell, strict)
            return n.FilterCompare(_value(left, children[0]), str(operator), _value(right, children[2]), span=span)
        case "filter_call":
            return _filter_call(tree, cell, strict)
        case "filter_literal":
            return n.FilterLiteral(scalar_of(_token(children[0])), span=span)
        case "filter_group":
            return _filter(children[0], cell, strict)
        case _:
            return build_path(tree, cell, strict=strict)


def scalar_of(token: Token) -> n.Scalar:
    """The value of a literal's token."""
    match token.type:
        case "STRING" | "SINGLE_QUOTED":
            return text_of(token)
        case "NUMBER":
            return number_of(token)
        case "NULL":
            return None
        case _:
            return token.type == "TRUE"


def _filter_call(tree: LarkTree, cell: Excerpt, strict: bool) -> n.FilterCall:
    token = _token(tree.children[0])
    name = str(token)[:-1]
    if name not in _FUNCTIONS:
        raise _bad(token, f"there is no function `{name}` in a filter", "there are " + ", ".join(_FUNCTIONS))
    wanted = _FUNCTIONS[name][0]
    given = tree.children[1:]
    if len(given) != len(wanted):
        raise _bad(token, f"`{name}` takes {len(wanted)} argument{'s' * (len(wanted) > 1)}, not {len(given)}")
    arguments: list[n.FilterExpr] = []
    for child, kind in zip(given, wanted, strict=True):
        if _in_parentheses(child):
            raise _bad_tree(child, f"an argument of `{name}` has no parentheses of its own", "take them away")
        node = _filter(child, cell, strict)
        if kind == "value":
            node = _value(node, child)
        elif not isinstance(node, n.Path):
            raise _bad_tree(child, f"`{name}` takes a path")
        arguments.append(node)
    return n.FilterCall(name, tuple(arguments), span=span_of(tree, cell))


def _in_parentheses(tree: "LarkTree | Token") -> bool:
    while not isinstance(tree, Token) and tree.data in ("filter_or", "filter_and") and len(tree.children) == 1:
        tree = tree.children[0]
    return not isinstance(tree, Token) and tree.data == "filter_group"


def _bad_tree(tree: "LarkTree | Token", message: str, hint: str = "") -> CellProblem:
    if isinstance(tree, Token):
        return _bad(tree, message, hint)
    return CellProblem("E006", message, tree.meta.start_pos, tree.meta.end_pos, hint)


def _value(node: n.FilterExpr, tree: "LarkTree | Token") -> n.FilterExpr:
    """Refuses what is no single value (RFC 9535, 2.4.3)."""
    if isinstance(node, n.FilterLiteral) or (isinstance(node, n.Path) and node.singular):
        return node
    if isinstance(node, n.FilterCall) and _FUNCTIONS[node.name][1] == "value":
        return node
    raise _bad_tree(tree, "a comparison needs single values", "this can give several, or true and false")


def _test(node: n.FilterExpr, tree: "LarkTree | Token") -> n.FilterExpr:
    if isinstance(node, n.FilterCall) and _FUNCTIONS[node.name][1] == "value":
        raise _bad_tree(tree, f"`{node.name}(…)` gives a value", "compare it: `== …`")
    return node
