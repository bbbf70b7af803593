"""What rows read, as far as laws need to know: places, the clock, the order of members."""

from collections.abc import Iterator

from ...compiler import ir
from ...dsl import nodes as n


def parts(program: ir.Program, field: ir.Ir, depth: int = 0) -> Iterator[ir.Ir]:
    """A field and everything below it, through shapes too."""
    for node in ir.below(field):
        yield node
        if isinstance(node, ir.ShapeCall) and depth < 4:
            for name, _, record in program.shapes:
                if name == node.shape:
                    yield from parts(program, record, depth + 1)


def reads_clock(program: ir.Program, field: ir.Field) -> bool:
    """True if the row says now(), or may."""
    return any(isinstance(node, ir.Now | ir.Raw) for node in parts(program, field))


def minds_order(program: ir.Program, field: ir.Field) -> bool:
    """True if the order of an object's members may show in the row's value: as text, or as a list."""
    for node in parts(program, field):
        if isinstance(node, ir.Raw | ir.Select | ir.Concat):
            return True
        if isinstance(node, ir.Apply) and node.name in ("to_json", "sha256", "md5", "text", "join", "flatten"):
            return True
    return False


def is_plain(program: ir.Program, field: ir.Field) -> bool:
    """True if the row only picks values: paths, literals, `??`, `if`; null and nothing mean the same to it."""
    plain = (ir.Field, ir.Read, ir.Const, ir.FirstOf, ir.Choose, ir.Now, ir.AllOf, ir.AnyOf, ir.Negate, ir.Equal,
             ir.Order, ir.OneOf, ir.Contains, ir.Matches, ir.Exists, ir.Always)  # fmt: skip
    return all(isinstance(node, plain) for node in parts(program, field))


def reads_all(program: ir.Program, build: ir.Build) -> bool:
    """True if an action may read every member of the event, whatever it is called."""
    for node in parts(program, build):
        match node:
            case ir.Raw():
                return True
            case ir.Read(ir.EVENT, ()):
                return True
            case ir.Select(ir.EVENT, path):
                first = path.segments[0]
                if first.descend or not isinstance(first.selectors[0], n.NameSelector):
                    return True
            case _:
                pass
    return False


def nullable(field: ir.Field) -> bool:
    """True if null may stand in the field."""
    return field.nullable or (isinstance(field.type, n.NamedType) and field.type.name == "any")
