"""Flows read off a mapping against flows seen: a token in every leaf of the event, found again in the payload."""

import json
import os
import random
import re
from pathlib import Path
from typing import Any

import pytest
from atpath.compiler import MappingError, Rejected, load, load_text
from atpath.harness.fill import put
from atpath.harness.lineage import Flow, Origin, Rule, carries, lineage, violations
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies.programs import mappings

EXAMPLES = int(os.environ.get("ATPATH_LINEAGE_EXAMPLES", "60"))
NOW = "2024-01-01T00:00:00.000Z"
WIDE = Path(__file__).with_name("wide.map").read_text("utf-8")
NAMES = ("a", "b", "c", "type", "0", "properties", "traits")
Way = tuple[Any, ...]


def grown(rng: random.Random, depth: int = 0) -> Any:
    kind = rng.randrange(6) if depth < 3 else 0
    if kind <= 2:
        return None  # becomes a token
    if kind == 3:
        return [grown(rng, depth + 1) for _ in range(rng.randint(1, 3))]
    return {name: grown(rng, depth + 1) for name in rng.sample(NAMES, rng.randint(1, 4))}


def planted(value: Any, tokens: dict[str, Way], way: Way = ()) -> Any:
    """The value with a token of its own in every leaf; digits alone, which no function of the language changes."""
    if isinstance(value, dict):
        return {key: planted(below, tokens, (*way, key)) for key, below in value.items()}
    if isinstance(value, list):
        return [planted(below, tokens, (*way, index)) for index, below in enumerate(value)]
    token = f"{8_000_000 + (len(tokens) + 1) * 7919}"  # far enough apart for arithmetic not to make one of another
    tokens[token] = way
    return token


def seen(payload: Any, tokens: dict[str, Way], way: Way = ()) -> set[tuple[str, Way]]:
    """Which tokens stand in a payload, and under which names."""
    if isinstance(payload, dict):
        below = [seen(v, tokens, (*way, k)) | seen(k, tokens, way) for k, v in payload.items()]
        return set().union(*below)
    if isinstance(payload, list):
        return set().union(*(seen(item, tokens, way) for item in payload))
    return {(token, way) for token in re.findall(r"8\d{6}", str(payload)) if token in tokens}


def covered(flows: list[Flow], field: Way, leaf: Way) -> list[Flow]:
    """The flows that say that this leaf reaches this field."""
    return [f for f in flows if f.origin.how != "decides" and matches(f.field, field) and carries(f.origin, leaf)]


def matches(name: str, field: Way) -> bool:
    parts = [part for part in name.replace("[]", "").split(".") if part]
    return name.startswith("*") or all(a == str(b) for a, b in zip(parts, field, strict=False))


@settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None
)
@given(mappings(), st.integers(0, 10**6))
def test_no_flow_is_missed(text: str, seed: int) -> None:
    rng = random.Random(seed)
    try:
        destination = load_text(text, now=lambda: NOW)
    except MappingError:
        return
    flows = [flow for flow in lineage(destination) if flow.field]
    for _ in range(3):
        tokens: dict[str, Way] = {}
        event = planted({name: grown(rng) for name in NAMES}, tokens)
        when = destination.resolved.actions[0].for_each
        results = destination.route(event) if when is not None else [("act", built(destination, event))]
        for _, payload in results:
            if isinstance(payload, dict):
                for token, field in seen(payload, tokens):
                    assert covered(flows, field, tokens[token]), (text, event, payload, token, field)


def built(destination: Any, event: Any) -> Any:
    try:
        return destination.actions["act"](event)
    except Rejected:
        return None


def test_few_flows_are_too_many() -> None:
    # A token is a text of digits: it has to fit every type.
    text = re.sub(r"\b(datetime|boolean)( +\\|)", r"string\2", WIDE.replace(" required |", " |"))
    text = text.replace('"phone" or "desktop"', "string")
    destination = load_text(text, settings={"apiKey": "k"}, now=lambda: NOW)
    flows = [f for f in lineage(destination) if f.field and f.origin.how == "copy"]
    found: set[Flow] = set()
    rng = random.Random("flows")
    types = {"order": ("track", "Order Completed"), "line": ("track", "Product Added"), "person": ("identify", "x")}
    for _ in range(400):
        for key, (kind, name) in {**types, "Screens": ("screen", "x")}.items():
            tokens: dict[str, Way] = {}
            event: dict[str, Any] = {}
            for way in [flow.origin.way for flow in flows if rng.random() < 0.5]:
                put(event, tuple(0 if step == "*" else step for step in way), None)
            event = planted(event, tokens)
            put(event, ("context", "device", "adTrackingEnabled"), True)
            event |= {"type": kind, "event": name} if kind == "track" else {"type": kind}
            for _, payload in destination.route(event):
                if isinstance(payload, dict):
                    for token, field in seen(payload, tokens):
                        leaf = tokens[token]
                        exact = [f for f in flows if f.action == key and matches(f.field, field)]
                        found |= {f for f in exact if carries(f.origin, leaf) and len(f.origin.way) <= len(leaf)}
    missed = [f for f in flows if f not in found]
    assert len(missed) <= 0.05 * len(flows), [(f.action, f.field, f.origin.path) for f in missed]


def flows_of(source: str, kind: str = "any") -> set[tuple[str, str, str]]:
    text = f"destination d\naction a\n| field | type | source |\n| --- | --- | --- |\n| f | {kind} | {source} |\n"
    return {(flow.field, flow.origin.path, flow.origin.how) for flow in lineage(load_text(text))}


@pytest.mark.parametrize(
    ("source", "flows"),
    [
        ("$.a ?? $.b", {("f", "$.a", "copy"), ("f", "$.b", "copy")}),
        ('if $.a = "1" then $.b else $.c', {("f", "$.a", "decides"), ("f", "$.b", "copy"), ("f", "$.c", "copy")}),
        ("{x: $.a, y: {z: $.b}}", {("f.x", "$.a", "copy"), ("f.y.z", "$.b", "copy")}),
        ('omit($.traits, "email")', {("f", "$.traits", "copy")}),
        ('pick($.traits, "email", "name")', {("f", "$.traits.email", "copy"), ("f", "$.traits.name", "copy")}),
        ("sha256(lower($.a))", {("f", "$.a", "derived")}),
        ("each $.items -> {n: $.name}", {("f[].n", "$.items[*].name", "copy"), ("f[].n", "$.items.name", "copy")}),
        ("{x: $.a, y: $.b} -> $.y", {("f", "$.b", "copy")}),
        ('"{{a.b}} and {{c}}"', {("f", "$.a.b", "copy"), ("f", "$.c", "copy")}),
        ("$.a[*].b", {("f", "$.a[*].b", "copy")}),
        ("$..b", {("f", "$..*", "copy")}),
        ("12", set()),
    ],
)
def test_flows_of_an_expression(source: str, flows: set[tuple[str, str, str]]) -> None:
    assert flows_of(source) == flows


def test_a_rule_says_where_a_class_may_go() -> None:
    flows = lineage(load_text(WIDE))
    email = (("traits", "email"), ("context", "traits", "email"), ("properties", "email"))
    assert not violations(flows, [Rule("email", email, ("email",))])
    ((_, flow), *_) = violations(flows, [Rule("email", email, ("order.email", "Screens.*"))])
    assert (flow.action, flow.field) == ("person", "email")
    hashed = {f.field for _, f in violations(flows, [Rule("email", email, ("email",), derived=True)])}
    assert hashed == {"hashed"}


def test_an_object_that_is_copied_carries_what_is_in_it() -> None:
    flows = lineage(load("heap"))
    broken = violations(flows, [Rule("email", (("context", "traits", "email"),), ())])
    assert {(flow.action, flow.field) for _, flow in broken} == {("trackEvent", "traits")}
    assert {flow.request for flow in flows} == {"heap track", "heap users"}


@pytest.mark.parametrize(
    ("origin", "place", "carried"),
    [
        (Origin(("a",)), ("a", "b"), True),
        (Origin(("a", "b")), ("a",), True),
        (Origin(("a",), without=frozenset({"b"})), ("a", "b", "c"), False),
        (Origin(("a", "*", "b")), ("a", 0, "b"), True),
        (Origin(("a", "*", "b")), ("a", 0, "c"), False),
        (Origin(("a", "**")), ("a", "x", "y"), True),
        (Origin(("a", -1)), ("a", 3), True),
        (Origin(("a",)), ("b",), False),
    ],
)
def test_what_comes_along_with_an_origin(origin: Origin, place: Way, carried: bool) -> None:
    assert carries(origin, place) == carried


def test_flows_are_json() -> None:
    assert json.dumps([flow.origin.path for flow in lineage(load("heap"))])
