"""docs/exchange.md: its example is what an import gives."""

import json
import re

from birdhouse import exported, text_of
from command import ROOT


def test_the_example_of_the_page():
    page = (ROOT / "docs" / "exchange.md").read_text("utf-8")
    (definition,) = re.findall(r"```json\n(.*?)```", page, re.S)
    (mapping,) = re.findall(r"```map\n(.*?)```", page, re.S)
    assert text_of(json.loads(definition)) == mapping
    assert exported(mapping) == (json.loads(definition), ())
