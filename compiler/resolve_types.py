"""Types whose rows name members of members: `y.z` is a member of an object `y`, which is a type of its own."""

from dataclasses import replace

from ..dsl import nodes as n


def with_nested(shapes: dict[str, n.Shape], *, required: bool = True) -> dict[str, n.Shape]:
    """The shapes, and for each dotted name in one that is a type, a type of that name: `Order.address`.

    With `required` a member that is required makes the object required that holds it, which Segment's does not.
    A row for the object itself says whether it may be null; a type of its own that it names stays, and the check
    says that it can't have both.
    """
    found: dict[str, n.Shape] = {}
    todo = list(shapes.values())
    while todo:
        shape = todo.pop(0)
        if shape.sources or all(len(row.field.parts) == 1 for row in shape.rows):
            found[shape.name] = shape
            continue
        outer, inner = _taken_apart(shape, required)
        found[shape.name] = outer
        todo = [*inner, *todo]
    return found


def _taken_apart(shape: n.Shape, required: bool) -> tuple[n.Shape, list[n.Shape]]:
    """A shape whose rows have plain names, and the shapes of its members."""
    below: dict[str, list[n.Row]] = {}
    own: dict[str, n.Row] = {}
    for row in shape.rows:
        first, *rest = row.field.parts
        if rest:
            inner = replace(row.field, parts=tuple(rest))
            below.setdefault(first, []).append(replace(row, field=inner))
            own.setdefault(first, replace(row, field=replace(row.field, parts=(first,)), type=None, extra=""))
        else:
            own[first] = row
    rows = tuple(
        _holding(shape.name, own[name], below[name] if required else []) if name in below else own[name] for name in own
    )
    inside = [replace(shape, name=f"{shape.name}.{name}", rows=tuple(members)) for name, members in below.items()]
    return replace(shape, rows=rows), inside


def _holding(shape: str, row: n.Row, members: list[n.Row]) -> n.Row:
    name = row.field.parts[0]
    kind = row.type or n.FieldType(n.NamedType("object"), span=row.field.span)
    if kind.value != n.NamedType("object"):
        return row
    needed = kind.required is True or any(m.type is not None and m.type.required is True for m in members)
    required = needed or kind.required
    return replace(row, type=replace(kind, value=n.NamedType(f"{shape}.{name}", span=kind.span), required=required))
