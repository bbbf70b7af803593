"""`atpath serve`: take events over HTTP, keep them, deliver them."""

import argparse
import logging
import sys
from importlib import import_module
from inspect import iscoroutinefunction, isroutine, unwrap
from pathlib import Path
from typing import TYPE_CHECKING, cast

from .arguments import Parser
from .delivery import add_delivery, load_outlet, to_policy
from .failures import UserError, reason_of
from .mapping import tell_of_errors, to_settings
from .settings import refuse_settings, resolved_mapping, settings_of_each

if TYPE_CHECKING:
    from ..runtime.serve.server import Enricher
    from ..runtime.serve.service import Outlet

ABOUT = """\
Takes what the Syft client uploads (POST /api/syft) and Segment's HTTP API (POST /v1/batch and its like), maps
every event by every mapping, and answers once that is on disk. What waits is delivered in the background, and
after a restart. GET / shows what flows where, GET /metrics says it to Prometheus, GET /healthz to a balancer;
the first two on this machine alone, unless --monitor is given. SIGTERM delivers what waits, for --drain seconds."""

EXAMPLES = (
    "atpath serve mappings/heap.map --set appId=11",
    "atpath serve heap --set appId=11 --port 8080 --keys keys.txt",
)


def add_arguments(parser: Parser) -> None:
    """MAPPING... --set, where to listen, whom to let in, how to deliver."""
    parser.add_argument("mappings", metavar="MAPPING", nargs="+", help="mapping files, one a destination")
    parser.add_argument(
        "--set",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help="a setting of every mapping, or of one: --set heap.appId=11",
    )
    parser.add_argument("--host", metavar="ADDRESS", default="127.0.0.1", help="default: 127.0.0.1")
    parser.add_argument("--port", metavar="N", type=int, default=8210, help="default: 8210; 0 is a free one")
    parser.add_argument("--keys", metavar="FILE", help="write keys, one a line; without it everybody is let in")
    parser.add_argument(
        "--origin",
        metavar="URL",
        action="append",
        default=[],
        help="let browsers post from pages of this site; may be repeated",
    )
    parser.add_argument("--upload-path", metavar="PATH", default="/api/syft", help="default: /api/syft")
    parser.add_argument(
        "--enricher", metavar="MODULE:NAME", help="an async function (event, cookies) -> event, or None to drop it"
    )
    parser.add_argument("--monitor", action="store_true", help="show the page and the metrics to everybody")
    parser.add_argument(
        "--drain", metavar="SECONDS", type=float, default=10.0, help="to deliver after SIGTERM (default: 10)"
    )
    add_delivery(parser, spool="atpath-spool")


def run(args: argparse.Namespace) -> int:
    """Serve until told to stop."""
    try:
        from ..runtime.delivery.spool import SpoolError
        from ..runtime.serve.outlets import remake
        from ..runtime.serve.server import EventServer, Options
        from ..runtime.serve.service import Service
        from ..runtime.serve.serving import serve
    except ModuleNotFoundError as error:
        raise UserError(f"serving needs {error.name}", hint="install the extra: pip install 'atpath[serve]'") from error
    if not args.drain >= 0:
        raise UserError(f"--drain {args.drain:g}: a number of seconds, 0 or more")
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr)
    options = Options(
        keys=_read_keys(args.keys),
        origins=tuple(map(_to_origin, args.origin)),
        upload_path="/" + args.upload_path.strip("/"),
        enricher=_find_enricher(args.enricher),
        monitor=args.monitor,
        drain=args.drain,
    )
    given = _settings_of_each(args.mappings, args.set)
    outlets = [_outlet(mapping, given[mapping], args) for mapping in args.mappings]
    _refuse_twins(outlets)
    service = Service(outlets, Path(args.spool), cap=args.spool_cap << 20, remake=remake)
    if not options.keys and args.host not in ("127.0.0.1", "::1", "localhost"):
        logging.getLogger("atpath.serve").warning("no --keys: whoever reaches this server can write events")
    try:
        service.start()
        serve(EventServer(service, options), args.host, args.port, _tell)
    except SpoolError as error:
        raise UserError(str(error)) from error
    except OverflowError:
        raise UserError(f"--port {args.port}: no port", hint="a port is a number from 0 to 65535") from None
    except OSError as error:
        raise UserError(f"{args.host}:{args.port}: {reason_of(error)}") from error
    return 0


def _tell(url: str) -> None:
    print(f"taking events on {url}", flush=True)


def _outlet(mapping: str, settings: dict[str, str], args: argparse.Namespace) -> "Outlet":
    tell_of_errors(mapping)
    try:
        return load_outlet(mapping, settings, args.url, lambda base: to_policy(args, base))
    except UserError as error:
        if len(args.mappings) == 1:
            raise
        raise UserError(f"{mapping}: {error.message}", error.hint) from error


def _settings_of_each(mappings: list[str], words: list[str]) -> dict[str, dict[str, str]]:
    """The settings that each mapping is given. UserError for one that no mapping has.

    A setting of every mapping is given to those that have it; one of a single mapping goes before it.
    """
    given, own = to_settings(words), {mapping: f"{Path(mapping).stem}." for mapping in mappings}
    shared = {name: value for name, value in given.items() if not name.startswith(tuple(own.values()))}
    found = settings_of_each(shared, mappings, own)
    for mapping, before in own.items():
        alone = {name.removeprefix(before): value for name, value in given.items() if name.startswith(before)}
        _refuse_alone(alone, mapping, before)
        found[mapping] |= alone
    return found


def _refuse_alone(settings: dict[str, str], mapping: str, before: str) -> None:
    """UserError for a setting of one mapping that it does not take, with the name that the command line has."""
    from ..dsl.diagnostics import MappingError

    if not settings:
        return
    try:
        resolved = resolved_mapping(mapping)
    except (MappingError, OSError):
        return  # what is wrong with the file is said where it is loaded
    refuse_settings(settings, resolved, before)


def _refuse_twins(outlets: list["Outlet"]) -> None:
    names = [outlet.destination.name for outlet in outlets]
    for name in names:
        if names.count(name) > 1:
            raise UserError(
                f"two mappings are for the destination {name}", hint="give each a name of its own in its first line"
            )


def _read_keys(path: str | None) -> tuple[str, ...]:
    if path is None:
        return ()
    keys = tuple(line.strip() for line in Path(path).read_text().splitlines() if line.strip())
    if not keys:
        raise UserError(f"{path} holds no key", hint="write one a line, or leave --keys out to let everybody in")
    return keys


def _to_origin(url: str) -> str:
    """What browsers call the site that a page is of. UserError for what none of them sends."""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    site = f"{parts.scheme}://{parts.netloc.lower()}"
    if url != "*" and (parts.scheme not in ("http", "https") or not parts.hostname or url != site):
        example = site if parts.scheme in ("http", "https") and parts.hostname else "https://shop.example"
        raise UserError(f"--origin {url}: no browser calls a site so", hint=f"write it as {example}")
    return url


def _find_enricher(name: str | None) -> "Enricher | None":
    if name is None:
        return None
    module, _, function = name.partition(":")
    sys.path.insert(0, "")
    try:
        found = getattr(import_module(module), function)
    except (ImportError, AttributeError, ValueError) as error:
        raise UserError(f"--enricher {name}: {error}", hint="write it as module:function") from error
    if not callable(found) or (isroutine(found) and not iscoroutinefunction(unwrap(found))):
        raise UserError(f"--enricher {name}: no async function", hint="write `async def` before its name")
    return cast("Enricher", found)
