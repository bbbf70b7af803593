"""The three grammars have one reading: built strictly, they have no conflict and no tokens that collide.

Lark compares tokens as automata; those that look ahead it cannot compare, and their priorities part them.
"""

import subprocess
import sys

import pytest
from atpath.dsl import cells, page_reader, parser
from lark.exceptions import GrammarError, LexError

BUILD = """
import sys
from importlib import import_module
module = import_module(sys.argv[1])
module.make_parser(module.grammar_text(), strict=True)
"""


@pytest.mark.parametrize("module", [cells, parser, page_reader])
def test_it_is_built_strictly(module):
    # In a process of its own: comparing automata may take for ever when a token is changed badly.
    command = [sys.executable, "-c", BUILD, module.__name__]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_an_else_with_two_homes_would_be_seen():
    grammar = cells.grammar_text().replace('"then" closed "else" closed', '"then" expr "else" expr')
    with pytest.raises(GrammarError, match="conflict"):
        cells.make_parser(grammar, strict=True)


def test_tokens_that_collide_would_be_seen():
    grammar = page_reader.grammar_text().replace(r"/>[^\n]*/", r"/[>|][^\n]*/")
    with pytest.raises(LexError, match="Collision"):
        page_reader.make_parser(grammar, strict=True)
