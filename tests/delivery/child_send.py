"""A file sent in a process of its own: `python child_send.py FOLDER EVENTS STANDIN-URL`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from test_sending import send

if __name__ == "__main__":
    folder, events, url = sys.argv[1:]
    send(Path(folder), Path(events), url)
