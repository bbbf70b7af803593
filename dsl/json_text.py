"""JSON as text: its tokens as they were written, its white space made one."""

import re

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+', re.S)


def one_line_json(text: str) -> str:
    """The same JSON text on one line; numbers, escapes and repeated keys stay as they are."""
    return "".join(f"{token} " if token in (",", ":") else token for token in _TOKEN.findall(text))


def layout_json(text: str) -> str:
    """The same JSON text over several lines: a member or item a line, two columns deeper at each level."""
    depth = 0
    lines = [""]
    tokens: list[str] = _TOKEN.findall(text)
    for before, token in zip(("", *tokens), tokens, strict=False):
        if token in ("}", "]"):
            depth -= 1
            if before not in ("{", "["):
                lines.append("  " * depth)
        elif before in ("{", "[", ","):
            lines.append("  " * depth)
        lines[-1] += f"{token} " if token == ":" else token
        if token in ("{", "["):
            depth += 1
    return "\n".join(lines)
