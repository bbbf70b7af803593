"""`atpath lineage`: which places of the event reach which fields."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from .arguments import Parser, add_format
from .failures import UserError, has_colour

if TYPE_CHECKING:
    from ..compiler.destination import Destination
    from ..compiler.lineage import Flow, Leak, Rule, Way

Json: TypeAlias = Any  # what a JSON text holds

ABOUT = """\
Reads the flows off the mapping; nothing is run. A whole object that is copied carries all that is in it. Rules name
classes of data and the fields that they may reach: those of --rules, or those beside the mapping (heap.rules.toml,
rules.toml), which `atpath check` holds it to as well. The exit status is 1 if a flow breaks a rule."""

EXAMPLES = (
    "atpath lineage heap",
    "atpath lineage heap --from '$.context.traits.email'",
    "atpath lineage mappings/heap.map --format dot",
)


def add_arguments(parser: Parser) -> None:
    """MAPPING --from PATH --rules FILE."""
    parser.add_argument("mapping", metavar="MAPPING", help="a mapping file, or the name of one that ships: heap")
    parser.add_argument("--from", metavar="PATH", dest="origin", help="only what this place of the event can reach")
    parser.add_argument("--rules", metavar="FILE", help="these rules, not those beside the mapping (TOML)")
    parser.add_argument("--events", metavar="SCHEMA", help="a source schema: the paths that rules may name")
    add_format(parser, "dot")


def run(args: argparse.Namespace) -> int:
    """Show the flows of a mapping; the exit status is 1 if one breaks a rule, or a rule names what no event has."""
    from ..compiler.lineage import carries, leaks
    from ..compiler.loader import load
    from ..harness.lineage import lineage
    from .folding import folded

    files = _rule_files(args.mapping, args.rules)
    rules = _rules(files, args.rules)
    destination = load(args.mapping)
    wrong = _tell_of_names(destination, files, rules, args.events)
    every = flows = lineage(destination)
    if args.origin:
        place = _place(args.origin)
        flows = tuple(flow for flow in every if carries(flow.origin, place))
    broken = tuple(leaks(flows, rules))
    if args.format == "json":
        shown = {"flows": [_to_json(flow) for flow in flows], "broken": [_broken_json(leak) for leak in broken]}
        print(json.dumps(shown, indent=2, ensure_ascii=False))
    elif args.format == "dot":
        print("\n".join(_graph(flows, broken)))
    else:
        lines = _lines(flows) or [_none(args.origin, every) if args.origin else f"{args.mapping}: it reads no event"]
        print(folded([*lines, *_broken_lines(broken)]))
    return 1 if broken or wrong else 0


def _place(text: str) -> "Way":
    from ..compiler.lineage import BadRules, parse_place

    try:
        return parse_place(text)
    except BadRules as error:
        raise UserError(str(error), error.hint) from None


def _rule_files(mapping: str, given: str | None) -> dict[str, str]:
    """The text of a file with rules, or without one those beside the mapping, to which `check` holds it, by name."""
    from ..compiler.check.leaks import rule_files
    from ..compiler.files import find_mapping, read_included

    folder = find_mapping(mapping).parent
    try:
        if given:
            return {given: Path(given).read_text("utf-8-sig")}
        return rule_files(mapping, lambda name: read_included(folder, name))
    except UnicodeDecodeError as error:
        raise UserError(f"{given or 'the rules beside it'}: {error}") from None


def _rules(files: dict[str, str], given: str | None) -> "tuple[Rule, ...]":
    from ..compiler.lineage import BadRules, parse_rules

    try:
        return parse_rules(*files.values())
    except BadRules as error:
        raise UserError(f"{given or 'the rules beside it'}: {error}", error.hint) from None


def _tell_of_names(
    destination: "Destination", files: dict[str, str], rules: "Sequence[Rule]", events: str | None
) -> bool:
    """Say on standard error which names of the rules mean nothing; True if a class would hold nothing back."""
    from ..compiler.check.leaks import check_rules
    from ..compiler.schema_file import segment_schema
    from ..dsl.render import render_all
    from .test_ import read_schema

    schema = read_schema(events) or segment_schema()
    found = tuple(check_rules(destination.resolved, schema, files, rules))
    if found:
        from .folding import report_width

        print(render_all(found, width=report_width(), colour=has_colour(sys.stderr)), file=sys.stderr)
    return any(d.code[0] == "E" for d in found)


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


def _none(place: str, flows: "Sequence[Flow]") -> str:
    """That a place reaches nothing, and which one was probably meant."""
    from ..dsl.spelling import did_you_mean

    meant = did_you_mean(place, sorted({flow.origin.path for flow in flows}))
    return f"{place}: it reaches nothing{f'; {meant}' if meant else ''}"


def _origin(flow: "Flow") -> str:
    word = {"copy": "", "derived": "made of ", "decides": "depends on "}[flow.origin.how]
    without = f", without {', '.join(sorted(flow.origin.without))}" if flow.origin.without else ""
    return f"{word}{flow.origin.path}{without}"


def _broken_lines(broken: "Sequence[Leak]") -> list[str]:
    lines = [f"{leak.rule.name} reaches {_target(leak.flow.action, leak.field)} from {leak.path}" for leak in broken]
    return ["", *lines] if lines else []


def _target(action: str, field: str) -> str:
    return f"{action}.{field}" if field else action


def _graph(flows: "Sequence[Flow]", broken: "Sequence[Leak]") -> list[str]:
    """The flows in the language of Graphviz; those that break a rule in red."""
    styles = {"copy": (), "derived": ("style=dashed",), "decides": ("style=dotted",)}
    red = {leak.flow for leak in broken}
    lines = ["digraph lineage {", "  rankdir=LR;", "  node [shape=box];"]
    for flow in flows:
        marks = ", ".join((*styles[flow.origin.how], *(("color=red",) if flow in red else ())))
        ends = f"{json.dumps(flow.origin.path)} -> {json.dumps(_target(flow.action, flow.field))}"
        lines.append(f"  {ends} [{marks}];" if marks else f"  {ends};")
    return [*lines, "}"]


def _to_json(flow: "Flow") -> Json:
    return {
        "action": flow.action, "field": flow.field or None, "path": flow.origin.path, "how": flow.origin.how,
        "without": sorted(flow.origin.without), "request": flow.request or None,
    }  # fmt: skip


def _broken_json(leak: "Leak") -> Json:
    return {"rule": leak.rule.name, "place": leak.path, "reaches": leak.field, **_to_json(leak.flow)}
