"""What a person probably meant: hints for misspelt operators, and the nearest of known names."""

import re
import unicodedata
from collections.abc import Collection, Iterable
from difflib import SequenceMatcher

LONGEST_NAME = 100  # what is longer is no slip of a name
_OPERATORS = (
    (re.compile(r"===?"), "equality is written `=`"),
    (re.compile(r"<>"), "`is not equal` is written `!=`"),
    (re.compile(r"&&"), "write `and`"),
    (re.compile(r"\|\|"), "write `or` in a condition, `??` in a source"),
    (re.compile(r"'[^']*'"), "text stands in double quotes"),
    (re.compile(r"[“”‘’]"), 'text stands in straight double quotes: "…"'),
    (re.compile(r"(?:AND|OR|NOT|IN|IF|THEN|ELSE|EACH)\b"), "keywords are lower case"),
    (re.compile(r"=>"), "the arrow is written `->`"),
    (re.compile(r"\+"), 'there is no infix arithmetic: use add; texts are joined in a template: `"{{a}} {{b}}"`'),
    (re.compile(r"[*/%]|-(?!>)"), "there is no infix arithmetic: use add, subtract, multiply, divide"),
    (re.compile(r"\?(?!\?)"), "a fallback is written `X ?? Y`, a choice `if C then X else Y`"),
    (re.compile(r","), "a fallback is written `X ?? Y`; arguments stand in parentheses"),
)


_WORDS = ("and", "each", "else", "if", "in", "nullable", "or", "required", "then")
_NAME = re.compile(r"[A-Za-z_][\w-]*", re.A)
_PLACE = re.compile(r"[\w-]+(?:\.[\w-]+|\[[0-9]+\])*", re.A)


def hint_for(text: str, at: int, start: str, expected: Collection[str] | None) -> str:
    """A hint for a text of kind `start` that stopped making sense at `at`; "" where there is none."""
    rest = text[at:]
    special = (
        _of_conditions(text[:at], rest, start)
        or _unseen_character(rest)
        or _of_names(text, at, start, expected or ())
        or _of_types(rest, start)
        or _word(text[:at], rest, expected or ())
        or _template(text, at)
    )
    if special:
        return special
    if re.search(r"\bif\s*\([^)]*\)?\Z", text[:at]) and rest.startswith(","):
        return "a choice is written `if C then X else Y`"
    if rest.startswith(",") and re.search(r"[(,]\s*\Z", text[:at]):
        return 'a text stands in double quotes: `","`'
    is_value = start in ("expr", "let_head") and not re.search(r"\bif\b(?!.*\bthen\b)", text[:at], re.S)
    if is_value and re.match(r"(or|and|,|\|\|)(?![\w])", rest):
        return "did you mean `??`?"
    if start in ("expr", "let_head", "condition") and re.match(r"if\b|each\b", rest):
        return "`if` and `each` to the right of `??` stand in parentheses"
    if start == "field":
        return "a name with other characters than letters, digits, `_` and `-` stands in double quotes"
    if re.search(r"\beach\b", text[:at]) and "->" not in text:
        return "`each X` goes on with `-> Y`: what becomes of each item"
    for pattern, hint in _OPERATORS:
        match = pattern.match(rest)
        if match:
            upper = match[0].isalpha()
            return f"{hint}: `{match[0].lower()}`" if upper else hint
    if rest.startswith("->"):
        return "`->` takes the value before it as `$` of what follows"
    return _expected_hint(rest, expected)


def _of_conditions(before: str, rest: str, start: str) -> str:
    """Forms of conditions that other languages have, and conditions where a value is meant."""
    if before.endswith("<") and rest.startswith(">"):
        return "`is not equal` is written `!=`"
    if re.search(r"\bnot\s+\Z", before):
        return "`not` takes parentheses: `not (…)`"
    if re.match(r"not\s+in\b", rest):
        return "`not` stands before it, with parentheses: `not (X in (…))`"
    if re.search(r"\bin\s+\Z", before) and not rest.startswith("("):
        return 'the values stand in parentheses: `in ("A", "B")`'
    is_source = start in ("expr", "let_head", "item_source") and not re.search(r"\bif\b", before)
    if is_source and re.match(r"[=!]==?|[<>]|=(?!>)|in\b", rest):
        if rest.startswith("=="):
            return "equality is written `=`, in a condition: `if A = B then X else Y` chooses between two"
        return "a source is a value, no condition: `if A = B then X else Y` chooses between two"
    return ""


def _of_names(text: str, at: int, start: str, expected: Collection[str]) -> str:
    """Names with quotes or spaces where only words are names: all but those of fields; and titles without quotes."""
    is_name = start == "named" or (
        start in ("titled", "names", "shape_head", "let_head") and {"NAME", "STRING", "COMMA", "EQUAL"} & set(expected)
    )
    if not is_name or not (at or text.startswith('"')):
        return ""
    if start == "named" and re.fullmatch(r'[\w-]+\s+"[^"]*"', text.strip()):
        return "only the destination and actions have titles: what is said of others stands in a comment above them"
    if start == "let_head" and not re.match(r'(?:"[^"]*"|[^"=:]*)\s*=', text):
        return "a let is written `let NAME = X`"
    quoted, bare = re.match(r'"([^"]*)"', text), re.match(r'[^"=]*', text)
    words = quoted[1] if quoted else bare[0] if bare else ""
    name = "_".join(re.findall(r"[a-zA-Z0-9_-]+", unicodedata.normalize("NFKD", words)))
    several = "; commas stand between several" if at and "COMMA" in expected else ""
    hint = f"a name is letters, digits, `_` and `-`{f': `{name}`' if _NAME.fullmatch(name) else ''}{several}"
    title = re.fullmatch(r'([\w-]+)\s+([^"]*[^"\s])\s*', text) if "STRING" in expected else None
    return f'a title stands in double quotes: `{title[1]} "{title[2]}"`; {hint}' if title else hint


def _of_types(rest: str, start: str) -> str:
    if start != "type_cell" or not rest.startswith((",", "?")):
        return ""
    if rest.startswith("?"):
        return "a field without `required` may be missing, `nullable` lets it be null"
    return 'the words of a type stand side by side: `string required`; choices are written `"a" or "b"`'


def _word(before: str, rest: str, expected: Collection[str]) -> str:
    """A keyword that may stand here with a slip in it, or a word where only a literal may."""
    word = re.match(r"[A-Za-z]+\b", rest)
    if word is None or before[-1:].isalpha():  # `orr` was read as `or`, and this is its rest
        return ""
    for name in _WORDS:
        if name.upper() in expected and len(word[0]) > 2 and count_edits(word[0].lower(), name, 1) == 1:
            return f"did you mean `{name}`?"
    is_literal = set(expected) == {"FALSE", "NULL", "NUMBER", "STRING", "TRUE"}
    return f'a text stands in double quotes: `"{word[0]}"`' if is_literal else ""


def _template(text: str, at: int) -> str:
    """Placeholders that stand bare, and those of other languages."""
    before, placeholder = text[:at], re.match(r"\{([^{}]+)\}\}?", text[at:])
    if placeholder is None or before[-1:] not in ("{", "$"):
        return ""
    path = re.sub(r"\A\$\.", "", placeholder[1].strip())
    if before.endswith("$"):
        return f"a path is written `$.{path}`" if _PLACE.fullmatch(path) else ""
    if not _PLACE.fullmatch(path):
        return 'a template stands in double quotes, and its placeholders are paths: `"{{a.b}}"`'
    return f'a template stands in double quotes: `"{{{{{path}}}}}"`'


def _unseen_character(rest: str) -> str:
    """A character that looks like a space or like nothing, by its name."""
    if not rest or rest[0].isprintable() or rest[0] < "\x80":
        return ""
    name = unicodedata.name(rest[0], "").lower()
    return f"U+{ord(rest[0]):04X}{f' ({name})' if name else ''} cannot be seen here: take it out, or type a plain space"


def _expected_hint(rest: str, expected: Collection[str] | None) -> str:
    names = set(expected or ())
    if not rest.strip():
        for token, hint in (
            ("RPAR", "a parenthesis is not closed"), ("RSQB", "a bracket is not closed"),
            ("RBRACE", "a brace is not closed"), ("THEN", "`if C` goes on with `then X`"),
            ("ARROW", "`each X` goes on with `-> Y`"), ("OPERATOR", "compare it: `= \"…\"`, or ask `exists(…)`"),
        ):  # fmt: skip
            if token in names:
                return hint
    if rest.startswith('"'):
        return "" if rest.count('"') > 1 else "a text is not closed"
    if "OPERATOR" in names and "RPAR" not in names:
        return 'compare it: `= "…"`, or ask `exists(…)`'
    if "THEN" in names:
        return "`if C` goes on with `then X`"
    if "ARROW" in names and "COALESCE" not in names:
        return ""
    return ""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known name that `word` most likely was meant to be, or None if none is near.

    Case, dashes and underscores count for little; ties go to the first in order of text.
    """
    if len(word) > LONGEST_NAME:
        return None
    plain = _plain(word)
    best, best_score = None, 0.0
    for name in sorted(known):
        if name == word:
            continue
        score = SequenceMatcher(None, plain, _plain(name)).ratio()
        if _plain(name) == plain:
            score = 1.5
        elif sorted(plain) == sorted(_plain(name)):
            score += 0.2
        if score > best_score:
            best, best_score = name, score
    threshold = 0.6 if len(word) > 3 else 0.5
    return best if best_score >= threshold else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The hint that names the nearest, or ""."""
    near = nearest(word, known)
    return f"did you mean `{near}`?" if near is not None else ""


def slip_of(word: str, known: Iterable[str]) -> str | None:
    """The nearest name if it is a letter or two away: `user_id` is a slip of `userId`, `order_id` a name of its own."""
    near, limit = nearest(word, known), 2 if len(word) > 5 else 1
    return near if near is not None and count_edits(_plain(word), _plain(near), limit) <= limit else None


def count_edits(one: str, other: str, limit: int) -> int:
    """How many letters differ: put in, left out, changed, or two swapped; more than `limit` is limit + 1."""
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        older, before, row = before, row, [i]
        for j, against in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != against))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
    return row[-1]


def _plain(word: str) -> str:
    return word.lower().replace("_", "").replace("-", "").replace(" ", "")
