"""The part of the prelude that a module needs, cut out of its text."""

import ast
from dataclasses import dataclass
from functools import cache
from importlib import resources

FILES = ("paths/prelude.py", "paths/iregexp.py", "prelude.py", "prelude_functions.py")


@dataclass(frozen=True, slots=True)
class Part:
    """A statement of the prelude: the names it binds and uses, and its text."""

    bound: frozenset[str]
    used: frozenset[str]
    text: str
    kind: str  # import, constant or code


@cache
def parts() -> tuple[Part, ...]:
    """Every statement of the prelude's files, in order; what they import of each other left out."""
    found: list[Part] = []
    for name in FILES:
        text = (resources.files("atpath.compiler") / name).read_text("utf-8")
        lines = text.split("\n")
        for node in ast.parse(text).body[1:]:
            if not (isinstance(node, ast.ImportFrom) and node.level):
                found.append(_part(node, lines))
    return tuple(found)


def _part(node: ast.stmt, lines: list[str]) -> Part:
    first = node.lineno
    kind, bound = "constant", list[str]()
    match node:
        case ast.FunctionDef() | ast.ClassDef():
            kind, bound = "code", [node.name]
            first = min([first, *(d.lineno for d in node.decorator_list)])
        case ast.Assign():
            bound = [target.id for target in node.targets if isinstance(target, ast.Name)]
        case ast.AnnAssign(target=ast.Name(id=name)):
            bound = [name]
        case ast.Import() | ast.ImportFrom():
            kind, bound = "import", [alias.asname or alias.name for alias in node.names]
        case _:
            pass
    used = frozenset(n.id for n in ast.walk(node) if isinstance(n, ast.Name))
    return Part(frozenset(bound), used, "\n".join(lines[first - 1 : node.end_lineno]), kind)


def needed_prelude(names: set[str]) -> str:
    """The statements that bind these names, and what those need, in the prelude's order."""
    needed = set(names)
    before = -1
    while len(needed) != before:
        before = len(needed)
        for part in parts():
            if part.bound & needed:
                needed |= part.used
    wanted = [part for part in parts() if part.bound & needed]
    imports = sorted({_narrowed(part.text, needed) for part in wanted if part.kind == "import"}, key=_import_order)
    return _joined(imports, [p for p in wanted if p.kind != "import"])


def _narrowed(text: str, needed: set[str]) -> str:
    """An import of only the names that are needed."""
    node = ast.parse(text).body[0]
    if isinstance(node, ast.ImportFrom):
        names = ", ".join(sorted({a.name for a in node.names if a.name in needed}))
        return f"from {node.module} import {names}"
    return text


def _import_order(text: str) -> tuple[bool, str]:
    return text.startswith("from "), text


def _joined(imports: list[str], rest: list[Part]) -> str:
    lines = ["\n".join(imports)]
    before = "import"
    for part in rest:
        gap = "\n" if part.kind == before == "constant" else "\n\n" if part.kind == "constant" else "\n\n\n"
        lines.append(gap + part.text)
        before = part.kind
    return "".join(lines) + "\n"
