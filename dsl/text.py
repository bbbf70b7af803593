"""String literals of the language: JSON's escapes, and the single quotes of RFC 9535."""

import json
import re

NO_UTF8 = "\0\ufffd"
"""The end of a text whose next byte is no UTF-8: who reads files puts it there, and the parser reports it."""
AFTER_MARK = "\ufeff"
"""It follows NO_UTF8 where the file began with a byte order mark, which is no part of the text and counts as bytes."""
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.S)
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x1f]")


class BadText(ValueError):
    """A literal with an escape that there is not, a control character or half a surrogate pair."""


def unquote(token: str) -> str:
    """The text that a quoted token stands for.

    Shape:  '"a\\u00e9"' -> "aé"; "'it\\'s'" -> "it's"
    Errors: BadText
    Source: RFC 9535, 2.3.1.1; the same for double quotes as RFC 8259, 7
    """
    body, quote = token[1:-1], token[0]
    if "\\" not in body and not _CONTROL.search(body):
        return _without_surrogates(body)
    for escape in _ESCAPE.findall(body):
        if escape[0] not in "\\/bfnrtu" + quote or escape == "u":
            raise BadText("a backslash stands before one of \\ / b f n r t, the quote, or u and four hex digits")
    if _CONTROL.search(body):
        raise BadText("a control character is written as an escape, such as \\n")
    if quote == "'":
        body = re.sub(r"\\.|\"", lambda m: {"\\'": "'", '"': '\\"'}.get(m[0], m[0]), body, flags=re.S)
    return _without_surrogates(json.loads(f'"{body}"'))


def _without_surrogates(text: str) -> str:
    if _SURROGATE.search(text):
        raise BadText("half a surrogate pair is no character")
    return text


def quote(text: str) -> str:
    """The canonical literal for a text: JSON with its characters as they are."""
    return json.dumps(text, ensure_ascii=False)


def quote_path_name(name: str) -> str:
    """A name as the formatter writes it in a path: in brackets and double quotes."""
    return f"[{quote(name)}]"
