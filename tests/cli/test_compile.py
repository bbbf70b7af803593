"""`atpath compile`: a module that stands on its own."""

import ast
import json
import sys
from pathlib import Path

import pytest
from atpath.compiler import Rejected, load
from atpath.runtime.events import DeadLetter, EventFile, read_event, split_lines
from command import ROOT, atpath, process, python

SAMPLE = ROOT / "examples" / "heap.ndjson"
USE = """
import json, sys, heap_mapping
run = heap_mapping.Run(lambda: "2024-05-01T12:00:00.000Z")
for line in sys.stdin:
    print(json.dumps([(name, result if isinstance(result, dict) else [result.code, result.reason, result.row])
                      for name, result in heap_mapping.route(json.loads(line), run)]))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the module in it."""
    path = tmp_path_factory.mktemp("compiled")
    done = atpath("compile", "mappings/heap.map", "-o", path / "heap_mapping.py")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return path


def test_it_imports_nothing_but_the_standard_library(folder: Path):
    tree = ast.parse((folder / "heap_mapping.py").read_text())
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in imported} <= sys.stdlib_module_names


def test_it_gives_what_the_compilers_own_callables_give(folder: Path):
    heap = load(str(ROOT / "mappings" / "heap.map"), now=lambda: "2024-05-01T12:00:00.000Z")
    events = []
    with EventFile(SAMPLE) as file:
        for chunk in file.chunks():
            events += [e for line in split_lines(chunk) if not isinstance(e := read_event(line), DeadLetter)]
    stdin = b"".join(json.dumps(event).encode() + b"\n" for event in events)
    done = python("-c", USE, cwd=folder, stdin=stdin, env={"PYTHONNOUSERSITE": "1"})
    assert done.stderr == ""
    want = [
        [
            [name, [result.code, result.reason, result.row] if isinstance(result, Rejected) else result]
            for name, result in heap.route(event)
        ]
        for event in events
    ]
    assert [json.loads(line) for line in done.stdout.splitlines()] == want


def test_the_same_mapping_gives_the_same_bytes(folder: Path):
    again = process("compile", "mappings/heap.map", "-o", "-", env={"PYTHONHASHSEED": "7"})
    assert again.stdout == (folder / "heap_mapping.py").read_text()


EVERYTHING = r"""
destination d "D"

settings
| name   | type   | default |
| ------ | ------ | ------- |
| market | string | "EU"    |

table Tiers
| from           | to     |
| -------------- | ------ |
| "gold", 1      | "paid" |

let who = $.userId ?? $.anonymousId

rows Common
| field | type            | source      |
| ----- | --------------- | ----------- |
| id    | string required | $.messageId |
| who   | string          | who         |

shape Money
| field  | type   |
| ------ | ------ |
| amount | number |

shape Item
| field | type            | source         |
| ----- | --------------- | -------------- |
| sku   | string required | $.sku ?? $.id  |
| of    | string          | $$.messageId   |

action order "Order"
when type = "track" and match(event, "Order*")
use Common
| field  | type                 | source                                                |
| ------ | -------------------- | ----------------------------------------------------- |
| dear   | any                  | $.properties.products[?@.price > 5].sku               |
| named  | any                  | $..sku                                                |
| items  | array                | each $.properties.products -> Item                    |
| price  | Money                | $.properties.price                                    |
| kind   | "a" or "b"           | lower($.properties.kind)                              |
| tier   | string               | lookup($.traits.plan, Tiers, else: settings.market)   |
| label  | string(8)            | "{{event}} {{properties.kind}}"                       |
| day    | date required if kind = "a" | date($.timestamp ?? now(), "YYYY-MM-DD")       |
| hash   | string               | sha256($.userId)                                      |
| flat.x | object               | flatten($.properties.price, ".")                      |

preset "Big order" of order
when type = "track" and properties.price.amount > 100
| field | source |
| ----- | ------ |
| label | "big"  |

action line "Line"
when type = "track"
for each $.properties.products
| field | type            | source       |
| ----- | --------------- | ------------ |
| sku   | string required | $.sku        |
| of    | string          | $$.messageId |
"""
EVENTS = (
    {"type": "track", "event": "Order Done", "messageId": "m1", "userId": 7, "traits": {"plan": "gold"}, "properties": {
        "kind": "A", "price": {"amount": "120"}, "products": [{"sku": "s", "price": 9}, {"id": 2}]}},
    {"type": "track", "event": "Order", "messageId": "m2", "properties": {"products": [3, {"sku": None}]}},
    {"type": "track", "event": "Order", "properties": {"products": {"sku": "one"}, "price": 5, "kind": "c"}},
    {"type": "track", "event": "Order", "messageId": "m", "timestamp": "no time", "properties": {"kind": "a"}},
    {"type": "page"},
)  # fmt: skip


def test_a_mapping_with_everything_in_it(tmp_path: Path):
    (tmp_path / "d.map").write_text(EVERYTHING)
    done = atpath("compile", "d.map", "-o", "heap_mapping.py", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    own = load(tmp_path / "d.map", now=lambda: "2024-05-01T12:00:00.000Z")
    # The module knows no defaults of settings: whoever runs it gives them.
    use = USE.replace('00Z")', '00Z", {"market": "EU"})')
    stdin = b"".join(json.dumps(event).encode() + b"\n" for event in EVENTS)
    done = python("-I", "-c", f"import sys; sys.path.append('.'){use}", cwd=tmp_path, stdin=stdin)
    assert done.stderr == ""
    want = [
        [[name, [r.code, r.reason, r.row] if isinstance(r, Rejected) else r] for name, r in own.route(event)]
        for event in EVENTS
    ]
    assert [json.loads(line) for line in done.stdout.splitlines()] == want
    assert sum(map(len, want)) >= 8
    assert {name for names in want for name, _ in names} == {"order", "line"}
    assert isinstance(want[0][0][1], dict)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('destination d "D"\naction a "A"\n| field | source |\n| - | - |\n| x | liquid("{{{{ a }}") |\n',
         'error: d.map:5: {"@liquid": "{{ a }}"} runs by Segment\'s rules'),
        ('semantics segment\ndestination d "D"\naction a "A"\n| field | type | source |\n|-|-|-|\n| x | date | $.a |\n',
         "error: a mapping of `semantics segment` runs by Segment's rules"),
    ],
    ids=["liquid", "semantics"],
)  # fmt: skip
def test_a_module_that_would_not_stand_alone_is_refused(text: str, said: str, tmp_path: Path):
    (tmp_path / "d.map").write_text(text)
    done = atpath("compile", "d.map", "-o", "d.py", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(said)
    assert not (tmp_path / "d.py").exists()


def test_a_mapping_is_not_overwritten(tmp_path: Path):
    mapping = tmp_path / "a.map"
    mapping.write_text("anything")
    done = atpath("compile", mapping, "-o", mapping)
    assert done.returncode == 1
    assert "is both the mapping and the output" in done.stderr
    assert mapping.read_text() == "anything"
