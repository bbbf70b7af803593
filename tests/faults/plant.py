"""Faults put in their place: a mapping's text changed, or the code of a function while it is looked at."""

import inspect
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from pathlib import Path
from types import FunctionType

from atpath.compiler import load_text
from atpath.compiler.loader import Destination

from .faults import Fault

HERE = Path(__file__).parent
SHIPPED = HERE.parents[1] / "mappings"
FILES = {"shop": HERE / "shop.map"} | {name: SHIPPED / f"{name}.map" for name in ("heap", "braze", "ga4", "mixpanel")}
NOON = "2024-01-01T00:00:00.000Z"


@cache
def text_of(name: str) -> str:
    """A right mapping's text."""
    return FILES[name].read_text("utf-8")


def load_wrong(text: str, name: str) -> Destination:
    """A mapping's text, compiled anew with whatever is wrong at the time."""
    return load_text(text, name, now=lambda: NOON)


@cache
def right(name: str) -> Destination:
    """A right mapping."""
    return load_wrong(text_of(name), name)


def changed(text: str, fault: Fault) -> str:
    """The text with the fault in it."""
    assert fault.old in text, f"{fault.name}: {fault.old!r} is not there"
    return text.replace(fault.old, fault.new, 1)


@contextmanager
def planted(fault: Fault) -> Iterator[Destination]:
    """The mapping that shows a fault, compiled while the fault is there."""
    if fault.kind == "mapping":
        yield load_wrong(changed(text_of(fault.place), fault), fault.place)
        return
    function = _function(fault.place)
    before = function.__code__
    function.__code__ = _wrong_code(function, fault)
    try:
        yield load_wrong(text_of(fault.on), fault.on)
    finally:
        function.__code__ = before


def _function(place: str) -> FunctionType:
    module, _, names = place.partition(":")
    found: object = import_module(f"atpath.{module}")
    for name in names.split("."):
        found = vars(found)[name]
    assert isinstance(found, FunctionType)
    return found


def _wrong_code(function: FunctionType, fault: Fault):
    text = changed(textwrap.dedent(inspect.getsource(function)), fault)
    made: dict[str, object] = {}
    exec(
        compile(f"from __future__ import annotations\n{text}", f"<{fault.name}>", "exec"),
        dict(function.__globals__),
        made,
    )
    wrong = made[function.__name__]
    assert isinstance(wrong, FunctionType)
    return wrong.__code__
