"""A shape that is small, or used once, is built where it is used: no call, and it shares what was read before."""

from functools import partial

from .. import ir
from .follow_binds import renamed

SMALL = 4  # fields: a call costs about as much as reading two of them


def place_shapes(program: ir.Program) -> ir.Program:
    """Calls of such shapes hold their records, with the shape's variable named as at the call."""
    shapes = {name: (var, record) for name, var, record in program.shapes}
    uses = [node.shape for node in ir.below(program) if isinstance(node, ir.ShapeCall)]
    placed = {
        name: (var, record)
        for name, (var, record) in shapes.items()
        if not _calls_shapes(record) and (uses.count(name) == 1 or len(record.fields) <= SMALL)
    }
    return ir.rewritten(program, partial(_placed, placed))


def _calls_shapes(record: ir.Record) -> bool:
    return any(isinstance(node, ir.ShapeCall) for node in ir.below(record))


def _placed(shapes: dict[str, tuple[int, ir.Record]], node: ir.Ir) -> ir.Ir:
    if not isinstance(node, ir.ShapeCall) or node.shape not in shapes:
        return node
    var, record = shapes[node.shape]
    return ir.ShapeCall(node.shape, node.var, ir.rewritten(record, partial(renamed, var, node.var)), span=node.span)
