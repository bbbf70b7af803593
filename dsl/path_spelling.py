"""What is wrong with a path at the place where it stops making sense, and what to write instead."""

import re
from collections.abc import Iterator
from typing import NamedTuple

_TOKEN = re.compile(r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[\[\]]|[^\[\]"']+|.""", re.S)
_PATH_SO_FAR = re.compile(r"""(?:\$|@|\.)[^\s,(){}=<>!&|+]*\Z""")
_NEAR = 80  # characters on either side that matter; a long text takes no longer
_NAME = r"[A-Za-z_\x80-\U0010ffff][\w-]*"


class Rule(NamedTuple):
    """Shape: patterns for the end of what was read and the start of the rest; `{0}` is what the rest matched."""

    where: str  # path, brackets, filter; start: only where the whole text is a path
    before: str
    rest: str
    message: str
    hint: str


_RULES = tuple(
    Rule(*rule)
    for rule in (
        ("start", r"\A", r"\Z", "an empty text is no path", "`$` is the whole value"),
        ("start", r"\A", r"@\S*", "`@` stands inside `[?…]` only", "a path begins with `$`"),
        ("start", r"\A", r"[.\[].*", "a path begins with `$`", "write `${0}`"),
        ("start", r"\A", r".+", "a path begins with `$`", "write `$.{0}`"),
        ("start", "", r"\*", "`*` stands after a dot or in brackets", "write `.*` or `[*]`"),
        ("start", "", r"\?", "a filter stands in brackets", "write `[?…]`"),
        ("start", "", r"\(", "a function stands inside `[?…]` only", "as in `[?length(@.name) > 1]`"),
        ("start", r"\]", _NAME, "there is no dot before `{0}`", "write `.{0}`"),
        ("start", "", r"\s*\Z", "this path ends too early", ""),
        ("path", r"\$", _NAME, "there is no dot between `$` and `{0}`", "write `$.{0}`"),
        ("path", "", r"\.(\[[^\]]*\]?)", "a dot stands before a bracket", "leave the dot away: `{1}`"),
        ("path", "", r"\.\.\.+", "there are too many dots", "`.` is one step, `..` any number of steps"),
        ("path", "", r"\.\.(?=\s*\Z)", "nothing follows `..`", "a name, `*` or `[…]` follows it"),
        ("path", "", r"\.(?=\s*(?:\Z|[),\]]))", "nothing follows the dot", "a name or `*` follows it"),
        ("path", "", r"\.\.?(\"[^\"]*\"|'[^']*')", "a name in quotes stands in brackets", "write `[{1}]`"),
        ("brackets", r"\[", r"\s*\Z", "this bracket is not closed",
         "an index, a name in quotes, `*`, a slice or `?…` and then `]`"),
        ("brackets", "", r"\s*\Z", "this bracket is not closed", "a `]` is missing"),
        ("brackets", "", r"""['"][^'"]*\Z""", "this text is not closed", "a text ends with the quote it began with"),
        ("brackets", "", r"[)}=]", "this bracket is not closed", "a `]` is missing"),
        ("filter", "", r"\)", "there is a `)` too many", "leave it away"),
        ("brackets", r"\[", r"\]", "these brackets are empty", "every item is `[*]`"),
        ("brackets", r",", r"\]", "nothing follows the comma", "leave the comma away"),
        ("brackets", r"[\[,]-?0", r"\d+", "an index has no leading zeros", "write `{0}`"),
        ("brackets", r"[\[,]", r"\(", "there are no scripts in paths", "a filter is `[?…]`, the last item `[-1]`"),
        ("brackets", r"[\[,]", _NAME, "a name in brackets stands in quotes", 'write `["{0}"]`'),
        ("brackets", "", r":", "a slice has three parts at most", "they are `[start:stop:step]`"),
        ("filter", "", r"\s*\Z", "this filter is not closed", "a `]` is missing"),
        ("filter", "", r"""['"][^'"]*\Z""", "this text is not closed", "a text ends with the quote it began with"),
        ("filter", r"\?", r"\]", "this filter is empty", "as in `[?@.price < 10]`"),
        ("filter", r"\(\s*\S+[^)]*", r"\]", "a parenthesis is not closed", "a `)` is missing"),
        ("filter", r"(?:==|!=|<=?|>=?|&&|\|\||!)\s*", r"\]", "nothing follows the operator", ""),
        ("filter", "", r"\]", "a value alone is no test", "compare it, as in `@.a == 1`"),
        ("filter", r"==", r"=", "equality is written `==`", "leave one `=` away"),
        ("filter", r"<", r">", "`is not equal` is written `!=`", "write `!=`"),
        ("filter", r"=\s*", r"~", "there is no operator `=~`", "write `match(@.a, \"…\")` or `search(@.a, \"…\")`"),
        ("filter", "", r"(?:and\b|&)", "`and` is written `&&`", "write `&&`"),
        ("filter", "", r"(?:or\b|\|)", "`or` is written `||`", "write `||`"),
        ("filter", "", r"not\b", "`not` is written `!`", "write `!@.a`, or `!(…)` around a comparison"),
        ("filter", "", r"(?:not )?in\b", "there is no `in`", "compare with each: `@.a == 1 || @.a == 2`"),
        ("filter", "", r"(?i:true|false|null)\b", "true, false and null are lower case", ""),
        ("filter", "", rf"({_NAME})\s+\(", "a function's name touches its parenthesis", "write `{1}(`"),
        ("filter", r"[?(!&|=<>,]\s*", _NAME, "`{0}` is no value", "a member of the item is `@.{0}`, a text has quotes"),
        ("filter", r"[=<>]\s*", r"[\[{]", "a filter compares single values", "numbers, texts, true, false and null"),
        ("filter", r"![^&|]*", r"[=!<>]=?", "`!` stands before a test or a parenthesis", "write `!(…)`, or `!=`"),
        ("filter", "", r"[=!<>]=?", "there is a comparison of a comparison", "join them with `&&`"),
    )
)  # fmt: skip


def path_problem(text: str, at: int, *, whole: bool) -> tuple[str, str] | None:
    """Message and hint where a path stops making sense at `at`; None where no path does.

    Shape: `whole`: all of the text is meant to be a path
    """
    places = tuple(_places(text[:at], whole))
    before, rest = text[max(at - _NEAR, 0) : at], text[at : at + _NEAR] + "…" * (len(text) > at + _NEAR)
    for rule in _RULES:
        if rule.where in places and re.search(rf"(?:{rule.before})\s*\Z", before):
            found = re.match(rule.rest, rest, re.S)
            if found is not None:
                parts = (found[0].strip(), *found.groups())
                return _fill(rule.message, parts), _fill(rule.hint, parts)
    return None


def _fill(template: str, parts: tuple[str, ...]) -> str:
    for number, part in enumerate(parts):
        template = template.replace(f"{{{number}}}", part)
    return template


def _places(before: str, whole: bool) -> Iterator[str]:
    """Which rules apply after this much of a text: those of the innermost bracket, else those outside."""
    open_at: list[int] = []
    for token in _TOKEN.finditer(before):
        if token[0] == "[":
            open_at.append(token.start())
        elif token[0] == "]" and open_at:
            open_at.pop()
    inside = [at for at in open_at if whole or re.search(r"[\w$.@\])]\Z", before[:at])]
    if inside:
        yield "filter" if re.match(r"\s*(?:[^'\"]|'[^']*'|\"[^\"]*\")*?\?", before[inside[-1] + 1 :]) else "brackets"
    elif whole:
        yield "start"
    if _PATH_SO_FAR.search(before[-_NEAR:]) or (whole and not inside):
        yield "path"
