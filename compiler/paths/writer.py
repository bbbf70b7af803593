"""The text of one query while it is written: lines, what is known inside a block, fresh names."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

_WIDTH = 100


@dataclass(slots=True)
class Lines:
    """Lines of Python with their depth. Inside an `if`, its conditions are known and not asked again."""

    depth: int = 1
    text: list[str] = field(default_factory=list[str])
    _known: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    _open_if: int = -1

    @property
    def known(self) -> frozenset[str]:
        """The conditions that hold at this place."""
        return frozenset(condition for _, condition in self._known)

    def add(self, line: str) -> None:
        """One statement."""
        self.text.append("    " * self.depth + line)

    def open(self, head: str) -> None:
        """The head of a block; what follows is inside."""
        self.add(head)
        self.depth += 1

    def open_if(self, conditions: Iterable[str]) -> None:
        """A block where all of them hold; none where that is known. Joins an `if` that has just been opened."""
        new = missing(conditions, self.known)
        if not new:
            return
        joined = f"{self.text[-1][:-1]} and {both(new)}:" if self._open_if == len(self.text) else ""
        if joined and len(joined) <= _WIDTH:
            self.text[-1] = joined
        else:
            self.open(f"if {alone(new)}:")
        self._known += [(self.depth, condition) for condition in new]
        self._open_if = len(self.text) if alone(new) == both(new) else -1

    def back(self, depth: int) -> None:
        """Ends the blocks that were opened at this depth or deeper."""
        self.depth = depth
        self._known = [(at, condition) for at, condition in self._known if at <= depth]
        self._open_if = -1


@dataclass(slots=True)
class Query:
    """What the parts of one generated function share."""

    name: str
    constants: list[str] = field(default_factory=list[str])  # before the function: patterns, compiled once
    opening: list[str] = field(default_factory=list[str])  # first in the function: what no loop changes
    computed: dict[str, str] = field(default_factory=dict[str, str])  # what `opening` has, and its name there
    _counts: dict[str, int] = field(default_factory=dict[str, int])

    def fresh(self, stem: str = "v") -> str:
        """A name that nothing else in the function has."""
        self._counts[stem] = self._counts.get(stem, 0) + 1
        return f"{stem}{self._counts[stem]}"


def both(conditions: Sequence[str]) -> str:
    """The condition that all of them hold."""
    return " and ".join(conditions) or "True"


def alone(conditions: Sequence[str]) -> str:
    """The same where nothing binds tighter beside it: a lone `(A or B)` needs no parentheses."""
    text, *more = (*conditions, "")
    return text[1:-1] if more == [""] and text.startswith("(") and text.endswith(")") else both(conditions)


def either(terms: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """The conditions that one of the terms holds; what all terms open with is asked once, before."""
    shared = 0
    while all(len(term) > shared and term[shared] == terms[0][shared] for term in terms):
        shared += 1
    rest = [term[shared:] for term in terms]
    if not all(rest):
        return terms[0][:shared]
    alternatives = (f"({both(term)})" if len(term) > 1 else both(term) for term in rest)
    return (*terms[0][:shared], f"({' or '.join(alternatives)})")


def missing(conditions: Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
    """Those that are not known already, each once."""
    seen = set(known)
    return tuple(c for c in conditions if not (c in seen or seen.add(c)))
