"""What a fault is: a small change to a right mapping or to right code, the report behind it, and what finds it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """A change that a bug report tells of.

    Shape:  place: a mapping's name, or `module:function` of the compiler or the runtime; old, new: the change, made
            once; report: `owner/repository#number` on GitHub; story: what the report tells, in our words; on: the
            mapping that shows a fault of code; found: "law NAME", "own law", "check CODE", "example" or "diff", or ""
            for nothing; why: why nothing finds it
    """

    name: str
    place: str
    old: str
    new: str
    report: str
    story: str
    found: str = ""
    on: str = "heap"
    why: str = ""

    @property
    def kind(self) -> str:
        """What is wrong: a mapping, the compiler or the runtime."""
        return self.place.partition(".")[0] if ":" in self.place else "mapping"

    @property
    def address(self) -> str:
        """Where the report can be read."""
        repository, _, number = self.report.partition("#")
        return f"https://github.com/{repository}/issues/{number}"
