"""`atpath explain`: a code, or what becomes of one event."""

import argparse
import json
import re
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from .arguments import Parser, add_format
from .failures import UserError

if TYPE_CHECKING:
    from ..harness.explain import ActionStory, AtomStory, FieldStory
    from ..harness.trace import Reading

Json: TypeAlias = Any  # what a JSON text holds

ABOUT = """\
With a code, the page about it. With a mapping and an event: for every field of every payload the row, the arm that
was taken, the place in the event and the value there; for every action that did not fire, the tests that failed and
the smallest change of the event that would fire it."""

EXAMPLES = (
    "atpath explain E012",
    """atpath explain heap '{"type": "page", "messageId": "m1", "anonymousId": "a1"}'""",
)
_CODE = re.compile(r"[EWI][0-9]{3}\Z", re.I)


def add_arguments(parser: Parser) -> None:
    """CODE, or MAPPING EVENT."""
    parser.add_argument("subject", metavar="CODE|MAPPING", help="a code such as E012, or a mapping")
    parser.add_argument(
        "event", metavar="EVENT", nargs="?", help="JSON, or a file that holds one event; - is standard input"
    )
    parser.add_argument("--set", metavar="NAME=VALUE", action="append", default=[], help="a setting; may be repeated")
    parser.add_argument("--now", metavar="TIME", help="an ISO 8601 time that the clock stands at")
    add_format(parser)


def run(args: argparse.Namespace) -> int:
    """Explain a code or an event."""
    if args.event is None:
        _explain_code(args.subject)
        return 0
    from ..harness.explain import Explainer
    from .mapping import load_destination, to_clock

    event = _read_event(args.event)
    moment = to_clock(args.now)()  # one for the payload and the stories: they are made one after the other
    stories = Explainer(load_destination(args.subject, args.set, lambda: moment)).explain(event)
    if args.format == "json":
        print(json.dumps([_to_json(story, event) for story in stories], indent=2, ensure_ascii=False))
    else:
        print("\n\n".join("\n".join(_lines(story, event)) for story in stories))
    return 0


def _explain_code(code: str) -> None:
    from .folding import folded_page

    page = resources.files("atpath.diagnostics") / f"{code.upper()}.md" if _CODE.match(code) else None
    if page is not None and page.is_file():
        print(folded_page(page.read_text("utf-8").rstrip()))
        return
    if _CODE.match(code):
        raise UserError(f"there is no code {code.upper()}", "codes are printed by `atpath check` and in dead letters")
    raise UserError(
        f"{code}: explain what of it?", 'name an event too: atpath explain MAPPING EVENT, or a code: "E012"'
    )


def _read_event(given: str) -> dict[str, Json]:
    from .texts import read_source

    text = given
    if given == "-":
        text = read_source(given).text
    elif given.lstrip()[:1] not in ("{", "["):
        path = Path(given)
        if not path.exists():
            raise UserError(f"{given}: no such file", "give an event as JSON, in quotes, or a file that holds one")
        text = read_source(given).text
    if not text.strip():
        raise UserError(f"{'standard input' if given == '-' else given}: there is no event in it")
    try:
        event: Json = json.loads(text)
    except ValueError as error:
        if text is not given and "Extra data" in str(error):
            raise UserError(f"{given} holds more than one event", "cut one out: head -1 FILE") from None
        raise UserError(f"the event is no JSON: {error}") from None
    except RecursionError:
        raise UserError("the event is nested too deep") from None
    if not isinstance(event, dict):
        raise UserError("the event is no JSON object")
    return cast("dict[str, Json]", event)


# --- the screen


def _lines(story: "ActionStory", event: Json) -> list[str]:
    lines = [f"{story.key}: {'fires' if story.fired else 'does not fire'}"]
    if not story.fired:
        lines += [f"  {_atom(atom)}" for atom in story.atoms]
        return [*lines, *(f"  {line}" for line in _nearest(story, event))]
    if not story.payloads:
        lines.append("  there is nothing to go over: no payload")
    for payload in story.payloads:
        lines.append(f"  rejected: {payload.rejected}" if payload.rejected else f"  {_json(payload.payload)}")
        for told in payload.fields:
            lines += [f"    {line}" for line in _field_lines(told)]
    return lines


def _atom(atom: "AtomStory") -> str:
    return f"{'true ' if atom.holds else 'false'}  {atom.text}{'  <- in the way' if atom.fails else ''}"


def _field_lines(told: "FieldStory") -> list[str]:
    shown = {
        "kept": _json(told.value),
        "coerced": f"{_json(told.value)}, made of {_json(told.found)}",
        "left out": "left out" if told.found is None else f"left out: {_json(told.found)} does not fit",
        "rejected": "the event is rejected for it",
        "would be left out": "left out, had the event not been rejected",
        "not built": f"{_json(told.found)}, had the event not been rejected",
    }[told.outcome]
    lines = [f"{told.name}: {shown}"]
    if told.arms:
        lines.append(f"  by {' -> '.join(told.arms)}")
    lines += [f"  from {_reading(reading)}" for reading in told.sources]
    return [*lines, *(f"  looked at {_reading(reading)}" for reading in told.tested)]


def _nearest(story: "ActionStory", event: Json) -> list[str]:
    from ..compiler.triggers import Found, Impossible, Undecided

    match story.nearest:
        case Found(nearest, _, smallest):
            edits = [f"  {edit}" for edit in edits_of(event, nearest)]
            return [f"it would fire with{'' if smallest else ' (a smaller change is not excluded)'}:", *edits]
        case Impossible():
            return ["it can never fire"]
        case Undecided(_, tried):
            return [f"no change of the event that would fire it was found in {tried} events, and none is excluded"]
        case None:
            return []


def edits_of(before: Json, after: Json) -> list[str]:
    """The leaves in which an event differs from another, as edits."""
    old, new = dict(_leaves(before)), dict(_leaves(after))
    edits = [f"without {way}" for way in old if way not in new]
    return edits + [
        f"{way} = {_json(value)}" for way, value in new.items() if way not in old or not _same(old[way], value)
    ]


def _same(one: Json, other: Json) -> bool:
    return type(one) is type(other) and one == other


def _leaves(value: Json, way: tuple[str | int, ...] = ()) -> list[tuple[str, Json]]:
    if isinstance(value, dict | list) and (value or not way):
        pairs: list[tuple[str | int, Json]] = list(value.items() if isinstance(value, dict) else enumerate(value))  # type: ignore[arg-type]
        return [leaf for key, below in pairs for leaf in _leaves(below, (*way, key))]
    return [(path_of(way), value)]


def path_of(way: tuple[str | int, ...]) -> str:
    """A place as a path: `$.a["b c"][0]`."""
    plain = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
    steps = (
        f".{k}" if isinstance(k, str) and plain.match(k) else f"[{json.dumps(k, ensure_ascii=False)}]" for k in way
    )
    return "$" + "".join(steps)


def _reading(reading: "Reading") -> str:
    return f"{path_of(reading.way)}, {_json(reading.value) if reading.there else 'where there is nothing'}"


def _json(value: Json) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 200 else text[:199] + "…"


def _to_json(story: "ActionStory", event: Json) -> Json:
    from ..compiler.triggers import Found

    nearest = story.nearest.event if isinstance(story.nearest, Found) else None
    return {
        "action": story.key,
        "fires": story.fired,
        "tests": [{"test": a.text, "holds": a.holds, "fails": a.fails} for a in story.atoms],
        "nearest": nearest,
        "edits": edits_of(event, nearest) if nearest is not None else None,
        "payloads": [
            {
                "payload": payload.payload,
                "rejected": payload.rejected or None,
                "fields": [_field_json(told) for told in payload.fields],
            }
            for payload in story.payloads
        ],
    }


def _field_json(told: "FieldStory") -> Json:
    def places(readings: "tuple[Reading, ...]") -> Json:
        return [{"path": path_of(r.way), "there": r.there, "value": r.value} for r in readings]

    return {
        "row": told.row, "field": told.name, "arms": told.arms, "sources": places(told.sources),
        "tested": places(told.tested), "found": told.found, "value": told.value, "outcome": told.outcome,
    }  # fmt: skip
