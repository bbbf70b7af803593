"""The tests that people wrote into a mapping file: its examples and its laws."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ..compiler.destination import Destination
from ..compiler.prelude import Rejected, Run
from ..compiler.reference import Reference
from ..dsl import nodes as n
from ..dsl.format_expr import format_condition
from ..dsl.walk import walk
from .fill import Event
from .json_kinds import is_object
from .laws.base import NOON, Broken, Json, Law, Results, Trial, same, shown


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one example; no `broken`: it passed."""

    example: n.Example
    event: Event
    broken: tuple[Broken, ...]


def run_examples(destination: Destination) -> Iterator[Outcome]:
    """Every example of the mapping, in its order."""
    for example in destination.resolved.examples:
        yield run_example(destination, example)


def run_example(destination: Destination, example: n.Example) -> Outcome:
    """One example, at its clock, under its settings."""
    event: Event = json.loads(example.given)
    given: dict[str, Json] = json.loads(example.settings) if example.settings else {}
    run = Run(lambda: NOON, {**destination.settings, **given})
    try:
        results: Results = replace(destination, run=run).route(event)
    except Exception as error:
        return Outcome(example, event, (Broken("", None, f"the mapping fails: {type(error).__name__}: {error}"),))
    return Outcome(example, event, tuple(_differences(example, results)))


def _differences(example: n.Example, results: Results) -> Iterator[Broken]:
    wanted = [expect for expect in example.expects if expect.action is not None]
    rest = list(results)
    for expect in wanted:
        name = expect.action.name if expect.action is not None else ""
        mine = [result for result in rest if result[0] == name]
        if not mine:
            yield Broken(name, None, f"`{name}` does not fire, or not as often", None, _expected(expect))
            continue
        found = next((result for result in mine if _is(expect, result[1])), mine[0])
        rest.remove(found)
        if not _is(expect, found[1]):
            yield _difference(name, expect, found[1])
    for name, result in rest:
        nothing = "" if wanted else ": nothing was to fire"
        yield Broken(name, None, f"`{name}` fires, and the example does not expect it{nothing}", _shown(result))


def _is(expect: n.Expect, result: Json) -> bool:
    if isinstance(result, Rejected):
        return expect.rejected == result.code
    return expect.payload is not None and same(json.loads(expect.payload), result)


def _expected(expect: n.Expect) -> str:
    return f"rejected {expect.rejected}" if expect.rejected else expect.payload or ""


def _shown(result: Json) -> Json:
    return f"rejected: {result}" if isinstance(result, Rejected) else result


def _difference(name: str, expect: n.Expect, result: Json) -> Broken:
    if isinstance(result, Rejected):
        return Broken(name, result.row, f"the event is rejected, {result}", None, _expected(expect))
    if expect.payload is None:
        return Broken(name, None, f"there is a payload, and a rejection {expect.rejected} is expected", result)
    wanted = json.loads(expect.payload)
    place = _first_difference(wanted, result, ())
    row = ".".join(place)
    one, two = _at(wanted, place), _at(result, place)
    if one is None and place and not _has(wanted, place):
        return Broken(name, row, f"`{row}` is {shown(two)}, and is not expected", result, f"no `{row}`")
    if not _has(result, place):
        return Broken(name, row, f"`{row}` is missing", result, f"`{row}`: {shown(one)}")
    return Broken(name, row, f"`{row}` is {shown(two)}", result, f"`{row}`: {shown(one)}")


def _first_difference(one: Json, two: Json, place: tuple[str, ...]) -> tuple[str, ...]:
    if is_object(one) and is_object(two):
        for key in (*one, *two):
            if key not in one or key not in two:
                return (*place, key)
            if not same(one[key], two[key]):
                return _first_difference(one[key], two[key], (*place, key))
    return place


def _has(value: Json, place: tuple[str, ...]) -> bool:
    for key in place:
        if not is_object(value) or key not in value:
            return False
        value = value[key]
    return True


def _at(value: Json, place: tuple[str, ...]) -> Json:
    for key in place:
        value = value.get(key) if is_object(value) else None
    return value


def own_laws(destination: Destination) -> list[Law]:
    """The mapping's own laws as laws like those that hold for every mapping; named by their titles."""
    return [_own(law, destination) for law in destination.resolved.laws]


def _own(law: n.Law, destination: Destination) -> Law:
    named = law.action.name if law.action is not None else None

    def check(trial: Trial) -> Iterator[Broken]:
        reference = Reference(destination.resolved, Run(lambda: NOON, destination.settings))
        for made in trial.payloads:
            if named in (None, made.action.name) and not reference.holds(
                law.condition, made.payload, trial.event, made.payload
            ):
                row = next((name for name in fields_of(law.condition) if name in _rows(made)), None)
                yield Broken(
                    made.action.key,
                    row,
                    "this payload breaks it",
                    made.payload,
                    format_condition(law.condition),
                )

    def _rows(made: object) -> set[str]:
        return {row.field.text for action in destination.resolved.actions for row in action.rows}

    return Law(law.title, "a law of the mapping's own", check)


def fields_of(condition: n.Condition) -> Iterator[str]:
    """The payload's fields that a law speaks of."""
    for node in walk(condition):
        if isinstance(node, n.Path) and node.root == "" and node.singular:
            yield ".".join(s.name for s in node.steps if isinstance(s, n.NameSelector))
