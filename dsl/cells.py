"""One cell of text to one node: the Lark parser of the cell language, and what its errors mean."""

import re
from functools import cache
from importlib import resources
from typing import Any, TypeAlias, cast

from lark import Lark, Token, Tree, UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from .parse_tables import load_parser
from .path_spelling import path_problem
from .problems import CellProblem
from .source import Excerpt
from .spelling import hint_for

LarkTree: TypeAlias = Tree[Token]

STARTS = (
    "expr", "condition", "type_cell", "strict_path", "titled", "named", "quoted", "preset_head", "law_head",
    "let_head", "names", "words", "shape_head", "field", "literals", "default", "item_source",
)  # fmt: skip

MAX_DEPTH = 64  # of brackets, `if`, `each` and `->`; Python's own limits on nesting lie a little above
MAX_CELL = 200_000  # characters; longer is no cell that a person wrote

WHAT = {
    "expr": "source", "condition": "condition", "type_cell": "type", "strict_path": "path",
    "field": "field name", "let_head": "let", "literals": "list of values", "default": "default",
}  # fmt: skip


def grammar_text() -> str:
    """The grammar of cells, as text."""
    return (resources.files("atpath.dsl") / "grammar" / "cell.lark").read_text("utf-8")


@cache
def _parser() -> Any:
    return load_parser("cells", grammar_text(), make_parser)


def make_parser(grammar: str, *, strict: bool = False) -> Lark:
    """The parser of cells, built from the grammar's text; `strict` refuses every ambiguity."""
    return Lark(
        grammar,
        parser="lalr",
        lexer="contextual",
        start=list(STARTS),
        propagate_positions=True,
        maybe_placeholders=False,
        strict=strict,
    )


def parse_tree(cell: Excerpt, start: str) -> LarkTree:
    """The Lark tree of a cell.

    Errors: CellProblem with the place in the cell
    """
    text = cell.text
    _check_size(text, start)
    try:
        return _parser().parse(text, start=start)
    except UnexpectedCharacters as error:
        place: int = cast("Any", error).pos_in_stream or 0  # Lark does not say its type
        raise _problem(text, start, place, error) from None
    except UnexpectedToken as error:
        token: Token = error.token
        at = (token.start_pos or 0) if token.type != "$END" else len(text)
        raise _problem(text, start, at, error) from None


def _check_size(text: str, start: str) -> None:
    if len(text) > MAX_CELL:
        raise CellProblem("E012", f"this cell has {len(text):,} characters; at most {MAX_CELL:,} are read", 0, 40)
    depth = deepest = at = 0
    for match in re.finditer(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|[\[({\])}]|\b(?:if|each)\b|->', text):
        sign = match[0]
        if sign in ("]", ")", "}"):
            depth -= not (sign == "]" and start == "type_cell")  # `T[][]` is a list of lists
        elif sign[0] in "[({" or (sign[0] not in "'\"" and start != "strict_path"):
            depth += 1
        if depth > deepest:
            deepest, at = depth, match.start()
    if deepest > MAX_DEPTH:
        raise CellProblem(
            "E012", f"this is nested {deepest} deep; at most {MAX_DEPTH} are read", at, at + 1,
            "give a part of it a name with `let`, or make it a `shape`" if start != "strict_path" else "",
        )  # fmt: skip


def _problem(text: str, start: str, at: int, error: UnexpectedInput) -> CellProblem:
    in_path = path_problem(text, at, whole=start == "strict_path")
    if in_path is not None:
        end = at + max(len(str(getattr(error, "token", "."))), 1)
        return CellProblem("E006", in_path[0], min(at, max(len(text) - 1, 0)), min(end, len(text)), in_path[1])
    what = WHAT.get(start, "line")
    code = {"type_cell": "E011", "condition": "E008"}.get(start, "E001")
    token = getattr(error, "token", None)
    expected = (
        error.accepts if isinstance(error, UnexpectedToken) and error.accepts else getattr(error, "allowed", None)
    )
    found = text[at:]
    if not found.strip():
        return CellProblem(code, f"this {what} ends too early", max(len(text.rstrip()) - 1, 0), len(text.rstrip()),
                           hint_for(text, at, start, expected))  # fmt: skip
    end = at + (len(str(token)) if token is not None else 1)
    shown = found[: end - at].strip() or found[:1]
    message = f"this {what} cannot be read from `{shown}` on"
    if start == "strict_path":
        return CellProblem("E006", f"this path does not parse at `{shown}`", at, end)
    if text[max(at - 1, 0) : at] in ("$", ".", "["):
        code = "E006"
        message = f"this path does not parse at `{shown}`"
    return CellProblem(code, message, at, end, hint_for(text, at, start, expected))
