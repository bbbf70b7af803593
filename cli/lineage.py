"""`atpath lineage`: which places of the event reach which fields."""

import argparse
import json
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from .arguments import Parser, add_format
from .failures import UserError

if TYPE_CHECKING:
    from ..harness.lineage import Flow, Rule

Json: TypeAlias = Any  # what a JSON text holds

ABOUT = """\
Reads the flows off the mapping; nothing is run. A whole object that is copied carries all that is in it. With
--rules, a file of classes of data and the fields that they may reach, the exit status is 1 if a flow breaks a rule."""

EXAMPLES = (
    "atpath lineage heap",
    "atpath lineage heap --from '$.context.traits.email'",
    "atpath lineage mappings/heap.map --format dot",
)


def add_arguments(parser: Parser) -> None:
    """MAPPING --from PATH --rules FILE."""
    parser.add_argument("mapping", metavar="MAPPING", help="a mapping file, or the name of one that ships: heap")
    parser.add_argument("--from", metavar="PATH", dest="origin", help="only what this place of the event can reach")
    parser.add_argument("--rules", metavar="FILE", help="classes of data, and where they may go (TOML)")
    add_format(parser, "dot")


def run(args: argparse.Namespace) -> int:
    """Show the flows of a mapping; the exit status is 1 if one breaks a rule."""
    from ..compiler.loader import load
    from ..harness.lineage import carries, lineage, violations

    flows = lineage(load(args.mapping))
    if args.origin:
        place = _place(args.origin)
        flows = tuple(flow for flow in flows if carries(flow.origin, place))
    broken = violations(flows, _rules(args.rules)) if args.rules else []
    if args.format == "json":
        print(
            json.dumps({"flows": [_to_json(f) for f in flows], "broken": [_broken_json(*b) for b in broken]}, indent=2)
        )
    elif args.format == "dot":
        print("\n".join(_graph(flows)))
    else:
        print("\n".join([*_lines(flows), *_broken_lines(broken)]))
    return 1 if broken else 0


def _place(text: str) -> tuple[str | int, ...]:
    from ..dsl.build_path import parse_path
    from ..dsl.nodes import NameSelector
    from ..dsl.problems import CellProblem
    from ..dsl.source import Excerpt

    try:
        path = parse_path(Excerpt(text, ((0, 0),)))
    except CellProblem as problem:
        raise UserError(f"{text}: {problem.message}", problem.hint) from None
    if not path.singular:
        raise UserError(f"{text} is no single place", "name one member or item after the other")
    return tuple(s.name if isinstance(s, NameSelector) else s.index for s in path.steps)


def _rules(name: str) -> "list[Rule]":
    """The rules of a file.

    Shape:  [email]
            paths = ["$.traits.email", "$.context.traits.email"]
            only = ["identity", "identifyUser.email"]       # no list: it may go nowhere
            derived = true                                  # hashes and the like count too
    """
    from ..harness.lineage import Rule

    try:
        data: dict[str, Json] = tomllib.loads(Path(name).read_text("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"{name} is no TOML: {error}") from None
    rules: list[Rule] = []
    for kind, table in data.items():
        rule = cast("dict[str, Json]", table) if isinstance(table, dict) else {}
        if not rule.get("paths") or set(rule) - {"paths", "only", "derived"}:
            raise UserError(f"{name}: [{kind}] is no rule", "a rule has `paths`, and may have `only` and `derived`")
        places = tuple(_place(str(path)) for path in rule["paths"])
        rules.append(Rule(kind, places, tuple(map(str, rule.get("only", ()))), bool(rule.get("derived", False))))
    return rules


def _lines(flows: "Sequence[Flow]") -> list[str]:
    lines: list[str] = []
    action = field = None
    for flow in flows:
        if flow.action != action:
            lines += ["", f"{flow.action}{f' (to {flow.request})' if flow.request else ''}"]
            action, field = flow.action, None
        if flow.field != field:
            lines.append(f"  {flow.field or '(its trigger)'}")
            field = flow.field
        lines.append(f"    {_origin(flow)}")
    return lines[1:]


def _origin(flow: "Flow") -> str:
    word = {"copy": "", "derived": "made of ", "decides": "depends on "}[flow.origin.how]
    without = f", without {', '.join(sorted(flow.origin.without))}" if flow.origin.without else ""
    return f"{word}{flow.origin.path}{without}"


def _broken_lines(broken: "list[tuple[Rule, Flow]]") -> list[str]:
    lines = [f"{rule.name} reaches {flow.action}.{flow.field} from {flow.origin.path}" for rule, flow in broken]
    return ["", *lines] if lines else []


def _graph(flows: "Sequence[Flow]") -> list[str]:
    """The flows in the language of Graphviz."""
    styles = {"copy": "", "derived": " [style=dashed]", "decides": " [style=dotted]"}
    lines = ["digraph lineage {", "  rankdir=LR;", "  node [shape=box];"]
    for flow in flows:
        target = f"{flow.action}.{flow.field}" if flow.field else flow.action
        lines.append(f"  {json.dumps(flow.origin.path)} -> {json.dumps(target)}{styles[flow.origin.how]};")
    return [*lines, "}"]


def _to_json(flow: "Flow") -> Json:
    return {
        "action": flow.action, "field": flow.field or None, "path": flow.origin.path, "how": flow.origin.how,
        "without": sorted(flow.origin.without), "request": flow.request or None,
    }  # fmt: skip


def _broken_json(rule: "Rule", flow: "Flow") -> Json:
    return {"rule": rule.name, **_to_json(flow)}
