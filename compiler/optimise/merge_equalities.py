"""One value held against several texts is looked for among them."""

from .. import ir


def merge_equalities(program: ir.Program) -> ir.Program:
    """`a = "x" or a = "y"` becomes `a in ("x", "y")`, and `a in ("x")` becomes `a = "x"`."""
    return ir.rewritten(program, _merged)


def _merged(node: ir.Ir) -> ir.Ir:
    match node:
        case ir.AnyOf(tests):
            return _any_of(node, tests)
        case ir.OneOf(value, (choice,)):
            return ir.Equal(value, ir.Const(choice, span=node.span), span=node.span)
        case _:
            return node


def _any_of(node: ir.AnyOf, tests: tuple[ir.Test, ...]) -> ir.Ir:
    """Each read's texts go to where it is held against the first of them."""
    left: list[ir.Test] = []
    texts: dict[ir.Read, tuple[int, list[str]]] = {}
    for test in tests:
        read, choices = _texts(test)
        if read is None:
            left.append(test)
        elif read not in texts:
            texts[read] = (len(left), [*choices])
            left.append(test)
        else:
            texts[read][1].extend(choices)
    for read, (at, choices) in texts.items():
        if len(choices) > len(_texts(left[at])[1]):
            left[at] = ir.OneOf(read, tuple(dict.fromkeys(choices)), span=node.span)
    if len(left) == len(tests):
        return node
    return left[0] if len(left) == 1 else ir.AnyOf(tuple(left), span=node.span)


def _texts(test: ir.Test) -> tuple[ir.Read | None, tuple[str, ...]]:
    """The read that a test holds against texts, and those texts."""
    match test:
        case ir.Equal(ir.Read() as read, ir.Const(str() as text)) | ir.Equal(
            ir.Const(str() as text), ir.Read() as read
        ):
            return read, (text,)
        case ir.OneOf(ir.Read() as read, choices):
            texts = tuple(choice for choice in choices if isinstance(choice, str))
            return (read, texts) if len(texts) == len(choices) else (None, ())
        case _:
            return None, ()
