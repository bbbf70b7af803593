"""What can never be reached is left out: arms behind one that always gives a value, the branch that is not taken."""

from .. import ir


def drop_dead_arms(program: ir.Program) -> ir.Program:
    """`??` ends at the first arm that is never null; `if` on what is known is the branch it takes."""
    return ir.rewritten(program, _without_dead)


def _without_dead(node: ir.Ir) -> ir.Ir:
    match node:
        case ir.FirstOf(arms, skip_empty):
            return _fallbacks(node, arms, skip_empty)
        case ir.Choose(ir.Always(True), then):
            return then
        case ir.Choose(ir.Always(False), _, ir.Ir() as otherwise):
            return otherwise
        case _:
            return node


def _fallbacks(node: ir.FirstOf, arms: tuple[ir.Value, ...], skip_empty: bool) -> ir.Ir:
    left: list[ir.Value] = []
    for at, arm in enumerate(arms):
        if isinstance(arm, ir.FirstOf) and arm.skip_empty == skip_empty:
            left += arm.arms  # a fallback of a fallback is one row of arms
        elif arm != ir.Const(None) or at == len(arms) - 1:  # of several nulls and nothings, the last is what is given
            left.append(arm)
        if is_total(left[-1] if left else arm, skip_empty):
            break
    if len(left) == 1 and not skip_empty:
        return left[0]
    return node if tuple(left) == arms else ir.FirstOf(tuple(left), skip_empty, span=node.span)


def is_total(value: ir.Value, skip_empty: bool) -> bool:
    """Whether a value is neither nothing nor null (nor "") whatever the event."""
    match value:
        case ir.Const(constant):
            return constant is not None and not (skip_empty and constant == "")
        case ir.MakeObject() | ir.MakeList() | ir.Select() | ir.ShapeCall():
            return True
        case ir.Concat() | ir.Now():
            return not skip_empty
        case _:
            return False
