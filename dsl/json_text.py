"""JSON as text: its tokens as they were written, its white space made one."""

import re

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+', re.S)


def one_line_json(text: str) -> str:
    """The same JSON text on one line; numbers, escapes and repeated keys stay as they are."""
    return "".join(f"{token} " if token in (",", ":") else token for token in _TOKEN.findall(text))


def layout_json(text: str, width: int = 0) -> str:
    """The same JSON text over several lines: what fits into `width` columns stays on one.

    Shape:  a member or item a line, two columns deeper at each level; with no width everything is laid open
    """
    tokens: list[str] = _TOKEN.findall(text)
    ends = _ends(tokens)
    lines = [""]
    depth = at = 0
    while at < len(tokens):
        token, before = tokens[at], tokens[at - 1] if at else ""
        if token in ("}", "]"):
            depth -= 1
        if before in ("{", "[", ",") or token in ("}", "]"):
            lines.append("  " * depth)
        end = ends.get(at, at)
        if token in ("{", "[") and (end == at + 1 or end - at < width):
            whole = one_line_json("".join(tokens[at : end + 1]))
            if end == at + 1 or len(lines[-1]) + len(whole) < width:
                lines[-1] += whole
                at = end + 1
                continue
        lines[-1] += f"{token} " if token == ":" else token
        depth += token in ("{", "[")
        at += 1
    return "\n".join(lines)


def _ends(tokens: list[str]) -> dict[int, int]:
    """Where each bracket that opens is closed."""
    ends: dict[int, int] = {}
    opened: list[int] = []
    for at, token in enumerate(tokens):
        if token in ("{", "["):
            opened.append(at)
        elif token in ("}", "]"):
            ends[opened.pop()] = at
    return ends
