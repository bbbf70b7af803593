"""The sample events: made by their script, of every kind, some of them wrong."""

import runpy
from collections import Counter
from pathlib import Path

from atpath.runtime.events import DeadLetter, EventFile, read_event, split_lines

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def test_the_script_makes_the_file():
    made = runpy.run_path(str(EXAMPLES / "make_events.py"))["make_lines"]()
    assert len(made) == 200
    assert "\n".join(made) + "\n" == (EXAMPLES / "heap.ndjson").read_text(encoding="utf-8")


def test_there_is_one_of_every_kind():
    kinds, refused = Counter[object](), Counter[str]()
    with EventFile(EXAMPLES / "heap.ndjson") as events:
        for chunk in events.chunks():
            for line in split_lines(chunk):
                event = read_event(line)
                if isinstance(event, DeadLetter):
                    refused[str(event.code)] += 1
                else:
                    kinds[event.get("type")] += 1
    assert all(kinds[kind] >= 20 for kind in ("track", "page", "screen", "identify"))
    assert kinds.keys() >= {"group", "alias", None}
    assert refused == {"E210": 3, "E211": 4, "E213": 1, "E214": 1, "E215": 1}
