"""What a Python user would write instead: peers.py KIND t1|t2 EVENTS OUTPUT, a payload a line.

`orjson` and `msgspec` are hand-written dict code without any check, `checked` makes the mapping's checks; the others
read every field with a path of their library.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hand import CHECKED

Event = dict[str, Any]

TRACK = (
    ("message_id", "messageId"), ("identity", "userId"), ("anonymous_id", "anonymousId"), ("event", "event"),
    ("properties", "properties"), ("timestamp", "timestamp"), ("type", "type"), ("name", "name"),
    ("traits", "context.traits"),
)  # fmt: skip
IDENTIFY = (("user_id", "userId"), ("anonymous_id", "anonymousId"), ("traits", "traits"))
WIDE = (
    ("user_id", "userId"), ("device_id", "context.device.id", "anonymousId"), ("event_type", "event", "name"),
    ("insert_id", "messageId"), ("time", "timestamp", "originalTimestamp"), ("session_id", "context.sessionId"),
    ("app_name", "context.app.name"), ("app_version", "context.app.version"), ("app_build", "context.app.build"),
    ("app_namespace", "context.app.namespace"), ("platform", "context.device.type", "context.library.name"),
    ("os_name", "context.os.name"), ("os_version", "context.os.version"),
    ("device_brand", "context.device.brand", "context.device.manufacturer"),
    ("device_manufacturer", "context.device.manufacturer"), ("device_model", "context.device.model"),
    ("idfa", "context.device.advertisingId"), ("carrier", "context.network.carrier"), ("wifi", "context.network.wifi"),
    ("bluetooth", "context.network.bluetooth"),
    ("country", "context.location.country", "context.traits.address.country"), ("region", "context.location.region"),
    ("city", "context.location.city"), ("location_lat", "context.location.latitude"),
    ("location_lng", "context.location.longitude"), ("language", "context.locale"), ("timezone", "context.timezone"),
    ("ip", "context.ip"), ("user_agent", "context.userAgent"), ("screen_width", "context.screen.width"),
    ("screen_height", "context.screen.height"), ("screen_density", "context.screen.density"),
    ("library", "context.library.name"), ("library_version", "context.library.version"), ("price", "properties.price"),
    ("quantity", "properties.quantity"), ("revenue", "properties.revenue", "properties.total"),
    ("product_id", "properties.product_id", "properties.productId"), ("currency", "properties.currency"),
    ("email", "context.traits.email"), ("event_properties", "properties"), ("user_properties", "context.traits"),
    ("products", "properties.products"), ("page", "context.page"), ("campaign", "context.campaign"),
)  # fmt: skip
"""The wide mapping without its template; products, page and campaign are copied whole, which favours the libraries."""

Find = Callable[[Event], Any]


def by_paths(compile_path: Callable[[str], Find]) -> Callable[[str, Event], Event | None]:
    """A mapper that reads each field with a compiled path; what is not there is None and left out."""

    def compiled(rows):
        return [(name, [compile_path(path) for path in paths]) for name, *paths in rows]

    track, identify, wide = compiled(TRACK), compiled(IDENTIFY), compiled(WIDE)

    def run(task: str, event: Event) -> Event | None:
        rows = wide if task == "t2" else identify if event["type"] == "identify" else track
        payload = {}
        for name, finds in rows:
            for find in finds:
                if (value := find(event)) is not None:
                    payload[name] = value
                    break
        return payload

    return run


def steps(path: str) -> Find:
    """Plain Python that goes down a path."""
    keys = path.split(".")
    if len(keys) == 1:
        key = keys[0]
        return lambda event: event.get(key)

    def find(event):
        for key in keys:
            if type(event) is not dict:
                return None
            event = event.get(key)
        return event

    return find


def by_jmespath(path: str) -> Find:
    """A path of jmespath."""
    import jmespath

    return jmespath.compile(path).search


def by_jsonpath(path: str) -> Find:
    """A path of jsonpath-ng."""
    from jsonpath_ng import parse

    found = parse(f"$.{path}").find
    return lambda event: next((match.value for match in found(event)), None)


def by_glom(path: str) -> Find:
    """A path of glom."""
    from glom import glom

    return lambda event: glom(event, path, default=None)


def checked(task: str, event: Event) -> Event | None:
    """Hand-written Python with the mapping's checks."""
    return next((payload for _, payload in CHECKED[task](event)), None)


def main() -> None:
    """Map a file."""
    kind, task, source, target = sys.argv[1:]
    if kind not in ("orjson", "checked"):
        import msgspec

        loads, dumps = msgspec.json.Decoder().decode, msgspec.json.Encoder().encode
    else:
        import orjson

        loads, dumps = orjson.loads, orjson.dumps
    makers = {"jmespath": by_jmespath, "jsonpath": by_jsonpath, "glom": by_glom}
    run = checked if kind == "checked" else by_paths(makers.get(kind, steps)) if kind in makers else plain
    with Path(source).open("rb") as events, Path(target).open("wb") as output:
        for line in events:
            if (payload := run(task, loads(line))) is not None:
                output.write(dumps(payload) + b"\n")


def plain(task: str, event: Event) -> Event | None:
    """Hand-written Python without checks: what most people would write."""
    if task == "t1":
        rows = PLAIN_TRACK if event["type"] != "identify" else IDENTIFY
        payload = {name: event[path] for name, path in rows if path in event}
        if rows is PLAIN_TRACK and "traits" in (found := event.get("context") or {}):
            payload["traits"] = found["traits"]
        return payload
    return wide(event)


PLAIN_TRACK = TRACK[:-1]


def _parts() -> dict[str, list[tuple[str, str]]]:
    parts: dict[str, list[tuple[str, str]]] = {}
    for name, *paths in WIDE:
        if len(paths) == 1:
            above, _, key = paths[0].rpartition(".")
            parts.setdefault(above, []).append((name, key))
    return parts


PARTS = _parts()


def wide(event: Event) -> Event:
    """The wide mapping: each object is looked up once, its members are copied."""
    found = event.get("context") or {}
    properties = event.get("properties") or {}
    objects = {"": event, "context": found, "properties": properties}
    payload: Event = {}
    for above, members in PARTS.items():
        held = objects.get(above)
        if held is None:
            held = objects[above] = found.get(above.removeprefix("context.")) or {}
        for name, key in members:
            if key in held:
                payload[name] = held[key]
    device, place = objects["context.device"], objects["context.location"]
    library, traits = objects["context.library"], objects["context.traits"]
    for name, one, other in (
        ("device_id", device.get("id"), event.get("anonymousId")),
        ("event_type", event.get("event"), event.get("name")),
        ("time", event.get("timestamp"), event.get("originalTimestamp")),
        ("platform", device.get("type"), library.get("name")),
        ("device_brand", device.get("brand"), device.get("manufacturer")),
        ("country", place.get("country"), (traits.get("address") or {}).get("country")),
        ("revenue", properties.get("revenue"), properties.get("total")),
        ("product_id", properties.get("product_id"), properties.get("productId")),
    ):
        if one is not None or other is not None:
            payload[name] = one if one is not None else other
    return payload


if __name__ == "__main__":
    main()
