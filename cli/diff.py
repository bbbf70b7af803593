"""`atpath diff`: what changed between two versions of a mapping."""

import argparse
import json
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from subprocess import DEVNULL, PIPE
from subprocess import run as run_process
from typing import TYPE_CHECKING, Any, TypeAlias

from .arguments import Parser, add_format
from .failures import UserError

if TYPE_CHECKING:
    from ..dsl.nodes import Json as Value
    from ..harness.diff import Diff, Finding

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
    from ..harness.diff import diff

    words = _words(args)
    with tempfile.TemporaryDirectory() as folder:
        found = {name: diff(*pair) for name, pair in _pairs(words, Path(folder))}
    report = {
        "pretty": lambda: "\n".join(_pretty(name, one, args.all) for name, one in found.items()),
        "json": lambda: json.dumps([_to_json(name, one) for name, one in found.items()], indent=2, ensure_ascii=False),
        "markdown": lambda: "\n".join(_markdown(name, one) for name, one in found.items()),
    }[args.format]()
    print(report)
    return 1 if any(one.changes for one in found.values()) else 0


# --- which mappings


def _words(args: argparse.Namespace) -> list[str]:
    """What is to be compared. Options may stand anywhere, behind `--` too: paths of mappings look otherwise."""
    behind = Parser(prog="atpath diff", add_help=False, allow_abbrev=False)
    _add_options(behind)
    behind.add_argument("--traceback", action="store_true")
    _, words = behind.parse_known_args([word for word in args.words if word != "--"], args)
    unknown = next((word for word in words if word.startswith("-")), None)
    if unknown or not words:
        behind.error(f"no option {unknown}" if unknown else "what is to be compared?")
    return words


def _pairs(words: list[str], folder: Path) -> Iterator[tuple[str, tuple[Any, Any]]]:
    from ..compiler.files import find_mapping
    from ..compiler.loader import load

    if len(words) == 2 and all(find_mapping(word).is_file() for word in words):
        yield words[1], (load(words[0]), load(words[1]))
        return
    revisions = [word for word in words[:2] if _is_revision(word)]
    paths = words[len(revisions) :]
    if not revisions or not paths:
        missing = next((word for word in words if not find_mapping(word).exists()), words[0])
        raise UserError(f"{missing}: no mapping file and no git revision", "atpath diff OLD NEW, or REVISION -- PATH")
    sides = [_unpacked(revision, folder / str(number)) for number, revision in enumerate(revisions)]
    if len(sides) == 1:
        sides.append(Path())
    for name in _names(sides, paths):
        old, new = sides[0] / name, sides[1] / name
        if not old.exists() or not new.exists():
            print(f"{name}: {'new' if new.exists() else 'gone'}", file=sys.stderr)
            continue
        yield name, (load(old), load(new))


def _is_revision(word: str) -> bool:
    if Path(word).exists():
        return False
    return _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{word}^{{commit}}") is not None


def _unpacked(revision: str, folder: Path) -> Path:
    """The mapping files of a revision, in a folder that is laid out as the repository is from here."""
    data = _git("archive", "--format=tar", revision, "--", ":(glob)**/*.map")
    if data is None:
        raise UserError(f"{revision} has no mapping files")
    with tarfile.open(fileobj=BytesIO(data)) as archive:
        archive.extractall(folder, filter="data")
    return folder


def _git(*words: str) -> bytes | None:
    try:
        done = run_process(["git", *words], check=False, stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL)
    except FileNotFoundError:
        return None
    return done.stdout if done.returncode == 0 else None


def _names(sides: list[Path], paths: list[str]) -> list[str]:
    found: set[str] = set()
    for path in paths:
        for under, side in ((side / path, side) for side in sides):
            files = under.rglob("*.map") if under.is_dir() else [under] if under.is_file() else []
            found |= {file.relative_to(side).as_posix() for file in files}
        if not any((side / path).exists() for side in sides):
            raise UserError(f"{path}: no mapping file there", "mapping files end in .map")
    if not found:
        raise UserError(f"{', '.join(paths)}: no mapping file there", "mapping files end in .map")
    return sorted(found)


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
    from ..harness.diff import Status

    return [
        f"{_subject(f)}: no difference found in {f.tried} events, and none excluded"
        for f in one.findings
        if f.status is Status.UNPROVEN
    ]


def _count(one: "Diff") -> str:
    if not one.changes:
        return "the same"
    breaking = sum(finding.breaking for finding in one.changes)
    return f"{len(one.changes)} difference{'s' * (len(one.changes) != 1)}, {breaking or 'none'} breaking"


def _subject(finding: "Finding") -> str:
    if finding.what == "setting":
        return f"setting {finding.name}"
    if finding.what == "action":
        return finding.name
    return f"{finding.action} {finding.what}{f' {finding.name}' if finding.name else ''}"


def _weight(finding: "Finding") -> str:
    return ", breaking" if finding.breaking else ""


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
        lines += [f"| {_subject(f)} | {f.status} | {'**breaking**' if f.breaking else 'safe'} |" for f in one.changes]
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


def _outcome(value: Json) -> str:
    """A payload, a list of them, or what happened instead, in words."""
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
