"""Names and indexes as plain look-ups: the tests that must hold, and then the value."""

from collections.abc import Callable
from dataclasses import dataclass

from ...dsl.nodes import IndexSelector, NameSelector
from .writer import both, missing

Step = NameSelector | IndexSelector


@dataclass(frozen=True, slots=True)
class LookUp:
    """Python for a value that may not be there: `text` is it wherever all `tests` hold.

    Shape: `soft`: even then `text` can be NOTHING; `number`: it is a number for certain
    """

    tests: tuple[str, ...]
    text: str
    soft: bool = False
    number: bool = False

    @property
    def present(self) -> tuple[str, ...]:
        """The conditions that the value is there."""
        return (*self.tests, f"{self.text} is not NOTHING") if self.soft else self.tests

    def whole(self, known: frozenset[str] = frozenset()) -> str:
        """An expression for the value or NOTHING."""
        tests = missing(self.tests, known)
        return f"{self.text} if {both(tests)} else NOTHING" if tests else self.text

    def bound(self, fresh: Callable[[], str]) -> tuple[str, str]:
        """The text with a name for it, to be written where it is used first, and the name."""
        if self.text.isidentifier():
            return self.text, self.text
        name = fresh()
        return f"{name} := {self.text}", name


def look_up(steps: tuple[Step, ...], start: str, fresh: Callable[[], str], *, absent: str = "") -> LookUp:
    """What the steps find from the value that is called `start`.

    Shape: with `absent` ("None" or "NOTHING") the text may give that where the last name is not there,
           which spares a test
    """
    tests: list[str] = []
    text = start
    for number, step in enumerate(steps, 1):
        if isinstance(step, IndexSelector) and step.dotted:
            found = fresh()
            tests.append(f"({found} := dotted({text}, {step.index})) is not NOTHING")
            text = found
            continue
        bound, name = LookUp((), text).bound(fresh)
        tests.append(f"isinstance({bound}, {'dict' if isinstance(step, NameSelector) else 'list'})")
        if isinstance(step, IndexSelector):
            tests.append(f"len({name}) > {step.index}" if step.index >= 0 else f"len({name}) >= {-step.index}")
            text = f"{name}[{step.index}]"
        elif number < len(steps) or absent == "None":
            text = f"{name}.get({step.name!r})"
        elif absent:
            text = f"{name}.get({step.name!r}, {absent})"
        else:
            tests.append(f"{step.name!r} in {name}")
            text = f"{name}[{step.name!r}]"
    soft = absent == "NOTHING" and text.endswith(f", {absent})")
    return LookUp(tuple(tests), text, soft)
