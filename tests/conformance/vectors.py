"""Run vectors of Segment's own engine: input and output pairs, a folder of NDJSON files.

    python tests/conformance/vectors.py [FOLDER]

The folder is the argument, else $SEGMENT_VECTORS, else conformance/ in the reference data beside the checkout.
Prints "kind: N of M" for each kind, the records that hang on the JavaScript runtime by name, and what fails.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from atpath.compiler.segment import FqlCrash, MappingError, compile_directives, compile_fql, matches, transform
from atpath.runtime.segment_heap import SegmentError, segment_requests

REFERENCE = Path(__file__).resolve().parents[3] / "shared" / "conformance"
CRASH = "throws"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one vector: the first difference, or None."""

    name: str
    difference: str | None
    js_only: str | None


def folder() -> Path:
    """Where the vectors are, unless told otherwise."""
    return Path(os.environ.get("SEGMENT_VECTORS", REFERENCE))


def same(left: Any, right: Any) -> bool:
    """Equal as JSON: numbers as doubles, true apart from 1, key order aside."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, int | float) and isinstance(right, int | float):
        return float(left) == float(right)
    return type(left) is type(right) and left == right


def _result(run: Callable[[], Any]) -> dict[str, Any]:
    try:
        return {"expect": run()}
    except MappingError as error:
        return {"error": error.kind, "messages": list(error.messages)}


def _compiled(vector: dict[str, Any]) -> Any:
    return compile_directives(vector["mapping"])(vector["event"])


def check_mapping(vector: dict[str, Any]) -> str | None:
    """transform, and the compiled mapping, against `expect` or the error."""
    if "error" in vector:
        wanted = {"error": vector["error_kind"], "messages": vector.get("errors", [vector["error"]])}
    else:
        wanted = {"expect": None if vector.get("expect_undefined") else vector["expect"]}
    before = json.dumps(vector["event"])
    for name, got in (
        ("transform", _result(lambda: transform(vector["mapping"], vector["event"]))),
        ("compiled", _result(lambda: _compiled(vector))),
    ):
        if vector.get("directive") == "@liquid" and "error" in wanted:
            wanted.pop("messages", None)  # the template language's own words
            got.pop("messages", None)
        # Mapping, then event: the compiler refuses first what the engine looks at second.
        if not same(got, wanted):
            return f"{name}: got {json.dumps(got)[:300]}, wanted {json.dumps(wanted)[:300]}"
    return None if json.dumps(vector["event"]) == before else "the event was changed"


def check_trigger(vector: dict[str, Any]) -> str | None:
    """matches, and the compiled trigger, against `expect`."""
    for name, run in (
        ("matches", lambda: matches(vector["fql"], vector["event"])),
        ("compiled", lambda: compile_fql(vector["fql"])(vector["event"])),
    ):
        try:
            got = run()
        except FqlCrash:
            got = None
        if got is not vector["expect"]:
            return f"{name}: {vector['fql']!r} is {got}, wanted {vector['expect']}"
    return None


def check_heap(vector: dict[str, Any]) -> str | None:
    """The requests of the Heap destination, or its error."""
    try:
        requests = segment_requests(vector["event"], vector["settings"], vector["overrides"])
        got: dict[str, Any] = {"requests": requests}
    except SegmentError as error:
        fields = {"action": error.action, "name": error.name, "message": error.message}
        got = {"error": fields | {k: v for k in ("code", "status") if (v := getattr(error, k)) is not None}}
    wanted = {key: vector[key] for key in ("requests", "error") if key in vector}
    return None if same(got, wanted) else f"got {json.dumps(got)[:400]}, wanted {json.dumps(wanted)[:400]}"


KINDS: dict[str, tuple[str, Callable[[dict[str, Any]], str | None]]] = {
    "mapping": ("mapping.ndjson", check_mapping),
    "directives": ("directives.ndjson", check_mapping),
    "fuzz": ("fuzz.ndjson", check_mapping),
    "triggers": ("triggers.ndjson", check_trigger),
    "heap": ("heap.ndjson", check_heap),
}


def run_kind(kind: str, where: Path) -> Iterator[Outcome]:
    """Every vector of one kind; none where the folder lacks its file."""
    name, check = KINDS[kind]
    path = where / name
    if path.exists():
        for line in path.read_bytes().splitlines():
            vector = json.loads(line)
            yield Outcome(vector["id"], check(vector), vector.get("js_only"))


def main(arguments: list[str]) -> int:
    """Print the report; 1 if a vector fails that does not hang on the JavaScript runtime."""
    where = Path(arguments[0]) if arguments else folder()
    if not where.is_dir():
        print(f"no vectors: {where} is no folder; name one, or set SEGMENT_VECTORS")
        return 1
    status = 0
    for kind in KINDS:
        outcomes = list(run_kind(kind, where))
        portable = [outcome for outcome in outcomes if outcome.js_only is None]
        failed = [outcome for outcome in portable if outcome.difference]
        runtime = [outcome for outcome in outcomes if outcome.js_only and outcome.difference]
        held = sum(1 for outcome in outcomes if outcome.js_only) - len(runtime)
        print(
            f"{kind}: {len(portable) - len(failed)} of {len(portable)}"
            f" (and {held} of {held + len(runtime)} that hang on the JavaScript runtime)"
        )
        for outcome in runtime:
            print(f"  differs, JavaScript only: {outcome.name} ({outcome.js_only})")
        for outcome in failed:
            print(f"  FAILS {outcome.name}: {outcome.difference}")
        status |= bool(failed)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
