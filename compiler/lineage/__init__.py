"""Which places of the event reach which fields, and rules about it: read off the program, nothing is run."""

from .flows import Flow, flows_of
from .origins import Origin, Way, carries
from .rules import BadRules, Leak, Rule, leaks, parse_place, parse_rules

__all__ = [
    "BadRules", "Flow", "Leak", "Origin", "Rule", "Way", "carries", "flows_of", "leaks", "parse_place", "parse_rules",
]  # fmt: skip
