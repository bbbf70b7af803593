"""The functions of the language: what they take, which options they have, and what they give."""

from dataclasses import dataclass

from ..dsl.nodes import Scalar


@dataclass(frozen=True, slots=True)
class Option:
    """A named option: the values that it may have (a type's name or literals), and its default."""

    name: str
    values: str | tuple[Scalar, ...]
    default: Scalar


@dataclass(frozen=True, slots=True)
class Function:
    """A function: `low` to `high` arguments (None: any number), options, and the type that it gives.

    Shape: `texts` and `wholes` are the positions of arguments that must be literal texts or whole numbers;
        `may_be_null`: a null may come out of it, so that nothing and null have to be told apart
    """

    name: str
    low: int
    high: int | None
    gives: str
    options: tuple[Option, ...] = ()
    texts: tuple[int, ...] = ()
    wholes: tuple[int, ...] = ()
    may_be_null: bool = False


_BOOLEAN = (True, False)

FUNCTIONS: dict[str, Function] = {
    function.name: function
    for function in (
        Function("first_present", 1, None, "any"),
        Function("lower", 1, 1, "string"),
        Function("upper", 1, 1, "string"),
        Function("trim", 1, 1, "string"),
        Function(
            "replace", 3, 3, "string", (Option("ignorecase", _BOOLEAN, False), Option("global", _BOOLEAN, True)), (1, 2)
        ),
        Function("split", 2, 2, "array", (), (1,)),
        Function("join", 2, 2, "string", (), (1,)),
        Function("slice", 2, 3, "any", wholes=(1, 2)),
        Function("count", 1, 1, "integer"),
        Function("first", 1, 1, "any", may_be_null=True),
        Function("merge", 1, None, "object", (Option("direction", ("left", "right"), "right"),)),
        Function("omit", 2, None, "object", (), tuple(range(1, 100))),
        Function("pick", 2, None, "object", (), tuple(range(1, 100))),
        Function("flatten", 2, 2, "object", (Option("omit_arrays", _BOOLEAN, False),), (1,)),
        Function("to_json", 1, 1, "string"),
        Function("from_json", 1, 1, "any", may_be_null=True),
        Function("drop_null", 1, 1, "any"),
        Function("liquid", 1, 1, "string", (), (0,)),
        Function("number", 1, 1, "number"),
        Function("integer", 1, 1, "integer"),
        Function("text", 1, 1, "string"),
        Function("round", 1, 2, "number", wholes=(1,)),
        Function("add", 2, None, "number"),
        Function("subtract", 2, 2, "number"),
        Function("multiply", 2, None, "number"),
        Function("divide", 2, 2, "number"),
        Function("sum", 1, 1, "number"),
        Function("epoch", 1, 1, "integer", (Option("unit", ("s", "ms", "us"), "s"),)),
        Function("date", 2, 2, "string", (), (1,)),
        Function("now", 0, 0, "string"),
        Function("sha256", 1, 1, "string", (Option("keep_hashed", _BOOLEAN, False),)),
        Function("md5", 1, 1, "string", (Option("keep_hashed", _BOOLEAN, False),)),
        Function("lookup", 2, 2, "any", (Option("else", "any", None),), may_be_null=True),
    )
}
