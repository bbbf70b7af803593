"""Tables of reports in terminals that are narrower than what is in them."""

import io

import pytest
from atpath.cli.console import keep_names, plain_table
from rich.console import Console

COLUMNS = ("rejected", "code", "action", "row", "events", "last")
ROW = ("`anonymous_id` is required, and there is no value for it", "E201", "identifyUser", "anonymous_id", "12", "13 s")


def drawn(width: int, row: tuple[str, ...] = ROW) -> list[str]:
    table = plain_table(*COLUMNS, numbers=("events",))
    table.add_row(*row)
    keep_names(table, width, "code", "action", "row", "last")
    file = io.StringIO()
    Console(file=file, width=width).print(table)
    return file.getvalue().splitlines()


def test_prose_gives_way_to_names() -> None:
    lines = drawn(80)
    assert max(map(len, lines)) <= 80
    assert all(name in lines[2] for name in ROW[1:])


@pytest.mark.parametrize("width", [40, 50, 60])
@pytest.mark.parametrize("action", ["identifyUser", "a" * 300])
def test_nothing_is_cut_off_where_there_is_no_room(width: int, action: str) -> None:
    lines = drawn(width, (*ROW[:2], action, *ROW[3:]))
    assert max(map(len, lines)) <= width
    signs = [sign for line in lines for sign in line if sign.isalnum()]
    wanted = [sign for text in (*COLUMNS, *ROW[:2], action, *ROW[3:]) for sign in text if sign.isalnum()]
    assert sorted(signs) == sorted(wanted)
