"""What verbs that deliver share: the spool, the pace, the place."""

import argparse
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from .failures import UserError
from .streams import spool_beside

if TYPE_CHECKING:
    from ..runtime.delivery.deliver import Policy
    from ..runtime.delivery.pace import Rate
    from ..runtime.delivery.post import Post
    from ..runtime.serve.service import Outlet

ATTEMPTS = 6  # at one request, by a command that somebody waits for
MOST_LANES = 100  # each has a thread of its own


def add_delivery(parser: argparse.ArgumentParser, spool: str | None = None) -> None:
    """`--spool`, `--spool-cap`, `--url`, `--rate`, `--lanes`, `--max-age`."""
    shown = spool or "beside the dead letters"
    parser.add_argument(
        "--spool", metavar="FOLDER", default=spool, help=f"where accepted events wait (default: {shown})"
    )
    parser.add_argument("--spool-cap", metavar="MIB", type=int, default=1024, help="how much may wait (default: 1024)")
    parser.add_argument("--url", metavar="URL", help="deliver there, such as to a stand-in, and not to Heap's host")
    parser.add_argument(
        "--rate",
        metavar="N",
        default="published",
        help="items a minute for an app, or off (default: just under Heap's published limit)",
    )
    parser.add_argument(
        "--lanes",
        metavar="N",
        type=int,
        default=1,
        help=f"requests in flight for a destination, at most {MOST_LANES} (default: 1)",
    )
    parser.add_argument(
        "--max-age", metavar="HOURS", type=float, default=72.0, help="then it is a dead letter (default: 72)"
    )


def to_policy(args: argparse.Namespace, base: str, attempts: int | None = None) -> "Policy":
    """How the arguments of `add_delivery` want a destination at `base` delivered to."""
    from ..runtime.delivery.deliver import Policy

    if not 1 <= args.lanes <= MOST_LANES:
        raise UserError(f"--lanes {args.lanes}: a number from 1 to {MOST_LANES}")
    if args.spool_cap < 1:
        raise UserError(f"--spool-cap {args.spool_cap}: at least 1 MiB has to have room to wait")
    if not args.max_age > 0:
        raise UserError(f"--max-age {args.max_age:g}: a number of hours, more than 0")
    return Policy(base=base, lanes=args.lanes, rate=_to_rate(args.rate), oldest=args.max_age * 3600, attempts=attempts)


def refuse_url(url: str | None) -> None:
    """UserError for a `--url` that no request can go to, before anything is accepted for it."""
    from urllib.parse import urlsplit

    if url is None:
        return
    try:
        parts = urlsplit(url)
        fits = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and "?" not in url
    except ValueError:  # what is no port, and brackets around what is no address
        fits = False
    if not fits or "#" in url:
        raise UserError(f"--url {url}: no address", hint="write it as http://127.0.0.1:8211")


def load_outlet(
    mapping: str, settings: Mapping[str, str], url: str | None, to_policy: "Callable[[str], Policy]"
) -> "Outlet":
    """A compiled mapping with the place that its payloads go to."""
    from ..compiler import load
    from ..runtime.serve.outlets import make_outlet
    from .send import find_target
    from .settings import refuse_settings

    loaded = load(mapping, settings=settings)
    refuse_settings(settings, loaded.resolved)
    names = [row.name for row in loaded.resolved.settings]
    target = find_target(loaded, url, names)  # says what is wrong with the settings
    return make_outlet(mapping, settings, url, to_policy(target.base))


@contextmanager
def open_post(args: argparse.Namespace, letters: Path, policies: "Mapping[str, Policy]") -> "Generator[Post]":
    """What accepts and delivers while a command runs. UserError where it cannot go on."""
    from ..runtime.delivery.post import Halted, Post
    from ..runtime.delivery.sending import Changed, Unfinished
    from ..runtime.delivery.spool import NeverFits, SpoolError

    folder = Path(args.spool) if args.spool else spool_beside(letters)
    try:
        with Post(folder, letters, policies, args.spool_cap << 20) as post:
            try:
                yield post
            except Halted:
                raise _what_is_left(post, folder) from None
            except Changed:
                raise UserError(
                    f"the file has changed since a part of it was accepted into {folder}",
                    hint="send the file as it was, or take the folder away to begin anew",
                ) from None
            except Unfinished as error:
                raise UserError(
                    f"{folder} holds a part of {error.source}",
                    hint="send that file to its end first, name another file with --dead-letters, or take the folder "
                    "away with all that waits in it",
                ) from None
    except SpoolError as error:
        hint = "give it more room with --spool-cap" if isinstance(error, NeverFits) else ""
        raise UserError(str(error), hint) from error


def refuse_leftovers(args: argparse.Namespace, letters: Path, post: "Post") -> None:
    """UserError where a destination takes nothing more: what is left, and how to go on."""
    if post.halted:
        raise _what_is_left(post, Path(args.spool) if args.spool else spool_beside(letters))


def _what_is_left(post: "Post", folder: Path) -> UserError:
    reason = next(iter(post.halted.values()))
    return UserError(
        f"Heap takes no requests: {reason}",
        hint=f"the same command goes on once that is mended; what is accepted waits in {folder}",
    )


def _to_rate(text: str) -> "Rate | None":
    from ..runtime.delivery.pace import Rate

    match text:
        case "off":
            return None
        case "published":
            return Rate()
        case _ if text.isascii() and text.isdigit() and int(text) > 0:
            return Rate(app=int(text))
        case _:
            raise UserError(f"--rate {text}: no rate", hint="it is published, off, or a number of items a minute")
