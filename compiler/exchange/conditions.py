"""Segment's conditions over a payload's fields, as in `required` and `depends_on`, to conditions and back."""

from contextlib import suppress

from ...dsl import nodes as n
from ...dsl.build import parse_condition
from ...dsl.directives import CannotSay
from ...dsl.exchange.read import same
from ...dsl.format_expr import format_condition
from ...dsl.problems import CellProblem
from ...dsl.source import Excerpt


def read_required(value: dict[str, n.Json]) -> n.Condition | None:
    """The condition over the payload's fields; None where the language has no words for it."""
    conditions = value.get("conditions")
    if not isinstance(conditions, list) or not conditions or value.get("match", "all") not in ("all", "any"):
        return None
    terms = tuple(_read_test(test) for test in conditions if isinstance(test, dict))
    found = tuple(term for term in terms if term is not None)
    if len(found) != len(conditions):
        return None
    whole = found[0] if len(found) == 1 else n.Or(found) if value.get("match") == "any" else n.And(found)
    return whole if _reads_back(whole) else None


def _reads_back(condition: n.Condition) -> bool:
    """False where a field is called as no bare name is, such as `null` or `x|y`."""
    with suppress(CellProblem):
        return repr(parse_condition(Excerpt(format_condition(condition), ((0, 0),)))) == repr(condition)
    return False


def _read_test(test: dict[str, n.Json]) -> n.Condition | None:
    if not {"fieldKey", "operator"} <= set(test) <= {"fieldKey", "operator", "value"}:
        return None
    key, operator, value = test["fieldKey"], test["operator"], test.get("value")
    if not isinstance(key, str) or not key or operator not in ("is", "is_not"):
        return None
    path = n.Path("", tuple(n.Segment((n.NameSelector(part),)) for part in key.split(".")))
    if isinstance(value, list):
        choices = tuple(n.Literal(item) for item in value if not isinstance(item, dict | list))
        if not choices or len(choices) != len(value):
            return None
        node = n.In(path, choices)
        return node if operator == "is" else n.Not(node)
    if isinstance(value, dict):
        return None
    return n.Compare(path, "=" if operator == "is" else "!=", n.Literal(value))


def write_required(condition: n.Condition) -> dict[str, n.Json]:
    """The same as Segment has it. Errors: CannotSay"""
    match condition:
        case n.And(terms) | n.Or(terms):
            match_word = "all" if isinstance(condition, n.And) else "any"
            return {"match": match_word, "conditions": [_write_test(term) for term in terms]}
        case _:
            return {"conditions": [_write_test(condition)]}


def _write_test(term: n.Condition) -> dict[str, n.Json]:
    match term:
        case n.Compare(n.Path("") as path, "=" | "!=" as op, n.Literal(value)):
            return {"fieldKey": _field_key(path), "operator": "is" if op == "=" else "is_not", "value": value}
        case n.In(n.Path("") as path, choices):
            return {"fieldKey": _field_key(path), "operator": "is", "value": [choice.value for choice in choices]}
        case n.Not(n.In() as term):
            return _write_test(term) | {"operator": "is_not"}
        case _:
            hint = "it compares fields with literals, all of them or any"
            raise CannotSay("Segment has no such condition for a required field", term.span, hint)


def _field_key(path: n.Path) -> str:
    if not path.singular:
        raise CannotSay("Segment's conditions name one field", path.span)
    return ".".join(step.name if isinstance(step, n.NameSelector) else str(step.index) for step in path.steps)


def condition_words(value: n.Json) -> n.Json:
    """A condition over fields as text in the language, where that says all of it; else as it is.

    Shape:  {"conditions": [{"fieldKey": "a", "operator": "is", "value": 1}]} -> "a = 1"; one condition alone that
            still says which of them have to hold, "all" or "any" -> {"all": "a = 1"}
    """
    condition = read_required(value) if isinstance(value, dict) else None
    if condition is None or not isinstance(value, dict):
        return value
    text = format_condition(condition)
    forms: tuple[n.Json, ...] = (text, {str(value.get("match")): text})
    return next((form for form in forms if same(condition_json(form), value)), value)


def condition_json(words: n.Json) -> n.Json:
    """The same the other way."""
    match words:
        case str(text):
            head: dict[str, n.Json] = {}
        case {"all": str(text), **rest} if not rest:
            head = {"match": "all"}
        case {"any": str(text), **rest} if not rest:
            head = {"match": "any"}
        case _:
            return words
    try:
        return head | write_required(parse_condition(Excerpt(text, ((0, 0),))))
    except (CellProblem, CannotSay):
        return words
