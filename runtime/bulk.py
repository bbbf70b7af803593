"""Heap's items in bulk requests: which address, how many in one, in which order."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from .heap import PROFILE, Call, Item
from .json_text import Json, Object, encode

HOSTS = {"US": "https://heapanalytics.com", "EU": "https://c.eu.heap-api.com"}
PATHS: dict[Call, str] = {"users": "/api/add_user_properties", "track": "/api/integrations/track"}
MAX_ITEMS = PROFILE.bulk.items
MAX_BYTES = PROFILE.bulk.request_bytes
ORDER: tuple[Call, ...] = ("users", "track")  # a user's properties before the event that brought them


class TargetError(ValueError):
    """Settings that name no project of Heap's; the message says why, `setting` which one is at fault."""

    def __init__(self, message: str, setting: str) -> None:
        super().__init__(message)
        self.setting = setting


@dataclass(frozen=True, slots=True)
class Target:
    """A project of Heap's: its id, and the address that its paths follow."""

    app_id: str
    base: str


@dataclass(frozen=True, slots=True)
class Request:
    """One request to Heap: a call and its items."""

    target: Target
    call: Call
    items: tuple[Item, ...] = field(repr=False)

    @property
    def url(self) -> str:
        """Where it goes."""
        return self.target.base + PATHS[self.call]

    @property
    def json(self) -> Object:
        """Its body."""
        return _body(self.target, self.call, [item.body for item in self.items])

    def to_json(self) -> Object:
        """What a dry run shows of it."""
        return {"method": "POST", "url": self.url, "json": self.json}


def to_target(settings: Mapping[str, object], url: str | None = None) -> Target:
    """The project that a mapping's settings name; `url` stands in for the region's host.

    Shape:  {"appId": "11", "region": "EU"}; without a region, US
    Errors: TargetError
    """
    app_id = settings.get("appId")
    if app_id is None or app_id == "":
        raise TargetError("no appId: which Heap project receives the events?", "appId")
    if not (isinstance(app_id, str) and app_id.isascii() and app_id.isdigit()):
        raise TargetError(f"appId is a text of digits, not {app_id!r}", "appId")
    region = settings.get("region") or "US"
    if region not in HOSTS:
        raise TargetError(f"region is {' or '.join(HOSTS)}, not {region!r}", "region")
    return Target(app_id, (url or HOSTS[str(region)]).rstrip("/"))


def to_requests(
    target: Target,
    items: Iterable[Item],
    max_items: int = MAX_ITEMS,
    max_bytes: int = MAX_BYTES,
) -> Iterator[Request]:
    """Pack items into requests: full ones, and users before the events that follow them.

    Shape:  items in the order in which they have to arrive; max_bytes of a request's body
    """
    batches: dict[Call, _Batch] = {call: _Batch(len(encode(_body(target, call, [])))) for call in ORDER}
    for item in items:
        batch = batches[item.call]
        if len(batch.items) >= max_items or batch.size + item.size + 1 > max_bytes:
            # Both leave together: what waits in the other batch came before this item.
            yield from _flush(target, batches)
        batches[item.call].add(item)
    yield from _flush(target, batches)


@dataclass(slots=True)
class _Batch:
    empty_size: int
    items: list[Item] = field(default_factory=list[Item])
    size: int = 0

    def __post_init__(self) -> None:
        self.size = self.empty_size

    def add(self, item: Item) -> None:
        self.items.append(item)
        self.size += item.size + 1  # its comma


def _flush(target: Target, batches: dict[Call, _Batch]) -> Iterator[Request]:
    for call in ORDER:
        batch = batches[call]
        if batch.items:
            yield Request(target, call, tuple(batch.items))
            batches[call] = _Batch(batch.empty_size)


def _body(target: Target, call: Call, bodies: list[Json]) -> Object:
    if call == "users":
        return {"app_id": target.app_id, "users": bodies}
    return {"app_id": target.app_id, "library": "server", "events": bodies}
