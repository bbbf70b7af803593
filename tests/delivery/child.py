"""A server in a process of its own, its mapping in plain Python: `child.py SPOOL STANDIN-URL [DRAIN [CAP]]`."""

import logging
import sys
from pathlib import Path
from typing import Any

from atpath.compiler.prelude import Rejected
from atpath.runtime.bulk import Target
from atpath.runtime.delivery.deliver import Policy
from atpath.runtime.serve.server import EventServer, Options
from atpath.runtime.serve.service import Outlet, Service
from atpath.runtime.serve.serving import serve

sys.path.insert(0, str(Path(__file__).parents[1]))
from fake_destination import FakeAction, FakeDestination


def to_event(event: dict[str, Any]) -> dict[str, Any] | None:
    if event["type"] == "identify":
        return None
    if event.get("event") == "Wrong":
        raise Rejected("E201", "a wrong event", "event")
    return {
        "message_id": event["messageId"],
        "identity": event.get("userId"),
        "anonymous_id": event.get("anonymousId"),
        "event": event.get("event") or event.get("name"),
        "properties": event.get("properties"),
        "timestamp": event.get("timestamp"),
    }


def to_user(event: dict[str, Any]) -> dict[str, Any] | None:
    if event["type"] != "identify":
        return None
    return {"identity": event.get("userId"), "traits": event.get("traits")}


def make_destination() -> FakeDestination:
    return FakeDestination(
        {"track": FakeAction(to_event), "users": FakeAction(to_user, ("heap", "users"))}, name="heap"
    )


def main(folder: str, url: str, drain: str = "10", cap: str = "1000000000") -> None:
    logging.basicConfig()
    policy = Policy(base=url, rate=None, first_wait=0.05, longest_wait=0.5)
    outlet = Outlet(destination=make_destination(), target=Target("11", url), policy=policy)
    server = EventServer(Service([outlet], Path(folder), cap=int(cap)), Options(drain=float(drain)))
    serve(server, "127.0.0.1", 0, lambda address: print(address, flush=True))


if __name__ == "__main__":
    main(*sys.argv[1:])
