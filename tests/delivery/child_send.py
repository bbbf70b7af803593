"""A file sent in a process of its own: `python child_send.py FOLDER EVENTS STANDIN-URL [WHERE-TO-DIE]`."""

import os
import signal
import sys
from pathlib import Path

from atpath.runtime.delivery.letters import Letters

sys.path.insert(0, str(Path(__file__).parent))
from test_sending import send

append = Letters._append


def append_and_die(letters: Letters, text: bytes) -> None:
    """Stop dead where the letters are written: before, in the middle or behind."""
    match point:
        case "before the letters":
            pass
        case "amid the letters":
            with letters.path.open("ab") as file:
                file.write(letters._missing(text)[: len(text) // 2])
        case "behind the letters":
            append(letters, text)
        case _:
            raise ValueError(point)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    folder, events, url, *rest = sys.argv[1:]
    point = rest[0] if rest else "nowhere"
    if point != "nowhere":
        Letters._append = append_and_die
    send(Path(folder), Path(events), url)
