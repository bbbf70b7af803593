"""`atpath diff`: what changed between two versions of a mapping."""

import argparse
import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from .arguments import Parser, add_format
from .failures import UserError

if TYPE_CHECKING:
    from ..dsl.nodes import Json as Value
    from ..harness.diff import Diff, Finding
    from .revisions import Load, Pair

Json: TypeAlias = Any  # what a JSON text holds

ABOUT = """\
Compares what two mappings do, not how they are written: each trigger and each field is the same, or an event shows
that it is not. OLD and NEW are files or names of mappings that ship; with a git revision, the mappings at the paths
are compared with those in the working tree, or with a second revision. Exit status 1 if anything differs."""

EXAMPLES = (
    "atpath diff heap mappings/heap.map",
    "atpath diff HEAD~1 -- mappings/",
    "atpath diff main feature -- mappings/heap.map --format markdown",
)
USAGE = "atpath diff OLD NEW, or atpath diff REVISION [REVISION] -- PATH..."
WIDEST = 300  # characters of an event on the screen
LONGEST_TEXT = 60  # characters of a text in it
SHORT = 60  # characters of two values beside each other


def add_arguments(parser: Parser) -> None:
    """OLD NEW, or REVISION [REVISION] -- PATH..."""
    parser.add_argument(
        "words", metavar="OLD NEW | REVISION -- PATH", nargs=argparse.REMAINDER, help="two mappings, or git revisions"
    )
    _add_options(parser)


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--all", action="store_true", help="list what is the same, too")
    add_format(parser, "markdown")


def run(args: argparse.Namespace) -> int:
    """Compare mappings; the exit status is 1 if anything differs."""
    found = {name: _compared(old, new) for name, old, new in _pairs(*_words(args))}
    report = {
        "pretty": lambda: "\n".join(_pretty(name, one, args.all) for name, one in found.items()),
        "json": lambda: json.dumps([_to_json(name, one) for name, one in found.items()], indent=2, ensure_ascii=False),
        "markdown": lambda: "\n".join(_markdown(name, one) for name, one in found.items()),
    }[args.format]()
    print(report)
    return 1 if any(one.changes for one in found.values()) else 0


def _compared(old: "Load | None", new: "Load | None") -> "Diff":
    from ..harness.diff import Diff, Finding, Status, diff

    if old is None or new is None:
        return Diff((Finding("", "mapping", "", Status.NEW if old is None else Status.GONE),))
    after = new()  # first: a file that is no mapping is best shown as it is now
    return diff(old(), after)


# --- which mappings


def _words(args: argparse.Namespace) -> tuple[list[str], list[str] | None]:
    """What is to be compared: the words before `--`, and those behind it, None without one.

    Options may stand anywhere, behind `--` too: paths of mappings look otherwise.
    """
    options = Parser(prog="atpath diff", add_help=False, allow_abbrev=False)
    _add_options(options)
    options.add_argument("--traceback", action="store_true")
    at = args.words.index("--") if "--" in args.words else len(args.words)
    before, behind = (
        options.parse_known_args([word for word in words if word != "--"], args)[1]
        for words in (args.words[:at], args.words[at:])
    )
    unknown = next((word for word in (*before, *behind) if word.startswith("-")), None)
    if unknown:
        options.error(f"unrecognized arguments: {unknown}")
    if not before and not behind:
        raise UserError("what is to be compared?", USAGE)
    return (before, behind) if before and at < len(args.words) else (before or behind, None)


def _pairs(before: list[str], behind: list[str] | None) -> "Iterator[Pair]":
    from ..compiler.loader import load
    from .revisions import is_revision, pairs

    if behind is not None:
        if not behind or len(before) > 2:
            raise UserError("no path stands behind `--`" if not behind else f"{len(before)} revisions", USAGE)
        yield from pairs(before, behind)
    elif len(before) == 2 and all(map(_is_mapping, before)):
        yield before[1], partial(load, before[0]), partial(load, before[1])
    else:
        revisions = [word for word in before[:2] if not Path(word).exists() and is_revision(word)]
        if not revisions or len(revisions) == len(before):
            raise UserError(*_trouble(before, revisions))
        yield from pairs(revisions, before[len(revisions) :])


def _is_mapping(word: str) -> bool:
    """True if a word names something that can be read: a file, a pipe of the shell's, or a mapping that ships."""
    from ..compiler.files import find_mapping

    path = find_mapping(word)
    return path.exists() and not path.is_dir()


def _trouble(words: list[str], revisions: list[str]) -> tuple[str, str]:
    """Why words without `--` cannot be compared, and what to write instead."""
    from ..compiler.files import near_shipped

    if revisions:
        return f"{' '.join(revisions)}: which mappings are to be compared?", USAGE
    missing = next((word for word in words if not Path(word).is_dir() and not _is_mapping(word)), None)
    if missing is not None:
        return f"{missing}: no mapping file and no git revision", near_shipped(missing) or USAGE
    if len(words) == 1:
        return f"{words[0]}: compared with what?", USAGE
    if len(words) > 2:
        return f"two mappings are compared, not {len(words)}", USAGE
    folder = next(word for word in words if Path(word).is_dir())
    return f"{folder}: a folder, where a mapping file is wanted", USAGE


# --- reports


def _pretty(name: str, one: "Diff", everything: bool) -> str:
    lines = [f"{name}: {_count(one)}"]
    for finding in one.findings if everything else one.changes:
        lines.append(f"  {_subject(finding)}: {finding.status}{_weight(finding)}{_values(finding)}")
        if finding.event is not None:
            lines += [
                f"    event  {_json(finding.event)}",
                f"    old    {_outcome(finding.old)}",
                f"    new    {_outcome(finding.new)}",
            ]
    return "\n".join([*lines, *(f"  {line}" for line in _unproven(one))])


def _unproven(one: "Diff") -> list[str]:
    found = [(f, "other value" if f in one.changes else "difference") for f in one.findings if f.unproven]
    return [f"{_subject(f)}: no {what} found in {f.tried} events, and none excluded" for f, what in found]


def _count(one: "Diff") -> str:
    if not one.changes:
        return "no difference found" if _unproven(one) else "the same"
    breaking = sum(finding.breaking for finding in one.changes)
    return f"{len(one.changes)} difference{'s' * (len(one.changes) != 1)}, {breaking or 'none'} breaking"


def _subject(finding: "Finding") -> str:
    if finding.what == "mapping":
        return "the mapping"
    if finding.what == "setting":
        return f"setting {finding.name}"
    if finding.what == "action":
        return finding.name
    return f"{finding.action} {finding.what}{f' {finding.name}' if finding.name else ''}"


def _weight(finding: "Finding") -> str:
    return ", breaking" if finding.breaking else ""


def _safety(finding: "Finding") -> str:
    if finding.breaking:
        return "**breaking**"
    return "safe, as far as was tried" if finding.unproven else "safe"


def _values(finding: "Finding") -> str:
    """What a field was, and what it is now, in a few words."""
    if finding.what != "field" or not isinstance(finding.old, dict) or not isinstance(finding.new, dict):
        return ""
    old, new = (_value(side, finding.name) for side in (finding.old, finding.new))
    return f": {old} -> {new}" if old != new and len(old) + len(new) <= SHORT else ""


def _value(payload: "Value", name: str) -> str:
    for part in name.split("."):
        if not isinstance(payload, dict) or part not in payload:
            return "nothing"
        payload = payload[part]
    return _json(payload)


def _markdown(name: str, one: "Diff") -> str:
    if not one.changes and not _unproven(one):
        return f"`{name}`: the same\n"
    lines = [f"## `{name}`: {_count(one)}", ""]
    if one.changes:
        lines += ["| part | change | |", "| --- | --- | --- |"]
        lines += [f"| {_subject(f)} | {f.status} | {_safety(f)} |" for f in one.changes]
    for finding in one.changes:
        if finding.event is not None:
            block = [
                f"event {_json(finding.event)}",
                f"old   {_outcome(finding.old)}",
                f"new   {_outcome(finding.new)}",
            ]
            title = f"<details><summary>{_subject(finding)}: {finding.status}</summary>"
            lines += ["", title, "", "```text", *block, "```", "", "</details>"]
    unproven = [f"- {line}" for line in _unproven(one)]
    return "\n".join([*lines, *([""] if unproven else []), *unproven]) + "\n"


def _json(value: Json) -> str:
    text = json.dumps(_cut(value), ensure_ascii=False)
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 1]}…"


def _outcome(value: "Value") -> str:
    """A payload, a list of them, or what happened instead, in words."""
    if isinstance(value, list) and any(isinstance(item, str) for item in value):
        return "; ".join(map(_outcome, value))  # of the items of `for each`, some are rejected
    return value if isinstance(value, str) else _json(value)


def _cut(value: "Value") -> "Value":
    """A value whose texts are short enough to be looked at."""
    match value:
        case str() if len(value) > LONGEST_TEXT:
            return f"{value[:20]}… ({len(value):,} characters)"
        case list():
            return [_cut(item) for item in value]
        case dict():
            return {key: _cut(member) for key, member in value.items()}
        case _:
            return value


def _to_json(name: str, one: "Diff") -> Json:
    return {
        "mapping": name,
        "breaking": one.breaking,
        "findings": [
            {
                "action": f.action or None, "part": f.what, "name": f.name or None, "status": str(f.status),
                "breaking": f.breaking, "event": f.event, "old": f.old, "new": f.new, "tried": f.tried,
            }
            for f in one.findings
        ],
    }  # fmt: skip
