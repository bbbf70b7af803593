"""`PATH -> BODY` reads its body's paths where they lie, and binds nothing."""

from functools import partial

from .. import ir


def follow_binds(program: ir.Program) -> ir.Program:
    """A path bound to a variable is read through in the body, where that is the same.

    It is where the path is a variable itself (which always has a value), and where the body is nothing of nothing.
    """
    return ir.rewritten(program, _followed)


def _followed(node: ir.Ir) -> ir.Ir:
    match node:
        case ir.Bind(ir.Read(var, ()), bound, body):
            return ir.rewritten(body, partial(renamed, bound, var))
        case ir.Bind(ir.Read(var, steps), bound, body) if ir.is_strict(body, bound):
            return ir.rewritten(body, partial(_moved, bound, var, steps))
        case _:
            return node


def renamed(old: int, new: int, node: ir.Ir) -> ir.Ir:
    """A node that reads another variable."""
    match node:
        case ir.Read(var, steps) if var == old:
            return ir.Read(new, steps, span=node.span)
        case ir.Select(var, path) if var == old:
            return ir.Select(new, path, span=node.span)
        case ir.Raw(var, text) if var == old:
            return ir.Raw(new, text, span=node.span)
        case ir.ShapeCall(shape, var, placed) if var == old:
            return ir.ShapeCall(shape, new, placed, span=node.span)
        case _:
            return node


def _moved(old: int, var: int, above: tuple[ir.Step, ...], node: ir.Ir) -> ir.Ir:
    if isinstance(node, ir.Read) and node.var == old:
        return ir.Read(var, above + node.steps, span=node.span)
    return node
