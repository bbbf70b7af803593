"""Types as Python: the quick test that a value already fits, and the call that makes it fit or gives None."""

from ...dsl.nodes import ListType, LiteralType, NamedType, ValueType

# what is certain to fit, as a condition over {v}; a type without one is always called
GUARDS = {
    "string": "type({v}) is str",
    "secret": "type({v}) is str",
    "number": "type({v}) is int or type({v}) is float",
    "integer": "type({v}) is int",
    "boolean": "type({v}) is bool",
    "object": "type({v}) is dict",
    "array": "type({v}) is list",
    "datetime": "type({v}) is str and DATETIME.match({v})",
}
CALLS = {name: f"as_{name}" for name in GUARDS} | {
    "secret": "as_string", "date": "as_date", "email": "as_email", "uri": "as_uri",
}  # fmt: skip
TEXTS = ("string", "secret")
SIZED = ("array",)


def describe(kind: ValueType) -> str:
    """A type as messages call it."""
    match kind:
        case NamedType(name, low, high):
            if low is None and high is None:
                return name
            return f"{name}({high})" if low is None and name in TEXTS else f"{name}({_bound(low)}..{_bound(high)})"
        case LiteralType(values):
            return " or ".join(_literal(value) for value in values)
        case ListType(item):
            inner = describe(item)
            return f"({inner})[]" if isinstance(item, LiteralType) else f"{inner}[]"


def _bound(value: int | float | None) -> str:
    return "" if value is None else repr(value)


def _literal(value: object) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return f'"{value}"' if isinstance(value, str) else repr(value)


def guard(kind: ValueType, held: str) -> str | None:
    """A condition under which the variable fits as it is, or None where only the call knows."""
    match kind:
        case NamedType(name, low, high) if name in GUARDS:
            test = GUARDS[name].format(v=held)
            if low is None and high is None:
                return test
            size = held if name in ("number", "integer") else f"len({held})"
            test = f"({test})" if " or " in test else test
            return f"{test} and {_within(size, low, high)}"
        case LiteralType(values) if all(isinstance(value, str) for value in values):
            texts = ", ".join(map(repr, values)) + ("," if len(values) == 1 else "")
            return f"type({held}) is str and {held} in ({texts})"
        case _:
            return None


def _within(size: str, low: int | float | None, high: int | float | None) -> str:
    if low is None:
        return f"{size} <= {high!r}"
    return f"{size} >= {low!r}" if high is None else f"{low!r} <= {size} <= {high!r}"
