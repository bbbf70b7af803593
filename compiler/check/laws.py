"""Laws, and `required if`, about fields that the action does not have."""

from collections.abc import Iterator

from ...dsl import nodes as n
from ...dsl.codes import Code
from ...dsl.diagnostics import Diagnostic
from ...dsl.spelling import nearest
from ...dsl.walk import walk
from ..resolved import Resolved, ResolvedAction
from ..schema import Schema


def check_laws(resolved: Resolved, schema: Schema) -> Iterator[Diagnostic]:
    """E126."""
    for law in resolved.laws:
        about = [a for a in resolved.actions if law.action is None or a.name == law.action.name]
        if about:
            yield from _unknown(resolved, law.condition, about)
    done: set[tuple[int, int]] = set()
    for action in resolved.actions:
        for row in action.rows:
            kind = row.type
            key = (row.span.file, row.span.start)
            if kind is not None and not isinstance(kind.required, bool) and key not in done:
                done.add(key)
                yield from _unknown(resolved, kind.required, [action])


def _unknown(resolved: Resolved, condition: n.Condition, about: list[ResolvedAction]) -> Iterator[Diagnostic]:
    fields = {row.field.parts for action in about for row in action.rows}
    if (n.SPREAD,) in fields or any(name.split(".")[0] in resolved.broken for name in _tops(condition)):
        return
    for path in _bare_paths(condition):
        names = tuple(s.name for s in path.steps if isinstance(s, n.NameSelector))
        if not names or any(names[: len(f)] == f or f[: len(names)] == names for f in fields):
            continue
        name = ".".join(names)
        known = sorted({".".join(f) for f in fields} | {f[0] for f in fields})
        near = nearest(name, known)
        hint = f"did you mean `{near}`?" if near else "it speaks of the payload's fields: " + ", ".join(known[:8])
        whose = f"action `{about[0].name}` has" if len({a.name for a in about}) == 1 else "the actions have"
        yield resolved.diagnostic(Code.UNKNOWN_LAW_FIELD, f"{whose} no field `{name}`", path.span, hint)


def _bare_paths(condition: n.Condition) -> Iterator[n.Path]:
    for node in walk(condition):
        if isinstance(node, n.Path) and node.root == "":
            yield node


def _tops(condition: n.Condition) -> Iterator[str]:
    for path in _bare_paths(condition):
        step = path.steps[0]
        yield step.name if isinstance(step, n.NameSelector) else str(step.index)
