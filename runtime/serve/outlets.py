"""Mapping files to outlets, and the application in one line."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from ...compiler import load_text
from ...compiler.files import find_mapping, read_mapping
from ..bulk import to_target
from ..delivery.deliver import Policy
from ..delivery.intake import Moment
from .server import EventServer, Options
from .service import Outlet, Service


def event_app(
    *mappings: str | Path,
    settings: Mapping[str, str],
    spool: str | Path = "atpath-spool",
    url: str | None = None,
    options: Options | None = None,
) -> EventServer:
    """An ASGI application that takes events and delivers them: `Mount("/events", event_app("heap", settings=…))`.

    Shape:  mapping files or names of those that ship; `settings` of all of them; `url` in place of Heap's host
    Errors: MappingError, TargetError, OSError; SpoolError with the first request where the spool cannot be used
    """
    outlets = [make_outlet(str(mapping), settings, url) for mapping in mappings]
    return EventServer(Service(outlets, Path(spool), remake=remake), options)


def make_outlet(
    mapping: str, settings: Mapping[str, str], url: str | None = None, policy: Policy | None = None
) -> Outlet:
    """A mapping compiled for a service; a policy's address is the mapping's own.

    Errors: MappingError, OSError; TargetError where its settings name no project
    """
    path = find_mapping(mapping)
    recipe = {
        "mapping": mapping,
        "text": read_mapping(path),
        "folder": str(path.parent.resolve()),
        "settings": dict(settings),
        "url": url,
    }
    return replace(remake(json.dumps(recipe)), policy=policy)


def remake(recipe: str) -> Outlet:
    """The outlet of a recipe, compiled again.

    Errors: as `make_outlet`
    """
    made = json.loads(recipe)
    moment = Moment()
    destination = load_text(made["text"], made["mapping"], Path(made["folder"]), settings=made["settings"], now=moment)
    target = to_target(destination.settings, made["url"])
    return Outlet(destination=destination, target=target, title=destination.title, recipe=recipe, moment=moment)
